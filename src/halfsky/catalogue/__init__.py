"""The plans installed here and their official texts."""
