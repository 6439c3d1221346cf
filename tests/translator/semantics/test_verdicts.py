"""What the loss report says of presence (S11, S13) and of branches (S18), and the ends of times (S23)."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import protobuf, writing
from schemas.model import Schema
from tests.translator.semantics.support import av, js, m, pb, plan, refused, run, zigzag

NULLABLE = js([], a={"type": ["string", "null"]})
FIXED = {"type": "fixed", "name": "F", "size": 3}


def proto_of(schema: Schema) -> Schema:
    """The .proto that we write of a schema."""
    return protobuf.read({"m.proto": writing.write(schema, "protobuf").text})


@pytest.mark.parametrize(
    ("types", "messages"),
    [
        (["bytes", FIXED], [b"\x00\x06abc", b"\x02abc"]),
        ([FIXED, "bytes", {**FIXED, "name": "G", "size": 4}], [b"\x00abc", b"\x02\x06abc", b"\x04abcd"]),
        (["int", "long", "null"], [b"\x00\x06", b"\x02\x06", b"\x04"]),
        (["float", "double"], [b"\x00\x00\x00\x80\x3f", b"\x02" + bytes(6) + b"\xf0\x3f"]),
        (["string", {"type": "enum", "name": "E", "symbols": ["A"]}], [b"\x00\x02A", b"\x02\x00"]),
    ],
)
def test_s18_branches_one_to_one(types: list[Any], messages: list[bytes]) -> None:
    """S18: every branch goes to a member of its own of the .proto that we write, and back."""
    schema = av(types)
    written = proto_of(schema)
    there, back = plan("avro", schema, "protobuf", written), plan("protobuf", written, "avro", schema)
    made = [there.translate(each) for each in messages]
    assert len(set(made)) == len(messages)
    assert [back.translate(each) for each in made] == messages


def test_s18_a_branch_taken_twice_is_told() -> None:
    """S18: where two branches become one the report says so."""
    merging = plan("avro", av(["int", "long"]), "avro", av(["long", "string"])).losses["a"]
    assert (merging.verdict, merging.reason) == ("checked", "int64 shares a branch with another")
    assert plan("avro", av(["int", "string"]), "avro", av(["long", "string"])).losses["a"].verdict == "exact"


@pytest.mark.parametrize(
    ("source", "s", "target", "t", "said"),
    [
        ("json", NULLABLE, "avro", av(["null", "string"]), "absent and null become one"),
        ("json", NULLABLE, "protobuf", m("optional string a = 1;"), "absent and null become one"),
        ("json", NULLABLE, "protobuf", m("string a = 1;"), "absent and zero become one"),
        ("json", NULLABLE, "json", NULLABLE, ""),
        ("json", js([], a={"type": "string"}), "avro", av(["null", "string"]), ""),
        ("json", js(["a"], a={"type": ["string", "null"]}), "avro", av(["null", "string"]), ""),
        ("protobuf", m("optional int32 a = 1;"), "avro", av(["null", "int"]), ""),
        ("protobuf", m("optional int32 a = 1;"), "protobuf", m("int32 a = 1;"), "absent and zero become one"),
        ("protobuf", m("int32 a = 1;"), "avro", av("int"), ""),
        ("avro", av(["null", "string"]), "json", NULLABLE, ""),
        ("json", js([], a={"type": "array", "items": {"type": "string"}}), "protobuf", m("repeated string a = 1;"),
         "absent and empty become one"),
    ],
)  # fmt: skip
def test_s11_presence_in_the_verdict(source: str, s: Schema, target: str, t: Schema, said: str) -> None:
    """S11: a field whose absence can't be told from something else is no longer exact."""
    loss = plan(source, s, target, t).losses["a"]
    assert loss.verdict == ("checked" if said else "exact")
    assert said in loss.reason


def test_s11_a_default_in_the_verdict() -> None:
    """S11: a proto2 default that is written for what is unset."""
    source = pb("message M { optional int32 a = 1 [default = 7]; }", syntax="proto2")
    for target in (av("int"), av(["null", "int"])):
        loss = plan("protobuf", source, "avro", target).losses["a"]
        assert (loss.verdict, loss.reason) == ("checked", "absent becomes the default")
    assert run("protobuf", source, "avro", av("int"), b"") == b"\x0e"


WITH_DEFAULTS = av(
    "string", {"name": "c", "type": "string", "default": "EUR"},
    {"name": "e", "type": {"type": "array", "items": "int"}, "default": [1]},
)  # fmt: skip


@pytest.mark.parametrize("source", ["json", "msgpack"])
def test_s13_absent_members_have_the_schemas_default(source: str) -> None:
    """S13: a member that is absent has its default, in every target; one that has none is refused."""
    message = {"json": b'{"a":"x"}', "msgpack": b"\x81\xa1a\xa1x"}[source]
    proto = m("string a = 1; string c = 2; repeated int32 e = 3;")
    assert run(source, WITH_DEFAULTS, "avro", WITH_DEFAULTS, message) == b"\x02x\x06EUR\x02\x02\x00"
    assert run(source, WITH_DEFAULTS, "json", WITH_DEFAULTS, message) == b'{"a":"x","c":"EUR","e":[1]}'
    assert run(source, WITH_DEFAULTS, "protobuf", proto, message) == b"\n\x01x\x12\x03EUR\x1a\x01\x01"
    made = plan(source, WITH_DEFAULTS, "avro", WITH_DEFAULTS)
    assert refused(made, {"json": b"{}", "msgpack": b"\x80"}[source]) == ("MISSING", 0, "a")
    assert made.losses["c"].reason == "where absent, the source's default"


def test_s13_only_an_avro_schema_fills() -> None:
    """S13: Avro's JSON has every field always, and a JSON Schema requires what it says that it requires."""
    assert refused(plan("avro-json", WITH_DEFAULTS, "avro", WITH_DEFAULTS), b'{"a":"x"}') == ("MISSING", 0, "c")
    required = js(["a"], a={"type": "integer", "default": 7})
    assert refused(plan("json", required, "avro", av("long")), b"{}") == ("MISSING", 0, "a")


@pytest.mark.parametrize("unit", ["millis", "micros", "nanos"])
@pytest.mark.parametrize("count", [-(1 << 63), 1 - (1 << 63), (1 << 63) - 2, (1 << 63) - 1])
def test_s23_every_count_can_be_written(unit: str, count: int) -> None:
    """S23: to the first and the last that 64 bits hold."""
    schema = av({"type": "long", "logicalType": f"timestamp-{unit}"})
    written = run("avro", schema, "msgpack", schema, zigzag(count))
    assert run("msgpack", schema, "avro", schema, written) == zigzag(count)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2262-04-11T23:47:16.854775807Z", True), ("2262-04-11T23:47:16.854775808Z", False),
        ("1677-09-21T00:12:43.145224192Z", True), ("1677-09-21T00:12:43.145224191Z", False),
    ],
)  # fmt: skip
def test_s23_the_last_nanosecond(text: str, written: bool) -> None:
    """S23: what a count of nanoseconds holds is written, and not one more."""
    schema = av({"type": "long", "logicalType": "timestamp-nanos"})
    message = b'{"a":"%s"}' % text.encode()
    made = plan("json", schema, "avro", schema)
    if written:
        assert run("avro", schema, "json", schema, made.translate(message)) == message
    else:
        assert refused(made, message) == ("TIME", 5, "a")
