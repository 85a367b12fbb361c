"""Value at risk and expected shortfall of a book: scenarios, full revaluation, approximations, tails."""
