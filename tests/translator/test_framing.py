"""What stands before a message and says by which schema it was written (S32)."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from native.errors import DataError
from translator import framing

GUID = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")
IDS = st.integers(1, (1 << 31) - 1)
PLACES = st.lists(st.integers(0, (1 << 31) - 1), min_size=1, max_size=5).map(tuple)
HEADER_BYTES = b"\x01" + GUID.bytes
VALUE, KEY = "__value_schema_id", "__key_schema_id"


def refusal(act) -> tuple[str, int, str]:
    """Code, offset and path of the error that `act` ends in."""
    with pytest.raises(DataError) as caught:
        act()
    return caught.value.code, caught.value.offset, caught.value.path


def read(data: bytes, headers: framing.Headers = None, part: framing.Part = "value", **options):
    """Reference, message indexes, payload, of a message whose schema is Protobuf."""
    framed = framing.parse(data, headers, part, **options)
    place, begin = framing.message(framed, data)
    return framed.reference, place, data[begin:]


# --- S32, as bytes by hand ---

GOLDEN = [
    (7, None, b"\0\0\0\0\x07"),
    (0x7FFFFFFF, None, b"\0\x7f\xff\xff\xff"),
    (7, (0,), b"\0\0\0\0\x07\0"),
    (7, (1,), b"\0\0\0\0\x07\x02\x02"),
    (7, (2, 0, 64), b"\0\0\0\0\x07\x06\x04\0\x80\x01"),
    (bytes(range(8)), None, b"\xc3\x01\0\x01\x02\x03\x04\x05\x06\x07"),
]


@pytest.mark.parametrize(("reference", "place", "data"), GOLDEN)
def test_golden_bytes(reference, place, data):
    """S32: an id, message indexes as zigzag varints with their count ([0] is one byte), a fingerprint."""
    assert framing.build(b"xy", reference, place) == (data + b"xy", [])
    framed = framing.parse(data + b"xy")
    assert framed.reference == reference
    if place is None:
        assert framing.alone(framed) == len(data)
    else:
        assert framing.message(framed, data + b"xy") == (place, len(data))


@pytest.mark.parametrize(("place", "tail"), [(None, b""), ((0,), b"\0"), ((1, 2), b"\x04\x02\x04")])
@pytest.mark.parametrize(("part", "name"), [("value", VALUE), ("key", KEY)])
def test_golden_headers(part, name, place, tail):
    """S32: a GUID goes into the header of its part, and leaves the payload as it is."""
    data, headers = framing.build(b"\0\0", GUID, place, [("k", None), (name, b"old")], part)
    assert (data, headers) == (b"\0\0", [("k", None), (name, HEADER_BYTES + tail)])
    framed = framing.parse(data, headers, part)
    assert (framed.reference, framed.begin) == (GUID, 0)
    if place is None:
        assert framing.alone(framed) == 0
    else:
        assert framing.message(framed, data) == (place, 0)


@given(IDS, PLACES, st.binary(max_size=20))
def test_ids_round_trip(number, place, payload):
    data, headers = framing.build(payload, number, place)
    assert read(data, headers) == (number, place, payload)
    assert read(memoryview(data), headers) == (number, place, payload)


@given(st.uuids(), PLACES, st.binary(max_size=20), st.sampled_from(["value", "key"]))
def test_guids_round_trip(guid, place, payload, part):
    data, headers = framing.build(payload, guid, place, None, part)
    assert data == payload
    assert read(data, dict(headers), part) == (guid, place, payload)


@given(IDS, st.none() | PLACES)
def test_confluents_client_reads_and_writes_the_same(number, place):
    """confluent-kafka's own code for the framing is the oracle."""
    serde = pytest.importorskip("confluent_kafka.schema_registry.serde")
    theirs = serde.SchemaId("PROTOBUF" if place else "AVRO", number, str(GUID))
    assert framing.prefix(number, place)[:5] == theirs.id_to_bytes()
    assert framing.header(GUID) == (VALUE, theirs.guid_to_bytes())
    if place:
        for written in (framing.prefix(number, place), framing.header(GUID, place)[1]):
            found = serde.SchemaId("PROTOBUF")
            assert found.from_bytes(io.BytesIO(written + b"rest")).read() == b"rest"
            assert tuple(found.message_indexes) == place


def test_the_header_comes_first():
    """S32: a payload that looks framed is only a payload where a header says the schema; other headers say nothing."""
    data = b"\0\0\0\0\x07\0xy"
    assert framing.parse(data, [("x", b""), (VALUE, HEADER_BYTES), (VALUE, b"")]).reference == GUID
    assert framing.parse(data, {KEY: HEADER_BYTES}).reference == 7
    assert framing.parse(data, {KEY: HEADER_BYTES}, "key").reference == GUID
    assert framing.parse(data, [(VALUE, None)]).reference == 7
    assert framing.parse(b"", {VALUE: HEADER_BYTES}).reference == GUID


def test_an_id_in_a_header_and_a_guid_before_the_payload():
    """As confluent-kafka reads them."""
    assert framing.parse(b"xy", {VALUE: b"\0\0\0\0\x07"}).reference == 7
    assert read(HEADER_BYTES + b"\0xy") == (GUID, (0,), b"xy")


def test_indexes_may_be_written_longer():
    """[0] with its count, as some writers have it."""
    assert read(b"\0\0\0\0\x07\x02\0xy") == (7, (0,), b"xy")


# --- refusals ---


@pytest.mark.parametrize(
    "data",
    [b"\0\0\0\0\x07\x06\x04\0\x80\x01", HEADER_BYTES + b"\x04\x02\x04"],
    ids=["id", "guid"],
)
def test_every_truncation_is_refused(data):
    """B1, B2: before the payload, and in a header; the offset is where the bytes end."""
    for size in range(len(data)):
        assert refusal(lambda: read(data[:size])) == ("FRAME_TRUNCATED", size, "")  # noqa: B023
        assert refusal(lambda: read(b"", {VALUE: data[:size]})) == ("FRAME_TRUNCATED", size, VALUE)  # noqa: B023
    assert read(data)[2] == b""


@pytest.mark.parametrize("size", range(10))
def test_every_truncation_of_a_fingerprint_is_refused(size):
    data = framing.prefix(bytes(8))[:size]
    assert refusal(lambda: framing.parse(data, framing="avro-single")) == ("FRAME_TRUNCATED", size, "")


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"\x01", ("FRAME_INDEX", 5, "")),  # count -1
        (b"\xff\xff\xff\xff\x0f", ("FRAME_INDEX", 5, "")),  # count -2^31
        (b"\x80\x80\x80\x80\x10", ("FRAME_INDEX", 5, "")),  # count 2^31
        (b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", ("FRAME_INDEX", 5, "")),  # count 2^63-1
        (b"\x82\x02" + b"\0" * 129, ("FRAME_INDEX", 5, "")),  # 129 indexes
        (b"\xff" * 10, ("FRAME_INDEX", 5, "")),
        (b"\x02\x01", ("FRAME_INDEX", 6, "")),  # index -1
        (b"\x04\0\x80\x80\x80\x80\x10", ("FRAME_INDEX", 7, "")),  # index 2^31
        (b"\x02" + b"\xff" * 11, ("FRAME_INDEX", 6, "")),
    ],
)
def test_impossible_indexes_are_refused(data, place):
    """B6, B43: negative and huge counts and indexes, varints over 64 bits, at the byte where they stand."""
    assert refusal(lambda: read(b"\0\0\0\0\x07" + data)) == place
    in_header = (place[0], place[1] + 12, VALUE)
    assert refusal(lambda: read(b"", {VALUE: HEADER_BYTES + data})) == in_header


def test_as_many_indexes_as_messages_may_be_deep():
    data = b"\0\0\0\0\x07\x80\x02" + b"\0" * 128
    assert read(data) == (7, (0,) * 128, b"")


@pytest.mark.parametrize("number", [0, 1 << 31, (1 << 32) - 1])
def test_impossible_ids_are_refused(number):
    """B72: 0, and what a signed reader takes for a negative number."""
    data = b"\0" + number.to_bytes(4, "big")
    assert refusal(lambda: framing.parse(data)) == ("FRAME_ID", 1, "")
    assert refusal(lambda: framing.parse(b"", {VALUE: data})) == ("FRAME_ID", 1, VALUE)


@pytest.mark.parametrize(
    ("data", "kind", "place"),
    [
        (b"\x02\0\0\0\x07", None, ("FRAME_MAGIC", 0, "")),
        (b'{"a":1}', "confluent", ("FRAME_MAGIC", 0, "")),
        (framing.prefix(bytes(8)), "confluent", ("FRAME_MAGIC", 0, "")),
        (framing.prefix(7), "avro-single", ("FRAME_MAGIC", 0, "")),
        (b"\xc3\x02" + bytes(8), "avro-single", ("FRAME_MAGIC", 0, "")),
        (b"\xc3\x02" + bytes(8), None, ("FRAME_MAGIC", 0, "")),
        (b"\xc3", None, ("FRAME_TRUNCATED", 1, "")),
        (b"", None, ("FRAME_TRUNCATED", 0, "")),
    ],
)
def test_what_is_not_framed_is_refused(data, kind, place):
    """A message without framing is never taken for one with it, nor one framing for another."""
    assert refusal(lambda: framing.parse(data, None, "value", kind)) == place


def test_bytes_behind_a_headers_reference_are_refused():
    """B3: a header holds the reference and nothing else."""
    framed = framing.parse(b"", {VALUE: HEADER_BYTES + b"x"})
    assert refusal(lambda: framing.alone(framed)) == ("FRAME_HEADER", 17, VALUE)
    longer = {VALUE: HEADER_BYTES + b"\0x"}
    assert refusal(lambda: read(b"", longer)) == ("FRAME_HEADER", 18, VALUE)


@given(st.binary(max_size=40), st.none() | st.binary(max_size=30))
def test_any_bytes_are_read_or_refused(data, value):
    """Nothing but a DataError comes out, with an offset inside of what was given."""
    try:
        read(data, {VALUE: value})
    except DataError as error:
        assert error.code.startswith("FRAME_")  # noqa: PT017
        assert 0 <= error.offset <= len(value if error.path else data)  # noqa: PT017


@pytest.mark.parametrize(
    ("reference", "place"),
    [(0, None), (1 << 31, None), (-1, None), (7, ()), (7, (-1,)), (7, (0,) * 129), (b"123", None), (bytes(8), (0,))],
)
def test_what_can_not_be_written(reference, place):
    """A program's own mistakes are ValueErrors."""
    with pytest.raises(ValueError, match=r"id|indexes|fingerprint"):
        framing.build(b"", reference, place)


def test_sniffing():
    """Only single-object encoding can be told by its first bytes; with Confluent's any message might begin."""
    assert framing.sniff(framing.prefix(bytes(8))) == "avro-single"
    assert framing.sniff(framing.prefix(7)) is None
    assert framing.sniff(b"") is None


def test_avros_own_message(data: Path):
    """Avro's test vector of single-object encoding, whose schema has the fingerprint that it names."""
    import schemas
    from translator.engine.known import fingerprint

    folder = data / "avro" / "data" / "messageV1"
    message = (folder / "test_message.bin").read_bytes()
    schema = schemas.load(folder / "test_schema.avsc")
    assert framing.parse(message).reference == fingerprint(schema)
