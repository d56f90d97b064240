"""A roster from two sheets: which column says what, the weeks as a problem, and the papers that come out."""
