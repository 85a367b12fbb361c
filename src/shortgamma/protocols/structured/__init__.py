"""Products whose holders are long gamma or short it: closed forms, Greeks, peaks, hedging flow."""
