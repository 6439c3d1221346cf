"""The mappings in examples/otlp make a signal of each data point, log record and span, in both of OTLP's forms."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import translator

FOLDER = Path(__file__).parent.parent / "examples/otlp"
KINDS = ("gauge", "sum", "histogram", "exponentialHistogram", "summary")
Node = dict[str, Any]


def scopes(request: Node, outer: str, inner: str) -> Iterator[tuple[Node, Node, Node]]:
    for resource in request.get(outer, ()):
        for scope in resource.get(inner, ()):
            yield resource, scope, scope


def points(request: Node) -> Iterator[tuple[Node, Node, Node, Node]]:
    for resource, scope, _ in scopes(request, "resourceMetrics", "scopeMetrics"):
        for metric in scope["metrics"]:
            for kind in KINDS:
                for point in metric.get(kind, {}).get("dataPoints", ()):
                    yield resource, scope, point, {"content": metric["name"], "to": kind}


def records(request: Node) -> Iterator[tuple[Node, Node, Node, Node]]:
    for resource, scope, _ in scopes(request, "resourceLogs", "scopeLogs"):
        for record in scope["logRecords"]:
            yield resource, scope, record, {"to": "log"}


def spans(request: Node) -> Iterator[tuple[Node, Node, Node, Node]]:
    for resource, scope, _ in scopes(request, "resourceSpans", "scopeSpans"):
        for span in scope["spans"]:
            yield resource, scope, span, {"content": span["name"]}


def texts(prefix: str, attributes: list[Node]) -> dict[str, str]:
    """Attributes of single values, as the metadata has them."""
    found = {}
    for each in attributes:
        ((kind, value),) = each["value"].items()
        if kind in ("stringValue", "intValue"):
            found[f"{prefix}.{each['key']}"] = str(value)
        elif kind == "boolValue":
            found[f"{prefix}.{each['key']}"] = "true" if value else "false"
    return found


CASES: list[tuple[str, str, str, Callable[[Node], Iterator[Any]]]] = [
    ("metrics", "metrics", "MetricsData", points), ("logs", "logs", "LogsData", records),
    ("logs", "events", "LogsData", records), ("traces", "trace", "TracesData", spans),
]  # fmt: skip


@pytest.mark.parametrize(("name", "file", "message", "items"), CASES, ids=[case[1] for case in CASES])
@pytest.mark.parametrize("official", [False, True], ids=["own schema", "OTLP's schema"])
def test_otlp(
    data: Path, name: str, file: str, message: str, items: Callable[[Node], Iterator[Any]], official: bool
) -> None:
    """S28: from both encodings, by our schema and by OTLP's own, come the same signals, one for each item."""
    text = (data / f"otlp/examples/{file}.json").read_bytes()
    kind = "trace" if name == "traces" else name
    own = FOLDER / f"{kind}.proto"
    path = data / f"otlp/opentelemetry/proto/{kind}/v1/{kind}.proto" if official else own
    schema = f"{path}#{message}"
    target = ("json", "neuron:NeuronSignal")
    mapping = FOLDER / f"{name}.toml"
    found = translator.compile(("otlp-json", schema), target, mapping).translate_each(text)
    assert not found.errors
    signals = [json.loads(each) for each in found]
    packed = translator.compile(("otlp-json", schema), ("protobuf", schema)).translate(text)
    again = translator.compile(schema, target, mapping).translate_each(packed)
    for signal, other in zip(signals, map(json.loads, again), strict=True):
        assert signal | {"signal_id": ""} == other | {"signal_id": ""}
    expected = list(items(json.loads(text)))
    assert len(signals) == len(expected) > 0
    for signal, (resource, scope, item, wanted) in zip(signals, expected, strict=True):
        check(signal, resource, scope, item, wanted)


def check(signal: Node, resource: Node, scope: Node, item: Node, wanted: Node) -> None:
    attributes = resource["resource"]["attributes"]
    assert signal["from_neuron"] == attributes[0]["value"]["stringValue"]
    metadata = texts("resource", attributes) | texts("attributes", item.get("attributes", []))
    assert metadata.items() <= signal["metadata"].items()
    assert signal["metadata"]["scope"] == scope["scope"]["name"]
    if "content" in wanted:
        assert signal["payload"]["activation"]["content"] == wanted["content"]
    if "to" in wanted:
        assert signal["to_neuron"].removeprefix("telemetry/").replace("_h", "H") == wanted["to"]
    if "asDouble" in item:
        assert signal["payload"]["activation"]["strength"] == item["asDouble"]
    if "traceId" in item:
        assert signal["batch_id"].replace("-", "") == item["traceId"].lower()
