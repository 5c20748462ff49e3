"""The interface for programs, and for the pages' own saving: /api/v1/."""
