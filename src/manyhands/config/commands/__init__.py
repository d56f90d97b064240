"""The verbs of the terminal, one file for each thing people do there."""
