"""What Protobuf's well-known messages stand for."""

from __future__ import annotations

import pytest

from schemas import protobuf
from schemas.model import Any, Array, Duration, Float, Int, Map, Null, Record, String, Timestamp, Union
from schemas.wellknown import ANY, lifted

FILES = ("any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers")


def names() -> dict[str, Record]:
    """Every well-known message, as read from the compiler's own files."""
    imports = "".join(f'import "google/protobuf/{each}.proto";' for each in FILES)
    schema = protobuf.read({"a.proto": f'syntax = "proto3"; {imports} message M {{}}'})
    return {name: each for name, each in schema.names.items() if isinstance(each, Record)}


def test_each_well_known_message_but_a_few_stands_for_a_type() -> None:
    """What is left is a plain message, or any message at all."""
    left = {name for name, each in names().items() if lifted(each) is None}
    assert left == {"M", "google.protobuf.Empty", "google.protobuf.FieldMask", ANY}


@pytest.mark.parametrize(
    ("name", "type_"),
    [("Timestamp", Timestamp), ("Duration", Duration), ("Value", Any), ("Struct", Map), ("ListValue", Array)],
)
def test_messages_stand_for_their_kind(name: str, type_: type) -> None:
    """Times are counted in nanoseconds; a Struct's members and a ListValue's items are untyped."""
    found = lifted(names()[f"google.protobuf.{name}"])
    assert type(found) is type_
    if isinstance(found, Timestamp):
        assert (found.unit, found.local) == ("ns", False)


def test_a_wrapper_is_its_scalar_or_null() -> None:
    """The scalar has the width and sign of the wrapper's name."""
    found = {name: lifted(Record(f"google.protobuf.{name}Value")) for name in ("UInt32", "Float", "String")}
    scalars = []
    for each in found.values():
        assert isinstance(each, Union)
        assert isinstance(each.branches[0], Null)
        scalars.append(each.branches[1])
    integer, real, text = scalars
    assert isinstance(integer, Int)
    assert (integer.bits, integer.signed) == (32, False)
    assert isinstance(real, Float)
    assert real.bits == 32
    assert isinstance(text, String)


def test_only_the_full_name_counts_and_the_type_is_the_same_object() -> None:
    """A message of a like name in another package is a plain message."""
    assert lifted(Record("mine.Timestamp")) is None
    assert lifted(Record("Timestamp")) is None
    assert lifted(Record("google.protobuf.Timestamp")) is lifted(Record("google.protobuf.Timestamp"))
