"""The examples' OTLP schemas say of OTLP what its own files say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import translator
from schemas import protobuf
from schemas.model import Array, Enum, Field, Record, Schema, Type

OURS = Path(__file__).resolve().parents[2] / "examples" / "otlp"
ROOTS = {"metrics": "MetricsData", "logs": "LogsData", "trace": "TracesData"}
LEFT_OUT = {"string_value_strindex", "key_strindex", "entity_refs"}
"""Fields that OTLP itself calls in development, or that only profiles have."""


@pytest.fixture
def otlp(data: Path) -> Path:
    return data / "otlp"


def official(folder: Path, signal: str) -> Schema:
    file = folder / "opentelemetry" / "proto" / signal / "v1" / f"{signal}.proto"
    return protobuf.read(file, message=ROOTS[signal], include=[folder])


def ours(signal: str) -> Schema:
    return protobuf.read(OURS / f"{signal}.proto", message=ROOTS[signal])


def by_local_name(schema: Schema) -> dict[str, Type]:
    """Messages and enums by their names below the package."""
    return {
        ".".join(part for part in name.split(".") if part[0].isupper()): each for name, each in schema.names.items()
    }


def said(each: Field) -> tuple[Any, ...]:
    """What a field is on the wire and in JSON."""
    packed = isinstance(each.type, Array) and each.type.packed
    items = each.type.items if isinstance(each.type, Array) else each.type
    own = items.name.rpartition(".")[2] if isinstance(items, Record | Enum) else repr(items)
    return each.name, each.json_name, isinstance(each.type, Array), packed, own, each.presence, each.oneof


@pytest.mark.parametrize("signal", ROOTS)
def test_every_field_is_otlp_s(otlp: Path, signal: str) -> None:
    """Its number has that name, type, presence and oneof there; none but those named above is left out."""
    theirs, mine = by_local_name(official(otlp, signal)), by_local_name(ours(signal))
    for name, each in mine.items():
        known = theirs[name]
        if isinstance(each, Enum):
            assert isinstance(known, Enum)
            assert (each.symbols, each.open) == (known.symbols, known.open)
            continue
        assert isinstance(each, Record)
        assert isinstance(known, Record)
        fields = {field.number: said(field) for field in each.fields}
        assert fields == {field.number: said(field) for field in known.fields if field.name not in LEFT_OUT}, name
    used = {name for name, each in theirs.items() if isinstance(each, Record)} - mine.keys()
    assert used == {"EntityRef"}


@pytest.mark.parametrize("example", ["metrics", "logs", "events", "trace"])
def test_examples_are_read_alike(otlp: Path, example: str) -> None:
    """OTLP's own examples become the same bytes by our schemas as by its own, and the same JSON again."""
    signal = "logs" if example == "events" else example
    message = (otlp / "examples" / f"{example}.json").read_bytes()
    mine, theirs = ours(signal), official(otlp, signal)
    wire = translator.compile(("otlp-json", mine), mine).translate(message)
    assert wire == translator.compile(("otlp-json", theirs), theirs).translate(message)
    shown = translator.compile(mine, "otlp-json").translate(wire)
    assert json.loads(shown) == json.loads(translator.compile(theirs, "otlp-json").translate(wire))
