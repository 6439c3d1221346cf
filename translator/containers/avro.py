"""Avro object container files (Avro 1.12, "Object Container Files").

    "Obj" 0x01 · metadata, a map of bytes · sync marker of 16 bytes ·
    { count, long · size, long · that many bytes, compressed by the codec · sync marker } …

Theory of operation. A block is looked at in the input's window and dropped from it only when all of it is known to be
right, so that after damage the search for the next sync marker begins where the damaged block did: a marker may stand
inside of what a wrong size would have skipped. What the file says of itself (lengths, counts, what comes out of a
codec) is held against `StreamLimits` before it costs anything (B6, B20, B21, B27, B28, B35, B36).

The reader gives a run with a count for each block. Errors: see base.py.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import IO, Self

from native.errors import ContainerError
from translator import varints
from translator.containers import compression
from translator.containers.base import (
    DEFAULT_LIMITS,
    DEFAULT_OPTIONS,
    Block,
    Container,
    StreamLimits,
    WriterOptions,
    moved,
)
from translator.containers.compression.base import Decompress
from translator.containers.streams import BlockReader, Window, send
from translator.contract import Data, Delimiting

MAGIC = b"Obj\x01"
SYNC_SIZE = 16
SCHEMA = "avro.schema"
CODEC = "avro.codec"


def sniff(head: bytes) -> bool:
    """By the magic bytes."""
    return head.startswith(MAGIC)


def reader(stream: IO[bytes], *, limits: StreamLimits = DEFAULT_LIMITS) -> AvroReader:
    """Reads the header. CONTAINER_MAGIC, HEADER, SCHEMA, CODEC, TRUNCATED, LIMIT."""
    return AvroReader(stream, limits)


def writer(
    stream: IO[bytes], *, metadata: Mapping[str, bytes] | None = None, options: WriterOptions = DEFAULT_OPTIONS
) -> AvroWriter:
    """Writes the header. `metadata` must have `avro.schema`; the codec is `options.codec`. CONTAINER_SCHEMA, CODEC."""
    return AvroWriter(stream, metadata or {}, options)


class _Cursor:
    """Reads ahead in the input's window without dropping anything. `code`: of what is damaged here."""

    def __init__(self, source: Window, code: str, limit: int) -> None:
        self._source = source
        self._code = code
        self._limit = limit
        self.at = 0

    def long(self) -> int:
        """A long; CONTAINER_TRUNCATED, or the code where it is over 64 bits (B20, B21)."""
        self._source.fill(self.at + varints.LONGEST)
        try:
            found = varints.decode(self._source.data, self._source.at + self.at)
        except ValueError as error:
            raise self.error(self._code, "a varint over 64 bits") from error
        if found is None:
            raise self.truncated()
        self.at = found[1] - self._source.at
        return varints.unzigzag(found[0])

    def length(self) -> int:
        """A long that isn't negative."""
        start = self.at
        value = self.long()
        if value < 0:
            raise self.error(self._code, "a negative length", start)
        return value

    def bytes(self) -> bytes:
        """As many bytes as the long before them says; CONTAINER_LIMIT before they are read (B6)."""
        return bytes(self.take(self.length()))

    def take(self, size: int) -> memoryview:
        """The next `size` bytes, in place."""
        if self.at + size > self._limit:
            raise self.error("CONTAINER_LIMIT", "longer than allowed")
        if not self._source.fill(self.at + size):
            raise self.truncated()
        start = self._source.at + self.at
        self.at += size
        self._source.share()
        return memoryview(self._source.data)[start : start + size]

    def error(self, code: str, message: str, at: int | None = None) -> ContainerError:
        return ContainerError(code, message, self._source.offset + (self.at if at is None else at))

    def truncated(self) -> ContainerError:
        return self.error("CONTAINER_TRUNCATED", "the file ends here", self._source.available)


class _FileHeader:
    """What stands in front of the blocks."""

    def __init__(self, source: Window, limits: StreamLimits) -> None:
        self._cursor = _Cursor(source, "CONTAINER_HEADER", limits.header)
        self._places: dict[str, int] = {}
        self.metadata: dict[str, bytes] = {}
        self._magic()
        self._map()
        self.sync = bytes(self._cursor.take(SYNC_SIZE))
        self.schema = self._schema()
        self.decompress = self._decompressor()
        source.drop(self._cursor.at)

    def _magic(self) -> None:
        """However short the file is: what it has must be the beginning of the magic bytes."""
        cursor = self._cursor
        for byte in MAGIC:
            if cursor.take(1)[0] != byte:
                raise cursor.error("CONTAINER_MAGIC", "not an Avro file", 0)

    def _map(self) -> None:
        """In any number of blocks, with or without their sizes (S30)."""
        while self._map_block():
            pass

    def _map_block(self) -> bool:
        start = self._cursor.at
        count = self._cursor.long()
        size = self._cursor.length() if count < 0 else None
        begin = self._cursor.at
        for _ in range(abs(count)):
            self._entry()
        if size is not None and size != self._cursor.at - begin:
            raise self._cursor.error("CONTAINER_HEADER", "a block of the metadata has another size", start)
        return count != 0

    def _entry(self) -> None:
        start = self._cursor.at
        try:
            key = self._cursor.bytes().decode()
        except UnicodeDecodeError as error:
            raise self._cursor.error("CONTAINER_HEADER", "a key that is not UTF-8", start) from error
        if key in self.metadata:
            raise self._cursor.error("CONTAINER_HEADER", "a key twice", start)
        self._places[key] = self._cursor.at
        self.metadata[key] = self._cursor.bytes()

    def _schema(self) -> str:
        if SCHEMA not in self.metadata:
            raise self._cursor.error("CONTAINER_SCHEMA", "no schema", len(MAGIC))
        try:
            return self.metadata[SCHEMA].decode()
        except UnicodeDecodeError as error:
            raise self._cursor.error("CONTAINER_SCHEMA", "a schema that is not UTF-8", self._places[SCHEMA]) from error

    def _decompressor(self) -> Decompress:
        name = self.metadata.get(CODEC, b"null").decode("utf-8", "replace")
        try:
            return compression.decompressor(name)
        except ContainerError as error:
            raise moved(error, self._places[CODEC]) from None


class AvroReader(BlockReader):
    """Reads blocks. `messages` counts what was given, also across damage that `resync` went past."""

    def __init__(self, stream: IO[bytes], limits: StreamLimits) -> None:
        super().__init__()
        self._input = Window(stream)
        header = _FileHeader(self._input, limits)
        self.metadata = header.metadata
        self.schema = header.schema
        self._sync = header.sync
        self._decompress = header.decompress
        self._limits = limits
        self._packed = self._unpacked = self._weightless = 0

    def next_block(self) -> Block | None:
        """The next block that has messages. CONTAINER_BLOCK, SYNC, CHECKSUM, TRUNCATED, LIMIT."""
        while self._input.fill(1):
            offset = self._input.offset
            count, packed, size = self._frame()
            data = self._unpack(packed, count)
            self._count(count, len(data))
            self._input.drop(size)
            if count:
                return Block(data, count, offset)
        return None

    def resync(self) -> bool:
        """Goes past the next sync marker after the damaged block's beginning (B37)."""
        self.failed = not (self.failed and self._input.skip_past(self._sync))
        return not self.failed

    def _frame(self) -> tuple[int, memoryview, int]:
        """Count, compressed bytes, and length of the next block, its sync marker included."""
        cursor = _Cursor(self._input, "CONTAINER_BLOCK", self._limits.block + 2 * varints.LONGEST + SYNC_SIZE)
        count = cursor.length()
        size = cursor.length()
        if size > self._limits.block:
            raise cursor.error("CONTAINER_LIMIT", "a block longer than allowed")
        body = cursor.take(size + SYNC_SIZE)
        if body[size:] != self._sync:
            raise cursor.error("CONTAINER_SYNC", "no sync marker after the block", cursor.at - SYNC_SIZE)
        return count, body[:size], cursor.at

    def _unpack(self, packed: memoryview, count: int) -> Data:
        """Decompresses as much as this block may still have of the file's budget (B35, B36)."""
        self._packed += len(packed)
        limit = min(self._limits.block, self._budget()) if count else 0
        try:
            data = self._decompress(packed, limit)
        except ContainerError as error:
            if not count and error.code == "CONTAINER_LIMIT":
                error = ContainerError("CONTAINER_BLOCK", "bytes in a block of no messages")
            raise moved(error, self._input.offset) from error.__cause__
        self._unpacked += len(data)
        return data

    def _budget(self) -> int:
        return max(self._limits.free - self._unpacked, self._limits.ratio * self._packed - self._unpacked, 0)

    def _count(self, count: int, size: int) -> None:
        """Refuses counts without bytes to match (B27)."""
        self._weightless += max(count - size, 0)
        if self._weightless > self._limits.weightless:
            raise ContainerError("CONTAINER_LIMIT", "more messages than bytes", self._input.offset)


class AvroWriter:
    """Gathers messages into blocks of about `options.block_bytes` or `options.block_messages`."""

    delimiting: Delimiting = "none"

    def __init__(self, stream: IO[bytes], metadata: Mapping[str, bytes], options: WriterOptions) -> None:
        self._compress = compression.compressor(options.codec, options.level)
        if SCHEMA not in metadata:
            raise ContainerError("CONTAINER_SCHEMA", "no schema")
        self._stream = stream
        self._options = options
        self._sync = options.sync or os.urandom(SYNC_SIZE)
        self._pending = bytearray()
        self._count = 0
        self._header({**metadata, CODEC: options.codec.encode()})

    def write(self, data: Data, ends: Sequence[int], count: int) -> None:
        """Messages are never cut: a block ends with the one that makes it full."""
        view = memoryview(data)
        start = done = 0
        while done < count:
            upto = self._upto(ends, done, count, start)
            self._pending += view[start : ends[upto - 1]]
            self._count += upto - done
            start, done = ends[upto - 1], upto
            if self._full():
                self._block()

    def flush(self) -> None:
        """Ends the block, however small it is."""
        self._block()
        self._stream.flush()

    def close(self) -> None:
        self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()

    def _upto(self, ends: Sequence[int], done: int, count: int, start: int) -> int:
        """Up to which message the block takes them: the one that fills it, and at least one."""
        full = start + self._options.block_bytes - len(self._pending)
        room = done + max(self._options.block_messages - self._count, 1)
        return min(bisect_left(ends, full, done, count) + 1, room, count)

    def _full(self) -> bool:
        return len(self._pending) >= self._options.block_bytes or self._count >= self._options.block_messages

    def _header(self, metadata: Mapping[str, bytes]) -> None:
        entries = b"".join(_sized(key.encode()) + _sized(value) for key, value in metadata.items())
        send(self._stream, MAGIC + varints.encode_long(len(metadata)) + entries + b"\0" + self._sync)

    def _block(self) -> None:
        if not self._count:
            return
        packed = self._compress(self._pending)
        head = varints.encode_long(self._count) + varints.encode_long(len(packed))
        send(self._stream, b"".join((head, packed, self._sync)))
        self._pending.clear()
        self._count = 0


def _sized(data: bytes) -> bytes:
    return varints.encode_long(len(data)) + data


CONTAINER = Container(
    name="avro",
    doc=__doc__,
    usual="avro",
    holds="own",
    sniff=sniff,
    reader=reader,
    writer=writer,
    carries="avro",
    codecs=compression.CODECS,
)
