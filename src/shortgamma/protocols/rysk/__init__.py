"""Rysk's dynamic hedging vault: quotes by exposure, keepers that hedge within a budget."""
