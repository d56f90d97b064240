"""SQLite as Django speaks it, with one queue for everyone who writes. Changes nothing about reading."""
