"""Once: what a phone sends again because the answer got lost is done once, and answered as it was the first time."""
