"""The market simulator: exogenous prices, agents whose trades move them, and one clearing per step."""
