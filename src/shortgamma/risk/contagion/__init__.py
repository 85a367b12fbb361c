"""Contagion on a network of debts or of common holdings: clearing, DebtRank, fire sales, the gamma loop."""
