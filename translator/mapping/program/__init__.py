"""Programs: a mapping's terms as instructions of the core."""
