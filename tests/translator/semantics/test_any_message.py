"""google.protobuf.Any, shown in JSON and packed elsewhere (S39); damage in it (B47)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from native.binding import Limits
from native.errors import LimitError, PlanError
from schemas import avro
from tests.translator.semantics.support import av, m, pb, plan, refused, run
from translator import formats
from translator.engine.plan import Plan
from translator.mapping import document
from translator.plan.compiler import Side, compile_pair
from translator.policies import Policies

BODY = """
message M { google.protobuf.Any a = 1; repeated google.protobuf.Any list = 2; map<string, google.protobuf.Any> by = 3;
  oneof o { google.protobuf.Any one = 4; string text = 5; } M inner = 6; }
message N { int32 n = 1; optional string s = 2; bytes b = 3; M m = 4; int64 wide = 5; }
"""
SCHEMA = pb(BODY, imports=["google/protobuf/any.proto"])
FULL: dict[str, Any] = {
    "a": {"@type": "u/N", "n": 5, "s": "", "b": "AP8="},
    "list": [{}, {"@type": "u/N"}, {"@type": "u/google.protobuf.Timestamp", "value": "2026-11-22T10:00:00.500Z"}],
    "by": {"k": {"@type": "u/M", "a": {"@type": "u/google.protobuf.Any", "value": {"@type": "v/N", "n": 1}}}},
    "one": {"@type": "u/google.protobuf.Empty"},
    "inner": {"list": [{"@type": "u/N", "m": {"text": "x"}}]},
}
SHOWN = json.dumps(FULL, separators=(",", ":")).encode()


def other_end(name: str) -> tuple[str, Any]:
    """A format in which an Any is its URL and its bytes, with its schema."""
    return (name, SCHEMA) if name in ("protobuf", "msgpack") else (name, AVRO)


AVRO = avro.read(
    {
        "type": "record", "name": "M", "fields": [
            {"name": "a", "default": None, "type": ["null", {"type": "record", "name": "Packed", "fields": [
                {"name": "value", "type": "bytes"}, {"name": "type_url", "type": "string"}]}]},
            {"name": "list", "type": {"type": "array", "items": "Packed"}, "default": []},
            {"name": "by", "type": {"type": "map", "values": "Packed"}, "default": {}},
            {"name": "one", "type": ["null", "Packed"], "default": None},
            {"name": "text", "type": ["null", "string"], "default": None},
            {"name": "inner", "type": ["null", "M"], "default": None},
        ]
    }
)  # fmt: skip


@pytest.mark.parametrize("name", ["protobuf", "msgpack", "avro", "avro-json"])
@pytest.mark.parametrize("shown", ["protojson", "json"])
def test_s39_there_and_back(shown: str, name: str) -> None:
    """Shown in JSON, packed in another format, and shown again it is the same, presence included."""
    there, back = plan(shown, SCHEMA, *other_end(name)), plan(*other_end(name), shown, SCHEMA)
    assert json.loads(back.translate(there.translate(SHOWN))) == FULL


def test_s39_json_to_json() -> None:
    """Between two JSONs the message goes through its type too: each dialect has its own forms."""
    text = b'{"a":{"@type":"u/N","wide":"5"}}'
    assert run("protojson", SCHEMA, "json", SCHEMA, text) == b'{"a":{"@type":"u/N","wide":5}}'
    assert run("json", SCHEMA, "protojson", SCHEMA, b'{"a":{"wide":5,"@type":"u/N"}}') == text


def test_s39_plain_json_without_a_schema() -> None:
    """JSON without a schema of its own is read by the target's."""
    assert (
        run("json", None, "protobuf", SCHEMA, b'{"a":{"n":1,"@type":"u/N"}}') == b"\x0a\x09\x0a\x03u/N\x12\x02\x08\x01"
    )


def test_s39_bytes_are_deterministic() -> None:
    """Members in any order give the same bytes."""
    there = plan("protojson", SCHEMA, "protobuf", SCHEMA)
    assert there.translate(b'{"a":{"s":"x","@type":"u/N","n":1}}') == there.translate(
        b'{"a":{"@type":"u/N","n":1,"s":"x"}}'
    )


def test_s39_pieces_merge() -> None:
    """An Any in two pieces is one (S21): the last of each field counts."""
    pieces = b"\x0a\x05\x0a\x03u/N" + b"\x0a\x04\x12\x02\x08\x07" + b"\x0a\x04\x12\x02\x08\x09"
    assert run("protobuf", SCHEMA, "protojson", SCHEMA, pieces) == b'{"a":{"@type":"u/N","n":9}}'


def test_s39_a_member_that_makes_way() -> None:
    """An Any of a oneof that another member replaces is not looked into (S20)."""
    assert run("protobuf", SCHEMA, "protojson", SCHEMA, b"\x22\x03\x0a\x01x\x2a\x01t") == b'{"text":"t"}'


def test_s39_unknown_fields_in_it() -> None:
    """Unknown fields of the message in it are counted, and lost in JSON (S14)."""
    each = plan("protobuf", SCHEMA, "json", SCHEMA)
    assert each.translate(b"\x0a\x0b\x0a\x03u/N\x12\x04\x08\x01\x48\x01") == b'{"a":{"@type":"u/N","n":1}}'
    assert sum(each.ignored().values()) == 1


def test_s39_unknown_types() -> None:
    """Refused where the URL stands, or by policy their bytes, in and out."""
    text, data = b'{"a":{"@type":"u/X","value":"/w=="}}', b"\x0a\x08\x0a\x03u/X\x12\x01\xff"
    assert refused(plan("protojson", SCHEMA, "protobuf", SCHEMA), text) == ("TYPE_URL", 14, "a")
    assert refused(plan("protobuf", SCHEMA, "protojson", SCHEMA), data) == ("TYPE_URL", 1, "a")
    assert run("protojson", SCHEMA, "protobuf", SCHEMA, text, types="base64") == data
    assert run("protobuf", SCHEMA, "protojson", SCHEMA, data, types="base64") == text
    assert run("protojson", SCHEMA, "protojson", SCHEMA, text, types="base64") == text
    bare = plan("protojson", SCHEMA, "protobuf", SCHEMA, types="base64")
    assert refused(bare, b'{"a":{"@type":"X"}}') == ("TYPE_URL", 14, "a")
    assert refused(bare, b'{"a":{"@type":"u/X","n":1}}') == ("UNKNOWN_FIELD", 20, 'a["n"]')


def test_s39_what_is_wrong_is_told_at_its_byte() -> None:
    """In the bytes of a packed one, where they lie in the message; else at the Any."""
    bad = b"\x0a\x09\x0a\x03u/N\x12\x02\x12\xff"
    assert refused(plan("protobuf", SCHEMA, "json", SCHEMA), bad) == ("TRUNCATED", 11, "a.s")
    packed = av({"name": "a", "type": {"type": "record", "name": "P", "fields": [
        {"name": "type_url", "type": "string"}, {"name": "value", "type": "bytes"}]}})  # fmt: skip
    one = m("google.protobuf.Any a = 1; message N { string s = 1; }", imports=["google/protobuf/any.proto"])
    assert refused(plan("avro", packed, "json", one), b"\x0au/M.N\x06\x0a\x05x") == (
        "TRUNCATED", 10, "a.s",
    )  # fmt: skip


def test_s39_a_cut_any_is_no_cut_message() -> None:
    """Where messages stand back to back, bytes of an Any that end too early refuse that message alone."""
    back = plan("avro", AVRO, "json", SCHEMA)
    cut = b"\x02\x04\x12\xff\x06u/N\x00\x00\x00\x00\x00"
    good = plan("json", SCHEMA, "avro", AVRO).translate(b'{"a":{"@type":"u/N","n":1}}')
    made = back.translate_run(cut + good, partial=True).made
    assert [error.code for error in made.errors] == ["TRUNCATED"]
    assert bytes(made.data) == b'{"a":{"@type":"u/N","n":1}}'


def nested(levels: int, *, last: bool, core: str = "{}") -> bytes:
    """An Any in an Any in an Any."""
    kind = '"@type":"u/google.protobuf.Any"'
    text = core
    for _ in range(levels):
        text = f'{{"value":{text},{kind}}}' if last else f'{{{kind},"value":{text}}}'
    return f'{{"a":{text}}}'.encode()


@pytest.mark.parametrize("last", [False, True])
def test_b47_depth(last: bool) -> None:
    """B47: as deep as the limit says, and no deeper, from JSON and from Protobuf."""
    limits = Limits(depth=20)
    there, back = (
        Plan(Side(formats.get(a), SCHEMA), Side(formats.get(b), SCHEMA), limits=limits)
        for a, b in (("protojson", "protobuf"), ("protobuf", "protojson"))
    )
    assert back.translate(there.translate(nested(18, last=last))) == nested(18, last=False)
    assert refused(there, nested(19, last=last))[0] == "DEPTH"
    deeper = plan("protojson", SCHEMA, "protobuf", SCHEMA).translate(nested(19, last=last))
    assert refused(back, deeper)[0] == "DEPTH"


def test_b47_depth_of_what_is_put_off() -> None:
    """B47: what is below an Any that stands deep in its message counts from there."""
    wide = plan("protojson", SCHEMA, "protobuf", SCHEMA, duplicates="refuse")
    text = "{}"
    for _ in range(4):
        text = '{"@type":"u/M","inner":{"inner":{"inner":{"inner":{"a":' + text + "}}}}}"
    data = wide.translate(f'{{"a":{text}}}'.encode())
    back = Plan(Side(formats.get("protobuf"), SCHEMA), Side(formats.get("protojson"), SCHEMA), limits=Limits(depth=20))
    assert refused(back, data)[0] == "DEPTH"


def test_b47_is_read_ahead_once() -> None:
    """B47: types that stand last are looked for once, not at each level: so the notes of it fit in little memory."""
    core = '{"@type":"u/google.protobuf.Value","value":[' + ",".join(["{}"] * 3000) + "]}"
    message = nested(100, last=True, core=core)
    sides = Side(formats.get("protojson"), SCHEMA), Side(formats.get("protojson"), SCHEMA)
    assert json.loads(Plan(*sides, limits=Limits(memory=1 << 20)).translate(message)) == json.loads(message)
    with pytest.raises(LimitError):
        Plan(*sides, limits=Limits(memory=1 << 16)).translate(message)


def test_s39_image_grows_with_the_schema() -> None:
    """The tables are linear in the messages that there are, and only made where an Any can be reached."""

    def size(count: int, field: str) -> int:
        more = " ".join(f"message T{i} {{ int32 a = 1; T{(i + 1) % count} t = 2; }}" for i in range(count))
        schema = pb(f"message M {{ {field} a = 1; }} {more}", imports=["google/protobuf/any.proto"])
        sides = Side(formats.get("protobuf"), schema), Side(formats.get("json"), schema)
        return len(compile_pair(*sides, Policies()).image)

    assert size(400, "google.protobuf.Any") < 4.2 * size(100, "google.protobuf.Any")
    assert size(400, "int32") == size(100, "int32")


@pytest.mark.parametrize("source", ["json", "protojson", "protobuf"])
def test_s39_in_a_mapping(source: str) -> None:
    """A mapping takes an Any as a whole; its two fields are there only where the format has them."""
    seed = plan("protojson", SCHEMA, source, SCHEMA).translate(b'{"a":{"@type":"u/N","n":1}}')
    sides = Side(formats.get(source), SCHEMA), Side(formats.get("json"), SCHEMA)
    whole = Plan(*sides, mapping=document.load('version = 1\n[fields]\n"one" = "a"\n'))
    assert whole.translate(seed) == b'{"one":{"@type":"u/N","n":1}}'
    part = document.load('version = 1\n[fields]\n"text" = "a.type_url"\n')
    if source == "protobuf":
        assert Plan(*sides, mapping=part).translate(seed) == b'{"text":"u/N"}'
    else:
        with pytest.raises(PlanError, match="can't become"):
            Plan(*sides, mapping=part)
