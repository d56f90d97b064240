"""Ways through a net of streets: the net is prepared once, then all ways between many places are found at once."""
