"""`schemas.load`: a schema from a path, a text, bytes, or a built-in name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import schemas
from native.errors import SchemaError
from schemas import load, loading, model

ROOT = Path(__file__).parents[2]
AVRO = {
    "type": "record",
    "name": "a.Outer",
    "fields": [{"name": "in", "type": {"type": "record", "name": "Inner", "fields": [{"name": "n", "type": "int"}]}}],
}
JSON_SCHEMA = {"title": "Order", "properties": {"n": {"type": "integer"}}, "$defs": {"Line": {"properties": {"m": {}}}}}
PROTO = 'syntax = "proto3"; package a; message Outer { Inner in = 1; } message Inner { int32 n = 1; }'


def name(schema: model.Schema) -> str:
    assert isinstance(schema.root, model.Record)
    return schema.root.name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "s.avsc").write_text(json.dumps(AVRO))
    (tmp_path / "avro.json").write_text(json.dumps(AVRO))
    (tmp_path / "s.json").write_text(json.dumps(JSON_SCHEMA))
    (tmp_path / "s.proto").write_text(PROTO)
    (tmp_path / "s.txt").write_text(json.dumps(AVRO))
    return tmp_path


@pytest.mark.parametrize(
    ("file", "language", "root"),
    [
        ("s.avsc", "avro", "a.Outer"),
        ("avro.json", "avro", "a.Outer"),
        ("s.json", "jsonschema", "Order"),
        ("s.proto", "protobuf", "a.Outer"),
        ("s.avsc#a.Inner", "avro", "a.Inner"),
        ("s.avsc#Inner", "avro", "a.Inner"),
        ("s.json#Line", "jsonschema", "Line"),
        ("s.json#/$defs/Line", "jsonschema", "Line"),
        ("s.proto#a.Inner", "protobuf", "a.Inner"),
    ],
)
def test_files(folder: Path, file: str, language: str, root: str) -> None:
    """The suffix (for .json, the content) tells the language, and what follows `#` the type."""
    for source in (folder / file, str(folder / file)):
        schema = load(source)
        assert (schema.language, name(schema)) == (language, root)


def test_type(folder: Path) -> None:
    """`type` names the root like `#` does; two different ones are refused."""
    assert name(load(folder / "s.avsc", type="Inner")) == "a.Inner"
    assert name(load(f"{folder}/s.avsc#Inner", type="Inner")) == "a.Inner"
    with pytest.raises(SchemaError, match="two types"):
        load(f"{folder}/s.avsc#Inner", type="Outer")
    with pytest.raises(SchemaError, match=r"no type is named 'None'; there are: a\.Inner, a\.Outer"):
        load(folder / "s.avsc", type="None")


def test_a_file_with_a_hash_in_its_name(folder: Path) -> None:
    """A file whose own name has a `#` is found as it is."""
    (folder / "a#b.avsc").write_text(json.dumps(AVRO))
    assert name(load(folder / "a#b.avsc")) == "a.Outer"


def test_language_wins(folder: Path) -> None:
    """A language that is named wins over the suffix."""
    assert load(folder / "s.txt", language="avro").language == "avro"
    with pytest.raises(SchemaError, match=r"suffix '.txt' doesn't tell a schema's language; .avsc .proto"):
        load(folder / "s.txt")


@pytest.mark.parametrize(
    ("source", "language"),
    [
        (AVRO, "avro"),
        (json.dumps(AVRO), "avro"),
        (json.dumps(AVRO).encode(), "avro"),
        (b'"string"', "avro"),
        ('["null", "string"]', "avro"),
        ({"type": "array", "items": "string"}, "avro"),
        ({"type": "array", "items": ["null", "string"]}, "avro"),
        ({"type": {"type": "string"}}, "avro"),
        (JSON_SCHEMA, "jsonschema"),
        (json.dumps(JSON_SCHEMA), "jsonschema"),
        ({"type": "string"}, "jsonschema"),
        ({"type": "array", "items": [{"type": "string"}]}, "jsonschema"),
        ({"type": ["string", "null"]}, "jsonschema"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "jsonschema"),
        ({}, "jsonschema"),
    ],
    ids=str,
)
def test_documents(source: Any, language: str) -> None:
    """A document without a name tells its language by what it says."""
    assert load(source).language == language


def test_descriptor_sets(folder: Path) -> None:
    """A FileDescriptorSet is read from bytes and from a file."""
    from schemas import protoc

    data = protoc.compiled({"s.proto": PROTO})
    assert name(load(data)) == "a.Outer"
    for suffix in (".desc", ".binpb", ".pb", ".fds"):
        (folder / f"s{suffix}").write_bytes(data)
        assert name(load(f"{folder}/s{suffix}#a.Inner")) == "a.Inner"


@pytest.mark.parametrize("language", [None, "avro", "protobuf", "jsonschema"])
def test_built_in(language: model.Language | None) -> None:
    """`neuron:NAME` is the built-in schema, in each language."""
    schema = load("neuron:NeuronSignal", language=language)
    assert name(schema).endswith("NeuronSignal")
    assert schema.language == (language or schema.language)


def test_unknown_built_in() -> None:
    """A built-in schema that doesn't exist is refused."""
    with pytest.raises(SchemaError, match="Nothing"):
        load("neuron:Nothing")


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("none.avsc", "no such file"),
        ("none.avsc#T", "no such file"),
        ("none.proto", "no such file"),
        ("x\0.json", "can't be read"),
        ("x" * 5000 + ".json", "can't be read"),
        ("folder.json", "this is a folder"),
        ("noise.avsc", "not JSON"),
        ("noise.json", "not JSON"),
    ],
    ids=lambda each: each[:20],
)
def test_unreadable(folder: Path, file: str, message: str) -> None:
    """A file that isn't there, can't be read or holds no schema is refused with SchemaError."""
    (folder / "folder.json").mkdir()
    for suffix in ("avsc", "json"):
        (folder / f"noise.{suffix}").write_bytes(b"\xff{")
    with pytest.raises(SchemaError, match=message):
        load(f"{folder}/{file}")


def test_import_is_cheap() -> None:
    """`import schemas` loads no schema language and no library."""
    script = "import sys, schemas; print([m for m in sys.modules if m.split('.')[0] in sys.argv[1:]])"
    heavy = ["jsonschema", "referencing", "google", "grpc_tools", "fastavro", "json"]
    done = subprocess.run([sys.executable, "-c", script, *heavy], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_exports() -> None:
    """Every public type of the model can be imported from `schemas`."""
    public = {
        each for each, value in vars(model).items() if isinstance(value, type) and value.__module__ == model.__name__
    }
    assert {each for each in public if not each.startswith("_")} <= set(schemas.__all__)
    assert schemas.load is loading.load


def test_a_language_that_there_is_not() -> None:
    """It is told, with the one that was meant."""
    with pytest.raises(SchemaError, match="no language 'jsn'; there are avro, protobuf, jsonschema"):
        load('{"type": "string"}', language="jsn")  # type: ignore[arg-type]
    with pytest.raises(SchemaError, match="no language 'protobuff'; did you mean 'protobuf'"):
        load('{"type": "string"}', language="protobuff")  # type: ignore[arg-type]
