"""Config: how the house is wired: settings, addresses, the terminal, who reacts to what.

The only room that knows all the others.
"""
