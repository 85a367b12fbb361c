"""Bundled markets to simulate: frozen values whose fields are what ``--set`` changes."""
