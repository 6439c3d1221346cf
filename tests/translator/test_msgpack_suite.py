"""The MessagePack test suite: every encoding of a value reads as that value, and ours is the smallest (S29)."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schemas import model
from translator import formats
from translator.engine.plan import Plan
from translator.plan.compiler import Side

SUITE = Path(__file__).resolve().parents[2].parent / "shared/data/msgpack-test-suite/msgpack-test-suite.json"
pytestmark = pytest.mark.skipif(not SUITE.exists(), reason="the suite's file isn't there")

ANY, FLOAT, SIGNED, UNSIGNED = model.Any(), model.Float(), model.Int(), model.Int(signed=False)
TYPES: dict[str, model.Type] = {
    "nil": model.Null(),
    "bool": model.Bool(),
    "binary": model.Bytes(),
    "string": model.String(),
    "timestamp": model.Timestamp(),
}


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("-", ""))


def typed(kind: str, value: Any) -> model.Type:
    """The narrowest type of ours that has the value; what nests, and extensions, are untyped."""
    if kind != "number":
        return TYPES.get(kind, ANY)
    if isinstance(value, float):
        return FLOAT
    return SIGNED if value < 1 << 63 else UNSIGNED


def cases() -> Iterator[Any]:
    """(kind, value, all its encodings, one of them)."""
    if not SUITE.exists():
        return
    for file, group in json.loads(SUITE.read_text()).items():
        for case in group:
            kind = "number" if "bignum" in case else next(key for key in case if key != "msgpack")
            value = int(case["bignum"]) if "bignum" in case else case[kind]
            encodings = [unhex(each) for each in case["msgpack"]]
            for encoding in encodings:
                yield pytest.param(kind, value, encodings, encoding, id=f"{file[:2]}-{encoding.hex()[:40]}")


EACH = pytest.mark.parametrize(("kind", "value", "encodings", "encoding"), list(cases()))


def smallest(kind: str, value: Any, encodings: list[bytes]) -> bytes:
    """What must come out: msgspec's answer where it has one."""
    if kind in ("timestamp", "ext"):
        return min(encodings, key=len)  # a datetime has no nanoseconds, and msgspec keeps an Ext's width
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)  # a float stays a double, as the type says
    return bytes(msgspec.msgpack.encode(unhex(value) if kind == "binary" else value))


@cache
def plan(type_: model.Type) -> Plan:
    side = Side(formats.get("msgpack"), model.Schema(type_, "jsonschema"))
    return Plan(side, side)


def rewritten(type_: model.Type, data: bytes) -> bytes:
    """`data` read and written as one type."""
    return plan(type_).translate(data)


@EACH
def test_every_encoding_of_a_value_is_written_in_the_smallest_form(
    kind: str, value: Any, encodings: list[bytes], encoding: bytes
) -> None:
    """S29: whichever form a value comes in, it is the same value, and leaves in the smallest form."""
    assert rewritten(typed(kind, value), encoding) == smallest(kind, value, encodings)


@EACH
def test_every_encoding_is_kept_by_any(kind: str, value: Any, encodings: list[bytes], encoding: bytes) -> None:
    """S34: without a type the value stays what it was: a float form stays a float of its width."""
    got = rewritten(ANY, encoding)
    if encoding[0] in (0xCA, 0xCB):
        assert got == encoding
    else:
        assert got == smallest(kind, value, encodings)
