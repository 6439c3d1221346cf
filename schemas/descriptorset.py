"""Descriptor sets from where users have them: what `protoc -o` and `buf build` write, and generated message classes.

A set is whole if each file comes after those that it imports. `protoc -o` leaves imports out unless it is told
`--include_imports`: Protobuf's own files are known here, others are asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from native.errors import SchemaError

if TYPE_CHECKING:
    from google.protobuf.descriptor import FileDescriptor
    from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

_OWN = ("any", "api", "descriptor", "duration", "empty", "field_mask", "source_context", "struct", "timestamp", "type",
        "wrappers")  # fmt: skip


def completed(files: FileDescriptorSet) -> FileDescriptorSet:
    """The set with each file once and after its imports, else in its order.

    SchemaError: a file imports one that isn't there, or in a circle (B54), or there are two of a name.
    """
    found: dict[str, FileDescriptorProto] = {}
    for file in files.file:
        if found.setdefault(file.name, file) != file:
            raise SchemaError("two different files have this name", file.name)
    order: dict[str, FileDescriptorProto] = {}
    open_: set[str] = set()
    waiting = [(name, "") for name in reversed(found)]
    while waiting:
        name, wanted_by = waiting[-1]
        file = found.get(name) or found.setdefault(name, _own(name, wanted_by))
        missing = [each for each in file.dependency if each not in order]
        if name in order or not missing:
            order.setdefault(name, file)
            waiting.pop()
            open_.discard(name)
            continue
        if name in open_:
            raise SchemaError(f"{name} imports itself by way of {missing[0]}", name)
        open_.add(name)
        waiting += [(each, name) for each in reversed(missing)]
    return type(files)(file=order.values())


def _own(name: str, wanted_by: str) -> FileDescriptorProto:
    """One of Protobuf's own files, which its library has. SchemaError: it isn't one."""
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    folder, _, stem = name.removesuffix(".proto").rpartition("/")
    if folder != "google/protobuf" or stem not in _OWN:
        hint = "write the set with protoc's --include_imports, or with buf build"
        raise SchemaError(f"{name} is imported and isn't in the descriptor set; {hint}", wanted_by)
    file = FileDescriptorProto()
    import_module(f"google.protobuf.{stem}_pb2").DESCRIPTOR.CopyToProto(file)
    return file


def of(generated: Any) -> tuple[bytes, str | None]:
    """The descriptor set of a generated message class (or one of its messages, or its module), and the message's name.

    SchemaError: its DESCRIPTOR is of something else (an enum, a service).
    """
    from google.protobuf.descriptor import Descriptor, FileDescriptor
    from google.protobuf.descriptor_pb2 import FileDescriptorSet

    descriptor = generated.DESCRIPTOR
    if isinstance(descriptor, FileDescriptor):
        return FileDescriptorSet(file=_protos(descriptor)).SerializeToString(), None
    if not isinstance(descriptor, Descriptor):
        kind = type(descriptor).__name__
        raise SchemaError(f"a generated message class is wanted, and this has a {kind}", str(generated)[:100])
    return FileDescriptorSet(file=_protos(descriptor.file)).SerializeToString(), descriptor.full_name


def _protos(main: FileDescriptor) -> list[FileDescriptorProto]:
    """A file with all that it imports, the imported ones first."""
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    found: dict[str, FileDescriptorProto] = {}
    waiting = [main]
    while waiting:
        file = waiting[-1]
        missing = [each for each in file.dependencies if each.name not in found]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        if file.name not in found:
            found[file.name] = FileDescriptorProto()
            file.CopyToProto(found[file.name])
    return list(found.values())
