"""What a file is, by its name and its first bytes."""

from __future__ import annotations

from pathlib import PurePath

from translator import containers
from translator.containers import dead_letter

HEAD = 4096
"""Bytes of a stream that are enough to tell."""


def detect(path: str | None, head: bytes) -> tuple[str, str] | None:
    """Container and format of what is at `path` (None or "-": a pipe) and begins with `head`; None: can't be told.

    The name's extension decides; but a `.json` whose lines are objects is NDJSON, a `.json` that begins with `[` is an
    array of messages, and dead letters are dead letters.
    """
    letters = dead_letter.format_of(head)
    if letters is not None:
        return dead_letter.NAME, letters
    by_name = _by_extension(path)
    by_head = _by_head(head)
    if by_name == ("lone", "json") and by_head in (("ndjson", "json"), ("json-array", "json")):
        return by_head
    return by_name or by_head


def _by_extension(path: str | None) -> tuple[str, str] | None:
    extension = PurePath(path or "").suffix.lower()
    for name in containers.NAMES:
        form = containers.get(name).EXTENSIONS.get(extension)
        if form is not None:
            return name, form
    return None


def _by_head(head: bytes) -> tuple[str, str] | None:
    for name in containers.NAMES:
        container = containers.get(name)
        if container.sniff(head):
            return name, container.FORMATS[0]
    return None
