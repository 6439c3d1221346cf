"""`translator.compile` and what a plan gives: how ends are named, Python objects, and what the import costs."""

from __future__ import annotations

import json
import pickle
import struct
import subprocess
import sys
import uuid
from array import array
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import schemas
import translator
from schemas import neuron, protobuf
from translator.engine import sources
from translator.engine.specs import end

ROOT = Path(__file__).resolve().parents[3]
PROTO = """
syntax = "proto3";
package p;
message M { int32 a = 1; optional string s = 2; optional float f = 3; repeated int64 many = 4; M inner = 5; }
message N { int32 a = 1; }
"""


def record(*fields: tuple[str, Any] | dict[str, Any]) -> dict[str, Any]:
    listed = [each if isinstance(each, dict) else {"name": each[0], "type": each[1]} for each in fields]
    return {"type": "record", "name": "R", "fields": listed}


AVRO = record(("a", "int"))
SCHEMA = {"type": "object", "title": "R", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "r.avsc").write_text(json.dumps(AVRO))
    (tmp_path / "r.json").write_text(json.dumps(SCHEMA))
    (tmp_path / "avro.json").write_text(json.dumps(AVRO))
    (tmp_path / "m.proto").write_text(PROTO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def same(schema: dict[str, Any], **options: Any) -> translator.Plan:
    """From Avro to the same Avro."""
    return translator.compile(schema, schema, **options)


# --- how ends are named ---


@pytest.mark.parametrize(
    ("spec", "format_", "language", "root"),
    [
        ("r.avsc", "avro", "avro", "R"),
        (Path("r.avsc"), "avro", "avro", "R"),
        ("m.proto#M", "protobuf", "protobuf", "p.M"),
        (("protojson", "m.proto#N"), "protojson", "protobuf", "p.N"),
        (("msgpack", "m.proto#p.N"), "msgpack", "protobuf", "p.N"),
        ("r.json", "json", "jsonschema", "R"),
        (("avro", "avro.json"), "avro", "avro", "R"),
        (AVRO, "avro", "avro", "R"),
        (json.dumps(AVRO), "avro", "avro", "R"),
        (("msgpack", AVRO), "msgpack", "avro", "R"),
        (SCHEMA, "json", "jsonschema", "R"),
        (schemas.load(AVRO), "avro", "avro", "R"),
        (("json", schemas.load(AVRO)), "json", "avro", "R"),
        ("neuron:NeuronSignal", "neuron", "protobuf", "hal9.neuron.v1.NeuronSignal"),
        ("neuron", "neuron", "protobuf", "hal9.neuron.v1.NeuronSignal"),
        (("neuron", "m.proto#M"), "neuron", "protobuf", "p.M"),
        (("avro", "neuron:NeuronSignal"), "avro", "avro", "hal9.neuron.v1.NeuronSignal"),
        (("json", "neuron:TopologyChanged"), "json", "jsonschema", "TopologyChanged"),
        (("msgpack", "neuron:TopologyChanged"), "msgpack", "jsonschema", "TopologyChanged"),
        (("protobuf", "neuron:TopologyChanged"), "protobuf", "protobuf", "hal9.neuron.v1.TopologyChanged"),
        (("protojson", "neuron:TopologyChanged"), "protojson", "protobuf", "hal9.neuron.v1.TopologyChanged"),
    ],
)
def test_spec(folder: Path, spec: Any, format_: str, language: str, root: str) -> None:
    """A format follows the schema's language unless it is named; a built-in schema follows the format."""
    found = end(spec)
    assert found.schema is not None
    assert (found.format, found.schema.language, found.schema.root.name) == (format_, language, root)
    if isinstance(spec, tuple):
        assert end(spec[1], spec[0]).format == format_


@pytest.mark.parametrize("spec", ["json", ("json", None), "msgpack", "avro"])
def test_untyped_spec(spec: Any) -> None:
    """A format's name alone is that format without a schema."""
    assert end(spec).schema is None


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (((None,), {}), "neither a schema nor a format is named"),
        ((("json",), {"source_type": "M"}), "named without a schema"),
        ((("xml", "json"), {"source_format": "xml"}), "no format 'xml'; there are avro, avro-json, cbor, json"),
        (((("json", AVRO), "json"), {"source_format": "avro"}), "two formats are named: json and avro"),
        (((("json",), "json"), {}), "a pair"),
        (((("protobuf", AVRO), ("json", None)), {}), "protobuf is described by protobuf"),
        ((("avro", "json"), {}), "avro needs a schema"),
        ((("json", "json"), {"policies": {"round": "up"}}), "no policy 'round'"),
        ((("json", "json"), {"policies": {"rounding": "up"}}), "rounding is one of refuse, round, not 'up'"),
        ((((AVRO), record(("a", "string"))), {}), "int32 can't become string"),
        (((record(("a", "int"), ("b", "int")), AVRO), {}), "would be dropped"),
    ],
)
def test_no_plan(arguments: tuple[tuple[Any, ...], dict[str, Any]], reason: str) -> None:
    """What doesn't make a plan is told with its reason."""
    with pytest.raises((translator.PlanError, translator.SchemaError), match=reason):
        translator.compile(*arguments[0], **arguments[1])


@pytest.mark.parametrize("spec", ["nothing.avsc", "neuron:Nothing", "no-such-source:x", "", {"type": "nothing"}])
def test_no_schema(spec: Any) -> None:
    """A schema that can't be loaded is a SchemaError."""
    with pytest.raises(translator.SchemaError):
        translator.compile(spec)


def test_types(folder: Path) -> None:
    """The root is named after the file or beside it, also for a schema that is loaded already."""
    plan = translator.compile("m.proto", ("json", "m.proto"), source_type="N", target_type="N")
    assert plan.translate(b"\x08\x05") == b'{"a":5}'
    loaded = schemas.load("m.proto#M")
    assert end(loaded, None, "N").schema.root.name == "p.N"
    with pytest.raises(translator.SchemaError, match="no type is named 'X'"):
        translator.compile(loaded, source_type="X")


def test_target_is_the_neuron_signal() -> None:
    """Without a target, messages become neuron signals."""
    plan = translator.compile(("json", "neuron:NeuronSignal"))
    assert (plan.target.format, plan.target.schema) == ("neuron", neuron.load("NeuronSignal", "protobuf"))


def test_untyped_source_takes_the_targets_schema() -> None:
    """JSON without a schema is read by the target's."""
    assert translator.compile("json", AVRO).translate(b'{"a": 3}') == b"\x06"


def test_options() -> None:
    """Policies by name, one pattern or several to drop, and limits reach the plan."""
    wide = record(("a", "double"), ("b", "int"))
    for drop in ("b", ["b"]):
        plan = translator.compile(wide, ("json", record(("a", "float"))), policies={"rounding": "round"}, drop=drop)
        assert plan.losses["b"].verdict == "dropped"
        assert plan.losses["a"].verdict == "checked"
    plan = same(AVRO, limits=translator.Limits(record=1), policies=translator.Policies(unknown="ignore"))
    assert plan.policies.unknown == "ignore"
    with pytest.raises(translator.LimitError, match="RECORD"):
        plan.translate(b"\x80\x80\x01")


def test_mapping() -> None:
    """A mapping says where fields come from; as a document or loaded."""
    from translator.mapping import document

    written = {"version": 1, "fields": {"b": "a"}}
    for mapping in (written, document.load(written)):
        plan = translator.compile(("json", AVRO), ("avro", record(("b", "int"))), mapping)
        assert plan.translate(b'{"a":3}') == b"\x06"
        assert plan.decode(b'{"a":3}') == {"b": 3}
        assert plan.encode({"b": 3}) == b"\x06"
        assert pickle.loads(pickle.dumps(plan)).translate(b'{"a":3}') == b"\x06"


# --- sources ---


class Memory(sources.SchemaSource):
    """Schemas by subject, version and number; the first field tells which it is."""

    def __init__(self, url: str = "a") -> None:
        self.first = url

    def by_subject(self, subject: str, version: int | None = None, /) -> schemas.Schema:
        if subject != "readings-value":
            raise translator.SchemaError("no such subject", subject)
        return schemas.load(record((self.first if version is None else f"v{version}", "int")))

    def by_id(self, id: int, /) -> schemas.Schema:  # noqa: A002
        return schemas.load(record((f"f{id}", "int")))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Distributions with the entry points `memory` and `broken`."""
    info = tmp_path / "memory-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: memory\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        f"[{sources.GROUP}]\nmemory = memory_source:Memory\nbroken = builtins:dict\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    module = type(sys)("memory_source")
    module.Memory = Memory  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "memory_source", module)
    sources.find.cache_clear()
    yield
    sources.find.cache_clear()


@pytest.mark.usefixtures("installed")
def test_schema_sources() -> None:
    """An installed source gives schemas by subject, in a version if one is named, and by number."""
    assert {"memory", "broken"} <= set(sources.names())
    assert translator.compile("memory:readings-value", "json").translate(b"\x06") == b'{"a":3}'
    assert translator.compile("memory:readings-value@latest", "json").translate(b"\x06") == b'{"a":3}'
    assert translator.compile("memory:readings-value@12", "json").translate(b"\x06") == b'{"v12":3}'
    assert translator.compile(("json", "memory:7"), ("avro", "memory:7")).translate(b'{"f7":3}') == b"\x06"
    assert end("memory:readings-value", None, "R").format == "avro"
    assert sources.find("memory") is sources.find("memory")
    at_url = sources.find("memory", "b")
    assert at_url is sources.find("memory", "b")
    assert at_url.by_subject("readings-value").root.fields[0].name == "b"


def test_a_source_refuses_what_it_has_no_method_for() -> None:
    """A class with the protocol as its base need not have every method: the others answer SchemaError."""
    source = Memory()
    for ask in (
        lambda: source.by_guid(uuid.UUID(int=1)),
        lambda: source.by_fingerprint(bytes(8)),
        lambda: source.id_of(source.by_id(1)),
        lambda: source.guid_of(source.by_id(1)),
    ):
        with pytest.raises(translator.SchemaError, match="this source of schemas knows no"):
            ask()


@pytest.mark.usefixtures("installed")
def test_schema_source_refusals(folder: Path) -> None:
    """A source's refusal, a source that isn't one, and one that isn't there are SchemaErrors; a file comes first."""
    for spec, reason in (
        ("memory:other", "no such subject"),
        ("broken:x", "no translator.engine.sources.SchemaSource"),
        ("absent:x", "no such file|suffix"),
    ):
        with pytest.raises(translator.SchemaError, match=reason):
            translator.compile(spec)
    with pytest.raises(translator.SchemaError, match="no schema source 'absent' is installed"):
        sources.find("absent")
    (folder / "memory:r.avsc").write_text(json.dumps(record(("z", "int"))))
    assert translator.compile("memory:r.avsc", "json").translate(b"\x06") == b'{"z":3}'


# --- the import ---


def test_import_loads_nothing() -> None:
    """`import translator` loads neither the core nor any library; a name loads what it needs."""
    script = """
import sys, translator
heavy = {"msgspec", "fastavro", "google.protobuf", "jsonschema", "native.binding", "native._core", "schemas"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
assert callable(translator.transformers) and callable(translator.register)
assert not heavy & set(sys.modules), heavy & set(sys.modules)
translator.compile("neuron", "neuron")
assert "fastavro" not in sys.modules and "jsonschema" not in sys.modules and "grpc_tools" not in sys.modules
assert callable(translator.transformers) and callable(translator.compile)
for name in translator.__all__: getattr(translator, name)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", script], cwd=ROOT, check=True)


def test_every_public_name_has_one_home() -> None:
    """Each is listed once, and is in the module that it is said to be in."""
    listed = [(module, name) for module, names in translator._HOMES.items() for name in names]
    assert sorted(name for _, name in listed) == translator.__all__
    for module, name in listed:
        assert getattr(import_module(module), name) is getattr(translator, name)


def test_no_such_name() -> None:
    """A name that isn't there is an AttributeError; `dir` has those that are."""
    with pytest.raises(AttributeError, match="nothing"):
        _ = translator.nothing
    assert {"compile", "NeuronSignal", "register"} <= set(dir(translator))


DOUBLE = {"type": "record", "name": "R", "fields": [{"name": "x", "type": "double"}]}


@pytest.mark.parametrize("text", [b"9007199254740993", b"123456789012345678901234567890"])
def test_s6_an_integer_that_a_double_lacks_is_refused(text):
    """From JSON's digits too; by policy it is rounded."""
    data = b'{"x":' + text + b"}"
    with pytest.raises(translator.DataError) as caught:
        translator.compile(("json", DOUBLE), DOUBLE).translate(data)
    assert (caught.value.code, caught.value.offset, caught.value.path) == ("INEXACT", 5, "x")
    rounded = translator.compile(("json", DOUBLE), DOUBLE, policies={"rounding": "round"}).translate(data)
    assert rounded == struct.pack("<d", float(text))
    for exact in (b"9007199254740992", b"100000000000000000000", b"-0", b"0.1"):
        assert translator.compile(("json", DOUBLE), DOUBLE).translate(b'{"x":' + exact + b"}") == struct.pack(
            "<d", float(exact)
        )


def test_s5_protojson_keeps_the_sign_of_zero():
    """With a point: without it other readers take it for an integer."""
    proto = 'syntax = "proto3"; message M { optional double x = 1; }'
    plan = translator.compile(
        protobuf.read({"m.proto": proto}), target_format="protojson", target=protobuf.read({"m.proto": proto})
    )
    assert plan.translate(b"\x09" + struct.pack("<d", -0.0)) == b'{"x":-0.0}'


def test_any_buffer_is_a_message():
    """Bytes-likes are taken; anything else is a TypeError."""
    plan = translator.compile("json", "json")
    assert plan.translate(bytearray(b"[1]")) == plan.translate(memoryview(b"[1]")) == b"[1]"
    for wrong in ("[1]", 5):
        with pytest.raises(TypeError):
            plan.translate(wrong)
    with pytest.raises(translator.DataError, match=r"NULL: .*a tombstone"):
        plan.translate(None)
    assert list(plan.translate_many(iter([b"1", b"2"]))) == [b"1", b"2"]
    with pytest.raises(TypeError, match="int64"):
        plan.translate_many(b"12", array("i", [0, 1, 2]))
    with pytest.raises(ValueError, match="delimiting"):
        plan.translate_many([b"1"], delimiting="xx")
    assert pickle.loads(pickle.dumps(plan.translate))(b"[1]") == b"[1]"


def test_a_list_that_no_rule_writes_is_empty():
    """A mapping's target needs no rule for a list or map that must be there."""
    target = {"type": "record", "name": "T", "fields": [
        {"name": "a", "type": "double"}, {"name": "tags", "type": {"type": "array", "items": "string"}}]}  # fmt: skip
    plan = translator.compile(DOUBLE, ("json", target), mapping={"version": 1, "fields": {"a": "x"}})
    assert plan.translate(struct.pack("<d", 1.5)) == b'{"a":1.5,"tags":[]}'


def test_a_schema_error_names_the_file(tmp_path):
    """Of two schemas, which one it is."""
    (tmp_path / "bad.avsc").write_text('{"type": "record", "name": "R", "fields": [{"name": "a", "type": "strng"}]}')
    with pytest.raises(translator.SchemaError, match=r"bad\.avsc#/fields/0/type"):
        translator.compile(tmp_path / "bad.avsc", "json")


def test_s36_drop_names_fields_that_are_there() -> None:
    """A name that is not a field's is refused, with the one that may be meant; a pattern may match none."""
    wide, narrow = record(("a", "int"), ("notes", "int")), ("json", record(("a", "int")))
    with pytest.raises(
        translator.PlanError, match="drop names 'nots', and no field is called that; did you mean \"notes\""
    ):
        translator.compile(wide, narrow, drop=["notes", "nots"])
    assert translator.compile(wide, narrow, drop=["notes", "debug_*", "a"]).losses["notes"].verdict == "dropped"
