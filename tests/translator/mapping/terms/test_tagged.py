"""Values that say what they are: messages that are one oneof (OTLP's AnyValue), and unions; and OTLP as a whole."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

import schemas
import translator
from tests.translator.mapping.support import (
    INTEGER,
    NUMBER,
    TEXT,
    avro_bytes,
    mapped,
    objects,
    problems,
    proto,
    record,
    refused,
    to_json,
)
from translator.mapping import load

TRUTH = {"type": "boolean"}
VALUE = """
syntax = "proto3"; package p;
message M { Value v = 1; repeated Pair pairs = 2; Self self = 3; }
message Pair { string key = 1; Value value = 2; }
message Value {
  oneof value {
    string text = 1; bool truth = 2; int64 whole = 3; double real = 4; Items items = 5; bytes raw = 6; Pair pair = 7;
  }
}
message Items { repeated Value values = 1; }
message Self { oneof what { Self self = 1; string text = 2; } }
"""
RAW = base64.b64encode(b"\xff\0").decode()
AS_TEXT: list[tuple[Any, str]] = [
    ({"text": "x"}, "x"),
    ({"truth": True}, "true"),
    ({"whole": -5}, "-5"),
    ({"real": 2.5}, "2.5"),
    ({"raw": RAW}, RAW),
    ({"items": {"values": [{"text": "a"}, {"whole": 1}]}}, '{"values":[{"text":"a"},{"whole":1}]}'),
    ({"pair": {"key": "k", "value": {"truth": False}}}, '{"key":"k","value":{"truth":false}}'),
]


def packed(value: dict[str, Any]) -> bytes:
    return translator.compile(("json", proto(VALUE)), proto(VALUE)).translate(json.dumps(value).encode())


@pytest.mark.parametrize(("value", "text"), AS_TEXT, ids=[each[1][:8] for each in AS_TEXT])
def test_as_text(value: dict[str, Any], text: str) -> None:
    """Where a text is wanted, a message of one oneof is the member that is set: numbers in their shortest form, bytes
    in base64, what is not a single value in JSON."""
    fields = {
        "direct": "v", "joined": {"join": ["v", {"const": "!"}]}, "cast": {"path": "v", "cast": "string"},
        "found": 'pairs[key="b"].value', "list": {"for_each": "x in pairs", "item": "x.value"},
        "map": {"for_each": "x in pairs", "key": "x.key", "value": "x.value"},
    }  # fmt: skip
    types: dict[str, Any] = {**dict.fromkeys(fields, TEXT), "list": {"type": "array", "items": TEXT}}
    types["map"] = {"type": "object", "additionalProperties": TEXT}
    data = packed({"v": value, "pairs": [{"key": "a"}, {"key": "b", "value": value}]})
    assert to_json(proto(VALUE), data, fields, **types) == {
        "direct": text, "joined": f"{text}!", "cast": text, "found": text, "list": [text], "map": {"b": text},
    }  # fmt: skip


def test_as_numbers_and_truths() -> None:
    """Where another single value is wanted, the member that is set is cast to it; one that can't be is refused."""
    plan = mapped(proto(VALUE), objects(n=INTEGER, r=NUMBER), {"n": "v", "r": {"path": "v", "scale": 2}})
    found = {"whole": {"n": 4, "r": 8.0}, "real": {"n": 4, "r": 8.0}, "text": {"n": 4, "r": 8.0}}
    for member, value in (("whole", 4), ("real", 4.0), ("text", "4")):
        assert json.loads(plan.translate(packed({"v": {member: value}}))) == found[member]
    assert json.loads(plan.translate(packed({}))) == json.loads(plan.translate(packed({"v": {}}))) == {}
    assert refused(plan, packed({"v": {"text": "four"}})) == ("NUMBER", "fields.n")
    assert refused(plan, packed({"v": {"items": {}}})) == ("TYPE", "fields.n")
    reasons = {loss.path: loss.reason for loss in plan.losses}
    assert "refused where it is record p.Items" in reasons["n"]
    truth = mapped(proto(VALUE), objects(t=TRUTH), {"t": "v"})
    assert json.loads(truth.translate(packed({"v": {"truth": True}}))) == {"t": True}


def test_in_conditions() -> None:
    """A condition compares the member that is set, as what it is compared with."""
    fields = {
        "text": {"const": "y", "when": {"path": "v", "equals": "4"}},
        "number": {"const": "y", "when": {"path": "v", "greater": 3}},
        "there": {"const": "y", "when": {"path": "v", "present": True}},
        "default": {"join": [{"path": "v", "default": "none"}]},
    }  # fmt: skip
    types = dict.fromkeys(fields, TEXT)
    every = {"text": "y", "number": "y", "there": "y", "default": "4"}
    assert to_json(proto(VALUE), packed({"v": {"whole": 4}}), fields, **types) == every
    assert to_json(proto(VALUE), packed({"v": {"text": "4"}}), fields, **types) == every
    assert to_json(proto(VALUE), packed({}), fields, **types) == {"default": "none"}


def test_untyped_and_recursive() -> None:
    """Where anything is wanted it is the member's value; a message that contains itself is JSON in the end."""
    target = objects((), a={}, s=TEXT)
    fields = {"a": "v", "s": {"path": "self", "cast": "string"}}
    plan = mapped(proto(VALUE), target, fields)
    assert json.loads(plan.translate(packed({"v": {"whole": 4}, "self": {"text": "x"}}))) == {"a": 4, "s": "x"}
    nested = packed({"v": {"items": {"values": [{"real": 1.5}]}}, "self": {"self": {"self": {"text": "x"}}}})
    assert json.loads(plan.translate(nested)) == {"a": {"values": [{"real": 1.5}]}, "s": '{"self":{"text":"x"}}'}


UNION = record(("u", ["null", "string", "long", record(("x", "int"), name="Rec")]))


def test_unions_when_asked() -> None:
    """A union of several branches is text or a number only where that is asked for (`cast`, or a text made of it)."""
    fields = {"t": {"path": "u", "cast": "string"}, "j": {"join": ["u", {"const": "."}]}}
    for value, text in (("s", "s"), (7, "7"), ({"x": 5}, '{"x":5}')):
        found = to_json(UNION, avro_bytes(UNION, {"u": value}), fields, t=TEXT, j=TEXT)
        assert found == {"t": text, "j": f"{text}."}
    assert to_json(UNION, avro_bytes(UNION, {"u": None}), fields, t=TEXT, j=TEXT) == {}
    number = mapped(UNION, objects(n=INTEGER), {"n": {"path": "u", "cast": "int64"}})
    assert json.loads(number.translate(avro_bytes(UNION, {"u": 7}))) == {"n": 7}
    assert json.loads(number.translate(avro_bytes(UNION, {"u": "8"}))) == {"n": 8}
    assert refused(number, avro_bytes(UNION, {"u": {"x": 1}})) == ("TYPE", "fields.n.path")
    assert "; name a branch in the path" in problems(UNION, objects(t=TEXT), {"t": "u"})[0][1]


# --- OTLP ---

OTLP = Path(__file__).resolve().parents[5] / "shared/data/otlp"


@pytest.fixture(scope="module")
def otlp() -> schemas.Schema:
    if not OTLP.exists():
        pytest.skip("needs ../shared/data")
    return schemas.load(OTLP / "opentelemetry/proto/metrics/v1/metrics.proto", type="MetricsData")


def test_otlp_metrics(otlp: schemas.Schema) -> None:
    """OTLP's own example by the reference's mapping: a signal for each data point, with all attributes as metadata."""
    reference = (Path(__file__).resolve().parents[4] / "docs/mapping.md").read_text()
    document = reference.partition("```toml source=otlp target=neuron\n")[2].partition("```")[0]
    data = translator.compile(("protojson", otlp), otlp).translate((OTLP / "examples/metrics.json").read_bytes())
    plan = translator.compile(otlp, "neuron:NeuronSignal", load(document))
    batch = plan.translate_each(data)
    assert batch.errors == []
    shown = translator.compile("neuron:NeuronSignal", ("json", "neuron:NeuronSignal"))
    found = [json.loads(shown.translate(bytes(each))) for each in batch]
    assert [each["payload"]["activation"]["content"] for each in found] == ["my.counter", "my.gauge"]
    assert [each["payload"]["activation"]["strength"] for each in found] == [5.0, 10.0]
    assert {each["from_neuron"] for each in found} == {"my.service"}
    assert found[1]["timestamp"] == "2018-12-13T14:51:00.300Z"
    assert found[1]["metadata"] == {
        "resource.service.name": "my.service", "my.gauge.attr": "some value", "unit": "1",
    }  # fmt: skip


TWICE = [
    ({"items": {"values": [{"text": "x"}]}}, {"a": '{"values":[{"text":"x"}]}', "b": [{"text": "x"}]}),
    ({"pair": {"key": "k"}}, {"a": '{"key":"k"}', "c": "k"}),
    ({"text": "t"}, {"a": "t"}),
]


@pytest.mark.parametrize("format_", ["protobuf", "protojson", "json", "msgpack"])
def test_a_oneof_member_read_twice(format_: str) -> None:
    """S20: a oneof's member that is read whole and by a member of its own makes no way for itself, and is not
    its own duplicate."""
    fields = {"a": {"path": "v", "cast": "string"}, "b": "v.items.values", "c": "v.pair.key"}
    source = (format_, proto(VALUE))
    plan = mapped(source, objects((), a=TEXT, b={}, c=TEXT), fields)
    write = translator.compile(proto(VALUE), source)
    for value, expected in TWICE:
        assert json.loads(plan.translate(write.translate(packed({"v": value})))) == expected


def test_a_oneof_member_read_twice_gives_way_to_another() -> None:
    """S20: the last member on the wire wins over all that was read of an earlier one."""
    fields = {"a": {"path": "v", "cast": "string"}, "b": "v.items.values", "c": "v.pair.key"}
    plan = mapped(proto(VALUE), objects((), a=TEXT, b={}, c=TEXT), fields)
    for first, _ in TWICE:
        for last, expected in TWICE:
            if first != last:
                assert json.loads(plan.translate(packed({"v": first}) + packed({"v": last}))) == expected
    both = b'{"v":{"text":"t","items":{}}}'
    strict = mapped(("protojson", proto(VALUE)), objects((), a=TEXT, b={}, c=TEXT), fields)
    assert refused(strict, both)[0] == "DUPLICATE"


MOMENT = {"type": "string", "format": "date-time"}
MIXED = objects((), u={"oneOf": [{"type": "integer"}, MOMENT, {"type": "null"}]})


def test_branches_that_avro_has_one_name_for() -> None:
    """A branch is called as Avro calls it or as messages do; where Avro has one name for two, only by the latter."""
    both = {"n": "u:int64", "t": "u:timestamp", "s": {"path": "u", "cast": "string"}}
    plan = mapped(("json", MIXED), objects((), n=INTEGER, t=MOMENT, s=TEXT), both)
    moment = "2024-01-01T00:00:00Z"
    assert json.loads(plan.translate(b'{"u":5}')) == {"n": 5, "s": "5"}
    assert json.loads(plan.translate(json.dumps({"u": moment}).encode())) == {"t": moment, "s": moment}
    assert json.loads(plan.translate(b'{"u":null}')) == {}
    [(_, why)] = problems(("json", MIXED), objects((), n=INTEGER), {"n": "u:long"})
    assert why.endswith("has no branch 'long'; it has int64, timestamp")
    for name in ("long", "int64"):
        fields = {"n": f"u:{name}"}
        assert to_json(UNION, avro_bytes(UNION, {"u": 7}), fields, n=INTEGER) == {"n": 7}
