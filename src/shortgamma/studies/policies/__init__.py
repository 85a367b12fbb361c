"""Which re-hedging rule a desk should run: policies under the same shocks, their cost and their risk."""
