"""Everyone who trades: hedgers, noise, arbitrage, a leveraged crowd, forced flow."""
