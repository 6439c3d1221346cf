"""Dead letters: messages that a conversion refused and set aside, a JSON object in a line, read as those messages.

    {"dead_letter":1,"format":"json","file":"a.ndjson","index":7,"offset":912,"byte":14,"code":"TYPE",
     "path":"payload","reason":"…","size":120,"data":"<base64>"}

`index` and `offset` are the message's place in `file`, `byte` the place in the message where it was refused. Damage to
a container is a letter too, without data. The format of the first letter is that of all.

Nothing is written here: letters come from refusals, not from messages (translator/streams/letters.py).
"""

from __future__ import annotations

import re
from array import array
from collections import deque
from collections.abc import Mapping
from itertools import accumulate
from typing import IO, Final

import msgspec

from native.errors import ContainerError
from translator.containers.base import (
    DEFAULT_LIMITS,
    DEFAULT_OPTIONS,
    Block,
    Container,
    StreamLimits,
    Wanted,
    Writer,
    WriterOptions,
)
from translator.containers.splitting import SplitReader
from translator.containers.streams import BlockReader

VERSION: Final = 1
_HEAD: Final = re.compile(rb'\{"dead_letter":1,"format":"([a-z0-9-]+)"')


class Letter(msgspec.Struct, frozen=True, omit_defaults=True):
    """One refused message, or (`data` is None) damage to the container `file`.

    `size`: bytes of the whole message; `cut`: `data` has only the first of them. `item`: which one was refused of the
    `of` messages that a mapping made of this one; the others were written. `lost`: messages after it, lost with it.
    """

    dead_letter: int
    format: str
    file: str
    index: int
    offset: int
    byte: int | None
    code: str
    path: str
    reason: str
    size: int | None
    data: bytes | None
    cut: bool = False
    item: int | None = None
    of: int | None = None
    lost: int = 0

    def line(self) -> bytes:
        """As it stands in a file."""
        return msgspec.json.encode(self) + b"\n"


_decode = msgspec.json.Decoder(Letter).decode


def sniff(head: bytes) -> bool:
    """By the first letter's first member."""
    return _HEAD.match(head) is not None


def format_of(head: bytes) -> str | None:
    """The format of the messages in a file that begins with `head`."""
    found = _HEAD.match(head)
    return found[1].decode() if found else None


def reader(stream: IO[bytes], *, limits: StreamLimits = DEFAULT_LIMITS) -> LetterReader:
    """Split blocks. CONTAINER_LETTER for a line that is not a letter, or whose message isn't there whole; `resync` goes
    on with the next one. CONTAINER_LIMIT for a line over `limits.record`."""
    return LetterReader(stream, limits)


def writer(
    stream: IO[bytes], *, metadata: Mapping[str, bytes] | None = None, options: WriterOptions = DEFAULT_OPTIONS
) -> Writer:
    """CONTAINER_LETTER, always."""
    raise ContainerError("CONTAINER_LETTER", "letters are made of refusals, not of messages")


class LetterReader(BlockReader):
    """Gives the messages in letters. `bad`: the letter that the last error was about, where it is one."""

    def __init__(self, stream: IO[bytes], limits: StreamLimits) -> None:
        super().__init__()
        self._lines = SplitReader(stream, "lines", limits)
        self._queue: deque[tuple[int, bytes]] = deque()
        self._letters: list[Letter] = []
        self._format: str | None = None
        self._in_line = False
        self.bad: Letter | None = None

    def letter(self, index: int) -> Letter:
        """The letter of message `index` of the stream, which must be of the block given last."""
        return self._letters[index - self.messages + len(self._letters)]

    def next_block(self) -> Block | None:
        """The messages of as many letters as came at once. CONTAINER_LETTER, LIMIT."""
        if not self._queue and not self._gather():
            return None
        offset, self._letters = self._queue[0][0], []
        while self._queue:
            self._in_line = True
            try:
                self._letters.append(self._open(*self._queue[0]))
            except ContainerError:
                if not self._letters:
                    self._queue.popleft()
                    raise
                break
            self._queue.popleft()
        data = [each.data or b"" for each in self._letters]
        end = array("q", accumulate(map(len, data)))
        begin = array("q", [0, *end[:-1]])
        wanted = [None if each.item is None else Wanted(each.item, each.of or 0) for each in self._letters]
        some = any(each is not None for each in wanted)
        return Block(b"".join(data), len(data), offset, begin, end, wanted=wanted if some else None)

    def resync(self) -> bool:
        """Goes on with the next letter."""
        self.failed = not (self.failed and (self._in_line or self._lines.resync()))
        return not self.failed

    def _gather(self) -> bool:
        self._in_line = False
        block = next(self._lines, None)
        if block is None or block.begin is None or block.end is None:
            return False
        for begin, end in zip(block.begin, block.end, strict=True):
            self._queue.append((block.offset + begin, bytes(block.data[begin:end])))
        return True

    def _open(self, offset: int, line: bytes) -> Letter:
        """The letter of a line, whose message is there whole."""
        self.bad = None
        try:
            self.bad = letter = _decode(line)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise ContainerError("CONTAINER_LETTER", "not a dead letter", offset) from error
        self._format = self._format or letter.format
        reason = _unfit(letter, self._format)
        if reason:
            raise ContainerError("CONTAINER_LETTER", reason, offset)
        return letter


def _unfit(letter: Letter, format_: str) -> str:
    """Why a letter has no message to be translated again."""
    if letter.dead_letter != VERSION:
        return "a letter of another version"
    if letter.data is None:
        return "a letter about damage has no message"
    if letter.cut or letter.size != len(letter.data):
        return "the letter's message was cut"
    if letter.format != format_:
        return "a letter of another format than the first one's"
    return ""


CONTAINER = Container(
    name="dead-letter",
    doc=__doc__,
    usual="json",
    delimits=True,
    sniff=sniff,
    reader=reader,
    writer=writer,
    written=False,
    format_of=format_of,
)
