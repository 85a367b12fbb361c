"""Dopex' perpetual put of rDPX: struck at 75 % of spot, kept alive by weekly funding."""
