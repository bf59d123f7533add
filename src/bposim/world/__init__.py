"""The world: paths of volume, exchange rates, wages and prices that every alternative shares."""
