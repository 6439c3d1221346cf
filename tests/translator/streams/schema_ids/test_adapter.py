"""Messages that say which schema they were written by, each through its own plan (S32)."""

from __future__ import annotations

import json
import pickle
import threading
import uuid
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

import translator
from native.errors import DataError, PlanError, SchemaError
from tests.translator.streams.schema_ids.support import ONE, PROTO, TWO, WANTED, Counting, avro, one, refusal, two
from translator import framing
from translator.contract import End, delimiter
from translator.engine import transformers as table

GUID = uuid.UUID(int=5)
SOURCE = {1: ONE, 2: TWO, 4: {"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}]}, GUID: ONE}


def adapter(**options):
    return translator.adapter(SOURCE, WANTED, drop=["b"], **options)


def test_each_message_has_the_plan_of_its_schema():
    """Several ids in one stream; the target is one."""
    for _ in range(2):
        a = adapter()
        assert a.translate(one(5)) == (avro(WANTED, {"a": 5}), [])
        assert a.translate(two(-7)).data == avro(WANTED, {"a": -7})
        assert a.translate(one(6)).data == avro(WANTED, {"a": 6})


@given(
    st.lists(
        st.tuples(st.sampled_from("12u!f"), st.integers(-(2**31), 2**31 - 1)).map(
            lambda pair: {
                "1": one(pair[1]),
                "2": two(pair[1], "é" * (pair[1] % 5)),
                "u": b"\0\0\0\0\x09abc",
                "!": b"\0\0\0",
                "f": two(pair[1])[:-1],
            }[pair[0]]
        ),
        max_size=30,
    ),
    st.sampled_from(["plain", "confluent", "avro-single"]),
    st.sampled_from(["none", "varint", "be32"]),
)
def test_a_batch_is_its_messages_one_by_one(messages, out, frame):
    """In their order, whatever the ids; a refused one is an error at its index, and its neighbours are there."""
    a = adapter(out=out, out_id=3 if out == "confluent" else None)
    batch = a.translate_many(messages, delimiting=frame)
    assert len(batch) == len(messages)
    errors = {error.index: error for error in batch.errors}
    assert [error.index for error in batch.errors] == sorted(errors)
    for i, message in enumerate(messages):
        try:
            expected = delimiter(frame)(a.translate(message).data)
        except DataError as error:
            expected = b""
            said = errors.pop(i)
            assert (said.code, said.offset, said.path) == (error.code, error.offset, error.path)  # noqa: PT017
        assert batch[i] == expected
    assert not errors


def test_offsets_of_refusals_are_in_the_message_with_its_framing():
    """A payload's byte 1 is the message's byte 6."""
    damaged = two(1)[:6]
    assert (
        refusal(lambda: adapter().translate(damaged)).code,
        refusal(lambda: adapter().translate(damaged)).offset,
    ) == (
        "TRUNCATED",
        6,
    )
    error = adapter().translate_many([one(1), damaged]).errors[0]
    assert (error.index, error.offset, error.path) == (1, 6, "b")


def test_one_buffer_with_offsets():
    """As `Plan.translate_many` takes it, also a memoryview, also from the middle."""
    messages = [one(1), two(2), one(3)]
    data = b"".join(messages)
    offsets = array("q", [0, 6, 6 + len(messages[1]), len(data)])
    for buffer in (data, bytearray(data), memoryview(data)):
        batch = adapter().translate_many(buffer, offsets)
        assert [batch[i] for i in range(3)] == [b"\2", b"\4", b"\6"]
    with pytest.raises(TypeError):
        adapter().translate_many(data)


def test_a_message_never_reads_on_into_the_next():
    """A message that ends inside its framing is refused, though the next one's bytes would make it whole."""
    a = adapter()
    data = one(0) + one(1)
    a.translate_many([one(0)])
    batch = a.translate_many(data, array("q", [0, 6, 9, 12]))
    assert [(error.index, error.code) for error in batch.errors] == [(1, "FRAME_TRUNCATED"), (2, "FRAME_TRUNCATED")]


def test_nothing_in_nothing_out():
    batch = adapter().translate_many([])
    assert (len(batch), batch.data, batch.errors) == (0, b"", [])


# --- out ---


def test_framing_of_results():
    """S32: an id before them, a GUID in a header, a fingerprint; only that header is replaced."""
    given_headers = [("trace", b"1"), ("__value_schema_id", None), ("__key_schema_id", b"k"), ("trace", b"2")]
    kept = [given_headers[0], *given_headers[2:]]
    payload = avro(WANTED, {"a": 5})
    cases = {
        "plain": (payload, kept),
        "confluent": (b"\0\0\0\0\3" + payload, kept),
        "confluent-header": (payload, [*kept, ("__value_schema_id", b"\1" + GUID.bytes)]),
        "avro-single": (framing.prefix(wanted_fingerprint()) + payload, kept),
    }
    ids = {"confluent": 3, "confluent-header": GUID}
    for out, expected in cases.items():
        assert adapter(out=out, out_id=ids.get(out)).translate(one(5), given_headers) == expected
    key = adapter(out="confluent-header", out_id=GUID, part="key").translate(one(5), {"__value_schema_id": b"v"})
    assert key.headers == [("__value_schema_id", b"v"), ("__key_schema_id", b"\1" + GUID.bytes)]


def wanted_fingerprint() -> bytes:
    from fastavro.schema import fingerprint, to_parsing_canonical_form

    return bytes.fromhex(fingerprint(to_parsing_canonical_form(WANTED), "CRC-64-AVRO"))


def test_what_is_written_is_read():
    """Each framing out is one in."""
    for out, options in {
        "confluent": {"framing": "confluent"},
        "confluent-header": {"framing": "confluent"},
        "avro-single": {"framing": "avro-single"},
    }.items():
        source = {3: WANTED, GUID: WANTED}
        there = translator.adapter(
            {**SOURCE, **source}, WANTED, out=out, out_id={"confluent": 3, "confluent-header": GUID}.get(out)
        )
        back = translator.adapter(source, "json", **options)
        assert back.translate(*there.translate(one(5))).data == b'{"a":5}'


def test_the_sources_id_of_the_target_is_taken():
    """Where none is named: found by what the schema is."""
    assert translator.adapter({1: ONE, 7: WANTED}, WANTED, out="confluent").translate(one(5)).data[:5] == b"\0\0\0\0\7"
    with pytest.raises(SchemaError, match="it has no id"):
        translator.adapter({1: ONE}, WANTED, out="confluent")
    with pytest.raises(SchemaError, match="name one"):
        translator.adapter({1: WANTED, 2: WANTED}, WANTED, out="confluent")


@pytest.mark.parametrize(
    ("target", "options", "reason"),
    [
        (WANTED, {"out": "confluent", "out_id": GUID}, "wants an id"),
        (WANTED, {"out": "confluent-header", "out_id": 3}, "wants a GUID"),
        (WANTED, {"out": "zip"}, "no framing 'zip'"),
        (WANTED, {"framing": "zip"}, "no framing 'zip'"),
        ("json", {"out": "confluent", "out_id": 3}, "without a schema"),
        ("neuron", {"out": "avro-single"}, "single-object encoding is Avro's"),
        (WANTED, {"policies": {"rounding": "sometimes"}}, "policy rounding is one of"),
    ],
)
def test_impossible_adapters(target, options, reason):
    """Refused when the adapter is made, not at the first message."""
    with pytest.raises(PlanError, match=reason):
        translator.adapter(SOURCE, target, **options)


# --- headers ---


def test_headers_of_a_batch():
    """Each message may have its own; results have what is left of them."""
    header = {"__value_schema_id": b"\1" + GUID.bytes}
    messages = [one(1), avro(ONE, {"a": 2}), one(3), avro(ONE, {"a": 4})]
    headers = [None, header, [("x", b"1")], {"__value_schema_id": b"\1" + bytes(16)}]
    batch = adapter().translate_many(messages, headers=headers)
    assert [batch.message(i) for i in range(4)] == [(b"\2", []), (b"\4", []), (b"\6", [("x", b"1")]), (b"", [])]
    assert [(error.index, error.code, error.path) for error in batch.errors] == [
        (3, "FRAME_SCHEMA", "__value_schema_id")
    ]
    with pytest.raises(ValueError, match="headers of 1"):
        adapter().translate_many(messages, headers=[None])


# --- single-object encoding ---


def test_avros_own_message(data):
    """Avro's test vector through an adapter, with its schema among others."""
    folder = data / "avro" / "data" / "messageV1"
    a = translator.adapter([ONE, folder / "test_schema.avsc", TWO], "json", framing="avro-single")
    found = json.loads(a.translate((folder / "test_message.bin").read_bytes()).data)
    assert found == {"id": 42, "name": "Bill", "tags": ["dog_lover", "cat_hater"]}


def test_an_unknown_fingerprint_is_refused():
    a = translator.adapter([ONE], "json", framing="avro-single")
    error = refusal(lambda: a.translate(framing.prefix(bytes(8)) + b"\2"))
    assert (error.code, error.offset) == ("FRAME_SCHEMA", 0)
    assert "0000000000000000" in error.message


# --- Protobuf: indexes ---


def proto_adapter(tmp_path, target="json", **options):
    path = tmp_path / "x.proto"
    path.write_text(PROTO)
    return translator.adapter({7: path}, target, **options)


@pytest.mark.parametrize(
    ("indexes", "payload"),
    [
        (b"\0", b"\x08\5"),
        (b"\2\0", b"\x08\5"),
        (b"\2\2", b"\x18\5"),
        (b"\4\0\0", b"\x10\5"),
        (b"\4\2\2", b"\x20\5"),  # after the map's entry
    ],
)
def test_indexes_say_which_message(tmp_path, indexes, payload):
    """S32: top-level and nested messages, [0] in both spellings."""
    a = proto_adapter(tmp_path)
    for _ in range(2):
        assert json.loads(a.translate(b"\0\0\0\0\7" + indexes + payload).data)["a"] in (5, "5")
    batch = a.translate_many([b"\0\0\0\0\7" + indexes + payload] * 3 + [b"\0\0\0\0\7\0\x08\6"])
    assert not batch.errors
    assert batch[0] == batch[2] != batch[3]


@pytest.mark.parametrize("indexes", [b"\2\4", b"\4\2\0", b"\6\0\0\0"])
def test_indexes_that_the_schema_has_not(tmp_path, indexes):
    """Also those of a map's entry: refused at the first of them."""
    error = refusal(lambda: proto_adapter(tmp_path).translate(b"\0\0\0\0\7" + indexes + b"\x08\5"))
    assert (error.code, error.offset) == ("FRAME_MESSAGE", 5)
    assert "schema id 7" in error.message


def test_an_id_alone_is_not_enough_for_protobuf(tmp_path):
    a = proto_adapter(tmp_path)
    a.translate(b"\0\0\0\0\7\0")
    assert refusal(lambda: a.translate(b"\0\0\0\0\7")).code == "FRAME_TRUNCATED"
    batch = a.translate_many(b"\0\0\0\0\7" + b"\0\0\0\0\7\0", array("q", [0, 5, 11]))
    assert [(error.index, error.code) for error in batch.errors] == [(0, "FRAME_TRUNCATED")]


def test_indexes_of_results(tmp_path):
    """The target's message has a place in its file."""
    path = tmp_path / "t.proto"
    path.write_text(PROTO)
    for type_, indexes in (("First", b"\0"), ("Second.Deep", b"\4\2\2")):
        a = translator.adapter(SOURCE, f"{path}#{type_}", out="confluent", out_id=9)
        assert a.translate(one(5)).data[: 5 + len(indexes)] == b"\0\0\0\0\x09" + indexes
        with_id = translator.adapter({**SOURCE, 11: path}, f"{path}#{type_}", out="confluent")
        assert with_id.translate(one(5)).data[4] == 11
        header = translator.adapter(SOURCE, f"{path}#{type_}", out="confluent-header", out_id=GUID).translate(one(5))
        assert header.headers == [("__value_schema_id", b"\1" + GUID.bytes + indexes)]


# --- schemas that aren't there, or make no plan ---


def test_an_unknown_id_is_refused_by_name():
    """B72, B76: the message is refused, and the source is asked again, since it knows for how long that holds."""
    source = Counting(SOURCE)
    a = translator.adapter(source, WANTED, drop=["b"])
    for _ in range(2):
        error = refusal(lambda: a.translate(b"\0\0\0\0\x09abc"))
        assert (error.code, error.offset) == ("FRAME_SCHEMA", 0)
        assert "schema id 9" in error.message
    assert refusal(lambda: a.translate(b"\0\0\0\0\x63abc")).message.endswith("its text can't be read")
    assert source.asked == [9, 9, 99]


def test_a_schema_is_asked_for_once():
    source = Counting(SOURCE)
    a = translator.adapter(source, WANTED, drop=["b"])
    a.translate_many([one(1), two(2)] * 50)
    a.translate(one(1))
    assert source.asked == [1, 2]


def test_a_source_that_is_down_ends_the_call():
    """Not the messages' fault: none is refused for it, and later all is well."""
    source = Counting(SOURCE)
    a = translator.adapter(source, WANTED, drop=["b"])
    source.down = True
    with pytest.raises(ConnectionError):
        a.translate_many([one(1)])
    source.down = False
    assert a.translate(one(1)).data == b"\2"


def test_a_schema_that_makes_no_plan_refuses_its_messages_alone():
    """The error has the plan's reasons; it is found out once."""
    calls = []

    def compile_(schema):
        calls.append(schema)
        return translator.compile(("avro", schema), WANTED)

    from translator.engine.known import Known
    from translator.streams.schema_ids.adapter import Adapter

    a = Adapter(Known(SOURCE), compile_, End("avro", None))
    batch = a.translate_many([one(1), b"\0\0\0\0\4\2x", one(2), b"\0\0\0\0\4\2x"])
    assert [(error.index, error.code) for error in batch.errors] == [(1, "FRAME_PLAN"), (3, "FRAME_PLAN")]
    assert "schema id 4: no plan" in batch.errors[0].message
    assert isinstance(batch.errors[0].__cause__, PlanError)
    assert (batch[0], batch[2]) == (b"\2", b"\4")
    assert len(calls) == 2


def test_no_more_plans_are_kept_than_there_is_room_for(monkeypatch):
    """Ids beyond that are compiled again when they come again; results are the same."""
    from translator.streams.schema_ids import adapter as module
    from translator.streams.schema_ids import plans

    monkeypatch.setattr(plans, "MOST", 2)
    monkeypatch.setattr(module, "MOST_HEADS", 2)
    a = translator.adapter(dict.fromkeys(range(1, 8), ONE), WANTED)
    messages = [b"\0\0\0\0" + bytes([i]) + avro(ONE, {"a": i}) for i in range(1, 8)]
    for _ in range(2):
        batch = a.translate_many(messages)
        assert [batch[i] for i in range(7)] == [avro(WANTED, {"a": i}) for i in range(1, 8)]
    assert len(a._plans.all()) <= 2


# --- the rest of what plans can ---


def test_members_that_no_schema_names_are_counted_over_all_plans():
    """S14."""
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    a = translator.adapter({1: schema, 2: schema}, "json")
    a.translate_many([b'\0\0\0\0\1{"a":1,"x":2}', b'\0\0\0\0\2{"x":2,"y":3}'])
    assert a.ignored() == {"x": 2, "y": 1}


def test_threads_share_an_adapter():
    """Eight of them at once, on a cold one: each schema is compiled once, and every result is right."""
    source, wrong = Counting(SOURCE), []
    a = translator.adapter(source, WANTED, drop=["b"])
    ready = threading.Barrier(8)

    def work(seed: int) -> None:
        ready.wait()
        for i in range(50):
            batch = a.translate_many([one(seed + i), two(i), one(i)])
            if [batch[0], batch[1]] != [avro(WANTED, {"a": seed + i}), avro(WANTED, {"a": i})] or batch.errors:
                wrong.append((seed, i))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not wrong
    assert len(a._plans.all()) == 2


def test_adapters_pickle():
    a = pickle.loads(pickle.dumps(adapter(out="confluent", out_id=3)))
    assert a.translate(two(5)).data == b"\0\0\0\0\3" + avro(WANTED, {"a": 5})


def test_registered_transformers_serve_their_pair():
    """As `translator.compile` takes them: one by one, refusals at their index."""

    class Upper:
        def translate(self, data: bytes) -> bytes:
            if data == b"!":
                raise DataError("SYNTAX", "no", 1)
            return data.upper()

    table.register("avro", "loud", lambda *_: Upper())
    try:
        a = translator.adapter({1: ONE}, "loud")
        assert a.translate(b"\0\0\0\0\1abc").data == b"ABC"
        batch = a.translate_many([b"\0\0\0\0\1abc", b"\0\0\0\0\1!", b"\0\0\0\0\1d"], delimiting="be32")
        assert [batch[i] for i in range(3)] == [b"\0\0\0\3ABC", b"", b"\0\0\0\1D"]
        assert [(error.index, error.offset) for error in batch.errors] == [(1, 6)]
    finally:
        table.unregister("avro", "loud")
