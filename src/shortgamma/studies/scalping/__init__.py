"""Gamma scalping: gamma against theta and costs, at which vol it breaks even, and what stops it."""
