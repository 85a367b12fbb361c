"""Formulas on arrays, compiled by Numba: prices, Greeks, implied vols, smiles, profiles."""
