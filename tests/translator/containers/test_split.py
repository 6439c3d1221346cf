"""Containers that say where messages end: lines, and lengths before them."""

from __future__ import annotations

import io
import os
import threading
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pace import in_time
from tests.translator.containers.support import Sip, Trickle, batch, messages, parts, refusal
from translator import varints
from translator.containers import delimited, hal9_frames, ndjson, splitting
from translator.containers.base import StreamLimits

FRAMED = {"varint": delimited, "be32": hal9_frames}
ALL = {"lines": ndjson, **FRAMED}


def frame(kind: str, message: bytes) -> bytes:
    """What the C core does when it writes."""
    if kind == "lines":
        return message + b"\n"
    size = len(message)
    return (varints.encode(size) if kind == "varint" else size.to_bytes(4, "big")) + message


def read(kind: str, data: bytes, sizes: list[int] | None = None, **limits: int) -> list[bytes]:
    return messages(
        ALL[kind].reader(Trickle(data, sizes) if sizes else io.BytesIO(data), limits=StreamLimits(**limits))
    )


@pytest.mark.parametrize("kind", ALL)
@given(st.lists(st.binary(max_size=300), max_size=40), st.lists(st.integers(1, 200), min_size=1, max_size=5))
def test_round_trips(kind, items, sizes):
    """However little the pipe gives at a time."""
    if kind == "lines":
        items = [b"{%s}" % each.replace(b"\n", b" ") for each in items]
    out = Sip()
    with ALL[kind].writer(out) as writer:
        assert writer.delimiting == {"lines": "newline"}.get(kind, kind)
        writer.write(*batch([frame(kind, each) for each in items]))
    assert read(kind, out.getvalue(), sizes) == items
    assert read(kind, out.getvalue()) == items


@pytest.mark.parametrize("kind", ALL)
def test_an_empty_stream_has_no_messages(kind):
    """B1: that is not an error here."""
    assert read(kind, b"") == []


@pytest.mark.parametrize("kind", FRAMED)
def test_b2_every_truncation(kind):
    """B2: cut anywhere but between messages is refused at the cut message; those before it are given."""
    items = [b"", b"a" * 5, b"b" * 200, b"", b"c"]
    data = b"".join(frame(kind, each) for each in items)
    starts = [sum(len(frame(kind, each)) for each in items[:n]) for n in range(6)]
    for size in range(len(data)):
        whole = sum(start <= size for start in starts) - 1
        for sizes in ([1000], [1]):
            if size in starts:
                assert read(kind, data[:size], sizes) == items[:whole]
                continue
            reader = FRAMED[kind].reader(Trickle(data[:size], sizes))
            found: list[bytes] = []
            error = refusal(lambda: [found.extend(messages([each])) for each in reader])  # noqa: B023
            assert (error.code, error.offset, error.index) == ("CONTAINER_TRUNCATED", starts[whole], whole)
            assert found == items[:whole]
            assert not reader.resync()


def test_lines():
    """Blank ones are passed over, a carriage return belongs to the end, the last may lack its end."""
    assert read("lines", b'\n{"a":1}\r\n \t\r\n\n[2]\n3') == [b'{"a":1}', b"[2]", b"3"]
    assert read("lines", b"\n \n\r\n") == []
    assert read("lines", b"  ") == []


def test_blocks_say_where_they_stand():
    blocks = list(ndjson.reader(Trickle(b"\n1\n22\n333\n4", [4, 100])))
    assert [(each.offset, each.count, each.last) for each in blocks] == [(0, 1, False), (3, 2, False), (10, 1, True)]


@pytest.mark.parametrize("kind", ALL)
def test_the_limit_passes_and_one_more_is_passed_over(kind):
    """B4, B6: the long message alone is lost, whether the stream gives it at once or not."""
    items = [b"a" * 10, b"b" * 11, b"c" * 10]
    data = b"".join(frame(kind, each) for each in items)
    for sizes in ([1000], [1], [15]):
        reader = ALL[kind].reader(Trickle(data, sizes), limits=StreamLimits(record=10))
        found: list[bytes] = []
        error = refusal(lambda: [found.extend(messages([each])) for each in reader])  # noqa: B023
        assert (error.code, error.offset, error.index) == ("CONTAINER_LIMIT", len(frame(kind, items[0])), 1)
        assert found == items[:1]
        assert list(reader) == []
        assert reader.resync()
        assert messages(reader) == items[2:]


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        pytest.param("varint", b"\xff\xff\xff\xff\x07x", "CONTAINER_LIMIT", id="B6 2^31-1"),
        pytest.param("varint", b"\xff" * 8 + b"\x7fx", "CONTAINER_LIMIT", id="B6 2^63-1"),
        pytest.param("varint", b"\xff" * 9 + b"\x01x", "CONTAINER_LIMIT", id="B6 -1"),
        pytest.param("varint", b"\xff" * 9 + b"\x02x", "CONTAINER_FRAME", id="B21"),
        pytest.param("varint", b"\x80" * 30 + b"\x01x", "CONTAINER_FRAME", id="B20"),
        pytest.param("be32", b"\xff\xff\xff\xffx", "CONTAINER_LIMIT", id="B6 2^32-1"),
        pytest.param("be32", b"\x80\0\0\0x", "CONTAINER_LIMIT", id="B6 2^31"),
    ],
)
def test_impossible_lengths_are_refused_at_once(kind, data, code):
    """B6: before anything is allocated or waited for; what stands before is given."""
    for sizes in ([100], [1]):
        reader = FRAMED[kind].reader(Trickle(frame(kind, b"ok") + data, sizes))
        assert messages([next(reader)]) == [b"ok"]
        error = refusal(lambda: next(reader))  # noqa: B023
        assert (error.code, error.offset, error.index) == (code, len(frame(kind, b"ok")), 1)
        assert not reader.resync()


@pytest.mark.parametrize("kind", ALL)
def test_more_messages_than_a_block_may_have(kind, monkeypatch):
    """B49's kin: a block's boundaries are bounded."""
    monkeypatch.setattr(splitting, "MAX_COUNT", 100)
    data = frame(kind, b"1") * 1001
    blocks = list(ALL[kind].reader(io.BytesIO(data)))
    assert max(each.count for each in blocks) == 100
    assert sum(each.count for each in blocks) == 1001
    assert b"".join(part for each in blocks for part in parts(each)) == b"1" * 1001


@pytest.mark.parametrize("kind", ALL)
def test_a_large_message_in_small_pieces_costs_linear_time(kind):
    """B5's kin: 4 MiB in pieces of 100 bytes."""
    message = b"x" * (4 << 20)
    with in_time(3):
        assert read(kind, frame(kind, message), [100]) == [message]


def test_an_endless_line_costs_bounded_memory():
    """Also while resync goes past it."""

    class Endless(io.RawIOBase):
        left = 100

        def read(self, size=-1):
            self.left -= 1
            return b"x" * (1 << 20) if self.left > 0 else b"\n{}\n" if self.left == 0 else b""

    tracemalloc.start()
    try:
        reader = ndjson.reader(Endless(), limits=StreamLimits(record=2 << 20))
        assert refusal(lambda: next(reader)).code == "CONTAINER_LIMIT"
        assert reader.resync()
        assert messages(reader) == [b"{}"]
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()


def test_blocks_stay_as_they_were_given():
    """A block belongs to who got it; reading on doesn't change it."""
    data = b"".join(b"%d\n" % n for n in range(1000))
    blocks = list(ndjson.reader(Trickle(data, [7, 100])))
    assert messages(iter(blocks)) == [b"%d" % n for n in range(1000)]


@pytest.mark.parametrize("kind", ALL)
def test_a_pipe_s_messages_come_as_soon_as_they_are_there(kind):
    """A reader waits for no more than a whole message."""
    source, sink = os.pipe()
    with open(source, "rb") as stream, open(sink, "wb", buffering=0) as out:
        reader = ALL[kind].reader(stream)
        for item in (b"{}", b'{"a":1}'):
            data = frame(kind, item)
            out.write(data[:2])
            later = threading.Timer(0.02, out.write, (data[2:],))
            later.start()
            assert messages([next(reader)]) == [item]
            later.join()


def test_messages_in_front_of_damage_are_given():
    """And errors have the containers' codes."""
    reader = delimited.reader(io.BytesIO(b"\x01a\x09"), limits=StreamLimits(record=8))
    assert messages([next(reader)]) == [b"a"]
    assert refusal(lambda: next(reader)).code == "CONTAINER_LIMIT"
