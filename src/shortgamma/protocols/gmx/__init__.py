"""Perpetuals of GMX v2: price impact by imbalance, adaptive funding, deleveraging of winners."""
