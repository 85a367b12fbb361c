"""Stress, tails, margin, and contagion: what a book or a whole ecosystem can lose."""
