"""What a human typed on the pages of the exchange: one file for each thing people come to do."""
