"""Amberdata's recordings of Deribit."""
