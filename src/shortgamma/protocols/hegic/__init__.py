"""Hegic: options against a treasury that locks the premium only, backed by a cover pool."""
