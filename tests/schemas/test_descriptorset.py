"""Schemas from where Protobuf's users have them: descriptor sets as tools write them, and generated classes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import struct_pb2, wrappers_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorSet
from google.protobuf.message_factory import GetMessages

import schemas
import translator
from native.errors import SchemaError
from schemas import canonical, protobuf
from schemas.model import Presence, Record, Schema

FILES = {
    "a/main.proto": 'syntax = "proto3"; package a; import "b.proto"; import "google/protobuf/timestamp.proto";'
    'message Main { b.Part part_one = 1 [json_name = "p1"]; google.protobuf.Timestamp at = 2; optional int32 n = 3; }',
    "b.proto": 'syntax = "proto2"; package b; message Part { required string s = 1; extensions 100 to max; }'
    "extend Part { optional int32 more = 100; }",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files, and what `protoc -o` makes of them with and without imports."""
    root = tmp_path_factory.mktemp("protos")
    for name, text in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    protoc = [sys.executable, "-m", "grpc_tools.protoc", "-I."]
    for options in (["--include_imports", "-owhole.binpb"], ["-obare.protoset"]):
        subprocess.run([*protoc, *options, "a/main.proto"], cwd=root, check=True)
    subprocess.run([*protoc, "-opart.desc", "b.proto", "a/main.proto"], cwd=root, check=True)
    return root


def main_of(folder: Path) -> Schema:
    return protobuf.read(folder / "a" / "main.proto", message="a.Main", include=[folder])


def generated(folder: Path) -> Any:
    return GetMessages(FileDescriptorSet.FromString((folder / "whole.binpb").read_bytes()).file)


@pytest.mark.parametrize("suffix", ["binpb", "desc", "protoset", "fds", "pb"])
def test_what_protoc_writes(folder: Path, suffix: str) -> None:
    """With --include_imports it is the same schema as from the source; `#Type` names another root."""
    file = folder / f"copy.{suffix}"
    file.write_bytes((folder / "whole.binpb").read_bytes())
    assert canonical.same(schemas.load(file).root, main_of(folder).root)
    part = schemas.load(f"{file}#b.Part").root
    assert isinstance(part, Record)
    assert [each.name for each in part.fields] == ["s", "b.more"]


def test_protobuf_s_own_files_needn_t_be_in_it(folder: Path) -> None:
    """Without --include_imports, and in any order."""
    assert canonical.same(schemas.load(folder / "part.desc").root, main_of(folder).root)
    files = FileDescriptorSet.FromString((folder / "whole.binpb").read_bytes())
    backwards = FileDescriptorSet(file=[*reversed(files.file), files.file[0]])
    assert canonical.same(schemas.load(backwards.SerializeToString(), type="Main").root, main_of(folder).root)


def test_an_import_that_is_not_there_is_asked_for(folder: Path) -> None:
    """The refusal names both files, and what to do."""
    with pytest.raises(SchemaError, match=r"b\.proto is imported and isn't in the descriptor set.*--include_imports"):
        schemas.load(folder / "bare.protoset")
    with pytest.raises(SchemaError, match=r"bare\.protoset#a/main\.proto"):
        schemas.load(folder / "bare.protoset")


def test_sets_that_contradict_themselves_are_refused(folder: Path) -> None:
    """B54: imports in a circle; and two files of one name."""
    files = FileDescriptorSet.FromString((folder / "whole.binpb").read_bytes())
    files.file[0].dependency.append(files.file[-1].name)
    with pytest.raises(SchemaError, match="imports itself"):
        schemas.load(files.SerializeToString())
    files = FileDescriptorSet.FromString((folder / "whole.binpb").read_bytes())
    files.file.add(name="b.proto")
    with pytest.raises(SchemaError, match="two different files"):
        schemas.load(files.SerializeToString())


def test_a_generated_class_is_a_schema(folder: Path) -> None:
    """With its JSON names, presence and extensions; also one of its messages, or another type of its files."""
    kind = generated(folder)["a.Main"]
    for source in (kind, kind()):
        assert canonical.same(schemas.load(source).root, main_of(folder).root)
    root = schemas.load(kind).root
    assert isinstance(root, Record)
    assert (root.fields[0].json_name, root.fields[2].presence) == ("p1", Presence.OPTIONAL)
    part = schemas.load(kind, type="b.Part").root
    assert isinstance(part, Record)
    assert part.fields[1].extension


def test_a_generated_module_is_one_with_type() -> None:
    """Its DESCRIPTOR is the file's: the message is named."""
    found = schemas.load(struct_pb2, type="Value").root
    assert isinstance(found, Record)
    assert found.name == "google.protobuf.Value"
    with pytest.raises(SchemaError, match="name one with #Type"):
        schemas.load(wrappers_pb2)


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        (FieldDescriptorProto.Type, {}, "EnumDescriptor"),
        (struct_pb2.Struct, {"language": "avro"}, "not one of avro"),
        (struct_pb2.Struct, {"type": "Nothing"}, "no message 'Nothing'"),
        (7, {}, "not int"),
        (None, {}, "not NoneType"),
    ],
)
def test_what_is_no_message_class_is_refused(source: Any, options: dict[str, Any], message: str) -> None:
    """With what it is, and what would do."""
    with pytest.raises(SchemaError, match=message):
        schemas.load(source, **options)


def test_plans_take_generated_classes(folder: Path) -> None:
    """As a source, as a target, and with a format named; ours and Protobuf's own parser agree."""
    kind = generated(folder)["a.Main"]
    message = kind(part_one={"s": "x"}, n=0)
    plan = translator.compile(kind, ("protojson", kind))
    assert plan.translate(message.SerializeToString()) == b'{"p1":{"s":"x"},"n":0}'
    back = translator.compile(("protojson", kind), kind).translate(b'{"p1":{"s":"x"},"n":0}')
    assert kind.FromString(back) == message
    assert translator.compile(kind, "otlp-json").translate(message.SerializeToString()) == b'{"p1":{"s":"x"},"n":0}'
    with pytest.raises(SchemaError, match="not one of avro"):
        translator.compile(("avro", kind))
