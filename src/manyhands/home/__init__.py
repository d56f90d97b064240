"""Home: the front pages, and what needs doing now. Reads many rooms, writes none."""
