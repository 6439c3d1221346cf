"""What all walkers share: items, the place in the bytes, and running without a stack of Python's own.

Theory of operation. A walker is made of *stretches*: generators that yield items, and further stretches for what is
nested. `Walk.run` keeps the stretches on a list, so that no nesting costs Python's stack (B5). An item of what holds
others is yielded when its first bytes were read; its size is set when it ends, in the same object. Where the bytes
can't be followed any further, a `DataError` ends the run, and what was open ends there.

Walkers follow the structure only. Whether a value is one (UTF-8, a symbol, a range) they leave to the core: they say
so in the note, and go on.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias

from native.binding import MESSAGES
from native.errors import DataError, LimitError
from schemas.model import Type
from translator.formats.walking import text

MAX_DEPTH: Final = 1000
"""Levels that a walker follows; the core never goes deeper."""
MAX_IDLE: Final = 1 << 20
"""Items in a row that take no bytes (B27)."""
CUT: Final = 200
"""Characters of a text, or bytes, that a value shows unless all of it is wanted."""

_WORDS: Final = dict(MESSAGES.values())
_LIMITS: Final = frozenset(("DEPTH", "ITEMS", "RECORD"))


@dataclass(slots=True)
class Item:
    """One value, or a piece of the encoding itself, at data[offset : offset + size].

    `size` is None while it isn't known. `head`: of what holds others, the bytes before the first of them; None: it
    holds none. `path`: as in errors (`payload.labels["site"][0]`). `kind`: its type. `value`: as text.
    """

    offset: int
    size: int | None
    depth: int
    path: str
    kind: str
    value: str = ""
    note: str = ""
    head: int | None = None

    @property
    def own(self) -> int:
        """Bytes from `offset` that belong to this item and to none inside of it."""
        return (self.size or 0) if self.head is None else self.head


Stretch: TypeAlias = Generator["Item | Stretch", Any, None]


class Walk:
    """A place in a message that is being walked. `end`: of what may be read now, which a nested value narrows.

    `cut`: characters or bytes of a value that are shown; None: all.
    """

    def __init__(self, data: bytes, cut: int | None = CUT) -> None:
        self.data = data
        self.cut = cut
        self.at = 0
        self.end = len(data)
        self.path = ""
        self.memo: dict[Type, Any] = {}
        """What a walker keeps of a type."""
        self._open: list[Item] = []
        self._idle = 0
        self._last = -1

    # --- items ---

    def leaf(self, offset: int, path: str, kind: str, value: str = "", note: str = "") -> Item:
        """What was read since `offset`."""
        self._count()
        return Item(offset, self.at - offset, len(self._open), path, kind, value, note)

    def open(self, offset: int, path: str, kind: str, value: str = "", note: str = "") -> Item:
        """What begins at `offset`, and holds what follows from here on."""
        self._count()
        if len(self._open) >= MAX_DEPTH:
            self.refuse("DEPTH", offset)
        item = Item(offset, None, len(self._open), path, kind, value, note, self.at - offset)
        self._open.append(item)
        return item

    def close(self) -> Item:
        """What was opened last ends here."""
        item = self._open.pop()
        item.size = self.at - item.offset
        return item

    def _count(self) -> None:
        self._idle = self._idle + 1 if self.at == self._last else 0
        self._last = self.at
        if self._idle > MAX_IDLE:
            self.refuse("ITEMS")

    # --- bytes ---

    def refuse(self, code: str, at: int | None = None) -> NoReturn:
        """DataError: at this place it can't go on."""
        kind = LimitError if code in _LIMITS else DataError
        raise kind(code, _WORDS[code], self.at if at is None else at, 0, self.path)

    def take(self, size: int) -> bytes:
        """The next bytes. TRUNCATED."""
        if size > self.end - self.at:
            self.refuse("TRUNCATED", self.end)
        start = self.at
        self.at += size
        return self.data[start : self.at]

    def varint(self, *, strict: bool = True) -> int:
        """Seven bits a byte, lowest first, 10 bytes at most; `strict`: no more than 64 bits, else what is over is
        dropped. TRUNCATED, VARINT."""
        start, value = self.at, 0
        for shift in range(0, 70, 7):
            if self.at >= self.end:
                self.refuse("TRUNCATED", self.end)
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
        else:
            self.refuse("VARINT", start)
        if strict and value >> 64:
            self.refuse("VARINT", start)
        return value & 0xFFFF_FFFF_FFFF_FFFF

    # --- running ---

    def run(self, whole: Stretch) -> Iterator[Item]:
        """The items of a stretch and of all that it yields, in the order of the bytes. DataError, as its last; what was
        read of the value where that happened is the item before."""
        stack, last = [whole], None
        try:
            while stack:
                found = next(stack[-1], None)
                if found is None:
                    stack.pop()
                elif isinstance(found, Item):
                    last = found
                    yield found
                else:
                    stack.append(found)
        except DataError as error:
            upto = last.offset + last.own if last else 0
            if error.offset > upto:
                yield Item(upto, error.offset - upto, len(self._open), self.path, "broken")
            for item in self._open:
                item.size = max(error.offset - item.offset, item.own)
            raise

    def finish(self) -> None:
        """TRAILING where bytes are left."""
        if self.at < len(self.data):
            self.path = ""
            self.refuse("TRAILING")


def as_bytes(data: bytes, type_: Type | None, cut: int | None) -> Iterator[Item]:
    """The walker of a format that has none of its own: the whole message is one value, its bytes."""
    yield Item(0, len(data), 0, "", "bytes", text.hexed(data, cut))


def member(path: str, name: str) -> str:
    """The path of a record's member."""
    return f"{path}.{name}" if path else name


def entry(path: str, key: str) -> str:
    """The path of a map's entry."""
    return f'{path}["{key}"]'
