"""Squeeth: a perpetual on the square of the price, and Crab, which sells it and stays delta-neutral."""
