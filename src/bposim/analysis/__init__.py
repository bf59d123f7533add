"""What the simulated totals say: measures of one distribution, comparison of alternatives, what drives them.

Pure functions on per-trial arrays.  Nothing here prints or reads a file.  What resamples a run does so
by a fixed stream (`drivers.fixed_stream`), so that the same run is always read the same way.
"""
