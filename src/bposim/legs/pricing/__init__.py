"""Price models of a contract, one file each."""
