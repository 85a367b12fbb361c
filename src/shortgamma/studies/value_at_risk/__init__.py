"""What a book may lose, by several methods, and whether their forecasts held."""
