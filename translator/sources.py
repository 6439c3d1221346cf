"""Where schemas come from that are not files: registries and the like, found as entry points.

A distribution that has schemas names a callable in the entry-point group `translator.schema_sources`; called without
arguments, it gives a `SchemaSource`. A schema is then `SOURCE:NAME` wherever one is wanted (`registry:signals-value`),
or `SOURCE:ID` by its number.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Final, Protocol, cast, runtime_checkable

if TYPE_CHECKING:
    from schemas.model import Schema

GROUP: Final = "translator.schema_sources"
_NAMED: Final = re.compile(r"([A-Za-z][\w-]+):(?!//)(.+)", re.DOTALL)


@runtime_checkable
class SchemaSource(Protocol):
    """Gives schemas by name or by number. SchemaError: there is no such schema, or it can't be had."""

    def get(self, name: str) -> Schema:
        """The schema called `name`, in its newest version unless `name` says otherwise."""
        ...

    def for_id(self, id: int) -> Schema:  # noqa: A002
        """The schema that messages refer to by `id` (S32)."""
        ...


def names() -> list[str]:
    """The sources that are installed."""
    return sorted(_found())


@cache
def find(name: str) -> SchemaSource:
    """The source called `name`, opened once. SchemaError: none of that name is installed, or it is no source."""
    from native.errors import SchemaError

    entry = _found().get(name)
    if entry is None:
        raise SchemaError(f"no schema source {name!r} is installed; there are: {', '.join(names()) or 'none'}")
    source = entry.load()()
    if not isinstance(source, SchemaSource):
        raise SchemaError(f"{entry.value} gives no schema source (get and for_id)")
    return source


def load(spec: str) -> Schema | None:
    """The schema that `SOURCE:NAME` or `SOURCE:ID` names; None where `spec` names no installed source."""
    match = _NAMED.fullmatch(spec)
    if match is None or match[1] not in _found():
        return None
    source, name = find(match[1]), match[2]
    return source.for_id(int(name)) if name.isascii() and name.isdecimal() else source.get(name)


def _found() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in cast("list[EntryPoint]", entry_points(group=GROUP))}
