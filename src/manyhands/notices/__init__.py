"""Notices: telling people by mail or text that something waits for them, and where. Never what it is about."""
