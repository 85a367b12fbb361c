"""Tests of the laws that the simulator has to obey."""
