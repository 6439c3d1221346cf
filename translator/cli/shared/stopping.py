"""Being told to stop: what is unfinished goes away; or, of a stream that is followed, what has come is finished."""

from __future__ import annotations

import os
import select
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, Final, cast

POLL: Final = 0.1
"""Seconds between looks at a file that may have grown."""
DRAIN: Final = 2.0
"""Seconds at most, after being told to stop, for what has come already."""
QUIET: Final = 0.1
"""Seconds without anything new in a pipe, after being told to stop: who writes to it may be ending as well."""
_CHUNK: Final = 1 << 20
_ENDS: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def _handling(numbers: tuple[int, ...], act: Callable[[int], None]) -> Iterator[None]:
    """Calls `act` at these signals, but for those that are ignored already (nohup). Nothing outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.getsignal(each) for each in numbers}
    taken = [each for each in numbers if before[each] is not signal.SIG_IGN]
    for each in taken:
        signal.signal(each, lambda number, frame: act(number))
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, before[each])


@contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM and SIGHUP take the unfinished output away, as an interrupt does: SystemExit(128 + the signal)."""

    def end(number: int) -> None:
        raise SystemExit(128 + number)

    with _handling(_ENDS, end):
        yield


class Ended(Exception):  # noqa: N818
    """A followed stream was told to stop, and all that had come is read."""


class Follower:
    """Follows one stream. Being told to stop the first time ends it; the second time ends the program."""

    def __init__(self) -> None:
        self._stop_at: float | None = None
        self._woken, self._waker = os.pipe()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While in here SIGINT, SIGTERM and SIGHUP end the stream."""
        try:
            with _handling((signal.SIGINT, *_ENDS), self._signalled):
                yield
        finally:
            os.close(self._woken)
            os.close(self._waker)

    def _signalled(self, number: int) -> None:
        if self._stop_at is not None:
            raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)
        self.stop()

    def stop(self) -> None:
        """Ends the stream at what has come already."""
        self._stop_at = time.monotonic() + DRAIN
        os.write(self._waker, b"\0")

    def stream(self, stream: IO[bytes]) -> IO[bytes]:
        """The stream, followed: at the end of a file it waits for more; a pipe's end is the end."""
        return cast("IO[bytes]", _Followed(stream.fileno(), self))

    def ready(self, file: int) -> bool:
        """Waits until the file can be read. False: it was told to stop, and nothing more came in a moment."""
        if self._stop_at is None and file in select.select([file, self._woken], [], [])[0]:
            return True
        return bool(self.patience and select.select([file], [], [], QUIET)[0])

    def pause(self) -> bool:
        """A moment, for a file to grow. False: it was told to stop."""
        if self._stop_at is None:
            select.select([self._woken], [], [], POLL)
        return self._stop_at is None

    @property
    def patience(self) -> float:
        """Seconds that are left for what has come already."""
        return DRAIN if self._stop_at is None else max(self._stop_at - time.monotonic(), 0.0)


class _Followed:
    def __init__(self, file: int, follower: Follower) -> None:
        self._file = file
        self._follower = follower
        self._grows = stat.S_ISREG(os.fstat(file).st_mode)

    def read(self, size: int = -1) -> bytes:
        """What is there, once there is something. Ended."""
        while self._follower.patience and (self._grows or self._follower.ready(self._file)):
            data = os.read(self._file, size if size >= 0 else _CHUNK)
            if data or not self._grows:
                return data
            self._refuse_shrinking()
            if not self._follower.pause():
                break
        raise Ended

    def _refuse_shrinking(self) -> None:
        at = os.lseek(self._file, 0, os.SEEK_CUR)
        if os.fstat(self._file).st_size < at:
            raise OSError("the file became shorter while it was followed: it was replaced or emptied")


def unfinished(reader: Any) -> int:
    """Bytes of a message that had come in part."""
    return int(getattr(reader, "pending", 0))
