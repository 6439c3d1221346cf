"""Where schemas come from that are not files: registries and the like, found as entry points.

A distribution that has schemas names a callable in the entry-point group `translator.schema_sources`; called without
arguments, or with the URL that the user names, it gives a `SchemaSource`. A schema is then `SOURCE:SUBJECT` wherever
one is wanted (`registry:signals-value`), `SOURCE:SUBJECT@VERSION` in one of its versions, or `SOURCE:ID` by its number.

What messages refer to (S32) is looked up in a source, too: `translator.adapter` takes one.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, cast, runtime_checkable

from native.errors import SchemaError

if TYPE_CHECKING:
    from uuid import UUID

    from schemas.model import Schema
    from translator.framing import SchemaReference

GROUP: Final = "translator.schema_sources"
REGISTRY: Final = "registry"
_NAMED: Final = re.compile(r"([A-Za-z][\w-]+):(?!//)(.+)", re.DOTALL)
_opened: list[SchemaSource] = []
_VERSIONED: Final = re.compile(r"(.+)@([1-9][0-9]{0,9}|latest)", re.DOTALL)


@runtime_checkable
class SchemaSource(Protocol):
    """Gives schemas by what refers to them. Shared between threads.

    Every method raises SchemaError where there is no such schema or it can't be read: the messages that refer to it are
    refused, their neighbours aren't. Anything else that is raised (the registry can't be reached) ends the call that
    asked. A source answers again what it was asked before without a look-up, for a while also that there is none (B76).

    The same schema is the same object each time, so that plans are compiled once. A Protobuf schema has its file's
    first message as the root (`protobuf.read(texts, message=(0,))`); who has a message's indexes finds the other roots
    by `schemas.places.at`.

    A class that names this one as its base answers SchemaError wherever it has no method of its own.
    """

    def by_id(self, id: int, /) -> Schema:  # noqa: A002
        """The schema that messages refer to by a number, 1 to 2³¹−1."""
        _none("ids")

    def by_guid(self, guid: UUID, /) -> Schema:
        """The schema that messages refer to by a GUID in a header."""
        _none("GUIDs")

    def by_fingerprint(self, fingerprint: bytes, /) -> Schema:
        """The Avro schema with this CRC-64-AVRO fingerprint: 8 bytes, as single-object encoding has them."""
        _none("fingerprints")

    def by_subject(self, subject: str, version: int | None = None, /) -> Schema:
        """The schema that a subject has in a version; None: in its newest."""
        _none("subjects")

    def id_of(self, schema: Schema, subject: str | None = None, /) -> int:
        """The number of a schema: of one that this source gave, or that `subject` has. It is never registered here."""
        _none("ids of schemas")

    def guid_of(self, schema: Schema, subject: str | None = None, /) -> UUID:
        """The GUID of a schema, in the same way."""
        _none("GUIDs of schemas")


def _none(what: str) -> NoReturn:
    raise SchemaError(f"this source of schemas knows no {what}")


def names() -> list[str]:
    """The sources that are installed."""
    return sorted(_found())


@cache
def find(name: str, url: str | None = None) -> SchemaSource:
    """The source called `name` (at `url`), opened once. SchemaError: none has that name, or it isn't one."""
    entry = _found().get(name)
    if entry is None:
        raise SchemaError(f"no schema source {name!r} is installed; there are: {', '.join(names()) or 'none'}")
    opened = entry.load()
    source = opened() if url is None else opened(url)
    if not isinstance(source, SchemaSource):
        raise SchemaError(f"{entry.value} gives no translator.engine.sources.SchemaSource")
    _opened.append(source)
    return source


def close() -> None:
    """Closes the sources that were opened and have a `close`, and forgets them: `find` opens them again."""
    find.cache_clear()
    while _opened:
        getattr(_opened.pop(), "close", lambda: None)()


def load(spec: str, url: str | None = None, *, registry: SchemaSource | None = None) -> Schema | None:
    """The schema that `SOURCE:SUBJECT[@VERSION]` or `SOURCE:ID` names (of the source at `url`); None where it names no
    installed source. `registry` is the one called `registry`, installed or not."""
    match = _NAMED.fullmatch(spec)
    if match is None:
        return None
    name, wanted = match[1], match[2]
    if registry is not None and name == REGISTRY:
        source = registry
    elif name in _found():
        source = find(name) if url is None else find(name, url)
    else:
        return None
    numbered = wanted.isascii() and wanted.isdecimal()
    return source.by_id(int(wanted)) if numbered else source.by_subject(*subject(wanted))


def referred(source: SchemaSource, reference: SchemaReference) -> Schema:
    """The schema that a message refers to. SchemaError: there is none."""
    match reference:
        case int():
            return source.by_id(reference)
        case bytes():
            return source.by_fingerprint(reference)
    return source.by_guid(reference)


def subject(text: str) -> tuple[str, int | None]:
    """`SUBJECT[@VERSION]` taken apart; without a version, and for `@latest`, it is None."""
    match = _VERSIONED.fullmatch(text)
    if match is None:
        return text, None
    return match[1], None if match[2] == "latest" else int(match[2])


def _found() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in cast("list[EntryPoint]", entry_points(group=GROUP))}
