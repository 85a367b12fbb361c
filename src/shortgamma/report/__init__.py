"""Results as words, figures, a page and a terminal summary; computes nothing beyond formatting."""
