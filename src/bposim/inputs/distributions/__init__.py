"""Distributions of one uncertain number, one file each."""
