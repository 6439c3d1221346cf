"""Dead letters written: what was refused, set aside with its place and reason; also of letters that are read again."""

from __future__ import annotations

from dataclasses import replace
from typing import IO, Final, Protocol

from translator.containers.base import Reader
from translator.containers.dead_letter import VERSION, Letter, LetterReader
from translator.containers.streams import send
from translator.streams.pump import Refusal

MOST: Final = 1 << 20
"""Bytes of a message that its letter keeps."""


class Origin(Protocol):
    """Where refused messages came from: what people call it, its messages' format, and its reader."""

    @property
    def name(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def reader(self) -> Reader: ...


class Letters:
    """Writes refusals to a stream, one after another."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def put(self, source: Origin, refusal: Refusal) -> None:
        """One refusal of `source`. What was a letter keeps the place where its message first stood."""
        before = _letter(source, refusal)
        if before is not None and refusal.data is None:  # it couldn't be tried again: it stays as it was
            send(self._stream, before.line())
            return
        send(self._stream, _made(source, refusal, before).line())


def _letter(source: Origin, refusal: Refusal) -> Letter | None:
    """The letter that a refusal is about, where the input has letters."""
    if not isinstance(source.reader, LetterReader):
        return None
    return source.reader.bad if refusal.data is None else source.reader.letter(refusal.index)


def _made(source: Origin, refusal: Refusal, before: Letter | None) -> Letter:
    error, data = refusal.error, refusal.data
    return Letter(
        dead_letter=VERSION,
        format=source.format,
        file=before.file if before else source.name,
        index=before.index if before else refusal.index,
        offset=before.offset if before else refusal.offset,
        byte=None if data is None else error.offset,
        code=error.code,
        path=error.path,
        reason=error.message,
        size=None if data is None else len(data),
        data=None if data is None else data[:MOST],
        cut=data is not None and len(data) > MOST,
        item=error.item,
        of=refusal.of,
        lost=refusal.lost,
    )


def placed(source: Origin, refusal: Refusal) -> tuple[str, Refusal]:
    """The file's name and the refusal as messages tell them: of a letter, by where its message first stood."""
    letter = _letter(source, refusal)
    if letter is None:
        return source.name, refusal
    return f"{source.name}: {letter.file}", replace(refusal, index=letter.index, offset=letter.offset)
