"""The built-in schemas say the same in three languages, and load without more than they need."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from native.errors import SchemaError
from schemas import neuron
from schemas.canonical import differences
from schemas.model import Enum, Float, Language, Map, Presence, Record, Timestamp, Uuid, nullable
from schemas.wellknown import lifted

LANGUAGES: tuple[Language, ...] = ("protobuf", "avro", "jsonschema")

LATITUDE = {
    "payload.activation.strength: may be absent",
    "payload.vector.scale: may be absent",
    "payload.vector.zero_point: may be absent",
    "epoch: decimal(20,0)",
    "epoch: uint64",
}
"""What Avro can't say: that a field with a default may be absent (S13), and unsigned 64 bits (S7)."""

SIGNAL = {
    "signal_id": "018f3b1e-7c1a-7d0e-9c55-3f8f0a2f4c11",
    "from_neuron": "a",
    "to_neuron": "b",
    "layer_from": "L3",
    "layer_to": "L4",
    "propagation_type": "Forward",
    "batch_id": "018f3b1e-7c1a-7d0e-9c55-3f8f0a2f4c12",
    "timestamp": "2026-11-22T21:00:00.123456789Z",
    "payload": {"activation": {"content": "hi", "features": {"cost": 0.5}}, "gradient": None},
    "metadata": {"propagation_depth": "1"},
}
"""A signal as HAL9's servers write it, `strength` left out."""


def root(name: str, language: Language) -> Record:
    found = neuron.load(name, language).root
    assert isinstance(found, Record)
    return found


@pytest.mark.parametrize("name", neuron.NAMES)
@pytest.mark.parametrize(("one", "other"), list(combinations(LANGUAGES, 2)))
def test_the_three_languages_say_the_same(name: str, one: Language, other: Language) -> None:
    """Names, order, types, presence, nulls, defaults and symbols agree; an enum's numbers are each language's own."""
    found = differences(root(name, one), root(name, other), numbers=False)
    rest = [each for each in found if not any(each.startswith(allowed) for allowed in LATITUDE)]
    assert rest == []
    assert not found or "avro" in (one, other)


@pytest.mark.parametrize("name", neuron.NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_in_them_fell_back(name: str, language: Language) -> None:
    """Reading gives no warnings, and the root has the message's name."""
    schema = neuron.load(name, language)
    assert schema.warnings == []
    assert schema.language == language
    assert root(name, language).name.rpartition(".")[2] == name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_signal_has_hal9s_members_and_types(language: Language) -> None:
    """Ids are UUIDs, the time is in nanoseconds, layers and propagation are enums; all are always there."""
    signal = root("NeuronSignal", language)
    assert [each.name for each in signal.fields] == list(SIGNAL)
    assert Presence.OPTIONAL not in [each.presence for each in signal.fields]
    types = {each.name: each.type for each in signal.fields}
    assert all(isinstance(types[each], Uuid) for each in ("signal_id", "batch_id"))
    time = types["timestamp"]
    assert isinstance(lifted(time) if isinstance(time, Record) else time, Timestamp)
    layer, propagation = types["layer_to"], types["propagation_type"]
    assert isinstance(layer, Enum)
    assert isinstance(propagation, Enum)
    assert layer is types["layer_from"]
    assert not layer.open
    assert [symbol for symbol, _ in layer.symbols] == [f"L{level}" for level in range(1, 10)]
    assert [symbol for symbol, _ in propagation.symbols] == ["Forward", "Backward"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_strength_is_32_bits_and_1_where_it_is_absent(language: Language) -> None:
    """`strength` and the values of `features` are float32."""
    payload = root("NeuronSignal", language).fields[8].type
    assert isinstance(payload, Record)
    activation, gradient, vector = (nullable(each.type)[0] for each in payload.fields)
    assert isinstance(activation, Record)
    assert isinstance(gradient, Record)
    assert isinstance(vector, Record)
    _, strength, features = activation.fields
    assert isinstance(strength.type, Float)
    assert (strength.type.bits, strength.default) == (32, 1.0)
    assert isinstance(features.type, Map)
    assert isinstance(features.type.values, Float)
    assert features.type.values.bits == 32


def test_the_json_schema_accepts_what_hal9_writes_and_no_other_layer() -> None:
    """A validator takes the signal with a null gradient, and members that it doesn't know."""
    from jsonschema import Draft202012Validator

    contents = json.loads(neuron.path("NeuronSignal", "jsonschema").read_text())
    Draft202012Validator.check_schema(contents)
    validator = Draft202012Validator(contents)
    assert validator.is_valid(SIGNAL)
    assert validator.is_valid({**SIGNAL, "type": "Signal"})
    assert not validator.is_valid({**SIGNAL, "layer_to": "L10"})
    assert not validator.is_valid({**SIGNAL, "payload": {"activation": SIGNAL["payload"]}})


@pytest.mark.parametrize("name", neuron.NAMES)
def test_the_avro_schemas_are_avro_to_others(name: str) -> None:
    """fastavro reads them too."""
    from fastavro import parse_schema

    assert parse_schema(json.loads(neuron.path(name, "avro").read_text()))


def test_protobufs_own_library_takes_the_schema() -> None:
    """The enums are closed, and the fields that are always there are required."""
    from google.protobuf.descriptor_pb2 import FileDescriptorSet
    from google.protobuf.descriptor_pool import DescriptorPool

    from schemas import protoc

    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(protoc.compiled(protoc.gather(neuron.path()))).file:
        pool.Add(file)
    signal = pool.FindMessageTypeByName("hal9.neuron.v1.NeuronSignal")
    assert [each.is_required or each.is_repeated for each in signal.fields] == [True] * 10
    layer = signal.fields_by_name["layer_to"].enum_type
    assert layer is not None
    assert layer.is_closed


def test_a_schema_that_is_not_built_in_is_refused() -> None:
    """The message lists those that are."""
    with pytest.raises(SchemaError, match="no built-in schema 'Signal'; there are NeuronSignal, "):
        neuron.load("Signal")


def test_a_schema_is_loaded_once() -> None:
    """Types compare by identity, so the same object is given each time."""
    assert neuron.load() is neuron.load()


def test_the_compiled_form_says_the_same_and_stale_ones_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the build prepares is read instead of running the compiler."""
    (tmp_path / "hal9").mkdir()
    for name in ("neuron.proto", "hal9/options.proto"):
        (tmp_path / name).write_bytes((neuron.path().parent / name).read_bytes())
    (tmp_path / "neuron-0000.binpb").write_bytes(b"stale")
    monkeypatch.setattr(neuron, "_FOLDER", tmp_path)
    monkeypatch.setattr(neuron, "_PROTO", tmp_path / "neuron.proto")
    prepared = neuron.prepare()
    assert list(tmp_path.glob("*.binpb")) == [prepared] == [neuron.prepare()]
    monkeypatch.setattr("schemas.protoc.compiled", None)
    found = neuron.load.__wrapped__("NeuronSignal", "protobuf").root
    monkeypatch.undo()
    assert differences(found, root("NeuronSignal", "protobuf")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_imported_only_when_it_is_asked_for(language: Language) -> None:
    """The Avro and JSON Schema forms need neither Protobuf nor its compiler; importing a reader needs nothing."""
    code = f"""
import sys
from schemas import neuron, protobuf
assert not any(each.startswith(("google", "grpc")) for each in sys.modules)
neuron.load("NeuronSignal", {language!r})
assert ("google.protobuf" in sys.modules) == ({language!r} == "protobuf")
assert not any(each.startswith("grpc") for each in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True, timeout=60)
