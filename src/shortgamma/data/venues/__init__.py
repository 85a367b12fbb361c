"""One folder per venue or vendor: its wire messages and how they become columns."""
