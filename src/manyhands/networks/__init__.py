"""Networks: people who organise together, who is a member and in what role, their words and their rules.

Each network on an install is fully apart from the others.
"""
