"""A client of any registry that speaks Confluent's API: `RegistryClient`, a source of schemas for `translator`."""

from registry.client.source import DEFAULT_URL, URL_VARIABLE, RegistryClient, open_source

__all__ = ["DEFAULT_URL", "URL_VARIABLE", "RegistryClient", "open_source"]
