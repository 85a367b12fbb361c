"""Premia's underwriter vault: options quoted at a C-level that rises with utilisation."""
