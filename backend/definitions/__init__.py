"""Everything that a file can define, applied in one transaction."""
