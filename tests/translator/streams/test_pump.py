"""The streaming engine, without a command line: batches, boundaries, refusals, damage."""

from __future__ import annotations

import io
import pickle

import pytest

from schemas import avro
from tests.translator.containers import avrofiles
from tests.translator.containers.support import Trickle
from translator import containers, formats
from translator.containers.base import StreamLimits
from translator.engine.plan import Plan
from translator.plan.compiler import Side
from translator.streams import pump as conversion
from translator.streams.pump import Counts, Meter, Pump, Refusal, StoppedError

LONGS = '{"type": "record", "name": "R", "fields": [{"name": "n", "type": "int"}]}'


def plan(source: str, target: str, schema: str | None = LONGS) -> Plan:
    """Between two formats, by one schema."""
    known = avro.read(schema) if schema else None
    return Plan(Side(formats.get(source), known), Side(formats.get(target), known))


def run(source, container: str, made: Plan, to: str = "ndjson", **options) -> tuple[Counts, bytes, list[Refusal]]:
    """Converts, and gives what came of it."""
    out, refusals = io.BytesIO(), []
    limits = options.pop("limits", StreamLimits())
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    with containers.get(to).writer(out) as writer:
        reader = containers.get(container).reader(stream, limits=limits)
        counts = Pump(reader, made, writer, refused=refusals.append, **options).run()
    return counts, out.getvalue(), refusals


def packed(*values: bytes) -> bytes:
    """MessagePack records of one member n."""
    return b"".join(b"\x81\xa1n" + value for value in values)


@pytest.mark.parametrize("sizes", [[1], [2, 3, 5], [1000]])
def test_refusals_are_found_wherever_the_stream_is_cut(sizes):
    """However a run without boundaries comes in, each message is read once, and each refusal counted once (D)."""
    data = packed(b"\x01", b"\xa1x", b"\x02", b"\xa4long", b"\x03")
    counts, out, refusals = run(Trickle(data, sizes), "msgpack-stream", plan("msgpack", "json"))
    assert out == b'{"n":1}\n{"n":2}\n{"n":3}\n'
    assert (counts.read, counts.written, counts.refused) == (5, 3, 2)
    assert [each.index for each in refusals] == [1, 3]
    assert [each.data for each in refusals] == [packed(b"\xa1x"), packed(b"\xa4long")]
    assert [data[each.offset :].startswith(each.data or b"?") for each in refusals] == [True, True]


def test_a_message_cut_off_at_the_end_is_refused():
    """B2: the last message of a stream without boundaries."""
    counts, out, refusals = run(packed(b"\x01") + b"\x81\xa1", "msgpack-stream", plan("msgpack", "json"))
    assert (counts.read, counts.refused, out) == (2, 1, b'{"n":1}\n')
    assert (refusals[0].error.code, refusals[0].offset, refusals[0].data) == ("TRUNCATED", 4, b"\x81\xa1")


def test_batches_of_a_counted_run(monkeypatch):
    """An Avro block with more messages than a batch takes."""
    monkeypatch.setattr(conversion, "BATCH", 3)
    data = avrofiles.PLAIN.replace(b'\x0c"null"', b'\x0c"long"') + avrofiles.block(10, bytes(range(0, 20, 2)))
    counts, out, _ = run(data, "avro", plan("avro", "json", '"long"'))
    assert (counts.read, out) == (10, b"".join(b"%d\n" % n for n in range(10)))
    limited, out, _ = run(data, "avro", plan("avro", "json", '"long"'), limit=7)
    assert (limited.read, out) == (7, b"".join(b"%d\n" % n for n in range(7)))


def test_a_refused_message_in_a_counted_run():
    """Its neighbours are read, since the schema tells where it ends; its offset is its block's."""
    int_ = avrofiles.block(3, b"\x02" + b"\xfe\xff\xff\xff\x7f" + b"\x04")
    data = avrofiles.PLAIN + int_
    counts, out, refusals = run(data, "avro", plan("avro", "json", '"int"'))
    assert (out, counts.refused) == (b"1\n2\n", 1)
    assert (refusals[0].index, refusals[0].offset, refusals[0].error.code) == (1, len(avrofiles.PLAIN), "RANGE")


def test_what_stands_behind_an_endless_message_is_lost_and_counted():
    """A string with an impossible length: nothing tells where the next message begins; the next block is read."""
    data = avrofiles.PLAIN + avrofiles.block(4, b"\x02a" + b"\x7fbcd") + avrofiles.block(1, b"\x02z")
    counts, out, refusals = run(data, "avro", plan("avro", "json", '"string"'))
    assert out == b'"a"\n"z"\n'
    assert (counts.read, counts.refused, counts.lost) == (3, 1, 2)
    assert refusals[0].lost == 2
    assert not counts.clean


def test_bytes_behind_the_last_message_of_a_block():
    """B3: damage, after the messages that the block does have."""
    data = avrofiles.PLAIN + avrofiles.block(1, b"\x02\x04") + avrofiles.block(1, b"\x06")
    counts, out, refusals = run(data, "avro", plan("avro", "json", '"int"'))
    assert (out, counts.damaged) == (b"1\n3\n", 1)
    assert (refusals[0].error.code, refusals[0].offset, refusals[0].data) == (
        "CONTAINER_BLOCK", len(avrofiles.PLAIN), None
    )  # fmt: skip


def test_messages_of_no_bytes():
    """Avro's null takes none."""
    counts, out, _ = run(avrofiles.PLAIN + avrofiles.block(3, b""), "avro", plan("avro", "json", '"null"'))
    assert (counts.read, out) == (3, b"null\n" * 3)


def test_damage_is_passed_over_where_the_container_can():
    """A line over the limit costs itself only."""
    data = b'{"n":1}\n' + b"x" * 50 + b'\n{"n":2}\n'
    counts, out, refusals = run(data, "ndjson", plan("json", "json"), limits=StreamLimits(record=20))
    assert (out, counts.damaged, counts.cut_off) == (b'{"n":1}\n{"n":2}\n', 1, False)
    assert (refusals[0].error.code, refusals[0].offset) == ("CONTAINER_LIMIT", 8)


def test_without_a_taker_the_first_refusal_ends_it():
    """What stands before it is written; the error has its place in the stream, and survives pickling."""
    out = io.BytesIO()
    reader = containers.get("ndjson").reader(io.BytesIO(b'{"n":1}\n{"n":"x"}\n{"n":2}\n'))
    with pytest.raises(StoppedError) as caught, containers.get("ndjson").writer(out) as writer:
        Pump(reader, plan("json", "json"), writer).run()
    assert out.getvalue() == b'{"n":1}\n'
    assert (caught.value.index, caught.value.path, caught.value.refusal.offset) == (1, "n", 8)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(("allowed", "written"), [(0, 0), (1, 1), (2, 2)])
def test_so_many_errors_and_no_more(allowed, written):
    """The one too many is handed over too, and ends it."""
    data = b'{"n":"x"}\n{"n":1}\n' * 5
    out, refusals = io.BytesIO(), []
    with containers.get("ndjson").writer(out) as writer:
        conversion_ = Pump(containers.get("ndjson").reader(io.BytesIO(data)), plan("json", "json"), writer,
                                 refused=refusals.append, max_errors=allowed)  # fmt: skip
        with pytest.raises(StoppedError):
            conversion_.run()
    assert len(refusals) == conversion_.counts.refused == allowed + 1
    assert conversion_.counts.written == written
    assert out.getvalue() == b'{"n":1}\n' * written


def test_ignored_members_are_of_this_run():
    """S14: a plan that is used again starts counting again."""
    made = plan("json", "json")
    for _ in range(2):
        counts, _, _ = run(b'{"n":1,"x":2}\n{"n":1,"x":3,"y":4}\n', "ndjson", made)
        assert counts.ignored == {"x": 2, "y": 1}


def test_defaults_and_what_was_never_found_are_of_this_run():
    """S36: a plan that is used again starts counting again, but that what was found before isn't told any more."""
    source = avro.read('{"type":"record","name":"R","fields":[{"name":"n","type":["null","int"],"default":null}, '
                       '{"name":"m","type":["null","int"],"default":null}]}')  # fmt: skip
    target = avro.read('{"type":"record","name":"R","fields":[{"name":"n","type":["null","int"]}, '
                       '{"name":"d","type":"int","default":7}, {"name":"m","type":["null","int"]}]}')  # fmt: skip
    made = Plan(Side(formats.get("msgpack"), source), Side(formats.get("json"), target))
    for data, never in ((b"\x80\x80", {"m": 2, "n": 2}), (b"\x81\xa1m\xc0", {"n": 1}), (b"\x80\x80", {"n": 2})):
        counts, _, _ = run(data, "msgpack-stream", made)
        assert (counts.defaulted, counts.never_found) == ({"d": counts.read}, never)


def test_a_message_that_is_read_again_is_counted_once():
    """S14, S36: one that a block cuts off is taken back from the counts."""
    data = b'{"n":1,"x":2}\n{"n":1,"x":{"y":3}}\n{"n":"","x":1}\n'
    source = b"".join(b"\x82\xa1n" + n + b"\xa1x\x01" for n in (b"\x01", b"\x02", b"\xa0", b"\x03"))
    counts, _, _ = run(Trickle(source, [1]), "msgpack-stream", plan("msgpack", "json"))
    assert (counts.read, counts.refused, counts.ignored) == (4, 1, {"x": 3})
    assert run(data, "ndjson", plan("json", "json"))[0].ignored == {"x": 2}


def test_watching_and_measuring():
    """Counts after each block, with what went through the streams."""
    data, out, seen = b'{"n":1}\n' * 3, io.BytesIO(), []
    meters = Meter(Trickle(data, [8])), Meter(out)
    with containers.get("ndjson").writer(meters[1].stream) as writer:
        reader = containers.get("ndjson").reader(meters[0].stream)
        counts = Pump(
            reader, plan("json", "json"), writer, watch=lambda now: seen.append((now.read, now.bytes_in)), meters=meters
        ).run()
    assert seen == [(1, 8), (2, 16), (3, 24)]
    assert (counts.bytes_in, counts.bytes_out) == (24, len(out.getvalue()))
