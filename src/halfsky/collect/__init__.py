"""The database of observations and their revisions."""
