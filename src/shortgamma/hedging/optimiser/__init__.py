"""The optimiser: the cheapest listed trades that bring a book inside its limits."""
