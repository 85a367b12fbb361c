"""Margin regimes: what a venue asks an account to hold, one record and one function each."""
