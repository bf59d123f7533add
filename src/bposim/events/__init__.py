"""Events that strike at random: when they arrive, and who bears the loss."""
