"""Telling people of trust that somebody was hurt or harassed, past whoever it is about. Decides nothing about asks."""
