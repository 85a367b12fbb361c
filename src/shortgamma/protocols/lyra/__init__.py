"""Lyra: an option AMM that moves its own vol, charges vega and variance, and hedges its delta."""
