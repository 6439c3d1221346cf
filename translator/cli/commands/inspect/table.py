"""A message's items as a table: as wide as the terminal, in its colours; elsewhere plain text in columns."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Final

from native.errors import DataError
from schemas.model import Type
from translator.cli.shared.output import is_terminal
from translator.formats.walking.kinds import describe
from translator.formats.walking.text import harmless
from translator.formats.walking.walk import Item
from translator.inspecting.reading import Inspected

BYTES: Final = 8
"""Bytes of an item that are shown; half of them on a narrow terminal."""
WIDE: Final = 110
"""Columns of a terminal that isn't narrow."""
VALUE: Final = 80
"""Characters of a value where nobody's terminal says how many."""
ROOM: Final = 24
"""Columns that values get, however narrow the terminal is."""
PATH: Final = (12, 44)
"""Columns of paths on a terminal, at least and at most."""
TYPE: Final = 20
ALIGNED: Final = 60
"""Columns that a path is filled up to where no terminal is."""
_TITLES: Final = ("OFFSET", "SIZE", "BYTES", "PATH", "TYPE", "VALUE")
_STYLES: Final = ("dim", "dim", "cyan", "", "green", "bold")
_DOCUMENT: Final = 64
"""Bytes of an item in a JSON document, unless everything is wanted."""

Cells = tuple[str, ...]


def draw(found: Inspected, error: DataError | None, *, cut: int | None) -> None:
    """Prints the table; `error` stands where it happened. `cut` None: values and paths in full."""
    if is_terminal(sys.stdout):
        from rich.console import Console

        console = Console(highlight=False)
        most = None if cut is None else BYTES if console.width >= WIDE else BYTES // 2
        _paint(console, [*_rows(found, error, most)], None if cut is None else console.width)
    else:
        _print([*_rows(found, error, None if cut is None else BYTES)], None if cut is None else VALUE)


def _rows(found: Inspected, error: DataError | None, most: int | None) -> Iterator[Cells]:
    """`most`: bytes of an item that are shown."""
    for each in found.around:
        yield _row(each, found.data, "(around)", most)
    told = error is None
    for each in found.shown.items:
        if not told and error is not None and each.offset > error.offset:
            told = True
            yield _refusal(error)
        yield _row(each, found.data, each.path or "(message)", most)
    if found.unread:
        rest = Item(found.begin, len(found.message), 0, "", "bytes", note="not read")
        yield _row(rest, found.data, "(message)", most)
    if not told and error is not None:
        yield _refusal(error)


def _row(item: Item, data: bytes, path: str, most: int | None) -> Cells:
    size = "?" if item.size is None else str(item.size)
    note = f"  ({harmless(item.note)})" if item.note else ""
    own = _hex(data[item.offset : item.offset + item.own], most)
    return str(item.offset), size, own, harmless(path), harmless(item.kind), f"{item.value}{note}".strip()


def _refusal(error: DataError) -> Cells:
    return str(error.offset), "", "", harmless(error.path) or "(message)", "REFUSED", f"{error.code}: {error.message}"


def _hex(data: bytes, most: int | None) -> str:
    return data.hex(" ") if most is None or len(data) <= most else f"{data[:most].hex(' ')} …"


def _cut(text: str, most: int | None) -> str:
    return text if most is None or len(text) <= most else f"{text[: most - 1]}…"


def _widths(rows: list[Cells]) -> list[int]:
    return [max(len(row[i]) for row in (_TITLES, *rows)) for i in range(len(_TITLES) - 1)]


def _cells(row: Cells, widths: list[int], room: int | None) -> list[str]:
    """Padded; numbers to the right."""
    numbers = [cell.rjust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
    words = [cell.ljust(width) for cell, width in zip(row[2:-1], widths[2:], strict=True)]
    return [*numbers, *words, _cut(row[-1], room)]


def _print(rows: list[Cells], room: int | None) -> None:
    widths = _widths(rows)
    widths[3] = min(widths[3], ALIGNED)
    for row in (_TITLES, *rows):
        print("  ".join(_cells(row, widths, room)).rstrip())


def _fitted(rows: list[Cells], width: int) -> tuple[list[Cells], int]:
    """Rows whose paths and types leave room for values, and that room. Of a path the end tells more."""
    rows = [(*row[:4], _cut(row[4], TYPE), row[5]) for row in rows]
    widths = _widths(rows)
    free = width - sum(widths[:3]) - widths[4] - 2 * len(widths)
    most = min(max(free - ROOM, PATH[0]), PATH[1])
    rows = [(*row[:3], row[3] if len(row[3]) <= most else f"…{row[3][1 - most :]}", *row[4:]) for row in rows]
    return rows, max(free - min(most, widths[3]), 1)


def _paint(console: Any, rows: list[Cells], width: int | None) -> None:
    """`width`: of the terminal; None: lines as long as they are."""
    from rich.text import Text

    rows, room = (rows, None) if width is None else _fitted(rows, width)
    widths = _widths(rows)
    for row in (_TITLES, *rows):
        styles = ("bold",) * 6 if row is _TITLES else ("bold red",) * 6 if row[4] == "REFUSED" else _STYLES
        parts = [(f"{cell}  ", style) for cell, style in zip(_cells(row, widths, room), styles, strict=True)]
        line = Text.assemble(*parts)
        line.rstrip()
        console.print(line, soft_wrap=True)


def name_of(type_: Type) -> str:
    """A schema's root, for people."""
    return harmless(describe(type_))


def plain(item: Item, data: bytes, cut: int | None) -> dict[str, Any]:
    """An item as data. `bytes`: its own in hexadecimal, without those of what is inside of it."""
    own = data[item.offset : item.offset + item.own]
    shown = own if cut is None else own[:_DOCUMENT]
    return {
        "offset": item.offset, "size": item.size, "depth": item.depth, "path": item.path, "type": item.kind,
        "value": item.value, "note": item.note, "group": item.head is not None, "bytes": shown.hex(),
    }  # fmt: skip
