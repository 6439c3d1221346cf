"""A JSON array as a stream of messages."""

from __future__ import annotations

import io
import json
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from native.errors import ContainerError
from tests.pace import in_time
from tests.translator.containers.support import Sip, Trickle, batch, messages, parts, refusal
from translator.containers import json_array
from translator.containers.base import StreamLimits

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='a"\\,[]{}\n é', max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet='k"\\[', max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)
PIPES = st.lists(st.integers(1, 9), min_size=1, max_size=4)
SPACE = st.text(alphabet=" \t\r\n", max_size=3).map(str.encode)


def read(data: bytes, pipe: list[int] | None = None, limits: StreamLimits | None = None) -> list[bytes]:
    return messages(json_array.reader(Trickle(data, pipe or [1 << 20]), limits=limits or StreamLimits()))


def run(data: bytes, limits: StreamLimits | None = None) -> tuple[list[bytes], list[tuple[str, int, int]]]:
    """What is given in spite of damage; and the damage, as (code, offset, index)."""
    reader = json_array.reader(Trickle(data, [5]), limits=limits or StreamLimits())
    found, errors, going = [], [], True
    while going:
        try:
            block = next(reader, None)
            found += parts(block) if block else []
            going = block is not None
        except ContainerError as error:
            errors.append((error.code, error.offset, error.index))
            going = reader.resync()
    return found, errors


@given(st.lists(VALUES, max_size=8), PIPES, st.data())
def test_items_are_messages(values, pipe, data):
    """Whatever the items are, and however little the pipe gives; the space around an item isn't its own."""
    space = lambda: data.draw(SPACE)  # noqa: E731
    items = [json.dumps(each, indent=data.draw(st.sampled_from([None, 1])), ensure_ascii=False) for each in values]
    text = b",".join(space() + each.encode() + space() for each in items) or space()
    whole = space() + b"[" + text + b"]" + space()
    assert [json.loads(each) for each in read(whole, pipe)] == values
    assert read(whole, pipe) == [each.encode() for each in items]


@given(st.lists(VALUES, max_size=8), st.integers(1, 3), PIPES)
def test_round_trips(values, many, pipe):
    """What is written in any number of batches is JSON, and is read as it was."""
    items, out = [json.dumps(each).encode() + b"\n" for each in values], Sip()
    with json_array.writer(out) as writer:
        assert writer.delimiting == "newline"
        for at in range(0, len(items), many):
            writer.write(*batch(items[at : at + many]))
    assert json.loads(out.getvalue()) == values
    assert read(out.getvalue(), pipe) == [each[:-1] for each in items]


def test_as_it_is_written():
    """One message in a line; an array of none; messages that have line feeds themselves; what is left out."""
    out = io.BytesIO()
    with json_array.writer(out) as writer:
        writer.write(*batch([]))
        writer.write(memoryview(b"1\n2\n"), array("q", [2, 4, 9]), 2)
        writer.write(*batch([b"[\n3]\n", b"4\n"]))
        writer.close()
    assert out.getvalue() == b"[\n1,\n2,\n[\n3],\n4\n]\n"
    empty = io.BytesIO()
    with json_array.writer(empty):
        pass
    assert empty.getvalue() == b"[]\n"


def test_an_exception_leaves_the_array_open():
    out = io.BytesIO()

    def act():
        with json_array.writer(out) as writer:
            writer.write(*batch([b"1\n"]))
            raise KeyError

    with pytest.raises(KeyError):
        act()
    assert out.getvalue() == b"[\n1"


def test_offsets_are_the_items():
    blocks = list(json_array.reader(Trickle(b' [ {"a":1} ,\n[2] ]', [4])))
    places = [block.offset + at for block in blocks for at in block.begin]
    assert places == [3, 13]


WHOLE = b' [ {"a":"]\\"}"} ,\n[[],{}], "x\\\\" , 4 ] \n'


def test_every_truncation_is_refused():
    """B2: the items before are given; only space may be missing."""
    items = read(WHOLE)
    assert len(items) == 4
    for size in range(len(WHOLE.rstrip())):
        found, errors = run(WHOLE[:size])
        assert found == items[: len(found)]
        assert [(code, index) for code, _, index in errors] == [("CONTAINER_TRUNCATED", len(found))]
        assert errors[0][1] <= size
    assert run(WHOLE.rstrip()) == (items, [])


@pytest.mark.parametrize(
    ("data", "found", "errors"),
    [
        (b"", [], [("CONTAINER_TRUNCATED", 0, 0)]),
        (b" {}", [], [("CONTAINER_MAGIC", 1, 0)]),
        (b"\xef\xbb\xbf[]", [], [("CONTAINER_MAGIC", 0, 0)]),
        (b"[1] x", [b"1"], [("CONTAINER_FRAME", 4, 1)]),
        (b"[1],[2]", [b"1"], [("CONTAINER_FRAME", 3, 1)]),
        (b"[1,{]},2]", [b"1"], [("CONTAINER_FRAME", 4, 1)]),
        (b"[1,2},3]", [b"1"], [("CONTAINER_FRAME", 4, 1)]),
        (b'[1,"]', [b"1"], [("CONTAINER_TRUNCATED", 3, 1)]),
        (b"[1,", [b"1"], [("CONTAINER_TRUNCATED", 3, 1)]),
        (b"[", [], [("CONTAINER_TRUNCATED", 1, 0)]),
    ],
)
def test_damage(data, found, errors):
    """What stands before it is given. Where brackets don't match no more can be found."""
    assert run(data) == (found, errors)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"[]", []),
        (b"[ \n]", []),
        (b"[1,]", [b"1", b""]),
        (b"[,1]", [b"", b"1"]),
        (b"[,]", [b"", b""]),
        (b'[{"a":1} {"b":2}, nul, 3]', [b'{"a":1} {"b":2}', b"nul", b"3"]),
        (b'[{"a":tru}, {"b" 1}, {}]', [b'{"a":tru}', b'{"b" 1}', b"{}"]),
    ],
)
def test_what_is_no_message_is_given_to_who_reads_it(data, found):
    """So that it is refused alone, and its neighbours aren't."""
    assert run(data) == (found, [])


def test_the_limit_passes_and_one_more_is_refused():
    """B6: an item that is too long is passed over, whole or in pieces, and the next ones are found."""
    long = b'["' + b"x\\\\" * 500 + b'"]'
    data = b"[1, " + long + b" ,2," + long + b"]"
    assert run(data, StreamLimits(record=len(long))) == ([b"1", long, b"2", long], [])
    found, errors = run(data, StreamLimits(record=len(long) - 1))
    assert found == [b"1", b"2"]
    assert errors == [("CONTAINER_LIMIT", 4, 1), ("CONTAINER_LIMIT", data.rindex(long), 3)]
    reader = json_array.reader(io.BytesIO(data), limits=StreamLimits(record=100))
    assert messages(iter([next(reader)])) == [b"1"]
    assert refusal(lambda: next(reader)).code == "CONTAINER_LIMIT"


@pytest.mark.parametrize("tail", [b"", b'"', b'"}', b'"]]'])
def test_an_item_over_the_limit_whose_end_is_not_found(tail):
    """It is cut off, or its brackets don't match: nothing follows."""
    assert run(b'[1, {"' + bytes(500).hex().encode() + tail, StreamLimits(record=100)) == (
        [b"1"],
        [("CONTAINER_LIMIT", 4, 1)],
    )


def test_space_costs_no_memory():
    """A megabyte of it anywhere, and a limit of a hundred bytes."""
    space = b" " * (1 << 20)
    assert read(space + b"[" + space + b"1" + b"," + space + b"2]" + space, limits=StreamLimits(record=100)) == [
        b"1",
        b"2",
    ]


def test_a_large_item_in_small_pieces_costs_linear_time():
    """2 MiB in pieces of 50 bytes, with strings that go over pieces; and 100,000 brackets (B5)."""
    item = b'{"a":["' + b"x\\n" * 300_000 + b'",' + b'"yy",' * 200_000 + b"1]}"
    with in_time(5):
        assert read(b"[" + item + b"," + item + b"]", [50]) == [item, item]
        deep = b"[" * 100_000 + b"]" * 100_000
        assert read(b"[" + deep + b"]", [1000]) == [deep]


def test_memory_is_bounded():
    """6 MiB of messages through a reader that holds a chunk at a time."""
    import tracemalloc

    item = json.dumps({"a": list(range(50)), "b": "x" * 100}).encode()

    class Endless(io.RawIOBase):
        left, first = 6 << 20, True

        def read(self, size=-1):
            if self.left <= 0:
                return b""
            piece = (b"[" if self.first else b"") + (item + b",") * 200
            self.first, self.left = False, self.left - len(piece)
            return piece if self.left > 0 else piece[:-1] + b"]"

    tracemalloc.start()
    count = sum(block.count for block in json_array.reader(Endless()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count * (len(item) + 1) > 6 << 20
    assert peak < 2 << 20


def test_real_arrays(data: Path):
    """GitHub's events: as the standard library reads them."""
    text = (data / "json" / "github_events.json").read_bytes()
    assert [json.loads(each) for each in read(text, [997])] == json.loads(text)
