"""What the tests of docs/rules/semantics.md share: schemas in a line, plans by format, refusals with their place."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import pytest

from native.errors import DataError, PlanError
from schemas import avro, jsonschema, protobuf
from schemas.model import Schema
from translator import formats
from translator.engine.plan import Plan
from translator.plan.compiler import Side
from translator.policies import Policies

UUID = "0f0e0d0c-0b0a-0908-0706-050403020100"
UUID_BYTES = bytes(range(15, -1, -1))


def av(*fields: Any, name: str = "R") -> Schema:
    """An Avro record of fields "a", "b" and so on by their types, or of whole fields; a lone type needs no record."""
    return avro.read({"type": "record", "name": name, "fields": [_field(i, each) for i, each in enumerate(fields)]})


def _field(i: int, each: Any) -> Any:
    return each if isinstance(each, dict) and "name" in each and "fields" not in each and "symbols" not in each and (
        each.get("type") != "fixed"
    ) else {"name": "abcdefgh"[i], "type": each}  # fmt: skip


def js(required: Sequence[str] = (), *, closed: bool = False, **properties: Any) -> Schema:
    """A JSON Schema of an object."""
    document = {"type": "object", "title": "R", "properties": properties, "required": list(required)}
    return jsonschema.read({**document, "additionalProperties": False} if closed else document)


def pb(body: str, *, syntax: str = "proto3", imports: Sequence[str] = (), root: str = "M") -> Schema:
    """The message `M` of a .proto file."""
    lines = "".join(f'import "{each}"; ' for each in imports)
    return protobuf.read({"m.proto": f'syntax = "{syntax}"; {lines}{body}'}, message=root)


def m(fields: str, **options: Any) -> Schema:
    """A proto3 message of these fields."""
    return pb(f"message M {{ {fields} }}", **options)


def plan(
    source: str, s: Schema | None, target: str, t: Schema | None, drop: Sequence[str] = (), **policies: Any
) -> Plan:
    sides = Side(formats.get(source), s), Side(formats.get(target), t)
    return Plan(*sides, drop=drop, policies=Policies(**policies))


def run(source: str, s: Schema | None, target: str, t: Schema | None, data: bytes, **options: Any) -> bytes:
    return plan(source, s, target, t, **options).translate(data)


def refused(each: Plan, data: bytes) -> tuple[str, int, str]:
    """Code, offset and path of the refusal of `data`."""
    with pytest.raises(DataError) as caught:
        each.translate(data)
    return caught.value.code, caught.value.offset, caught.value.path


def unplanned(source: str, s: Schema | None, target: str, t: Schema | None, **options: Any) -> str:
    """Why there is no plan."""
    with pytest.raises(PlanError) as caught:
        plan(source, s, target, t, **options)
    return "; ".join(f"{path}: {reason}" for path, reason in caught.value.problems)


def zigzag(value: int) -> bytes:
    return varint((value << 1) ^ (value >> 63))


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def text(value: str | bytes) -> bytes:
    """A string or bytes in Avro."""
    data = value.encode() if isinstance(value, str) else value
    return zigzag(len(data)) + data


def double(value: float) -> bytes:
    return struct.pack("<d", value)


def single(value: float) -> bytes:
    return struct.pack("<f", value)
