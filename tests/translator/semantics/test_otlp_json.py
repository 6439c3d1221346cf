"""S1, S12, S14, S16, S17, S28 in OTLP's JSON."""

from __future__ import annotations

import pytest

from tests.translator.semantics.support import av, js, m, plan, refused, run, unplanned

IDS = m(
    "bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 3; bytes value = 4; repeated bytes profile_id = 5;"
)
KIND = m("Kind kind = 1; repeated Kind more = 2; map<string, Kind> by = 3; enum Kind { NONE = 0; SERVER = 2; }")
TIME = m("fixed64 time_unix_nano = 1; sint64 as_int = 2; int32 small = 3; repeated uint64 bucket_counts = 4;")


def test_s28_ids_are_hex_and_other_bytes_base64() -> None:
    """By the field's name: case-insensitive on the way in, lower case on the way out."""
    shown = b'{"traceId":"5B8EFFf7","spanId":"","parentSpanId":"00","value":"AP8=","profileId":["AP8="]}'
    wire = b"\n\x04\x5b\x8e\xff\xf7\x1a\x01\0\x22\x02\0\xff\x2a\x02\0\xff"
    assert run("otlp-json", IDS, "protobuf", IDS, shown) == wire
    assert run("protobuf", IDS, "otlp-json", IDS, wire) == (
        b'{"traceId":"5b8efff7","parentSpanId":"00","value":"AP8=","profileId":["AP8="]}'
    )
    for bad in (b'{"traceId":"W47/9w=="}', b'{"spanId":"0"}', b'{"spanId":"0g"}'):
        assert refused(plan("otlp-json", IDS, "protobuf", IDS), bad)[0] == "BYTES"


def test_s28_ids_between_the_dialects() -> None:
    """ProtoJSON has the same bytes in base64, plain JSON as its policy says; Avro has them as they are."""
    assert run("otlp-json", IDS, "protojson", IDS, b'{"traceId":"00ff"}') == b'{"traceId":"AP8="}'
    assert run("protojson", IDS, "otlp-json", IDS, b'{"traceId":"AP8="}') == b'{"traceId":"00ff"}'
    assert run("otlp-json", IDS, "json", IDS, b'{"traceId":"00ff"}') == b'{"trace_id":"AP8="}'
    t = av({"name": "trace_id", "type": "bytes"})
    assert run("otlp-json", IDS, "avro", t, b'{"traceId":"00ff"}', drop=["*"]) == b"\x04\0\xff"


def test_s17_enums_are_numbers_only() -> None:
    """Written and read; a name is refused, also as a number in text; an open enum keeps what it doesn't know."""
    shown, wire = b'{"kind":2,"more":[2,0,7],"by":{"k":2}}', b"\x08\x02\x12\x03\x02\0\x07\x1a\x05\n\x01k\x10\x02"
    assert run("otlp-json", KIND, "protobuf", KIND, shown) == wire
    assert run("protobuf", KIND, "otlp-json", KIND, wire) == shown
    assert run("otlp-json", KIND, "protobuf", KIND, b'{"kind":2.0}') == b"\x08\x02"
    for bad in (b'{"kind":"SERVER"}', b'{"kind":"2"}', b'{"kind":true}'):
        assert refused(plan("otlp-json", KIND, "protobuf", KIND), bad) == ("TYPE", 8, "kind")
    assert refused(plan("otlp-json", KIND, "protobuf", KIND), b'{"kind":2147483648}') == ("RANGE", 8, "kind")


def test_s1_64_bit_integers_are_strings() -> None:
    """Read as string or number."""
    shown = b'{"timeUnixNano":"18446744073709551615","asInt":"-1","small":1,"bucketCounts":["0","2"]}'
    wire = b"\t" + b"\xff" * 8 + b"\x10\x01\x18\x01\x22\x02\0\x02"
    assert run("protobuf", TIME, "otlp-json", TIME, wire) == shown
    assert run("otlp-json", TIME, "protobuf", TIME, shown) == wire
    assert run("otlp-json", TIME, "protobuf", TIME, shown.replace(b'"18446744073709551615"', b"18446744073709551615"))
    assert refused(plan("otlp-json", TIME, "protobuf", TIME), b'{"asInt":"x"}') == ("NUMBER", 9, "as_int")


@pytest.mark.parametrize("member", [b'"time_unix_nano":"1"', b'"TimeUnixNano":1', b'"new":{"a":[null,1e999]}'])
def test_s14_s16_members_by_other_names_are_passed_over(member: bytes) -> None:
    """The original name is unknown; what is unknown is counted, or refused by policy, and must be JSON."""
    made = plan("otlp-json", TIME, "protobuf", TIME)
    assert made.translate(b'{"small":1,' + member + b"}") == b"\x18\x01"
    assert sum(made.ignored().values()) == 1
    assert refused(plan("otlp-json", TIME, "protobuf", TIME, unknown="refuse"), b"{%s}" % member)[:2] == (
        "UNKNOWN_FIELD",
        1,
    )
    assert refused(made, b'{"small":1,' + member + b",}")[0] == "SYNTAX"


def test_s12_s15_null_unsets_and_a_key_twice_is_refused() -> None:
    """As in ProtoJSON."""
    made = plan("otlp-json", TIME, "protobuf", TIME)
    assert made.translate(b'{"timeUnixNano":null,"bucketCounts":null,"small":1}') == b"\x18\x01"
    assert refused(made, b'{"bucketCounts":[null]}')[0] == "NULL"
    assert refused(made, b'{"small":1,"small":1}') == ("DUPLICATE", 11, "small")


def test_s28_it_is_never_guessed() -> None:
    """A schema is needed, and it is Protobuf's; a target takes the source's."""
    assert "otlp-json needs a schema" in unplanned("otlp-json", None, "protobuf", TIME)
    assert "otlp-json is described by protobuf, not by avro" in unplanned("otlp-json", av("int"), "avro", av("int"))
    assert "otlp-json is described by protobuf, not by jsonschema" in unplanned("json", js(), "otlp-json", None)
    assert run("protobuf", TIME, "otlp-json", None, b"\x18\x01") == b'{"small":1}'
