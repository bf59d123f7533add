"""Questions that take more than one run: the same futures with something changed."""
