"""Rules of venues without input or output: fees, gas, funding, liquidation, auto-deleveraging."""
