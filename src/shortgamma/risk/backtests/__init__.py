"""Did the forecast of tail risk hold? Hit tests, shortfall tests, zones, and exact p-values."""
