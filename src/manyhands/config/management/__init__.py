"""What Django calls commands; ours are in `manyhands`."""
