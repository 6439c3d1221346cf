"""The text that is kept of an Avro schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from native.errors import SchemaError
from schemas import avro
from schemas.canonical import parsing_canonical_form
from schemas.texts.avro import printed


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"type": "string"}, "string"),
        ({"type": {"type": "int"}, "unique": 1}, {"type": "int", "unique": 1}),
        (
            {"name": "a.b.R", "doc": "d", "type": "record",
             "k": 1, "fields": [{"type": ["null", "a.b.R"], "name": "x"}]},
            {"type": "record", "name": "R", "namespace": "a.b", "doc": "d",
             "fields": [{"name": "x", "type": ["null", "R"]}], "k": 1},
        ),
        (
            {"type": "record", "name": "R", "namespace": "a", "aliases": ["Q"], "fields": [
                {"name": "e", "default": "A", "order": "ascending", "type":
                    {"namespace": "a", "symbols": ["A"], "name": "E", "default": "A", "type": "enum"}},
                {"name": "f", "order": "ignore", "aliases": ["g"], "doc": "f", "type":
                    {"type": "fixed", "size": 2, "name": "b.F", "logicalType": "decimal", "precision": 3}},
                {"name": "m", "type": {"values": ["null", "b.F"], "type": "map"}, "default": {}},
                {"name": "n", "type": {"items": "a.E", "type": "array"}}]},
            {"type": "record", "name": "R", "namespace": "a", "fields": [
                {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A"], "default": "A"}, "default": "A"},
                {"name": "f", "type": {"type": "fixed", "name": "F", "namespace": "b", "size": 2,
                                       "logicalType": "decimal", "precision": 3}, "doc": "f", "order": "ignore",
                 "aliases": ["g"]},
                {"name": "m", "type": {"type": "map", "values": ["null", "b.F"]}, "default": {}},
                {"name": "n", "type": {"type": "array", "items": "E"}}], "aliases": ["Q"]},
        ),
    ],
)  # fmt: skip
def test_avro_is_printed_as_java_does(given: object, wanted: object) -> None:
    """Members in Java's order, names split, the namespace around left out, everything else kept; it reads the same."""
    text = printed(json.dumps(given))
    assert text == json.dumps(wanted, separators=(",", ":"))
    assert printed(text) == text
    avro.read(text)


def test_printing_keeps_the_shared_schemas(data: Path) -> None:
    """Every Avro schema of the shared data has the same canonical form after printing, and printing is stable."""
    seen = 0
    for path in sorted((data / "avro").rglob("*.avsc")):
        text = path.read_text()
        try:
            before = parsing_canonical_form(text)
        except SchemaError:
            continue
        found = printed(text)
        assert parsing_canonical_form(found) == before, path
        assert printed(found) == found
        seen += 1
    assert seen > 0
