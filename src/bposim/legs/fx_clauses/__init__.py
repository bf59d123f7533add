"""Currency clauses of a contract, one file each."""
