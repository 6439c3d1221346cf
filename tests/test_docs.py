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
from translator.mapping import document_schema, load
from translator.mapping.document import values as expressions
from translator.mapping.document.loading import KEYS
from translator.mapping.document.values import PARTS

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
ORDER = SCHEMAS["order.json"]


def options(info: str) -> dict[str, str]:
    return dict(each.split("=") for each in info.split())


@pytest.mark.parametrize(("info", "body"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_examples_compile(info: str, body: str) -> None:
    """An example is a document by the schema for editors, and a plan between the schemas that it names."""
    jsonschema.validate(tomllib.loads(body), document_schema())
    named = options(info)
    plan = translator.compile(source_of(named), named.get("target") or TARGET, load(body))
    assert len(plan.losses) > 0


OTLP = ROOT.parent / "shared/data/otlp/opentelemetry/proto/metrics/v1/metrics.proto"


def source_of(named: dict[str, str]) -> Any:
    name = named["source"]
    if name == "otlp" and not OTLP.exists():
        pytest.skip("needs ../shared/data")
    return {"json": "json", "otlp": f"{OTLP}#MetricsData"}.get(name) or SCHEMAS.get(name) or ROOT / "examples" / name


WITH_OUTPUT = [(options(info), body) for info, body in EXAMPLES if "output=" in info]


@pytest.mark.parametrize(("named", "body"), WITH_OUTPUT, ids=[named["output"] for named, _ in WITH_OUTPUT])
def test_examples_give_what_they_show(named: dict[str, str], body: str) -> None:
    """An example with an input and an output makes the one of the other, as JSON."""
    source = source_of(named)
    plan = translator.compile(
        ("json", source) if source != "json" else source, TARGET, load(body), policies={"unions": "first"}
    )
    batch = plan.translate_each(json.dumps(SCHEMAS[named["input"]]).encode())
    assert batch.errors == []
    found = [json.loads(each) for each in batch]
    assert (found if plan.many else found[0]) == SCHEMAS[named["output"]]


def test_examples_run() -> None:
    """The examples that read an order give what the text beside them says."""
    found: dict[str, Any] = {}
    for info, body in EXAMPLES:
        if options(info)["source"] == "order.avsc" and "output" not in options(info):
            plan = translator.compile(("json", SCHEMAS["order.avsc"]), TARGET, load(body), policies={"unions": "first"})
            found |= json.loads(plan.translate(json.dumps(ORDER).encode()))
    assert found["inner"] == {"text": "Ada", "number": 36.0}
    assert found["entries"] == {"a key": "A"}
    assert (found["list"], found["whole"], found["cut"]) == ([{"item": "x"}, {"item": "y"}], 2, 2)
    assert found["time"] == "1970-01-01T00:00:00Z"


def test_everything_is_told() -> None:
    """Every source, modifier, test and group that a document can have has its place in the text."""
    names = {*expressions.SOURCES, *expressions.MODIFIERS, *expressions.TESTS, *expressions.GROUPS, *KEYS, *PARTS}
    assert {name for name in names if not re.search(rf"\b{name}\b", TEXT)} == set()
