"""Takes in the lists a unit already has: from a file's bytes to a plan for the register (the import contract)."""
