"""Bundled networks, one TOML file each."""
