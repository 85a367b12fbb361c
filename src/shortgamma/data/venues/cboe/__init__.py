"""CBOE's delayed quote table."""
