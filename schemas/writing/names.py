"""Naming policies (S35): how fields and symbols are called in the new schema; named, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from native.errors import SchemaError

FieldStyle = Literal["exact", "snake", "camel"]
Symbols = Literal["exact", "prefixed", "bare"]

IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BREAK: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class Naming:
    """`fields`: as they are, snake_case or camelCase. `symbols` of enums: as they are, with the enum's name before
    them (`STATUS_ACTIVE`), or without it (`ACTIVE`)."""

    fields: FieldStyle = "exact"
    symbols: Symbols = "exact"

    def field(self, name: str) -> str:
        """A field's name under the policy."""
        match self.fields:
            case "snake":
                return snake(name)
            case "camel":
                return camel(name)
        return name

    def symbol(self, name: str, enum: str) -> str:
        """A symbol's name under the policy. `enum`: the enum's name, without its namespace."""
        prefix = snake(enum).upper() + "_"
        if self.symbols == "prefixed":
            return name if name.startswith(prefix) else prefix + name
        bare = name.removeprefix(prefix) if self.symbols == "bare" else name
        return bare if IDENTIFIER.fullmatch(bare) else name


AS_THEY_ARE: Final = Naming()


def parse(text: str) -> Naming:
    """The policy that a text names: `exact`, or of each kind at most one, as in `snake,prefixed`.

    Raises SchemaError: an unknown name, or two of one kind.
    """
    fields: list[str] = []
    symbols: list[str] = []
    for word in filter(None, (each.strip() for each in text.split(","))):
        if word in get_args(FieldStyle):
            fields.append(word)
        elif word in get_args(Symbols):
            symbols.append(word)
        else:
            raise SchemaError(f"no naming policy {word!r}; there are exact, snake, camel, prefixed, bare")
    if len(fields) > 1 or len(symbols) > 1:
        raise SchemaError(f"the naming policies {text!r} contradict each other")
    return Naming(fields[0] if fields else "exact", symbols[0] if symbols else "exact")  # type: ignore[arg-type]


def snake(name: str) -> str:
    """`fooBar` and `FooBar` as `foo_bar`; `HTTPServer` as `http_server`."""
    return _BREAK.sub("_", name).lower()


def camel(name: str) -> str:
    """`foo_bar` as `fooBar`; underscores at the start stay."""
    body = name.lstrip("_")
    return name[: len(name) - len(body)] + re.sub(r"_+([A-Za-z0-9])", lambda match: match[1].upper(), body)


def pascal(name: str) -> str:
    """`foo_bar` as `FooBar`; what no identifier has is left out."""
    words = re.split(r"[^A-Za-z0-9]+", name)
    return "".join(each[:1].upper() + each[1:] for each in words)


def entry_name(field: str) -> str:
    """The message that protoc makes of a map's entries: `foo_bar` has `FooBarEntry`."""
    return "".join(each[:1].upper() + each[1:] for each in field.split("_")) + "Entry"


def identifier(name: str) -> str:
    """The name with everything that Avro's and Protobuf's names don't have as underscores."""
    kept = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return kept if IDENTIFIER.fullmatch(kept) else f"_{kept}"


def last(name: str) -> str:
    """A full name without its namespace."""
    return name.rpartition(".")[2]


def once(names: Iterable[str], place: str) -> None:
    """Refuses two names that a policy made one. Raises SchemaError."""
    seen: set[str] = set()
    for each in names:
        if each in seen:
            raise SchemaError(f"the naming policy makes two names {each!r}", place)
        seen.add(each)


class Names:
    """Names given once each."""

    def __init__(self, key: Callable[[str], str] = str) -> None:
        self._given: set[str] = set()
        self._key = key

    def is_key(self, name: str) -> bool:
        """Whether names are compared by what this one is."""
        return self._key(name) == name

    def take(self, name: str) -> bool:
        """Takes a name, unless it is taken."""
        if self._key(name) in self._given:
            return False
        self._given.add(self._key(name))
        return True

    def release(self, name: str) -> None:
        """Makes a name free again."""
        self._given.discard(self._key(name))

    def give(self, *wanted: str) -> str:
        """The first that is free, else the last with a number after it."""
        number = 1
        tried = list(wanted)
        while True:
            for each in tried:
                if self.take(each):
                    return each
            number += 1
            tried = [f"{wanted[-1]}_{number}"]
