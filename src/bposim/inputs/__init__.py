"""Uncertain numbers: distributions, dependence, streams, and binding them to a scenario."""
