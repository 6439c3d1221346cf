"""What a schema refers to, gathered with what that refers to in turn; pure but for the look-up that it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from registry.domain import names
from registry.domain.errors import bad_schema
from registry.domain.model import Reference, Version
from registry.domain.parsing import Documents

MAX_DEPTH: Final = 50
"""References that lead to references that lead to references …"""
MAX_DOCUMENTS: Final = 1000

FindVersion = Callable[[str, int], Version | None]
"""A version by subject and number (-1: the latest), also a deleted one."""


def resolved(references: Iterable[Reference], find: FindVersion) -> tuple[Reference, ...]:
    """The references with the version's number in place of -1. RegistryError INVALID_SCHEMA: there is no version."""
    return tuple(Reference(each.name, each.subject, _found(each, find).number) for each in references)


def gather(references: Iterable[Reference], find: FindVersion) -> Documents:
    """The texts of all that the references lead to, each name once, what is referred to first.

    RegistryError INVALID_SCHEMA: nothing is there, a cycle, over the depth or the number (B73), two texts of one name.
    """
    gathering = _Gathering(find)
    for each in references:
        gathering.add(each, 1)
    return tuple(gathering.texts.items())


class _Gathering:
    def __init__(self, find: FindVersion) -> None:
        self._find = find
        self._open: set[tuple[str, int]] = set()
        self._places: dict[str, tuple[str, int]] = {}
        self.texts: dict[str, str] = {}

    def add(self, reference: Reference, depth: int) -> None:
        version = _found(reference, self._find)
        place = (version.subject, version.number)
        if place in self._open:
            raise bad_schema(f"its references lead back through '{reference.subject}' version {reference.version}")
        if depth > MAX_DEPTH or len(self._places) >= MAX_DOCUMENTS:
            raise bad_schema(f"it refers to more than {MAX_DOCUMENTS} schemas, or more than {MAX_DEPTH} deep")
        if self._places.setdefault(reference.name, place) != place:
            if self.texts.get(reference.name) == version.schema.text:
                return
            raise bad_schema(f"two of the schemas that it refers to are called '{reference.name}'")
        if reference.name in self.texts:
            return
        self._open.add(place)
        for each in version.schema.references:
            self.add(each, depth + 1)
        self._open.remove(place)
        self.texts[reference.name] = version.schema.text


def _found(reference: Reference, find: FindVersion) -> Version:
    possible = -1 <= reference.version <= names.MAX_NUMBER  # a store takes no number over 64 bits (B72)
    version = find(reference.subject, reference.version) if possible else None
    if version is None:
        raise bad_schema(f'No schema reference found for subject "{reference.subject}" and version {reference.version}')
    return version
