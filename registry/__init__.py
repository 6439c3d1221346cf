"""The schema registry: its server (storage, commands and queries, Confluent's REST API) and its client."""
