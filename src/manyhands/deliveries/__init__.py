"""Deliveries: many asks carried by one helper in one run, planned in one press.

Composes asks, helpers and places; decides nothing about what people may ask.
"""
