"""Avro object container files: refused where they are damaged, in bounded time and memory."""

from __future__ import annotations

import io
import os
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from native.errors import ContainerError
from tests.pace import in_time
from tests.translator.containers.avrofiles import (
    PLAIN,
    SYNC,
    block,
    entry,
    head_for,
    header,
    record,
    runs,
    written,
)
from tests.translator.containers.support import Trickle, refusal
from translator import varints
from translator.containers import avro, compression
from translator.containers.base import StreamLimits


@pytest.mark.parametrize("codec", compression.CODECS)
def test_b2_every_truncation(codec):
    """B2: a file cut anywhere is refused at its end, but between blocks; blocks before the cut are given."""
    data = written([record(n) for n in range(6)], codec, block_messages=2)
    starts = [each.offset for each in avro.reader(io.BytesIO(data))]
    for size in range(len(data)):
        found = []
        if size in starts:
            assert len(runs(data[:size])) == starts.index(size)
            continue
        error = refusal(lambda: [found.append(each) for each in avro.reader(io.BytesIO(data[:size]))])  # noqa: B023
        assert (error.code, error.offset) == ("CONTAINER_TRUNCATED", size)
        assert len(found) == max(sum(start < size for start in starts) - 1, 0)
        assert error.index == 2 * len(found)


HUGE = varints.encode_long(1 << 40)
WIDE = b"\xff" * 9 + b"\x02"
LONG = b"\x80" * 31 + b"\x00"
E11 = entry(b"avro.schema", b'"null"')


@pytest.mark.parametrize(
    ("data", "code", "offset"),
    [
        pytest.param(b"", "CONTAINER_TRUNCATED", 0, id="B1"),
        pytest.param(b"{}", "CONTAINER_MAGIC", 0, id="magic"),
        pytest.param(b"Obj\x02" + b"\0" * 50, "CONTAINER_MAGIC", 0, id="magic's version"),
        pytest.param(header(b"\0"), "CONTAINER_SCHEMA", 4, id="B37 schema"),
        pytest.param(
            header(b"\x02" + entry(b"avro.schema", b"\xff") + b"\0"), "CONTAINER_SCHEMA", 17, id="schema text"
        ),
        pytest.param(head_for("lz4"), "CONTAINER_CODEC", 4 + 1 + 12 + 8 + 11, id="B37 codec"),
        pytest.param(head_for("\xff"), "CONTAINER_CODEC", 4 + 1 + 12 + 8 + 11, id="B37 codec's name"),
        pytest.param(header(b"\x02\x01"), "CONTAINER_HEADER", 5, id="B6 key of -1"),
        pytest.param(header(b"\x02" + HUGE), "CONTAINER_LIMIT", 4 + 1 + 6, id="B6 key of 2^40"),
        pytest.param(header(b"\x02\x02\xff\x00"), "CONTAINER_HEADER", 5, id="key not UTF-8"),
        pytest.param(header(b"\x04" + E11 + E11 + b"\0"), "CONTAINER_HEADER", 5 + len(E11), id="key twice"),
        pytest.param(header(WIDE), "CONTAINER_HEADER", 4, id="B21 count"),
        pytest.param(header(b"\x01" + LONG), "CONTAINER_HEADER", 5, id="B20 size"),
        pytest.param(header(b"\x01\x01"), "CONTAINER_HEADER", 5, id="size -1"),
        pytest.param(header(b"\xff" * 9 + b"\x01\x00" + E11), "CONTAINER_HEADER", 4 + 11 + len(E11) + 1, id="B28 map"),
    ],
)
def test_a_damaged_header_is_refused(data, code, offset):
    error = refusal(lambda: runs(data))
    assert (error.code, error.offset, error.index) == (code, offset, 0)


AT = len(PLAIN)


@pytest.mark.parametrize(
    ("data", "code", "offset"),
    [
        pytest.param(block(1, b"x", os.urandom(16)), "CONTAINER_SYNC", AT + 3, id="B37"),
        pytest.param(block(-1, b"x"), "CONTAINER_BLOCK", AT, id="count -1"),
        pytest.param(b"\xff" * 9 + b"\x01" + b"\0" * 20, "CONTAINER_BLOCK", AT, id="B28"),
        pytest.param(block(1, b"x", size=-1), "CONTAINER_BLOCK", AT + 1, id="B6 -1"),
        pytest.param(block(1, b"x", size=(1 << 31)), "CONTAINER_LIMIT", AT + 6, id="B6 2^31"),
        pytest.param(block(1, b"x", size=(1 << 63) - 1), "CONTAINER_LIMIT", AT + 11, id="B6 2^63-1"),
        pytest.param(block(1, b"x", size=1 << 20), "CONTAINER_TRUNCATED", AT + 1 + 4 + 1 + 16, id="B6 2^20"),
        pytest.param(WIDE + b"\0" * 20, "CONTAINER_BLOCK", AT, id="B21"),
        pytest.param(LONG, "CONTAINER_BLOCK", AT, id="B20"),
        pytest.param(block(1 << 40, b""), "CONTAINER_LIMIT", AT, id="B27"),
        pytest.param(block(0, b"x"), "CONTAINER_BLOCK", AT, id="B36 bytes of no messages"),
    ],
)
def test_a_damaged_block_is_refused(data, code, offset):
    """At its place in the file, and not before the block in front of it was given."""
    error = refusal(lambda: runs(PLAIN + data))
    assert (error.code, error.offset, error.index) == (code, offset, 0)
    reader = avro.reader(io.BytesIO(PLAIN + block(7, b"1234567") + data))
    assert next(reader).count == 7
    error = refusal(lambda: next(reader))
    assert (error.code, error.offset, error.index) == (code, offset + 7 + 18, 7)
    assert list(reader) == []


@pytest.mark.parametrize("codec", compression.CODECS[1:])
@pytest.mark.parametrize("damage", ["noise", "cut", "empty", "twice"])
def test_damaged_compressed_bytes_are_refused(codec, damage):
    """B37's kin: never another exception, and never a part of the block."""
    good = bytes(compression.compressor(codec)(b"some bytes of a message " * 20))
    bad = {"noise": b"\x7f" * 40, "cut": good[: len(good) // 2], "empty": b"", "twice": good + good}[damage]
    data = head_for(codec) + block(1, bad)
    if (codec, damage) == ("zstandard", "twice"):
        assert len(runs(data)[0][1]) == 960
        return
    error = refusal(lambda: runs(data))
    assert error.code in ("CONTAINER_BLOCK", "CONTAINER_CHECKSUM", "CONTAINER_LIMIT")
    assert error.offset == len(head_for(codec))


@pytest.mark.parametrize("codec", ["snappy", "deflate"])
def test_a_wrong_checksum_is_refused(codec):
    """Snappy's CRC-32; and of deflate the Adler-32 that needn't be there."""
    plain = b"message"
    good = bytes(compression.compressor(codec)(plain))
    good = good if codec == "snappy" else good + zlib.adler32(plain).to_bytes(4, "big")
    assert runs(head_for(codec) + block(1, good)) == [(1, plain)]
    bad = good[:-1] + bytes([good[-1] ^ 1])
    assert refusal(lambda: runs(head_for(codec) + block(1, bad))).code == "CONTAINER_CHECKSUM"


def bomb(codec: str, size: int) -> bytes:
    return bytes(compression.compressor(codec)(bytes(size)))


@pytest.mark.parametrize("codec", compression.CODECS[1:])
def test_b35_a_bomb_costs_no_more_than_the_limit(codec):
    """B35: 64 MiB of zeros in a block that may have one: refused in little time and memory."""
    data = head_for(codec) + block(1, bomb(codec, 64 << 20))
    tracemalloc.start()
    try:
        with in_time(2):
            error = refusal(lambda: runs(data, StreamLimits(block=4 << 20)))
        assert tracemalloc.get_traced_memory()[1] < 24 << 20
    finally:
        tracemalloc.stop()
    assert (error.code, error.offset) == ("CONTAINER_LIMIT", len(head_for(codec)))


@pytest.mark.parametrize("codec", compression.CODECS)
def test_the_limit_passes_and_one_more_is_refused(codec):
    """B4's kin: exactly as many bytes as the limit allows."""
    packed = bytes(compression.compressor(codec)(os.urandom(4000)))
    limit = max(4000, len(packed))
    plain = os.urandom(limit) if codec == "null" else bytes(limit)
    good, bad = (
        head_for(codec) + block(1, bytes(compression.compressor(codec)(each))) for each in (plain, plain + b"x")
    )
    assert len(runs(good, StreamLimits(block=limit))[0][1]) == limit
    assert refusal(lambda: runs(bad, StreamLimits(block=limit))).code == "CONTAINER_LIMIT"


@pytest.mark.parametrize("codec", compression.CODECS[1:])
def test_b36_bombs_of_no_messages(codec):
    """B36: a block of no messages may have no bytes, and isn't decompressed to find out how many."""
    data = head_for(codec) + block(0, bomb(codec, 1 << 20)) * 200
    with in_time(2):
        assert refusal(lambda: runs(data)).code == "CONTAINER_BLOCK"
    assert runs(head_for(codec) + block(0, bomb(codec, 0)) * 3 + block(1, bomb(codec, 1))) == [(1, b"\0")]


def test_b36_many_bombs_have_a_budget_together():
    """B36: each block within its limit, the file over the ratio; what is free of it isn't judged."""
    packed = bomb("zstandard", 1 << 20)
    data = head_for("zstandard") + block(1, packed) * 40
    reader = avro.reader(io.BytesIO(data), limits=StreamLimits(free=8 << 20))
    found = []
    error = refusal(lambda: found.extend(len(each.data) for each in reader))
    assert error.code == "CONTAINER_LIMIT"
    assert error.index == 8
    assert len(runs(data)) == 40
    assert len(runs(data, StreamLimits(free=0, ratio=1 << 20))) == 40


def test_b27_messages_of_no_bytes_have_a_budget_together():
    limits = StreamLimits(weightless=10)
    assert [count for count, _ in runs(PLAIN + block(5, b"") + block(5, b""), limits)] == [5, 5]
    assert refusal(lambda: runs(PLAIN + block(5, b"") + block(6, b""), limits)).index == 5


def test_a_limit_on_the_header():
    data = header(b"\x02" + entry(b"avro.schema", b" " * 1000) + b"\0")
    assert refusal(lambda: avro.reader(io.BytesIO(data), limits=StreamLimits(header=1000))).code == "CONTAINER_LIMIT"


@pytest.mark.parametrize("sizes", [None, [1], [5, 17]])
@pytest.mark.parametrize(
    "damage", [block(3, b"abc", b"!" * 16), block(3, b"abc", size=90), block(-3, b"abc"), b"\xff" * 12, b"noise"]
)
def test_resync_goes_on_behind_the_next_marker(damage, sizes):
    """B37: also when a wrong size would skip good blocks; the block that ends at that marker is lost."""
    good = [block(1, bytes([n]) * 20) for n in range(6)]
    data = PLAIN + good[0] + damage + b"".join(good[1:])
    reader = avro.reader(Trickle(data, sizes) if sizes else io.BytesIO(data))
    assert next(reader).data[0] == 0
    assert refusal(lambda: next(reader)).index == 1
    assert reader.resync()
    found = [each.data[0] for each in reader]
    assert found == ([1, 2, 3, 4, 5] if SYNC in damage else [2, 3, 4, 5])
    assert not reader.resync()


def test_resync_finds_nothing_at_the_end():
    reader = avro.reader(io.BytesIO(PLAIN + b"\x02\xff"))
    assert refusal(lambda: next(reader)).code == "CONTAINER_TRUNCATED"
    assert not reader.resync()
    assert list(reader) == []


@given(st.binary(max_size=200), st.sampled_from(compression.CODECS), st.integers(0, 400), st.binary(max_size=8))
def test_noise_is_refused_or_read(noise, codec, at, change):
    """Whatever stands in the file: blocks or a ContainerError, and always an end."""
    data = bytearray(written([noise[i : i + 9] for i in range(0, len(noise), 9)], codec, block_messages=4))
    data[at : at + len(change)] = change
    try:
        reader = avro.reader(io.BytesIO(bytes(data)))
    except ContainerError:
        return
    for _ in range(50):
        with suppress(ContainerError):
            list(reader)
        if not reader.resync():
            return
    pytest.fail("no end")


def test_memory_is_constant():
    """A file of 60 MiB costs a few: it is read a MiB at a time."""
    piece = block(1000, os.urandom(60_000))

    class Endless(io.RawIOBase):
        left = 1000
        rest = PLAIN

        def read(self, size=-1):
            if not self.rest and self.left:
                self.rest, self.left = piece, self.left - 1
            out, self.rest = self.rest[:size], self.rest[size:]
            return out

    tracemalloc.start()
    try:
        assert sum(each.count for each in avro.reader(Endless())) == 1_000_000
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
