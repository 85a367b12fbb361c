"""Exogenous price processes: what the price would do if nobody hedged."""
