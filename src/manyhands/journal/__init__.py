"""Journal: what happened, who did it and when.

Append-only; points at nothing, so that nothing can take it along when it goes.
"""
