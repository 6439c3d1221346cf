"""Candidates read with our own schema readers: refused with the reason, or ready to keep and to compare.

What a candidate refers to is looked up elsewhere (lookups.py, references.py); here it is texts by name. Pure, and
bounded: what is read is limited in size, depth and number of references (B67, B73), and nothing leaves the process.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import msgspec

import schemas
from native.errors import SchemaError
from registry.domain.errors import bad_schema, empty_schema, too_large
from registry.domain.model import Candidate, Json, Reference, SchemaType, StoredSchema
from schemas import avro, compatibility, jsonschema, protobuf
from schemas.compatibility import Document
from schemas.texts import avro as avro_text
from schemas.texts import jsonschema as json_text
from schemas.texts import protobuf as proto_text

MAX_SCHEMA: Final = 4 << 20
"""Bytes of one schema's text."""

Documents = tuple[tuple[str, str], ...]
"""What a schema refers to, directly and indirectly, as (name, text); what is referred to comes first."""


@dataclass(frozen=True)
class Parsed:
    """A candidate that is a schema: as it will be kept. `identity` is equal just where schemas are the same."""

    type: SchemaType
    text: str
    references: tuple[Reference, ...]
    metadata: Json | None
    rules: Json | None
    documents: Documents
    content: bytes

    @property
    def identity(self) -> bytes:
        return self._hash(self.metadata, self.rules)

    def as_if(self, other: StoredSchema) -> bytes:
        """The identity that this would have with the metadata and the rules of another."""
        return self._hash(other.metadata, other.rules)

    def described_as(self, other: StoredSchema) -> Parsed:
        """This with the metadata and the rules of another."""
        return replace(self, metadata=other.metadata, rules=other.rules)

    @property
    def guid(self) -> str:
        """An MD5 in the form of a UUID, as Confluent's are; equal in every registry of ours."""
        return str(uuid.UUID(bytes=hashlib.md5(self.identity, usedforsecurity=False).digest()))

    def stored(self, id_: int = 0) -> StoredSchema:
        """This as a store keeps it; 0: with an id that the store gives."""
        return StoredSchema(
            id=id_, guid=self.guid, type=self.type, text=self.text, references=self.references,
            metadata=self.metadata, rules=self.rules, identity=self.identity,
        )  # fmt: skip

    def _hash(self, metadata: Json | None, rules: Json | None) -> bytes:
        parts = (self.type, self.references, metadata, rules, hashlib.sha256(self.content).digest())
        return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).digest()


def parse(candidate: Candidate, documents: Documents, *, normalize: bool = False) -> Parsed:
    """The candidate as it will be kept. RegistryError: INVALID_SCHEMA with why, EMPTY_SCHEMA, SCHEMA_TOO_LARGE."""
    size = len(candidate.text)
    if size > MAX_SCHEMA:
        raise too_large(size, MAX_SCHEMA)
    if not candidate.text.strip():
        raise empty_schema()
    try:
        document(candidate.type, candidate.text, documents)
        text, content = _kept(candidate, documents, normalize)
    except SchemaError as error:
        raise bad_schema(str(error)) from error
    except UnicodeEncodeError as error:
        raise bad_schema(f"it is not text: {error}") from error
    references = tuple(sorted(candidate.references, key=lambda each: each.name)) if normalize else candidate.references
    return Parsed(candidate.type, text, references, candidate.metadata, candidate.rules, documents, content)


def _kept(candidate: Candidate, documents: Documents, normalize: bool) -> tuple[str, bytes]:
    match candidate.type:
        case "AVRO":
            text = avro_text.printed(candidate.text, normalize=normalize)
        case "JSON":
            text = json_text.printed(candidate.text, normalize=normalize)
        case "PROTOBUF":
            return proto_text.printed(candidate.text, dict(documents), normalize=normalize)
    return text, text.encode()


@lru_cache(maxsize=512)
def document(type_: SchemaType, text: str, documents: Documents) -> Document:
    """The schema, ready to be compared with others. Raises SchemaError."""
    match type_:
        case "AVRO":
            return compatibility.read(text, "avro", dict(documents))
        case "JSON":
            jsonschema.read(text, documents=dict(documents))
            return compatibility.read(text, "jsonschema", dict(documents))
        case "PROTOBUF":
            return compatibility.of_protobuf(proto_text.compiled(text, dict(documents)))


def model(type_: SchemaType, text: str, documents: Documents) -> schemas.Schema:
    """The schema as a type model; the root of a Protobuf file is its first message. Raises SchemaError."""
    match type_:
        case "AVRO":
            return _avro_model(text, documents)
        case "JSON":
            return jsonschema.read(text, documents=dict(documents))
        case "PROTOBUF":
            files = proto_text.compiled(text, dict(documents))
            return protobuf.read_descriptor_set(files.SerializeToString(), message=(0,))


def _avro_model(text: str, documents: Documents) -> schemas.Schema:
    """Avro, which names the types of what it refers to."""
    named: dict[str, schemas.Type] = {}
    for name, each in documents:
        try:
            named |= avro.read(each, named=named).names
        except SchemaError as error:
            raise SchemaError(error.message, f"{name}{error.path}") from error
    return avro.read(text, named=named)
