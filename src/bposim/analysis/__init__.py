"""What the simulated totals say: measures of one distribution, comparison of alternatives, payback.

Pure functions on per-trial arrays.  Nothing here draws a random number, prints or reads a file.
"""
