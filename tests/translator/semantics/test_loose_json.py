"""Plain JSON and MessagePack into Protobuf: null, and names that Protobuf can't have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

import translator
from native.errors import DataError

PROTO = """syntax = "proto3";
message Sub { int32 x = 1; }
message M {
  optional string e = 1; Sub m = 2; oneof o { string a = 3; int32 b = 4; } int32 plain = 5;
  int64 _1 = 6 [json_name = "+1"];
}
message Value { oneof v { string s = 1; int64 i = 2; List l = 3; } }
message List { repeated Value values = 1; }
message Holder { Value one = 1; }
"""
ENCODE = {"json": msgspec.json.encode, "msgpack": msgspec.msgpack.encode}


@pytest.fixture
def proto(tmp_path: Path) -> str:
    (tmp_path / "m.proto").write_text(PROTO)
    return f"{tmp_path / 'm.proto'}"


@pytest.mark.parametrize("format_", ["json", "msgpack"])
@pytest.mark.parametrize("typed", [False, True])
def test_null_unsets_what_can_be_unset(proto: str, format_: str, typed: bool) -> None:
    """S11, S12: with a schema of the source and without; a field without presence refuses null."""
    schema = f"{proto}#M"
    plan = translator.compile((format_, schema) if typed else format_, schema)
    back = translator.compile(schema, ("protojson", schema))

    def made(value: Any) -> Any:
        return json.loads(back.translate(plan.translate(ENCODE[format_](value))))

    assert made({"e": None, "m": None}) == {}
    assert made({"a": None, "b": 5}) == {"b": 5}
    assert made({"+1": 7, "e": "x"}) == {"+1": "7", "e": "x"}
    with pytest.raises(DataError) as refused:
        made({"plain": None})
    assert (refused.value.code, refused.value.path) == ("NULL", "plain")


@pytest.mark.parametrize("value", [{"i": 3}, {"s": "x"}, {"l": {"values": [{"i": 1}]}}])
def test_what_says_what_it_is_stays_that(proto: str, value: Any) -> None:
    """A oneof's member goes into an untyped one as it is, whatever format it came in."""
    schema = f"{proto}#Holder"
    target = ("json", {"type": "object", "properties": {"c": {}}})
    document = {"version": 1, "fields": {"c": "one"}}
    message = json.dumps({"one": value}).encode()
    packed = translator.compile(("json", schema), schema).translate(message)
    (member,) = value.values()
    for source, data in ((("json", schema), message), (("protojson", schema), message), (schema, packed)):
        made = json.loads(translator.compile(source, target, document).translate(data))["c"]
        assert made == member or source == ("protojson", schema), (source, made)
