"""When a hedger trades, to which delta, and what it pays: policies, hedge ratios and frictions."""
