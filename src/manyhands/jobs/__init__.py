"""Jobs: work that is done later, each once. Knows what to call and when, and nothing of what it is for."""
