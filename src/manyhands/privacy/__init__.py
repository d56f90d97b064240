"""Privacy: who may see what of whom, who saw it, and when it is forgotten. Holds no address and no phone itself."""
