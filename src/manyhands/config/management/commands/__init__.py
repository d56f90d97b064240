"""Django's own commands where the house adds to them."""
