"""What the commands say: messages and progress to stderr, results as text, as tables on a terminal, or as JSON."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, Any

from native.errors import TranslatorError
from translator.cli.shared import advice

if TYPE_CHECKING:
    from translator.streams.pump import Counts

Columns = Sequence[str]


class Report:
    """Where a command's words go. With `json`, exactly one document, whatever happens: to stdout, or to stderr where
    stdout carries data (`data_on_stdout`)."""

    def __init__(self, *, json: bool = False, quiet: bool = False, data_on_stdout: bool = False) -> None:
        self.json = json
        self.quiet = quiet
        self._result: IO[str] = sys.stderr if data_on_stdout else sys.stdout

    def guard(self, act: Callable[[], int]) -> int:
        """Runs a command; its failure becomes a message and an exit code."""
        try:
            return act()
        except BrokenPipeError:
            raise
        except (TranslatorError, OSError) as error:
            return self.failure(advice.explain(error))

    def failure(self, told: advice.Told, **more: Any) -> int:
        """Says what went wrong and what to do next."""
        if self.json:
            self.document({"ok": False, "exit": told.exit, "error": told.plain(), **more})
        else:
            for line in told.lines():
                self.note(line, important=True)
        return told.exit

    def document(self, value: dict[str, Any]) -> None:
        """The result as JSON; a `msgspec.Raw` in it goes out as it is."""
        import msgspec

        print(msgspec.json.encode(value).decode(), file=self._result, flush=True)

    def line(self, text: str = "") -> None:
        """A line of the result."""
        print(text, file=self._result)

    def note(self, text: str, *, important: bool = False) -> None:
        """A line next to the result."""
        if important or not (self.quiet or self.json):
            print(text, file=sys.stderr, flush=True)

    def table(self, columns: Columns, rows: Sequence[Columns]) -> None:
        """Rows under columns: drawn on a terminal, aligned with spaces elsewhere."""
        if is_terminal(self._result):
            _draw(columns, rows, self._result)
            return
        for row in _aligned(columns, rows):
            self.line(row)


def is_terminal(stream: Any) -> bool:
    """Whether somebody looks at it."""
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):
        return False


def _draw(columns: Columns, rows: Sequence[Columns], out: IO[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(file=out).print(table)


def _aligned(columns: Columns, rows: Sequence[Columns]) -> list[str]:
    everything = [tuple(each.upper() for each in columns), *rows]
    widths = [max(len(row[i]) for row in everything) for i in range(len(columns))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in everything)
    return [line.rstrip() for line in lines]


def amount(size: float) -> str:
    """Bytes for people: `1.5 MiB`."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


def many(count: int, name: str) -> str:
    """`1 record`, `2,000 records`."""
    return f"{count:,} {name}{'' if count == 1 else 's'}"


class Progress:
    """One line on a terminal that says how far a conversion is, ten times a second at most. Nothing elsewhere."""

    INTERVAL = 0.1

    def __init__(self, out: Any, total: int | None, *, hidden: bool = False) -> None:
        self._out = out
        self._total = total
        self._shown = not hidden and is_terminal(out)
        self._next = time.monotonic() + self.INTERVAL
        self._dirty = False

    def __call__(self, counts: Counts) -> None:
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + self.INTERVAL
        self._dirty = True
        print(f"\r\x1b[2K{self.text(counts)}", end="", file=self._out, flush=True)

    def text(self, counts: Counts) -> str:
        """`41 % · 120.0 MiB · 300,000 records · 210.5 MiB/s · 2 refused`."""
        parts = [f"{100 * counts.bytes_in // self._total} %"] if self._total else []
        rate = counts.bytes_in / counts.seconds if counts.seconds else 0.0
        parts += [amount(counts.bytes_in), many(counts.read, "record"), f"{amount(rate)}/s"]
        return " · ".join(parts + ([f"{counts.refused:,} refused"] if counts.refused else []))

    def clear(self) -> None:
        """Takes the line away, before something else is said."""
        if self._dirty:
            print("\r\x1b[2K", end="", file=self._out, flush=True)
            self._dirty = False
