"""Who may be written down twice: shows pairs to the desk, with reasons, and holds for one whom a person says is one.

Joins nobody by itself and moves nothing.
"""
