"""Panoptic: perpetual options that are Uniswap v3 liquidity, sold by adding it and bought by removing it."""
