"""What was observed, with one ``asof``: chains, books, trades, forwards and volatility surfaces."""
