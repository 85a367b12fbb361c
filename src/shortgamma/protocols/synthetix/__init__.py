"""Perpetuals of Synthetix v3: funding that follows the skew, fills at the mean skew price."""
