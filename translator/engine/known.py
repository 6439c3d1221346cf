"""A source of a few schemas that the caller has: by number, by GUID, or only by their fingerprints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar
from uuid import UUID

from native.errors import SchemaError
from schemas import canonical, places, protobuf
from schemas.model import Field, Record, Schema, walk
from translator.engine import specs
from translator.engine.sources import SchemaSource

T = TypeVar("T")
Schemas: TypeAlias = "Mapping[int | UUID, specs.SpecDocument] | Sequence[specs.SpecDocument]"
"""Schemas by what messages refer to them by; or, for Avro's single-object encoding, only the schemas."""


class Known(SchemaSource):
    """Looks up in what it was given. Every schema can also be found by its fingerprint, if it is Avro."""

    def __init__(self, schemas: Schemas) -> None:
        """SchemaError: one of them can't be loaded."""
        pairs = schemas.items() if isinstance(schemas, Mapping) else enumerate(schemas)
        numbered = isinstance(schemas, Mapping)
        self._schemas: dict[int | UUID, Schema] = {}
        self._fingerprints: dict[bytes, list[tuple[str, Schema]]] = {}
        for key, document in pairs:
            schema = _loaded(document)
            name = f"{'' if numbered else 'number '}{key} ({_name(document, schema)})"
            if numbered:
                self._schemas[key] = schema
            if schema.language == "avro":
                self._fingerprints.setdefault(fingerprint(schema), []).append((name, schema))

    def by_id(self, id: int, /) -> Schema:  # noqa: A002
        return self._by(id, f"id {id}")

    def by_guid(self, guid: UUID, /) -> Schema:
        return self._by(guid, f"GUID {guid}")

    def by_fingerprint(self, fingerprint: bytes, /) -> Schema:
        """SchemaError: none has it; or several that aren't the same, which is told by their names."""
        found = self._fingerprints.get(fingerprint, [])
        if not found:
            raise SchemaError(f"there is no schema with the fingerprint {fingerprint.hex()}")
        name, schema = found[0]
        for other, each in found[1:]:
            if not alike(schema, each):
                raise SchemaError(
                    f"{name} and {other} have the same fingerprint {fingerprint.hex()}, and differ in what it doesn't "
                    "count (defaults, aliases, logical types)"
                )
        return schema

    def id_of(self, schema: Schema, subject: str | None = None, /) -> int:
        return _only([key for key in self._keys(schema) if isinstance(key, int)], "id")

    def guid_of(self, schema: Schema, subject: str | None = None, /) -> UUID:
        return _only([key for key in self._keys(schema) if isinstance(key, UUID)], "GUID")

    def _keys(self, schema: Schema) -> Iterator[int | UUID]:
        """Of the schemas that have this one's root."""
        for key, each in self._schemas.items():
            if any(alike(schema, other) for other in _rooted(each)):
                yield key

    def _by(self, key: int | UUID, said: str) -> Schema:
        if key not in self._schemas:
            raise SchemaError(f"there is no schema with the {said}")
        return self._schemas[key]


def fingerprint(schema: Schema) -> bytes:
    """The CRC-64-AVRO fingerprint of an Avro schema, as single-object encoding has it."""
    return canonical.rabin(canonical.canonical_form(schema.root).encode()).to_bytes(8, "little")


def alike(a: Schema, b: Schema) -> bool:
    """Whether two schemas are the same in all that matters to who reads or writes by them."""
    if a.root is b.root:
        return True
    return a.language == b.language and canonical.same(a.root, b.root) and _aliases(a) == _aliases(b)


def _aliases(schema: Schema) -> list[tuple[str, ...]]:
    """In the order in which the types and fields are nested."""
    found: list[tuple[str, ...]] = []
    for type_ in walk(schema.root):
        fields: list[Field] = type_.fields if isinstance(type_, Record) else []
        found += [getattr(type_, "aliases", ()), *(field.aliases for field in fields)]
    return found


def _rooted(schema: Schema) -> Iterator[Schema]:
    """The schema with each root that it may have: in Protobuf, every message of its file."""
    yield schema
    for place in schema.messages:
        yield places.at(schema, place)


def _only(keys: list[T], what: str) -> T:
    if len(keys) != 1:
        several = f"{', '.join(map(str, keys))} all are {what}s of it: name one" if keys else f"it has no {what}"
        raise SchemaError(f"the schema's {what} isn't certain: {several}")
    return keys[0]


def _loaded(document: specs.SpecDocument) -> Schema:
    """A .proto file needs no root: messages say which they are."""
    if isinstance(document, str | Path) and str(document).lower().endswith(".proto"):
        return protobuf.read(document, message=places.FIRST)
    schema = specs.end(document).schema
    if schema is None:
        raise SchemaError(f"{document!r} names a format, not a schema")
    return schema


def _name(document: specs.SpecDocument, schema: Schema) -> str:
    """What the user knows the schema by."""
    if isinstance(document, Path) or (isinstance(document, str) and not document.lstrip().startswith(("{", "["))):
        return str(document)
    return getattr(schema.root, "name", "") or type(schema.root).__name__.lower()
