"""The levels: which versions are looked at, which way, and what a verdict says of them."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from native.errors import SchemaError
from schemas.compatibility import LEVELS, Document, Level, Verdict, check, differences, read
from tests.schemas.compatibility.support import field, record

ONE = record(field("a", "int"))
TWO = record(field("a", "int"), field("b", "int", default=0))
THREE = record(field("a", "int"), field("b", "int"))
LONG = record(field("a", "long"))


def document(schema: Any) -> Document:
    return read(json.dumps(schema), "avro")


def verdict(level: Level, new: Any, *previous: Any) -> Verdict:
    return check(document(new), [document(each) for each in previous], level)


# The new schema, those before it (the oldest first), and the levels that it keeps.
HISTORIES: list[tuple[str, Any, list[Any], str]] = [
    ("the first version", ONE, [], " ".join(LEVELS)),
    ("the same", ONE, [ONE, ONE], " ".join(LEVELS)),
    ("a field with a default", TWO, [ONE], " ".join(LEVELS)),
    ("a field without", THREE, [ONE], "NONE FORWARD FORWARD_TRANSITIVE"),
    ("a default goes", THREE, [ONE, TWO], "NONE BACKWARD FORWARD FORWARD_TRANSITIVE FULL"),
    ("a promotion", LONG, [ONE], "NONE BACKWARD BACKWARD_TRANSITIVE"),
    ("a promotion, and back", ONE, [ONE, LONG], "NONE FORWARD FORWARD_TRANSITIVE"),
    ("a promotion before the last", LONG, [ONE, LONG], "NONE BACKWARD BACKWARD_TRANSITIVE FORWARD FULL"),
]


@pytest.mark.parametrize(("new", "previous", "kept"), [case[1:] for case in HISTORIES],
                         ids=[case[0] for case in HISTORIES])  # fmt: skip
def test_levels(new: Any, previous: list[Any], kept: str) -> None:
    """BACKWARD reads the last version, FORWARD is read by it, FULL both; the transitive ones look at all versions."""
    assert [level for level in LEVELS if verdict(level, new, *previous).compatible] == [
        level for level in LEVELS if level in kept.split()
    ]


def test_every_level_is_listed() -> None:
    """The list of levels is the type's."""
    assert get_args(Level) == LEVELS


def test_what_is_told() -> None:
    """A finding names the version and the direction; newer versions come first, BACKWARD before FORWARD."""
    old, middle, new = record(field("a", "string")), record(field("a", "long")), record(field("a", "int"))
    found = check(document(new), [document(old), document(middle)], "FULL_TRANSITIVE", versions=[3, 7])
    assert [(each.version, each.direction, each.kind, each.path) for each in found.incompatibilities] == [
        (7, "BACKWARD", "TYPE_MISMATCH", "/fields/0/type"),
        (3, "BACKWARD", "TYPE_MISMATCH", "/fields/0/type"),
        (3, "FORWARD", "TYPE_MISMATCH", "/fields/0/type"),
    ]
    first, _, last = (str(each) for each in found.incompatibilities)
    assert first == (
        "TYPE_MISMATCH at /fields/0/type: int in the new schema can't read long of version 7 (BACKWARD, version 7)"
    )
    assert "string in version 3 can't read int of the new schema" in last


def test_names_of_versions() -> None:
    """The caller may call versions otherwise, and their numbers stay."""
    found = check(document(ONE), [document(LONG)], "BACKWARD", names=["v1.avsc"]).incompatibilities
    assert [(each.version, each.message) for each in found] == [(1, "int in the new schema can't read long of v1.avsc")]


def test_another_language() -> None:
    """Schemas of two languages are never compatible."""
    found = differences(document(ONE), read("{}", "jsonschema"))
    assert [(each.kind, each.message) for each in found] == [
        ("SCHEMA_TYPE_CHANGED", "the old schema is avro, the new schema is jsonschema")
    ]


@pytest.mark.parametrize(("language", "text", "place"), [
    ("avro", '{"type": "nothing"}', "nothing"), ("protobuf", "message {", "schema.proto:1"),
    ("jsonschema", '{"type": 5}', "/type"),
])  # fmt: skip
def test_what_is_no_schema(language: Any, text: str, place: str) -> None:
    """A text that is not a schema is refused where it is wrong."""
    with pytest.raises(SchemaError, match=place):
        read(text, language)


def test_a_reference_that_is_no_schema() -> None:
    """The error names the document that is wrong."""
    with pytest.raises(SchemaError, match=r"^other\.avsc/fields"):
        read('"int"', "avro", {"other.avsc": '{"type": "record", "name": "R", "fields": [1]}'})
