"""The mapping reference is true: each of its examples loads and compiles against the schemas that it names."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import translator
from translator.mapping import document_schema, expressions, load

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs/mapping.md").read_text()
FENCE = re.compile(r"^```(\w+) *(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [found.groups() for found in FENCE.finditer(TEXT)]
EXAMPLES = [(info, body) for language, info, body in BLOCKS if language == "toml"]
SCHEMAS = {info: json.loads(body) for language, info, body in BLOCKS if language == "json"}

STRING = {"type": "string"}
TARGET: dict[str, Any] = {
    "title": "Target", "type": "object",
    "properties": {
        **dict.fromkeys(("text", "other", "joined", "random"), STRING), "number": {"type": "number"},
        "whole": {"type": "integer"}, "cut": {"type": "integer"}, "single": {"type": "number", "format": "float"},
        "time": {"type": "string", "format": "date-time"}, "id": {"type": "string", "format": "uuid"},
        "inner": {"title": "I", "type": "object", "properties": {"text": STRING, "number": {"type": "number"}}},
        "entries": {"type": "object", "additionalProperties": STRING},
        "list": {"type": "array", "items": {"title": "L", "type": "object", "properties": {"item": STRING}}},
    },
}  # fmt: skip
ORDER = {
    "id": "A", "count": 5, "price": 2.5, "ok": True, "sent": 0, "note": None, "level": "high",
    "customer": {"name": "Ada", "age": 36}, "labels": {"site": "hall"}, "data": {"kind": "k"},
    "lines": [{"item": "x", "n": 1}, {"item": "y", "n": 2}],
}  # fmt: skip


def options(info: str) -> dict[str, str]:
    return dict(each.split("=") for each in info.split())


@pytest.mark.parametrize(("info", "body"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_examples_compile(info: str, body: str) -> None:
    """An example is a document by the schema for editors, and a plan between the schemas that it names."""
    jsonschema.validate(tomllib.loads(body), document_schema())
    named = options(info)
    source = SCHEMAS.get(named["source"]) or ROOT / "examples" / named["source"]
    plan = translator.compile(source, named.get("target") or TARGET, load(body))
    assert len(plan.losses) > 0


def test_examples_run() -> None:
    """The examples that read an order give what the text beside them says."""
    found: dict[str, Any] = {}
    for info, body in EXAMPLES:
        if options(info)["source"] == "order.avsc":
            plan = translator.compile(("json", SCHEMAS["order.avsc"]), TARGET, load(body), policies={"unions": "first"})
            found |= json.loads(plan.translate(json.dumps(ORDER).encode()))
    assert found["inner"] == {"text": "Ada", "number": 36.0}
    assert found["entries"] == {"a key": "A"}
    assert (found["list"], found["whole"], found["cut"]) == ([{"item": "x"}, {"item": "y"}], 2, 2)
    assert found["time"] == "1970-01-01T00:00:00Z"


def test_everything_is_told() -> None:
    """Every source, modifier, test and group that a document can have has its place in the text."""
    names = {*expressions.SOURCES, *expressions.MODIFIERS, *expressions.TESTS, *expressions.GROUPS}
    assert {name for name in names if not re.search(rf"\b{name}\b", TEXT)} == set()
