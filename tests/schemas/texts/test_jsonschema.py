"""The text that is kept of a JSON Schema."""

from __future__ import annotations

from schemas.texts.jsonschema import printed


def test_json_schema_is_compact() -> None:
    """JSON Schema loses its spaces, keeps the order of its members, and in the normal form has them sorted."""
    text = '{ "type" : "object",\n "properties": {"é": {"type": "string"}, "a": true} }'
    assert printed(text) == '{"type":"object","properties":{"é":{"type":"string"},"a":true}}'
    assert printed(text, normalize=True) == '{"properties":{"a":true,"é":{"type":"string"}},"type":"object"}'
