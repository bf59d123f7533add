"""Legs: the teams and contracts that do the work, valued like instruments on the shared world."""
