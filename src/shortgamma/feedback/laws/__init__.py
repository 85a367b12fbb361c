"""Published laws that the simulator has to obey: analytic problems as objects."""
