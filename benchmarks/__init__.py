"""What a run costs, beside its parts: ``make bench`` prints the table."""
