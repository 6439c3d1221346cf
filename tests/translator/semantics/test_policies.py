"""Each policy does what policies.py says, and nothing else; `drop` names what may be lost; losses say it all
beforehand."""

from __future__ import annotations

import msgspec
import pytest

from tests.translator.semantics.support import av, double, js, m, plan, refused, run, single, text, unplanned, zigzag
from translator.policies import Policies, choices


def test_the_first_of_each_is_the_default():
    """As docs/rules/semantics.md has it."""
    assert Policies() == Policies(**{name: values[0] for name, values in choices().items()})
    assert {"rounding", "time", "nan", "bytes", "unknown", "duplicates", "unions", "naming", "null"} <= choices().keys()


STAMP = {"type": "long", "logicalType": "timestamp-micros"}
CASES = {
    "rounding": (("avro", av("double"), "avro", av("float"), double(0.1)), "round", single(0.1)),
    "time": (
        ("avro", av(STAMP), "avro", av({**STAMP, "logicalType": "timestamp-millis"}), zigzag(1999)),
        "truncate",
        zigzag(1),
    ),
    "nan": (("avro", av("float"), "json", av("float"), single(float("nan"))), "null", b'{"a":null}'),
    "unknown": (("protojson", m("int32 a = 1;"), "protobuf", m("int32 a = 1;"), b'{"b":[]}'), "ignore", b""),
    "duplicates": (("json", av("int"), "avro", av("int"), b'{"a":1,"a":2}'), "last", b"\x04"),
    "tags": (("cbor", av("int"), "avro", av("int"), b"\xa1\x61a\xc6\x05"), "value", b"\x0a"),
    "null": (("avro", av(["null", "int"]), "protobuf", m("int32 a = 1;"), b"\0"), "zero", b""),
}


@pytest.mark.parametrize("name", CASES)
def test_a_policy_lets_through_what_is_refused_without_it(name):
    """And no other policy does."""
    (source, s, target, t, data), value, expected = CASES[name]
    refused(plan(source, s, target, t), data)
    assert run(source, s, target, t, data, **{name: value}) == expected
    others = {other: each for other, (_, each, _) in CASES.items() if other != name}
    refused(plan(source, s, target, t, **others), data)


def test_policies_that_make_a_plan():
    """Unions that look alike, names in another case."""
    assert unplanned("json", av(["int", "long"]), "avro", av(["int", "long"]))
    assert run("json", av(["int", "long"]), "avro", av(["int", "long"]), b'{"a":5}', unions="first") == b"\0\x0a"
    s, t = m("int32 foo_bar = 1;"), av({"name": "fooBar", "type": "int"})
    assert unplanned("protobuf", s, "avro", t, drop="*")
    assert run("protobuf", s, "avro", t, b"\x08\x05", naming="camel") == b"\x0a"
    assert run("avro", t, "protobuf", s, b"\x0a", naming="camel") == b"\x08\x05"


@pytest.mark.parametrize("name", [b"fooBar", b"foo_bar"])
def test_s35_a_source_without_a_schema_has_the_policy_too(name: bytes):
    """Names in snake_case and camelCase meet there as well; the same member under two spellings is refused (S15)."""
    s, t = m("int32 foo_bar = 1;"), av({"name": "fooBar", "type": "int"})
    data = b'{"%s":5}' % name
    assert run("json", None, "protobuf", s, data, naming="camel") == b"\x08\x05"
    assert run("json", None, "avro", t, data, naming="camel") == b"\x0a"
    assert run("json", None, "protobuf", s, data) == (b"\x08\x05" if name == b"foo_bar" else b"")
    both = b'{"fooBar":5,"foo_bar":6}'
    assert refused(plan("json", None, "avro", t, naming="camel"), both)[0] == "DUPLICATE"


def test_rounding_of_a_fraction_to_an_integer():
    """To the nearest, even on a tie; out of range is refused all the same (S3)."""
    each = plan("avro", av("double"), "avro", av("int"), rounding="round")
    for value, expected in ((1.5, 2), (2.5, 2), (-0.5, 0), (-1.6, -2)):
        assert each.translate(double(value)) == zigzag(expected)
    assert refused(each, double(2.0**31)) == ("RANGE", 0, "a")
    assert refused(each, double(float("nan"))) == ("RANGE", 0, "a")


def test_drop_names_what_may_be_lost():
    """By pattern, at any depth; what isn't named keeps the plan from compiling, each with its reason."""
    inner = {"type": "record", "name": "S", "fields": [{"name": "x", "type": "int"}, {"name": "y", "type": "string"}]}
    s = av(inner, "string", {"type": "array", "items": "long"}, "int")
    t = av({**inner, "fields": inner["fields"][:1]}, {"name": "d", "type": "int"})
    assert unplanned("avro", s, "avro", t).count("would be dropped") == 3
    assert unplanned("avro", s, "avro", t, drop=["a.y", "b"]).startswith("c: would be dropped")
    data = zigzag(1) + text("lost") + text("gone") + b"\x02\x02\0" + zigzag(4)
    for drop in (["*"], ["a.*", "b", "c"], ["a.y", "[bc]"]):
        assert run("avro", s, "avro", t, data, drop=drop) == zigzag(1) + zigzag(4)
    each = plan("avro", s, "avro", t, drop=["*"])
    assert {loss.path for loss in each.losses.of("dropped")} == {"a.y", "b", "c"}


VERDICTS = [
    ("int", "long", "exact"),
    ("long", "int", "checked"),
    ("int", "double", "exact"),
    ("int", "float", "checked"),
    ("long", "double", "checked"),
    ("float", "double", "exact"),
    ("double", "float", "checked"),
    ("double", "int", "checked"),
    ("string", "bytes", "exact"),
    ("bytes", "string", "checked"),
    ("boolean", "boolean", "exact"),
    (["null", "int"], "int", "checked"),
    ("int", ["null", "int"], "exact"),
    (["null", "int"], ["null", "int"], "exact"),
    (["int", "string"], ["int", "string"], "exact"),
    (["int", "string"], "int", "checked"),
    (
        {"type": "enum", "name": "E", "symbols": ["A", "B"]},
        {"type": "enum", "name": "E", "symbols": ["B", "A"]},
        "exact",
    ),
    ({"type": "enum", "name": "E", "symbols": ["A", "B"]}, {"type": "enum", "name": "E", "symbols": ["A"]}, "checked"),
    (STAMP, {**STAMP, "logicalType": "timestamp-nanos"}, "checked"),
    (STAMP, {**STAMP, "logicalType": "timestamp-millis"}, "checked"),
    ({**STAMP, "logicalType": "timestamp-millis"}, STAMP, "checked"),
    (STAMP, STAMP, "exact"),
    ({"type": "array", "items": "int"}, {"type": "array", "items": "int"}, "exact"),
    (
        {"type": "bytes", "logicalType": "decimal", "precision": 4},
        {"type": "bytes", "logicalType": "decimal", "precision": 5},
        "exact",
    ),
    (
        {"type": "bytes", "logicalType": "decimal", "precision": 5},
        {"type": "bytes", "logicalType": "decimal", "precision": 4},
        "checked",
    ),
]


@pytest.mark.parametrize(("writer", "reader", "verdict"), VERDICTS)
def test_losses_of_one_field(writer, reader, verdict):
    """`exact` can't be refused for its value, `checked` may be, and says why."""
    loss = plan("avro", av(writer), "avro", av(reader)).losses
    worst = [each for each in loss if each.path.startswith("a")]
    assert ("checked" if any(each.verdict == "checked" for each in worst) else "exact") == verdict
    assert all(each.reason for each in worst if each.verdict == "checked")


def test_losses_towards_a_format():
    """What the target's format can't say of a type that it has: NaN in JSON, years of five digits."""
    for kind in ("float", "double", STAMP, {"type": "int", "logicalType": "date"}):
        assert plan("avro", av(kind), "json", av(kind)).losses["a"].verdict == "checked"
        assert plan("avro", av(kind), "avro", av(kind)).losses["a"].verdict == "exact"
    assert plan("avro", av("float"), "msgpack", av("float")).losses["a"].verdict == "exact"
    assert plan("avro", av("float"), "json", av("float"), nan="quote").losses["a"].verdict == "exact"


def test_the_report_has_every_field_once():
    """In the target's order, what is dropped at the end; fields that only the target has say what stands there."""
    s = js(["a"], a={"type": "integer"}, z={"type": "string"})
    t = av(
        {"name": "b", "type": "int", "default": 7},
        {"name": "a", "type": "long"},
        {"name": "c", "type": ["null", "int"]},
    )
    report = list(plan("json", s, "avro", t, drop=["z"]).losses)
    paths = [each.path for each in report if each.path != "(message)"]
    assert sorted(paths) == ["a", "b", "c", "z"]
    assert paths[-1] == "z"
    assert {each.path: each.reason for each in report}["b"].startswith("the target's default")
    assert run("json", s, "avro", t, b'{"a":1}', drop=["z"]) == b"\x0e\x02\0"


def test_schemaless_ends():
    """A self-describing format without a schema takes the other's, whole or not at all."""
    s = av("int", ["null", "string"])
    assert run("json", None, "avro", s, b'{"a":1,"b":"x"}') == b"\x02\x02\x02x"
    assert run("avro", s, "json", None, b"\x02\x02\x02x") == b'{"a":1,"b":"x"}'
    assert run("msgpack", None, "json", None, msgspec.msgpack.encode([1, {"k": None}])) == b'[1,{"k":null}]'
    assert "avro needs a schema" in unplanned("json", None, "avro", None)
    assert "protobuf is described by protobuf" in unplanned("avro", s, "protobuf", s)
