"""The two modes on pages: opening a sealed house, and shutting it at once."""
