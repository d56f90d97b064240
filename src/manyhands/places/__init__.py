"""Places: where things are, as exactly as the network needs and as vaguely as everyone else may see.

Asks no outside service.
"""
