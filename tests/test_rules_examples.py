"""The examples in docs/rules are true: each message becomes what the page says, or is refused with that code."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from native.errors import DataError, PlanError
from schemas.model import Schema
from tests.translator.semantics.support import av, m, plan

PAGES = sorted((Path(__file__).resolve().parents[1] / "docs/rules").glob("*.md"))
FENCE = re.compile(r"^```example\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LOGICAL = {
    "date": {"type": "int", "logicalType": "date"},
    "uuid": {"type": "string", "logicalType": "uuid"},
    "duration": {"type": "fixed", "name": "Duration", "size": 12, "logicalType": "duration"},
}
TEXT = ("json", "protojson", "avro-json", "otlp-json")
EMPTY = "(empty)"


@dataclass
class Example:
    """A line: a format, a type and a message, with policies; and what the page says becomes of it, in which format."""

    source: str
    type: str
    message: str
    policies: dict[str, str]
    target: str
    wanted: str
    result: str


def columns(text: str) -> list[str]:
    return re.split(r" {2,}", text.strip())


def example(line: str) -> Example:
    """`json  long  {"a":1}  rounding=round  →  avro  02`: the target's type is the source's where none is named."""
    left, _, right = line.partition("→")
    source, type_, message, *policies = columns(left)
    *target, result = columns(right)
    named, wanted = [*target, *(source, type_)[len(target) :]]
    return Example(source, type_, message, dict(each.split("=") for each in policies), named, wanted, result)


EXAMPLES = [
    pytest.param(example(line), id=f"{page.stem}: {re.sub(' +', ' ', line)}")
    for page in PAGES
    for body in FENCE.findall(page.read_text())
    for line in body.splitlines()
]


def avro_type(text: str) -> Any:
    """`null|int`, `(null|int)[]`, `int{}`, `enum(A,B)`, `decimal(4,2)`, `timestamp-millis` as Avro has them."""
    if text.startswith("{"):
        return json.loads(text)
    if text.endswith("[]"):
        return {"type": "array", "items": avro_type(text[:-2].strip("()"))}
    if text.endswith("{}"):
        return {"type": "map", "values": avro_type(text[:-2])}
    if "|" in text:
        return [avro_type(each) for each in text.split("|")]
    if found := re.fullmatch(r"enum\((.*)\)", text):
        return {"type": "enum", "name": "E", "symbols": found[1].split(",")}
    if found := re.fullmatch(r"fixed\((\d+)\)", text):
        return {"type": "fixed", "name": "F", "size": int(found[1])}
    if found := re.fullmatch(r"decimal\((\d+),(\d+)\)", text):
        scales = {"precision": int(found[1]), "scale": int(found[2])}
        return {"type": "bytes", "logicalType": "decimal"} | scales
    if "timestamp" in text:
        return {"type": "long", "logicalType": text}
    return LOGICAL.get(text, text)


def protobuf_type(text: str) -> Schema:
    """A field's type, or whole fields."""
    if found := re.fullmatch(r"enum\((.*)\)", text):
        symbols = " ".join(f"{name} = {number};" for number, name in enumerate(found[1].split(",")))
        return m(f"enum E {{ {symbols} }} E a = 1;")
    known = re.findall(r"google\.protobuf\.(\w+)", text)
    files = {"Value": "struct", "Struct": "struct", "ListValue": "struct"}
    imports = [f"google/protobuf/{files.get(each, each.lower())}.proto" for each in known]
    return m(text if " = " in text else f"{text} a = 1;", imports=imports)


def schema(format_: str, type_: str) -> Schema | None:
    if type_ == "any":
        return None
    if "proto" in format_ or format_ == "otlp-json":
        return protobuf_type(type_)
    name, _, default = type_.partition(" = ")
    if name == "-":
        return av()
    more = {"default": json.loads(default)} if default else {}
    return av({"name": "a", "type": avro_type(name)} | more)


def message(format_: str, text: str) -> bytes:
    if format_ in TEXT:
        return text.encode()
    return b"" if text == EMPTY else bytes.fromhex(text)


def shown(format_: str, data: bytes) -> str:
    return data.decode() if format_ in TEXT else data.hex(" ") or EMPTY


def outcome(each: Example) -> str:
    """The message made, `refused: CODE`, or `no plan`."""
    source, target = schema(each.source, each.type), schema(each.target, each.wanted)
    try:
        made = plan(each.source, source, each.target, target, **each.policies)
        return shown(each.target, made.translate(message(each.source, each.message)))
    except PlanError:
        return "no plan"
    except DataError as error:
        return f"refused: {error.code}"


@pytest.mark.parametrize("each", EXAMPLES)
def test_an_example_is_true(each: Example) -> None:
    """What is made of its message is what the page says."""
    assert outcome(each) == each.result
