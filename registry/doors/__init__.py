"""The ways into a registry, one a protocol."""
