"""Random messages of the conformance suite's types: ProtoJSON against json_format, and every format there and back."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given

from tests.translator.test_protobuf_oracle import MESSAGES, ORACLES, Oracle, fill, is_map, randoms
from translator import formats
from translator.engine.plan import Plan
from translator.plan.compiler import Side
from translator.policies import Policies

FIRST, LAST = -62_135_596_800, 253_402_300_799
PATHS = ["foo", "foo_bar", "a.b_c.d"]
each_message = pytest.mark.parametrize("key", MESSAGES)


def valid(random: Random, message: Any) -> Any:
    """The message with what JSON can say only: times in range, values of a kind, no Any (which isn't built yet)."""
    for field, content in message.ListFields():
        if field.message_type is None:
            if field.enum_type is not None and field.enum_type.full_name == "google.protobuf.NullValue":
                message.ClearField(field.name)  # json_format has null for any number of it, we only for its zero
            continue
        if field.message_type.full_name == "google.protobuf.Any" or _holds(field, "google.protobuf.Any"):
            message.ClearField(field.name)
        elif is_map(field):
            for each in content.values() if field.message_type.fields_by_number[2].message_type else ():
                settle(random, each)
        else:
            for each in content if field.is_repeated else [content]:
                settle(random, each)
    return message


def _holds(field: Any, name: str) -> bool:
    value = field.message_type.fields_by_number.get(2) if is_map(field) else None
    return value is not None and value.message_type is not None and value.message_type.full_name == name


def settle(random: Random, message: Any) -> None:
    match message.DESCRIPTOR.full_name:
        case "google.protobuf.Timestamp":
            message.seconds = random.choice([0, FIRST, LAST, random.randint(FIRST, LAST)])
            message.nanos = random.choice([0, 1, 10**6, 999_999_999])
        case "google.protobuf.Duration":
            message.seconds = random.randint(-315_576_000_000, 315_576_000_000)
            message.nanos = random.choice([0, 1000, 999_999_999]) * (-1 if message.seconds < 0 else 1)
        case "google.protobuf.FieldMask":
            del message.paths[:]
            message.paths.extend(random.sample(PATHS, random.randint(0, 3)))
        case "google.protobuf.Value":
            json_format.ParseDict(random.choice([None, 1.5, "x", True, [1, None], {"k": {}}, -0.0, 2.0**53]), message)
        case "google.protobuf.Struct":
            json_format.ParseDict(random.choice([{}, {"k": [None, {"l": "x"}]}]), message)
        case "google.protobuf.ListValue":
            json_format.ParseDict(random.choice([[], [[], None, 3]]), message)
        case _:
            valid(random, message)


def plan(oracle: Oracle, key: str, source: str, target: str) -> Plan:
    if (key, source, target) not in _plans:
        schema = oracle.schema
        policies = Policies(nan="quote")
        _plans[key, source, target] = Plan(
            *(Side(formats.get(each), schema) for each in (source, target)), policies=policies
        )
    return _plans[key, source, target]


_plans: dict[tuple[str, str, str], Plan] = {}


def loose(text: str | bytes) -> Any:
    """JSON with floats of five digits."""
    return json.loads(text, parse_float=lambda number: float(f"{float(number):.5g}"))


@each_message
@given(random=randoms)
def test_protojson_is_json_format_s(key: str, random: Random) -> None:
    """S1, S4, S5, S8, S11, S12, S17, S22, S23: what json_format makes of a message; and it reads what we write.

    Exactly: it only shows a float32 near zero with six digits where fewer do.
    """
    oracle = ORACLES[key]
    message = valid(random, fill(random, oracle.type()))
    shown = plan(oracle, key, "protobuf", "protojson").translate(message.SerializeToString())
    assert loose(shown) == loose(json_format.MessageToJson(message))
    again = json_format.Parse(shown, oracle.type()).SerializeToString(deterministic=True)
    assert again == json_format.Parse(json_format.MessageToJson(message), oracle.type()).SerializeToString(
        deterministic=True
    )


@each_message
@pytest.mark.parametrize("other", ["protojson", "otlp-json", "json", "msgpack"])
@given(random=randoms)
def test_every_message_comes_back(key: str, other: str, random: Random) -> None:
    """Through another format and back it is the same message to Protobuf's own library."""
    oracle = ORACLES[key]
    data = valid(random, fill(random, oracle.type())).SerializeToString()
    there, back = plan(oracle, key, "protobuf", other), plan(oracle, key, other, "protobuf")
    canonical = oracle.canonical(back.translate(there.translate(data)))
    if other == "msgpack":
        assert canonical == oracle.canonical(data)
    else:  # text has one NaN
        assert str(oracle.type.FromString(canonical)) == str(oracle.type.FromString(data))
    assert there.translate(back.translate(there.translate(data))) == there.translate(data)


@each_message
@given(random=randoms)
def test_what_json_format_writes_is_read(key: str, random: Random) -> None:
    """S1, S16, S17: with original names, enums as numbers, defaults, and indented."""
    oracle = ORACLES[key]
    message = valid(random, fill(random, oracle.type()))
    options = {
        "preserving_proto_field_name": random.random() < 0.5,
        "use_integers_for_enums": random.random() < 0.5,
        "always_print_fields_with_no_presence": random.random() < 0.5,
        "indent": random.choice([None, 2]),
    }
    shown = json_format.MessageToJson(message, **options)
    read = plan(oracle, key, "protojson", "protobuf").translate(shown.encode())
    assert str(oracle.type.FromString(read)) == str(json_format.Parse(shown, oracle.type()))
