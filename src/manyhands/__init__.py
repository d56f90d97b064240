"""Manyhands: mutual aid, organised by the people who do it."""
