"""A request of OTLP's metrics becomes a signal for each data point: ours by examples/otlp/metrics.toml, from Protobuf
and from JSON; by hand with OpenTelemetry's own classes (upb), each point filling a signal of upb's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import orjson
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

import translator
from bench.peers import MESSAGE

FOLDER = Path(__file__).resolve().parent.parent / "examples/otlp"
SCHEMA = f"{FOLDER / 'metrics.proto'}#MetricsData"
MAPPING = FOLDER / "metrics.toml"
START, NOW = 1_795_370_000_000_000_000, 1_795_377_600_000_000_000
Node = dict[str, Any]


def text(key: str, value: str) -> Node:
    return {"key": key, "value": {"stringValue": value}}


def request() -> bytes:
    """What a collector sends in one go: 4 services, 20 gauges and sums each, with 5 points each."""
    return orjson.dumps({"resourceMetrics": [resource(i) for i in range(4)]})


def resource(number: int) -> Node:
    attributes = [
        text("service.name", f"shop-{number}"),
        text("service.version", "1.4.2"),
        text("host.name", f"node-{number:03}.example.org"),
        text("deployment.environment.name", "prod"),
    ]
    scope = {"name": "hal9.shop", "version": "2.0.1"}
    metrics = [metric(number, i) for i in range(20)]
    return {"resource": {"attributes": attributes}, "scopeMetrics": [{"scope": scope, "metrics": metrics}]}


def metric(service: int, number: int) -> Node:
    points = [point(service, number, i) for i in range(5)]
    data: Node = {"gauge": {"dataPoints": points}}
    if number % 2:
        data = {"sum": {"aggregationTemporality": 2, "isMonotonic": True, "dataPoints": points}}
    return {"name": f"shop.requests.{number}", "unit": "1", "description": "Requests that were served", **data}


def point(service: int, metric: int, number: int) -> Node:
    attributes = [text("http.request.method", "GET"), text("http.route", f"/orders/{metric}"),
                  {"key": "http.response.status_code", "value": {"intValue": str(200 + number)}}]  # fmt: skip
    return {
        "attributes": attributes, "startTimeUnixNano": str(START), "timeUnixNano": str(NOW + number),
        "asDouble": service + metric / 7 + number,
    }  # fmt: skip


def value(any_value: Any) -> str:
    """An attribute's text, of the kinds that the request has."""
    return str(any_value.string_value if any_value.WhichOneof("value") == "string_value" else any_value.int_value)


def by_hand(data: bytes) -> list[bytes]:
    """The loops that people write: what a scope shares is made once."""
    return [bytes(each.SerializeToString()) for each in made(ExportMetricsServiceRequest.FromString(data))]


def made(message: Any) -> Iterator[Any]:
    for resource in message.resource_metrics:
        of_resource = {f"resource.{each.key}": value(each.value) for each in resource.resource.attributes}
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                batch = str(uuid5(NAMESPACE_DNS, metric.name))
                for point in getattr(metric, kind).data_points:
                    yield signal(point, metric, scope, of_resource, kind, batch)


def signal(point: Any, metric: Any, scope: Any, of_resource: dict[str, str], kind: str, batch: str) -> Any:
    metadata = of_resource | {f"attributes.{each.key}": value(each.value) for each in point.attributes}
    metadata |= {"scope": scope.scope.name, "unit": metric.unit, "start": str(point.start_time_unix_nano)}
    seconds, nanos = divmod(point.time_unix_nano, 1_000_000_000)
    message = MESSAGE(
        signal_id=str(uuid5(NAMESPACE_DNS, f"{metric.name}{point.time_unix_nano}{metadata}")), batch_id=batch,
        from_neuron=of_resource["resource.service.name"], to_neuron=f"telemetry/{kind}", layer_from=1, layer_to=1,
        propagation_type=1, metadata=metadata,
    )  # fmt: skip
    message.timestamp.seconds, message.timestamp.nanos = seconds, nanos
    message.payload.activation.content = metric.name
    message.payload.activation.strength = point.as_double
    return message


def contestants() -> Iterator[tuple[str, int, dict[str, Callable[[], Any]]]]:
    """Cases of OTLP: what is translated, how many signals come of it, and who does it."""
    json_ = request()
    packed = translator.compile(("otlp-json", SCHEMA), ("protobuf", SCHEMA)).translate(json_)
    from_protobuf = translator.compile(SCHEMA, mapping=MAPPING)
    from_json = translator.compile(("otlp-json", SCHEMA), mapping=MAPPING)
    results = from_protobuf.translate_each(packed)
    assert not results.errors
    assert [essence(results[i]) for i in range(len(results))] == [essence(each) for each in by_hand(packed)]
    assert results.data == from_json.translate_each(json_).data
    yield (
        f"OTLP metrics, Protobuf ({len(packed):,} bytes) to signals",
        len(results),
        {
            "translate_each": lambda: from_protobuf.translate_each(packed),
            "upb, loops, uuid5, upb": lambda: by_hand(packed),
            "upb parse": lambda: ExportMetricsServiceRequest.FromString(packed),
        },
    )
    yield (
        f"OTLP metrics, JSON ({len(json_):,} bytes) to signals",
        len(results),
        {
            "translate_each": lambda: from_json.translate_each(json_),
            "orjson.loads": lambda: orjson.loads(json_),
        },
    )


def essence(data: bytes) -> Any:
    """A signal without what each contestant makes in its own way: ids, and the texts of some metadata."""
    message = MESSAGE.FromString(data)
    message.signal_id = message.batch_id = ""
    for key in ("start", "temporality", "monotonic"):
        message.metadata.pop(key, None)
    return message
