"""Structured products beside each other: peak gamma, hedging flow, and what it does to the price."""
