"""Plans: compiled once for a pair of schemas, run by the C core."""
