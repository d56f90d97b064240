"""The pages of plans, runs and hubs."""
