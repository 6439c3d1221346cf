"""HAL9's messages as Python types: they mirror the schemas, survive every format, and hold HAL9's rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import msgspec
import pytest
from msgspec import inspect

import translator
from schemas import neuron
from schemas.model import MISSING, Record, Type, nullable
from translator.messages import (
    Activation,
    Gradient,
    LearningComplete,
    NeuronActivated,
    NeuronSignal,
    Payload,
    TopologyChanged,
    Vector,
    rfc3339,
)

FORMATS = ("avro", "json", "msgpack", "neuron", "protobuf", "protojson")
MESSAGES = (NeuronSignal, NeuronActivated, LearningComplete, TopologyChanged)

PLAIN = NeuronSignal(
    signal_id=UUID(int=1), from_neuron="n1", to_neuron="n2", layer_from="L3", layer_to="L4",
    propagation_type="Forward", batch_id=UUID(int=2), timestamp="2026-11-22T10:00:00.123456789Z",
    payload=Payload(activation=Activation(content="hello")),
)  # fmt: skip
FULL = msgspec.structs.replace(
    PLAIN,
    propagation_type="Backward",
    payload=Payload(
        activation=Activation(content="ö", strength=0.5, features={"cost": 1.5, "": -0.0}),
        gradient=Gradient(error_type="mse", magnitude=0.25, adjustments=["up", ""], loss=2.0),
        vector=Vector(encoding="INT8", data=b"\x00\xff", scale=0.125, zero_point=-3),
    ),
    metadata={"k": "v"},
)
SAMPLES = (
    PLAIN,
    FULL,
    NeuronActivated(neuron_id="n", activation=0.5),
    LearningComplete(epoch=2**64 - 1, metrics={"loss": 0.1}),
    TopologyChanged(old="a", new="b"),
)


def signal(**changes: Any) -> NeuronSignal:
    return msgspec.structs.replace(PLAIN, **changes)


def identity(format_: str, message: type = NeuronSignal) -> translator.Plan:
    end = (format_, f"neuron:{message.__name__}")
    return translator.compile(end, end)


@pytest.mark.parametrize("message", MESSAGES)
def test_mirror(message: type) -> None:
    """Fields, their order, and their defaults are the built-in schema's, at every depth."""
    schema = neuron.load(message.__name__, "avro")
    assert isinstance(schema.root, Record)
    mirror(schema.root, inspect.type_info(message))


def mirror(record: Record, info: inspect.Type) -> None:
    assert isinstance(info, inspect.StructType)
    assert [each.name for each in info.fields] == [each.name for each in record.fields]
    for ours, theirs in zip(info.fields, record.fields, strict=True):
        if theirs.default is not MISSING:
            assert ours.default == theirs.default, ours.name
        inner = solid(theirs.type)
        if isinstance(inner, Record):
            mirror(inner, next(each for each in branches(ours.type) if isinstance(each, inspect.StructType)))


def solid(type_: Type) -> Type:
    return nullable(type_)[0]


def branches(info: inspect.Type) -> tuple[inspect.Type, ...]:
    return info.types if isinstance(info, inspect.UnionType) else (info,)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_round_trip(format_: str, sample: msgspec.Struct) -> None:
    """What is encoded in any format is decoded as it was, nanoseconds and -0.0 included."""
    plan = identity(format_, type(sample))
    found = plan.decode(plan.encode(sample), type(sample))
    assert found == sample
    assert repr(found) == repr(sample)


def test_json_is_hal9s() -> None:
    """HAL9's JSON has a null gradient and leaves an absent vector out."""
    assert identity("json").encode(PLAIN) == (
        b'{"signal_id":"00000000-0000-0000-0000-000000000001","from_neuron":"n1","to_neuron":"n2","layer_from":"L3",'
        b'"layer_to":"L4","propagation_type":"Forward","batch_id":"00000000-0000-0000-0000-000000000002",'
        b'"timestamp":"2026-11-22T10:00:00.123456789Z","payload":{"activation":{"content":"hello","strength":1.0,'
        b'"features":{}},"gradient":null},"metadata":{}}'
    )


def test_absent_strength_is_one() -> None:
    """A strength that isn't there means 1.0."""
    text = identity("json").encode(PLAIN).replace(b'"strength":1.0,', b"")
    assert identity("json").decode(text, NeuronSignal).payload.activation.strength == 1.0


def test_float32_is_rounded() -> None:
    """A Python float becomes the nearest float32; beyond its range it is refused (S3)."""
    plan = identity("protobuf", NeuronActivated)
    assert plan.decode(plan.encode(NeuronActivated(neuron_id="", activation=0.1)))["activation"] == 0.10000000149011612
    with pytest.raises(translator.DataError, match=r"RANGE.* in activation"):
        plan.encode(NeuronActivated(neuron_id="", activation=1e39))


@pytest.mark.parametrize(
    ("bad", "code", "path"),
    [
        ({"layer_from": "L10"}, "SYMBOL", "layer_from"),
        ({"timestamp": "yesterday"}, "TIME", "timestamp"),
        ({"from_neuron": None}, "NULL", "from_neuron"),
    ],
)
def test_encode_refuses(bad: dict[str, Any], code: str, path: str) -> None:
    """What the schema doesn't allow is refused with code and path."""
    with pytest.raises(translator.DataError) as caught:
        identity("avro").encode(signal(**bad))
    assert (caught.value.code, caught.value.path) == (code, path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T10:00:00Z", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-22T10:00:00.123456Z", datetime(2026, 11, 22, 10, 0, 0, 123456, UTC)),
        ("2026-11-22T10:00:00.123456000Z", datetime(2026, 11, 22, 10, 0, 0, 123456, UTC)),
        ("2026-11-22t11:30:00.5+01:30", datetime(2026, 11, 22, 10, 0, 0, 500000, UTC)),
    ],
)
def test_time(text: str, expected: datetime) -> None:
    """The timestamp is a datetime in UTC where microseconds hold it."""
    assert signal(timestamp=text).time == expected
    assert signal(timestamp=text).time.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-11-22T10:00:00.123456789Z", "INEXACT"),
        ("2026-11-22T10:00:00.0000001Z", "INEXACT"),
        ("2026-11-22T10:00:00", "TIME"),
        ("2026-02-30T10:00:00Z", "TIME"),
        ("2026-11-22T24:00:00Z", "TIME"),
        ("0001-01-01T00:00:00+01:00", "TIME"),
        ("2026-11-22", "TIME"),
        ("", "TIME"),
    ],
)
def test_time_refuses(text: str, code: str) -> None:
    """Nanoseconds, and what is not an instant, are refused."""
    with pytest.raises(translator.DataError) as caught:
        _ = signal(timestamp=text).time
    assert (caught.value.code, caught.value.path) == (code, "timestamp")


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 120000, UTC), "2026-01-02T03:04:05.120Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 123456, UTC), "2026-01-02T03:04:05.123456Z"),
        (datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T22:00:00Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_rfc3339(moment: datetime, text: str) -> None:
    """A datetime as a timestamp: UTC, with 0, 3 or 6 digits (S23); back again it is the same instant."""
    assert rfc3339(moment) == text
    assert signal(timestamp=text).time == moment
    plan = identity("protobuf")
    assert plan.decode(plan.encode(signal(timestamp=text)))["timestamp"] == text


def test_rfc3339_needs_a_zone() -> None:
    """A datetime without a zone is not an instant (S24)."""
    with pytest.raises(ValueError, match="zone"):
        rfc3339(datetime(2026, 1, 1))


@pytest.mark.parametrize(("source", "target"), [("L1", "L1"), ("L1", "L2"), ("L9", "L8")])
def test_valid(source: str, target: str) -> None:
    """Layers may be the same, or neighbours."""
    signal(layer_from=source, layer_to=target).validate()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"layer_from": "L1", "layer_to": "L3"}, "LAYERS"),
        ({"layer_from": "L9", "layer_to": "L1"}, "LAYERS"),
        ({"timestamp": "now"}, "TIME"),
        ({"metadata": {"propagation_depth": "-1"}}, "NUMBER"),
    ],
)
def test_invalid(changes: dict[str, Any], code: str) -> None:
    """Layers more than one apart, a bad timestamp, and a depth that is not a number are refused."""
    with pytest.raises(translator.DataError) as caught:
        signal(**changes).validate()
    assert caught.value.code == code


def test_propagated() -> None:
    """A hop takes a tenth of the strength, in float32, and counts itself; the signal before stays as it was."""
    after = FULL.propagated()
    assert after is not None
    assert after.payload.activation.strength == 0.44999998807907104  # 0.5f * 0.9f
    assert after.metadata == {"k": "v", "propagation_depth": "1"}
    assert after.payload.gradient == FULL.payload.gradient
    assert FULL.metadata == {"k": "v"}
    assert FULL.payload.activation.strength == 0.5


def test_ten_hops() -> None:
    """A signal makes ten hops, and no more."""
    hops, at = 0, PLAIN.propagated()
    while at is not None:
        hops, last, at = hops + 1, at, at.propagated()
    assert hops == 10
    assert last.depth == 10
    assert last.payload.activation.strength == pytest.approx(0.9**10, rel=1e-6)


@pytest.mark.parametrize(
    ("strength", "rate", "goes_on"),
    [(1.0, 0.98, True), (1.0, 0.991, False), (0.01, 0.0, True), (0.009, 0.0, False), (1.0, 1.0, False),
     (float("nan"), 0.1, False), (1e300, 0.1, True)],
)  # fmt: skip
def test_faint(strength: float, rate: float, goes_on: bool) -> None:
    """Below 0.01 a signal no longer propagates; at 0.01 it does."""
    payload = Payload(activation=Activation(content="", strength=strength))
    assert (signal(payload=payload).propagated(rate) is not None) is goes_on


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_bad_rate(rate: float) -> None:
    """A rate is from 0 to 1."""
    with pytest.raises(ValueError, match="decay rate"):
        PLAIN.propagated(rate)


def test_bad_depth() -> None:
    """A depth that is not a number is refused, not taken for 0."""
    with pytest.raises(translator.DataError, match=r"NUMBER.*propagation_depth"):
        signal(metadata={"propagation_depth": "ten"}).propagated()
