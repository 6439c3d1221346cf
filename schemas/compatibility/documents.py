"""Schemas as they are compared: what each language's rules need of a document, read once.

The type model serves Avro. Protobuf's rules speak of files, which it does not keep, and JSON Schema's of bounds and
combinations, which it does not know; so these two are compared by their descriptors and by their documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from native.errors import SchemaError
from schemas import avro, protoc
from schemas.identity import Identity
from schemas.jsondocument import JsonSource, Library, Node
from schemas.model import Fixed, Language, Schema, Type

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorSet

MAIN = "schema.proto"
"""What a .proto text is called while it is compiled, unless one that it imports has that name."""


@dataclass(frozen=True, eq=False)
class AvroDocument:
    """`aliases`: of the fixed types that carry a logical type, by full name, which the model leaves out."""

    schema: Schema
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    language: Language = "avro"


@dataclass(frozen=True, eq=False)
class ProtobufDocument:
    """A file with all that it imports; itself last."""

    files: FileDescriptorSet
    language: Language = "protobuf"


@dataclass(frozen=True, eq=False)
class JsonDocument:
    """A JSON Schema, and what its references reach. `derived`: subschemas made of its own while it is compared."""

    library: Library
    derived: dict[tuple[Identity, tuple[str, ...]], Node] = field(default_factory=dict, repr=False)
    language: Language = "jsonschema"


Document = AvroDocument | ProtobufDocument | JsonDocument


def read(text: str | bytes, language: Language, references: Mapping[str, str] | None = None) -> Document:
    """The document, ready to be compared.

    `references`: texts of what it refers to, directly and further on, by the name that it calls them: in Avro any
    name, in Protobuf the import's, in JSON Schema the URI. In Avro what is referred to stands first.
    Raises SchemaError as the language's own reader does.
    """
    given = references or {}
    match language:
        case "avro":
            return _avro(text, given)
        case "protobuf":
            return _protobuf(text, given)
        case "jsonschema":
            return of_jsonschema(text, given)


def of_avro(document: avro.AvroSource, named: Mapping[str, Type] | None = None) -> AvroDocument:
    """An Avro schema; `named`: the types of the documents that it refers to. Raises SchemaError."""
    return AvroDocument(avro.read(document, named=named), _aliases(avro.load(document), named or {}))


def of_protobuf(files: FileDescriptorSet) -> ProtobufDocument:
    """A .proto file that is compiled already; the last file is the one to compare."""
    if not files.file:
        raise SchemaError("the descriptor set is empty")
    return ProtobufDocument(files)


def of_jsonschema(document: JsonSource, documents: Mapping[str, JsonSource] | None = None) -> JsonDocument:
    """A JSON Schema with the documents that it refers to, by URI. Raises SchemaError."""
    return JsonDocument(Library(document, documents))


def _avro(text: str | bytes, references: Mapping[str, str]) -> AvroDocument:
    named: dict[str, Type] = {}
    aliases: dict[str, tuple[str, ...]] = {}
    for name, each in references.items():
        try:
            found = of_avro(each, named)
        except SchemaError as error:
            raise SchemaError(error.message, f"{name}{error.path}") from error
        named |= found.schema.names
        aliases |= found.aliases
    main = of_avro(text, named)
    return AvroDocument(main.schema, {**aliases, **main.aliases})


def _aliases(document: Any, named: Mapping[str, Type]) -> dict[str, tuple[str, ...]]:
    """The aliases of fixed types with logical types: read from the document without its logical types."""
    plain, found = _plain(document)
    if not found:
        return {}
    names = avro.read(plain, named=named).names
    return {name: each.aliases for name, each in names.items() if isinstance(each, Fixed) and each.aliases}


def _aliased(value: dict[str, Any]) -> bool:
    """Whether it is a fixed type that has a logical type and aliases."""
    return value.get("type") == "fixed" and "logicalType" in value and bool(value.get("aliases"))


def _plain(document: Any) -> tuple[Any, bool]:
    """The document with its aliased fixed types laid bare, and whether there are any."""
    made: list[Any] = []
    pending: list[tuple[Any, Any]] = [(document, made)]
    found = False
    while pending:
        value, into = pending.pop()
        copy: Any = {} if isinstance(value, dict) else [] if isinstance(value, list) else value
        into.append(copy) if isinstance(into, list) else into[0].__setitem__(into[1], copy)
        if isinstance(value, dict):
            bare = _aliased(value)
            found = found or bare
            pending += [(v, (copy, k)) for k, v in reversed(value.items()) if not (bare and k == "logicalType")]
        elif isinstance(value, list):
            pending += [(each, copy) for each in reversed(value)]
    return made[0], found


def _protobuf(text: str | bytes, references: Mapping[str, str]) -> ProtobufDocument:
    from google.protobuf.descriptor_pb2 import FileDescriptorSet

    name = MAIN
    while name in references:
        name = f"main/{name}"
    source = text.decode() if isinstance(text, bytes) else text
    return of_protobuf(FileDescriptorSet.FromString(protoc.compiled({name: source, **references})))
