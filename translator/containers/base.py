"""What every container is: the contract between containers and who reads and writes messages through them.

Theory of operation. A reader turns a stream into blocks, each a batch of messages for one call of the C core:

    reader = container.reader(stream)
    while True:
        try:
            block = next(reader, None)
        except ContainerError as error:     # report it; then go on after the damage, where that can be found
            if reader.resync():
                continue
            break
        if block is None:
            break
        ...                                 # split block: h9_translate with begin and end; run: h9_translate_run
        reader.consumed(used)               # run without a count only

A writer gets what the C core wrote (with the delimiters that `Writer.delimiting` names) and puts it into a stream:

    with container.writer(stream, metadata=..., options=...) as writer:
        writer.write(output, ends, count)

Nobody here closes a stream that the caller opened. Memory is bounded by `StreamLimits`, whatever the stream says.

Codes of `ContainerError`, whose offset is from the start of the file, and whose index is the number of messages
that were given before:

| code | |
|---|---|
| CONTAINER_MAGIC | not this container at all |
| CONTAINER_HEADER | the metadata in front is damaged |
| CONTAINER_SCHEMA | no schema (B37) |
| CONTAINER_CODEC | an unknown codec (B37) |
| CONTAINER_BLOCK | a block's count, size or compressed bytes are damaged |
| CONTAINER_SYNC | no sync marker where one must be (B37) |
| CONTAINER_CHECKSUM | a block's checksum is another one |
| CONTAINER_FRAME | a message's length is over 64 bits; an array's brackets don't match |
| CONTAINER_TRUNCATED | the stream ends inside a message, block or header (B2) |
| CONTAINER_LIMIT | over one of `StreamLimits` (B6, B35, B36) |
| CONTAINER_LONE | a second message, where the file is one message |
| CONTAINER_LETTER | a dead letter that isn't one, or has no whole message |
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Literal, Protocol, Self

from native.errors import ContainerError
from schemas.model import Language
from translator.contract import Data, Delimiting
from translator.formats.base import Format


@dataclass(frozen=True)
class StreamLimits:
    """What a stream may cost at most, in bytes where nothing else is said."""

    record: int = 64 << 20
    """One message, where the container has messages' lengths."""
    block: int = 64 << 20
    """One Avro block, compressed or not (B35)."""
    header: int = 16 << 20
    """An Avro file's metadata."""
    ratio: int = 256
    """A whole file's uncompressed bytes for one compressed byte (B36), once there are more than `free` of them."""
    free: int = 256 << 20
    """Uncompressed bytes of a whole file that `ratio` doesn't judge."""
    weightless: int = 1 << 20
    """Messages of a whole Avro file beyond one per byte: a schema may have messages of no bytes (B27)."""


@dataclass(frozen=True)
class WriterOptions:
    """How a writer writes. Only Avro has a choice."""

    codec: str = "null"
    level: int | None = None
    """The codec's own scale; None: its usual level."""
    block_bytes: int = 64 << 10
    block_messages: int = 16 << 10
    sync: bytes | None = None
    """16 bytes; None: random ones, as they must be but for files to compare."""


DEFAULT_LIMITS = StreamLimits()
DEFAULT_OPTIONS = WriterOptions()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of the `of` messages that a message made, refused ones too, number `item`."""

    item: int
    of: int


@dataclass(slots=True)
class Block:
    """A batch of messages.

    *Split* (`begin` and `end` are given): message i is data[begin[i] : end[i]], and `count` says how many.
    *Run* (they are None): the messages stand back to back in `data`. Either `count` is known, and they must fill
    `data` exactly (the consumer refuses what doesn't), or it is None: the consumer finds the boundaries while it reads,
    and says by `Reader.consumed` how far it came; what is left over stands at the start of the next block.

    `offset`: of data[0] in the stream; in Avro, where data is decompressed, of the block's first byte. `last`, which
    matters in runs without a count: no input follows `data`, so a message that it cuts off is truncated.
    """

    data: Data
    count: int | None
    offset: int
    begin: array[int] | None = None
    end: array[int] | None = None
    last: bool = False
    wanted: Sequence[Wanted | None] | None = None
    """Of split messages that make many: which of these are wanted (None: all)."""


class Reader(Protocol):
    """An iterator of blocks. Opening one reads the header, where there is one, and may raise ContainerError."""

    metadata: Mapping[str, bytes]
    """What stands in front of the messages, as it stands there; empty in containers that have nothing there."""
    schema: str | None
    """The text of the writer's schema, where the container carries it."""

    def __iter__(self) -> Iterator[Block]: ...

    def __next__(self) -> Block:
        """The next messages. ContainerError, after which there are none, except by `resync`."""

    def consumed(self, size: int) -> None:
        """Bytes of the last block that were read, in a run without a count: must be said before the next block.
        0 asks for a longer block. Elsewhere it does nothing."""

    def resync(self) -> bool:
        """After a ContainerError: goes to where messages can be found again. False: there is no such place."""


class Writer(Protocol):
    """Takes messages in the C core's output. Leaving `with` by an exception writes nothing more."""

    delimiting: Delimiting
    """What the C core must put around each message."""

    def write(self, data: Data, ends: Sequence[int], count: int) -> None:
        """Puts down `count` messages, which are all of `data`: the i-th ends at ends[i]; `ends` may be longer.
        A refused message is not one of them: `kept` takes its end out. `data` and `ends` may be reused afterwards."""

    def flush(self) -> None:
        """Everything written so far goes to the stream."""

    def close(self) -> None:
        """Flushes; the stream stays open."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def never(head: bytes) -> bool:
    """Any byte may begin it."""
    return False


def untold(head: bytes) -> str | None:
    """It doesn't say what messages it has."""
    return None


class OpensReader(Protocol):
    """Opens a stream for reading. It may be a pipe, and give as few bytes at a time as it likes."""

    def __call__(self, stream: IO[bytes], *, limits: StreamLimits = DEFAULT_LIMITS) -> Reader: ...


class OpensWriter(Protocol):
    """Opens a stream for writing. `metadata`: what is to stand in front of the messages."""

    def __call__(
        self,
        stream: IO[bytes],
        *,
        metadata: Mapping[str, bytes] | None = None,
        options: WriterOptions = DEFAULT_OPTIONS,
    ) -> Writer: ...


@dataclass(frozen=True)
class Container:
    """One container: all that anybody asks of it.

    `doc`: of its file; the first paragraph says what it is. `usual`: the format of its messages where nothing tells.
    `holds`: messages in any format, in those that are JSON text, or only in those that name this container as theirs.
    `sniff`: whether a stream that begins so is surely or very likely this; `format_of`: the format that such a stream
    names itself. `suffixes`: of files that are this, whatever the format, which is then the usual one; those that mean
    a format too stand in the format's file. `delimits`: it says where messages begin and end, whatever bytes they are.
    `carries`: the language of the schema that it carries. `codecs`: those of its writer. `schema`: by which messages
    are taken where none is named. `counts`: its reader knows how many messages a block has. `written`: messages can be
    written to it.
    """

    name: str
    doc: str
    usual: str
    reader: OpensReader
    writer: OpensWriter
    sniff: Callable[[bytes], bool]
    holds: Literal["any", "text", "own"] = "any"
    suffixes: tuple[str, ...] = ()
    delimits: bool = False
    counts: bool = True
    carries: Language | None = None
    codecs: tuple[str, ...] = ()
    schema: str | None = None
    written: bool = True
    format_of: Callable[[bytes], str | None] = untold

    def takes(self, format_: Format) -> bool:
        """Whether messages in that format can stand in it."""
        match self.holds:
            case "any":
                return True
            case "text":  # what a foreign format is, its user knows, who names the container
                return format_.text or format_.is_foreign
            case "own":
                return format_.container == self.name


def moved(error: ContainerError, offset: int) -> ContainerError:
    """The error of something that stands at `offset` of the stream."""
    return ContainerError(error.code, error.message, error.offset + offset, error.index)


def kept(ends: Sequence[int], count: int, refused: Iterable[int]) -> array[int]:
    """The ends of the messages that were not refused, for `Writer.write`."""
    out = set(refused)
    return array("q", (ends[i] for i in range(count) if i not in out))
