"""Files and streams: input that is looked at before it is read, output that appears whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from translator.cli.shared.exits import UsageError
from translator.cli.shared.output import is_terminal
from translator.containers import packing

STANDARD = "-"
PIPE = 1 << 20
"""Bytes; what any user may ask for on Linux."""


class Peeked:
    """A stream whose first bytes were read ahead: `size` of them, or (`once`) what the first read gives, which is
    more where that alone could be the beginning of compressed data."""

    def __init__(self, stream: IO[bytes], size: int, *, once: bool = False) -> None:
        self._read = getattr(stream, "read1", stream.read)
        self._head = self.head = self._fill(size, once)

    def _fill(self, size: int, once: bool) -> bytes:
        head = b""
        while len(head) < size and (chunk := self._read(size - len(head))):
            head += chunk
            if once and not packing.begins(head):
                break
        return head

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return cast("bytes", self._read(size))
        cut = len(self._head) if size < 0 else size
        data, self._head = self._head[:cut], self._head[cut:]
        return data

    @property
    def stream(self) -> IO[bytes]:
        """This, as what readers ask for."""
        return cast("IO[bytes]", self)


@contextmanager
def reading(path: str) -> Iterator[tuple[IO[bytes], int | None]]:
    """The stream of a path or of `-`, and its size where it has one."""
    if path == STANDARD:
        _widen(sys.stdin.buffer)
        yield sys.stdin.buffer, None
        return
    with open(path, "rb", buffering=0) as stream:
        _widen(cast("IO[bytes]", stream))
        facts = os.fstat(stream.fileno())
        if stat.S_ISDIR(facts.st_mode):
            raise UsageError(f"{path} is a folder", "name a file in it")
        yield cast("IO[bytes]", stream), facts.st_size if stat.S_ISREG(facts.st_mode) else None


def _widen(stream: IO[bytes]) -> None:
    """A pipe that holds more makes fewer, larger blocks. Only Linux has that, and only for pipes."""
    import fcntl

    with suppress(AttributeError, OSError, ValueError):
        fcntl.fcntl(stream.fileno(), fcntl.F_SETPIPE_SZ, PIPE)


@contextmanager
def writing(path: str) -> Iterator[IO[bytes]]:
    """The stream of a path, which appears when the block ends well, or of `-`."""
    if path == STANDARD:
        yield sys.stdout.buffer
        return
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        if target.is_dir():
            raise UsageError(f"{path} is a folder", "name a file in it")
        with open(target, "wb", buffering=0) as stream:
            yield cast("IO[bytes]", stream)
        return
    with _replacing(target) as stream:
        yield stream


@contextmanager
def growing(path: str) -> Iterator[IO[bytes]]:
    """The stream of a new file, which can be read while it is written, or of `-`, a pipe or a device."""
    if path == STANDARD or (os.path.exists(path) and not os.path.isfile(path)):
        with writing(path) as stream:
            yield stream
        return
    if os.path.exists(path) and os.path.getsize(path):
        raise UsageError(f"{path} is there already, and --follow writes in place", "name a new file, or remove it")
    with open(path, "wb", buffering=0) as stream:
        yield cast("IO[bytes]", stream)


@contextmanager
def _replacing(target: Path) -> Iterator[IO[bytes]]:
    """Written next to the target under another name, synced, and renamed: whole, or not there."""
    if not target.parent.is_dir():
        raise UsageError(f"{target.parent}: there is no such folder", "make it first")
    unfinished = target.with_name(f".translator-{secrets.token_hex(6)}.part")
    with ExitStack() as stack:
        stack.callback(_remove, unfinished)  # before it is there: a signal may come at any time
        file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        with open(file, "wb", buffering=0) as stream:
            _take_mode(file, target)
            yield cast("IO[bytes]", stream)
            os.fsync(file)
        os.replace(unfinished, target)
        _sync_folder(target.parent)


def _take_mode(file: int, target: Path) -> None:
    """A file that is replaced keeps its permissions."""
    with suppress(FileNotFoundError):
        os.fchmod(file, stat.S_IMODE(target.stat().st_mode))


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def output_path(out: str | None) -> str:
    """Where the output goes when nothing is said: to stdout, unless that is a terminal."""
    if out is None and is_terminal(sys.stdout):
        raise UsageError("the output would go to the terminal", "name an output file, or - if you mean it")
    return out or STANDARD


def shown(path: str, other: str = "(stdin)") -> str:
    """A path as messages name it."""
    return other if path == STANDARD else path
