"""What a file is, by its name and its first bytes; and which formats and suffixes a container has."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from translator import containers, formats

HEAD: Final = 4096
"""Bytes of a stream that are enough to tell."""
_MANY: Final = ("ndjson", "json-array")
"""What a file may be whose name says one JSON document."""

Looks = tuple[str, str]
"""A container and a format."""


def detect(path: str | None, head: bytes) -> Looks | None:
    """Container and format of what is at `path` (None or "-": a pipe) and begins with `head`; None: can't be told.

    The name's extension decides; but a `.json` whose lines are objects is NDJSON, a `.json` that begins with `[` is an
    array of messages, and dead letters are dead letters.
    """
    for name in containers.NAMES:
        told = containers.get(name).format_of(head)
        if told is not None:
            return name, told
    by_name = by_suffix(PurePath(path or "").suffix.lower())
    by_head = _by_head(head)
    if by_name and by_head and one_document(by_name) and by_head[0] in _MANY:
        return by_head[0], by_name[1]
    return by_name or by_head


def one_document(looks: Looks) -> bool:
    """Whether a file looks like one JSON document."""
    return looks[0] == "lone" and formats.get(looks[1]).text


def by_suffix(suffix: str) -> Looks | None:
    """What files with that suffix are: by the containers that it names, else by the formats."""
    for name in containers.NAMES if suffix else ():
        container = containers.get(name)
        if suffix in container.suffixes:
            return name, container.usual
    found = formats.by_suffix(suffix)
    return found and (found[1], found[0])


def _by_head(head: bytes) -> Looks | None:
    for name in containers.NAMES:
        container = containers.get(name)
        if container.sniff(head):
            return name, container.usual
    return None


def formats_in(container: str) -> list[str]:
    """The formats that can stand in it, the usual one first."""
    known = containers.get(container)
    able = [name for name in formats.NAMES if known.takes(formats.get(name))]
    return sorted(able, key=lambda name: name != known.usual)


def containers_of(format_: str) -> list[str]:
    """The containers that a format can stand in, the usual one first."""
    known = formats.get(format_)
    able = [name for name in containers.NAMES if containers.get(name).takes(known)]
    return sorted(able, key=lambda name: name != known.container)


def suffixes_of(container: str) -> dict[str, str]:
    """Suffixes of files that are that container, each with the format that it means; the usual format's first."""
    known = containers.get(container)
    found = dict.fromkeys(known.suffixes, known.usual)
    for name in formats_in(container):
        found |= {suffix: name for suffix, other in formats.get(name).suffixes.items() if other == container}
    return found
