"""Where a registry keeps what it has."""
