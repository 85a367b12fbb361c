"""Whole questions: one question is one function, one command and one card of the dashboard."""
