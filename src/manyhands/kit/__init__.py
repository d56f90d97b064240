"""Kit: what every page is made of. Knows no room."""
