"""DeFi contracts as state machines: option AMMs, vaults, perpetual venues."""
