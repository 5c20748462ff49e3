"""Word, PDF and charts."""
