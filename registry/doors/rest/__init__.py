"""Confluent's REST API."""
