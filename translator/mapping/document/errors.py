"""What is wrong with a mapping document, collected while it is read so that all of it is told at once."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable

from native.errors import TranslatorError

BARE = re.compile(r"[A-Za-z0-9_-]+")
_MANY = 500


class MappingError(TranslatorError):
    """A mapping document can't be used.

    `problems` lists every reason, as (key in the document, what is wrong); the key is "" for the document itself.
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        lines = "\n".join(f"  {key or '(document)'}: {reason}" for key, reason in problems)
        super().__init__(f"no mapping:\n{lines}")
        self.problems = problems

    def __reduce__(self) -> tuple[type[MappingError], tuple[list[tuple[str, str]]]]:
        return MappingError, (self.problems,)


MappingError.__module__ = "translator"  # where users import it


class Problems:
    """The problems of one document so far."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def add(self, key: str, reason: str) -> None:
        self.found.append((key, reason))

    def unknown(self, key: str, name: str, known: Iterable[str]) -> None:
        """A name that isn't one of `known`."""
        self.add(key, f"unknown key{did_you_mean(name, known)}")

    def raise_any(self) -> None:
        """MappingError, if there was any problem."""
        if self.found:
            raise MappingError(self.found)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean "scale"?`, or nothing where no known name is close."""
    names = list(known)
    if len(names) > _MANY or len(name) > _MANY:  # a search that would cost more than it tells
        return ""
    close = difflib.get_close_matches(name, names, 1)
    return f'; did you mean "{close[0]}"?' if close else ""


def child(key: str, name: str) -> str:
    """The key of a member, as TOML writes it: quoted where it isn't bare."""
    if BARE.fullmatch(name):
        text = name
    elif '"' in name and "'" not in name and name.isprintable():
        text = f"'{name}'"
    else:
        text = json.dumps(name, ensure_ascii=not name.isprintable())
    return f"{key}.{text}" if key else text


def item(key: str, index: int) -> str:
    """The key of a list's item."""
    return f"{key}[{index}]"
