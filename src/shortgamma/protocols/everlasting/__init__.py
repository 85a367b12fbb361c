"""Deri's everlasting options: closed form, market maker, funding."""
