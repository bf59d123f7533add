"""Exchange-rate models, one file each.  S(t) is the price in base currency of one unit of a currency."""
