"""Mapping documents: TOML into a model."""
