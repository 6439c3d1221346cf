"""What the registry keeps, and what is asked of it: plain structures, without storage or HTTP."""

from __future__ import annotations

from typing import Any, Final, Literal, get_args

from msgspec import Struct

from schemas.compatibility import Incompatibility, Level

SchemaType = Literal["AVRO", "JSON", "PROTOBUF"]
TYPES: Final[tuple[SchemaType, ...]] = ("JSON", "PROTOBUF", "AVRO")

DEFAULT_LEVEL: Final[Level] = "BACKWARD"

Mode = Literal["READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
DEFAULT_MODE: Final[Mode] = "READWRITE"

Json = dict[str, Any]


class Reference(Struct, frozen=True):
    """A schema that another one builds on. `name` is what the text calls it: a full name, an import, a URI."""

    name: str
    subject: str
    version: int


class Candidate(Struct, frozen=True, kw_only=True):
    """A schema as a client gives it. `id` and `version` are for imports (mode IMPORT) only."""

    text: str
    type: SchemaType = "AVRO"
    references: tuple[Reference, ...] = ()
    metadata: Json | None = None
    rules: Json | None = None
    id: int | None = None
    version: int | None = None


class StoredSchema(Struct, frozen=True, kw_only=True):
    """A schema as it is kept: one id for one text with the same type, references, metadata and rules.

    `id`: 0 until a store has given one; `identity`: 32 bytes that are equal just where schemas are the same.
    """

    id: int
    guid: str
    type: SchemaType
    text: str
    references: tuple[Reference, ...]
    metadata: Json | None
    rules: Json | None
    identity: bytes


class Version(Struct, frozen=True):
    """A schema's place in a subject's history.

    `deleted`: softly, so that whoever asks for deleted ones can still read it. `created`: milliseconds since 1970.
    """

    subject: str
    number: int
    schema: StoredSchema
    deleted: bool = False
    created: int = 0


class Config(Struct, frozen=True):
    """What holds for a subject, or for all (None: what holds for all). `normalize`: register normal forms."""

    level: Level | None = None
    normalize: bool | None = None


class Breakage(Struct, frozen=True):
    """What a new schema breaks. `newest`: the newest version that it breaks; `level`: by which they were compared."""

    findings: tuple[Incompatibility, ...]
    newest: Version
    level: Level

    def __str__(self) -> str:
        return "; ".join(map(str, self.findings))


class Page(Struct, frozen=True):
    """A part of a list: `limit` items after the first `offset`; all of them where `limit` is negative."""

    offset: int = 0
    limit: int = -1
