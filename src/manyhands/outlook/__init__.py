"""Outlook: need against what could be carried, in public figures that give nobody away. Only reads."""
