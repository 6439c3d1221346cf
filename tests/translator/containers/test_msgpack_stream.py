"""Concatenated MessagePack: the consumer finds the boundaries."""

from __future__ import annotations

import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pace import in_time
from tests.translator.containers.support import Trickle, batch, refusal
from translator.containers import msgpack_stream
from translator.containers.base import StreamLimits


def whole(data: bytes, at: int) -> int | None:
    """Where a str or bin of up to 2³² bytes ends, as the C core would find it."""
    if len(data) < at + 5:
        return None
    stop = at + 5 + int.from_bytes(data[at + 1 : at + 5], "big")
    return stop if stop <= len(data) else None


def item(size: int) -> bytes:
    return b"\xc6" + size.to_bytes(4, "big") + b"x" * size


def consume(reader, most: int = 1 << 30) -> tuple[list[bytes], bytes, int]:
    """Reads like h9_translate_run(partial=1), at most so many messages a call: messages, rest, calls."""
    found, rest, calls = [], b"", 0
    for block in reader:
        assert block.count is None
        assert block.begin is None
        data, at = bytes(block.data), 0
        for _ in range(most):
            stop = whole(data, at)
            if stop is None:
                break
            found.append(data[at:stop])
            at = stop
        reader.consumed(at)
        rest, calls = data[at:], calls + 1
    return found, rest, calls


@given(
    st.lists(st.integers(0, 400), max_size=30),
    st.lists(st.integers(1, 500), min_size=1, max_size=5),
    st.integers(1, 8),
    st.integers(0, 6),
)
def test_round_trips(sizes, pipe, most, cut):
    """However little the pipe gives and the consumer takes; what is cut off is given as the last block."""
    items = [item(size) for size in sizes]
    out = io.BytesIO()
    with msgpack_stream.writer(out) as writer:
        assert writer.delimiting == "none"
        writer.write(*batch(items))
    data = out.getvalue()
    data = data[: len(data) - cut] if cut < 5 else data
    found, rest, _ = consume(msgpack_stream.reader(Trickle(data, pipe)), most)
    assert found == (items if not cut or cut >= 5 or not items else items[:-1])
    assert rest == data[sum(map(len, found)) :]


def test_the_last_block_says_so():
    """So the consumer can tell a message that is cut off from one that goes on."""
    reader = msgpack_stream.reader(io.BytesIO(item(3) + item(10)[:4]))
    first = next(reader)
    assert not first.last
    reader.consumed(8)
    second = next(reader)
    assert (second.last, second.offset, len(second.data)) == (False, 8, 4)
    reader.consumed(0)
    third = next(reader)
    assert (third.last, third.offset, len(third.data)) == (True, 8, 4)
    reader.consumed(0)
    assert list(reader) == []


def test_an_empty_stream_has_no_blocks():
    """B1: that is not an error here."""
    assert list(msgpack_stream.reader(io.BytesIO())) == []


def test_consumed_must_be_said_and_be_possible():
    reader = msgpack_stream.reader(io.BytesIO(b"\xc0\xc0"))
    next(reader)
    with pytest.raises(ValueError, match="3 of 2"):
        reader.consumed(3)
    with pytest.raises(RuntimeError):
        next(reader)


def test_a_message_over_the_limit_is_refused():
    """B6: at its start, once more than the limit was read in vain."""
    reader = msgpack_stream.reader(Trickle(item(3) + item(5000), [100]), limits=StreamLimits(record=1000))
    error = refusal(lambda: consume(reader))
    assert (error.code, error.offset) == ("CONTAINER_LIMIT", 8)
    assert not reader.resync()


def test_a_large_message_in_small_pieces_is_not_read_over_and_over():
    """4 MiB in pieces of 100 bytes."""
    with in_time(3):
        found, _, calls = consume(msgpack_stream.reader(Trickle(item(4 << 20) + item(1), [100])))
        assert [len(each) for each in found] == [(4 << 20) + 5, 6]
        assert calls < 200


def test_msgspec_reads_it():
    """A block is MessagePack and nothing else."""
    data = msgspec.msgpack.encode({"a": [1, 2.5, None]})
    block = next(msgpack_stream.reader(io.BytesIO(data)))
    assert msgspec.msgpack.decode(block.data) == {"a": [1, 2.5, None]}
