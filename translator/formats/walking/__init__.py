"""What formats' walkers share: the place in the bytes, and values, types and names of members as text."""
