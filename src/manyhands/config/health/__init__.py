"""How the install is doing: for its host in sentences, for machines in numbers, in its logs by reference."""
