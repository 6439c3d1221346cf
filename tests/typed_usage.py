"""What users write, as the type checker sees it. `make check` runs mypy on this; nothing runs it."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any, assert_type

import msgspec
from google.protobuf.struct_pb2 import Struct

import translator
from native.errors import DataError
from schemas.model import Schema
from translator.contract import Made
from translator.engine.sources import SchemaSource
from translator.engine.transformers import Entry, Options
from translator.messages import Activation, Gradient, Payload, Vector, rfc3339


class Reading(msgspec.Struct):
    station: str
    value: float


def compiling(schema: Schema) -> None:
    assert_type(translator.compile("readings.avsc"), translator.Plan)
    assert_type(translator.compile(Path("a.avsc"), "b.proto#M", "mapping.json"), translator.Plan)
    assert_type(translator.compile(("protojson", schema), ("json", None), {"fields": {}}), translator.Plan)
    translator.compile(
        {"type": "record", "name": "R", "fields": []}, schema, Path("mapping.json"), source_format="avro",
        source_type="R", target_format="protobuf", target_type="M", policies={"rounding": "round"}, drop=["a.*"],
        limits=translator.Limits(depth=10),
    )  # fmt: skip
    translator.compile(None, source_format="json", policies=translator.Policies(nan="null", time="truncate"))
    translator.compile("a.avsc", policies={"rounding": 1})  # type: ignore[dict-item]
    translator.compile(Struct, ("otlp-json", Struct))
    translator.compile(Struct())
    translator.compile(1)  # type: ignore[arg-type]
    translator.Policies(rounding="sometimes")  # type: ignore[arg-type]


def translating(plan: translator.Plan, data: bytes) -> None:
    assert_type(plan.translate(data), bytes)
    batch = plan.translate_many([data, data])
    assert_type(batch, Made)
    assert_type(plan.translate_many(memoryview(data), array("q", (0, len(data)))), translator.Made)
    assert_type(batch.data, bytes)
    assert_type(batch.offsets, "array[int]")
    assert_type(batch.errors, list[DataError])
    assert_type(batch[0], bytes)
    assert_type(len(batch), int)
    assert_type(plan.ignored(), dict[str, int])
    plan.translate("text")  # type: ignore[arg-type]


def objects(plan: translator.Plan, data: bytes) -> None:
    assert_type(plan.decode(data), Any)
    assert_type(plan.decode(data, Reading), Reading)
    assert_type(plan.decode(data, type=list[int]), list[int])
    assert_type(plan.decode(data, translator.NeuronSignal).payload.activation.strength, float)
    assert_type(plan.encode({"station": "a", "value": 1.0}), bytes)


def losses(plan: translator.Plan) -> None:
    for loss in plan.losses:
        assert_type(loss, translator.Loss)
        assert_type(loss.path, str)
    assert_type(plan.losses.of("dropped"), list[translator.Loss])
    assert_type(plan.warnings, list[str])
    plan.losses.of("lost")  # type: ignore[arg-type]


def messages(signal: translator.NeuronSignal) -> None:
    after = signal.propagated(decay_rate=0.2)
    assert_type(after, translator.NeuronSignal | None)
    assert_type(signal.payload.gradient, Gradient | None)
    assert_type(signal.payload.vector, Vector | None)
    assert_type(rfc3339(signal.time), str)
    Payload(activation=Activation(content="x", features={"a": 1.0}))
    Payload()  # type: ignore[call-arg]
    signal.timestamp = ""  # type: ignore[misc]


class Csv:
    def translate(self, data: bytes) -> bytes:
        return data


def make(source: Schema | None, target: Schema | None, mapping: Any, options: Options) -> translator.Transformer:
    assert_type(options.policies, translator.Policies)
    return Csv()


def registering() -> None:
    translator.register("csv", "neuron", make)
    assert_type(translator.transformers(), list[Entry])
    translator.register("csv", "neuron", bytes)  # type: ignore[arg-type]
    plan: translator.Transformer = translator.compile("csv")
    assert_type(plan.translate(b""), bytes)


class Folder(SchemaSource):
    def by_id(self, id: int, /) -> Schema:  # noqa: A002
        raise translator.SchemaError("none")


SOURCE: SchemaSource = Folder()


def adapting() -> None:
    adapter = translator.adapter({7: "a.avsc"}, "json", framing="avro-single")
    assert_type(adapter, translator.Adapter)
    assert_type(adapter.translate(b"", [("h", b"")]), translator.Message)
    data, headers = translator.adapter(SOURCE, out="confluent", subject="s").translate(b"", {"h": None})
    assert_type(data, bytes)
    assert_type(headers, list[tuple[str, bytes | None]])
    assert_type(adapter.translate_many([b""])[0], bytes)
    translator.adapter(SOURCE, framing="zip")  # type: ignore[arg-type]


def errors(plan: translator.Plan) -> None:
    try:
        plan.translate(b"")
    except translator.LimitError as error:
        assert_type(error.code, str)
    except translator.DataError as error:
        assert_type((error.offset, error.index, error.path), tuple[int, int, str])
    except translator.PlanError as error:
        assert_type(error.problems, list[tuple[str, str]])
