"""People: who someone is and how to reach them, and how they sign in. Knows nothing of what they need or give."""
