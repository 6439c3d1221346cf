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
    drawn = {"signal_id": ""} if name == "logs" else {}
    for signal, other in zip(signals, map(json.loads, again), strict=True):
        assert signal | drawn == other | drawn
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


TIME = "1795377600000000000"


def of(service: str, inner: Node) -> Node:
    return {"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}, **inner}


def gauge(service: str, *points: Node) -> Node:
    return of(service, {"scopeMetrics": [{"metrics": [{"name": "q", "gauge": {"dataPoints": points}}]}]})


def translated(name: str, request: Node) -> tuple[list[Node], list[tuple[str, str]]]:
    """The signals of a request in OTLP's JSON, and what was refused where."""
    kind, message = {"metrics": ("metrics", "MetricsData"), "logs": ("logs", "LogsData"),
                     "traces": ("trace", "TracesData")}[name]  # fmt: skip
    source = ("otlp-json", f"{FOLDER}/{kind}.proto#{message}")
    made = translator.compile(source, ("json", "neuron:NeuronSignal"), FOLDER / f"{name}.toml")
    found = made.translate_each(json.dumps(request).encode())
    return [json.loads(each) for each in found], [(error.code, error.path) for error in found.errors]


def test_a_point_without_a_recorded_value_is_passed_over() -> None:
    """OTLP's flag 1 says that there is no value; a signal without strength would be read as one of strength 1."""
    point = {"timeUnixNano": TIME}
    signals, refused = translated("metrics", {"resourceMetrics": [
        gauge("a", point | {"flags": 1}, point | {"asDouble": 0.0}, point | {"asDouble": 9.0, "flags": 1}, point),
    ]})  # fmt: skip
    assert [each["payload"]["activation"]["strength"] for each in signals] == [0.0]
    assert [code for code, _ in refused] == ["CONDITION"], "one that has no value and doesn't say so"


@pytest.mark.parametrize("kind", ["histogram", "exponentialHistogram", "summary"])
def test_a_distribution_without_a_recorded_value_is_passed_over(kind: str) -> None:
    """Its counts would be zeros."""
    metric = {"name": "q", kind: {"dataPoints": [{"timeUnixNano": TIME, "flags": 1}, {"timeUnixNano": TIME}]}}
    signals, refused = translated("metrics", {"resourceMetrics": [of("a", {"scopeMetrics": [{"metrics": [metric]}]})]})
    assert (len(signals), refused) == (1, [])


def test_points_of_two_resources_are_two_signals() -> None:
    """The same metric at the same time in two services has two ids, and the same ones when it is sent again."""
    point = {"timeUnixNano": TIME, "asInt": "7"}
    request = {"resourceMetrics": [gauge("a", point), gauge("b", point)]}
    ids = [each["signal_id"] for each in translated("metrics", request)[0]]
    assert len(set(ids)) == 2
    assert [each["signal_id"] for each in translated("metrics", request)[0]] == ids


@pytest.mark.parametrize(("name", "request_"), [
    ("metrics", {"resourceMetrics": [gauge("a", {"asInt": "7"})]}),
    ("logs", {"resourceLogs": [of("a", {"scopeLogs": [{"logRecords": [{"body": {"stringValue": "x"}}]}]})]}),
    ("traces", {"resourceSpans": [of("a", {"scopeSpans": [{"spans": [{"traceId": "0" * 31 + "1"}]}]})]}),
], ids=["metrics", "logs", "traces"])  # fmt: skip
def test_what_has_no_time_is_refused(name: str, request_: Node) -> None:
    """A time that isn't set is 0 in Protobuf, and not the year 1970."""
    signals, refused = translated(name, request_)
    assert not signals
    assert [(code, path.rpartition(": ")[2]) for code, path in refused] == [("MISSING", "fields.timestamp")]


def test_a_running_span() -> None:
    """Without a status it is not an error; without an end, events or links it has none."""
    span = {"traceId": "0" * 31 + "1", "spanId": "0" * 15 + "1", "startTimeUnixNano": TIME}
    (signal,), refused = translated("traces", {"resourceSpans": [of("a", {"scopeSpans": [{"spans": [span]}]})]})
    assert not refused
    assert signal["payload"]["gradient"] is None
    assert not {"end", "status", "events", "links"} & signal["metadata"].keys()


def test_a_failed_span_without_a_message() -> None:
    """Its kind of error is `error`."""
    span = {"traceId": "0" * 31 + "1", "startTimeUnixNano": TIME, "status": {"code": 2}}
    (signal,), _ = translated("traces", {"resourceSpans": [of("a", {"scopeSpans": [{"spans": [span]}]})]})
    assert signal["payload"]["gradient"]["error_type"] == "error"
