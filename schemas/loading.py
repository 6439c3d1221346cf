"""Loads a schema from wherever it is: a file whose suffix tells its language, a text, or a built-in name."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, Protocol, TypeAlias, get_args

from native.errors import SchemaError
from schemas import avro, descriptorset, jsonschema, neuron, protobuf
from schemas.jsondocument import plain
from schemas.model import Language, Schema

BUILT_IN = "neuron:"

_DESCRIPTORS = (".desc", ".binpb", ".pb", ".fds", ".protoset")
_SUFFIXES: dict[str, Language | None] = {
    ".avsc": "avro",
    ".proto": "protobuf",
    **dict.fromkeys(_DESCRIPTORS, "protobuf"),
    ".json": None,
}
_AVRO_TYPES = frozenset({"record", "error", "enum", "fixed", "map", "int", "long", "float", "double", "bytes"})


class _Described(Protocol):
    @property
    def DESCRIPTOR(self) -> Any: ...  # noqa: N802


Generated: TypeAlias = _Described | type[_Described]
"""A message class that Protobuf's compiler made, or anything else with a DESCRIPTOR of messages."""


def load(
    source: str | Path | bytes | dict[str, Any] | Generated,
    *,
    language: Language | None = None,
    type: str | None = None,  # noqa: A002
) -> Schema:
    """The schema that `source` names or is.

    `source`: a path, also as `FILE#Type`; a built-in schema (`neuron:NeuronSignal`); the text of an Avro or JSON
    Schema (also parsed); the bytes of a FileDescriptorSet; or a generated Protobuf message class. Without `language`
    the suffix tells it: .avsc, .proto, .desc .binpb .pb .fds .protoset (a FileDescriptorSet, as `protoc -o` and
    `buf build` write them); .json is JSON Schema unless it looks like Avro's, as a text is.
    `type`: the type to take as the root (a full name; a definition's name or JSON pointer in JSON Schema).
    Raises SchemaError: no such file or type, a language that can't be told, or what the language's reader refuses.
    """
    if language not in (None, *get_args(Language)):
        close = difflib.get_close_matches(language, get_args(Language), 1)
        meant = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(get_args(Language))}"
        raise SchemaError(f"no language {language!r}; {meant}")
    if isinstance(source, bytes | dict):
        return _document(source, language, type)
    if not isinstance(source, str | Path):
        return _generated(source, language, type)
    text = str(source)
    if text.startswith(BUILT_IN):
        return _built_in(text.removeprefix(BUILT_IN), language, type)
    if isinstance(source, str) and text.lstrip().startswith(("{", "[")):
        return _document(text, language, type)
    path, type_ = _split(text, type)
    return _file(path, language, type_)


def _generated(source: Generated, language: Language | None, type_: str | None) -> Schema:
    if not hasattr(source, "DESCRIPTOR"):
        known = "a path, a text, bytes, a parsed document or a generated Protobuf message class"
        raise SchemaError(f"a schema is {known}, not {type(source).__name__}")
    if language not in (None, "protobuf"):
        raise SchemaError(f"a generated message class is a Protobuf schema, not one of {language}")
    data, message = descriptorset.of(source)
    return _protobuf(data, type_ or message)


def _split(text: str, type_: str | None) -> tuple[Path, str | None]:
    """`FILE#Type` taken apart, unless there is a file of that whole name."""
    name, mark, inside = text.rpartition("#")
    if not mark or _exists(Path(text)):
        return Path(text), type_
    if type_ and inside and inside != type_:
        raise SchemaError(f"two types are named: {inside!r} after the file, and {type_!r}", text)
    return Path(name), type_ or inside or None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _built_in(name: str, language: Language | None, type_: str | None) -> Schema:
    name, _, inside = name.partition("#")
    schema = neuron.load(name, language) if language else neuron.load(name)
    return _rooted(schema, type_ or inside or None)


def _file(path: Path, language: Language | None, type_: str | None) -> Schema:
    suffix = path.suffix.lower()
    if language is None and suffix not in _SUFFIXES:
        close = difflib.get_close_matches(suffix, _SUFFIXES, 1, 0.5)
        meant = f"; did you mean {close[0]}?" if close else f"; {' '.join(_SUFFIXES)} do"
        raise SchemaError(f"the suffix {suffix!r} doesn't tell a schema's language{meant}", str(path))
    content = _content(path)
    language = language or _SUFFIXES[suffix]
    if language == "protobuf" and suffix not in _DESCRIPTORS:
        return protobuf.read(path, message=type_)
    try:
        return _document(content, language or _told_text(content), type_)
    except SchemaError as error:
        inside = error.path.removeprefix("#")
        raise SchemaError(error.message, f"{path}#{inside}" if inside else str(path)) from error.__cause__


def language_of(path: str | Path) -> Language | None:
    """The language that a file's suffix tells (`FILE` or `FILE#Type`); None: it doesn't."""
    return _SUFFIXES.get(PurePath(str(path).partition("#")[0]).suffix.lower())


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SchemaError("there is no such file; give a path, a schema's text, or neuron:NAME", str(path)) from None
    except IsADirectoryError:
        raise SchemaError("this is a folder; name the schema's file in it", str(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SchemaError(f"can't be read ({reason}); check the name and the permissions", str(path)[:200]) from None


def _document(document: str | bytes | dict[str, Any], language: Language | None, type_: str | None) -> Schema:
    language = language or _told(document)
    match language:
        case "avro":
            return _rooted(avro.read(document), type_)
        case "jsonschema":
            return jsonschema.read(document, root=type_)
        case "protobuf":
            return _protobuf(document, type_)


def _protobuf(document: str | bytes | dict[str, Any], type_: str | None) -> Schema:
    match document:
        case bytes():
            return protobuf.read_descriptor_set(document, message=type_)
        case str():
            return protobuf.read({"schema.proto": document}, message=type_)
    raise SchemaError("a Protobuf schema is a .proto text or the bytes of a FileDescriptorSet, not a dict")


def _told(document: str | bytes | dict[str, Any]) -> Language:
    """The language of a document without a name."""
    if isinstance(document, bytes) and not document.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[", b'"')):
        return "protobuf"
    return _told_text(document)


def _told_text(document: str | bytes | dict[str, Any]) -> Language:
    return "avro" if _looks_like_avro(document if isinstance(document, dict) else plain(document)) else "jsonschema"


def _looks_like_avro(document: object) -> bool:
    if isinstance(document, list | str):
        return True
    if not isinstance(document, dict) or "$schema" in document:
        return False
    type_, items = document.get("type"), document.get("items")
    if isinstance(type_, dict) or "logicalType" in document or _is_avro_name(items):
        return True
    return isinstance(type_, str) and type_ in _AVRO_TYPES


def _is_avro_name(items: object) -> bool:
    """An Avro array's items, where they are not a JSON Schema: a name, or a union that has one."""
    return isinstance(items, str) or (isinstance(items, list) and any(isinstance(each, str) for each in items))


def _rooted(schema: Schema, type_: str | None) -> Schema:
    """The schema with another of its named types as the root, by full name or by the end of it."""
    if type_ is None:
        return schema
    found = {name: each for name, each in schema.names.items() if name == type_ or name.endswith(f".{type_}")}
    if type_ not in found and len(found) != 1:
        few = ", ".join(sorted(found or schema.names)[:20]) or "none"
        raise SchemaError(f"{'several types end' if found else 'no type is named'} {type_!r}; there are: {few}")
    return replace(schema, root=found.get(type_) or next(iter(found.values())))
