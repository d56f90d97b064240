"""Exchange: what people ask for and what others offer, who takes it on, and how it ended.

Knows nothing of vans, shelves or money.
"""
