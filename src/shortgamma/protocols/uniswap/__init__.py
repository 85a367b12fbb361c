"""Uniswap v3: liquidity between two prices, whose holder is short gamma and is rebalanced by the traders."""
