"""Backups: sealed copies of the database, how they are made, kept, read back, and proved to be any good."""
