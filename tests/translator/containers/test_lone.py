"""A file that is one message."""

from __future__ import annotations

import io

import pytest

from tests.translator.containers.support import Trickle, batch, messages, refusal
from translator.containers import lone
from translator.containers.base import StreamLimits


@pytest.mark.parametrize("data", [b"", b"x", b'{"a":\n1}\n', bytes(3_000_000)])
def test_the_whole_file_is_the_message(data):
    """An empty one too: an empty Protobuf message is one."""
    blocks = list(lone.reader(Trickle(data, [70_000, 1])))
    assert messages(iter(blocks)) == [data]
    assert [(each.offset, each.last) for each in blocks] == [(0, True)]


def test_the_limit_passes_and_one_more_is_refused():
    assert messages(lone.reader(io.BytesIO(b"abc"), limits=StreamLimits(record=3))) == [b"abc"]
    reader = lone.reader(io.BytesIO(b"abcd"), limits=StreamLimits(record=3))
    error = refusal(lambda: next(reader))
    assert (error.code, error.offset) == ("CONTAINER_LIMIT", 0)
    assert not reader.resync()
    assert list(reader) == []


def test_only_one_message_is_written():
    out = io.BytesIO()
    with lone.writer(out) as writer:
        writer.write(*batch([]))
        writer.write(*batch([b"abc"]))
        error = refusal(lambda: writer.write(*batch([b"d"])))
    assert (error.code, error.index) == ("CONTAINER_LONE", 1)
    assert out.getvalue() == b"abc"
    assert refusal(lambda: lone.writer(out).write(*batch([b"a", b"b"]))).code == "CONTAINER_LONE"
