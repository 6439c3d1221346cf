"""A source of a few schemas that the caller has."""

from __future__ import annotations

import copy
import uuid

import pytest
from fastavro.schema import fingerprint as fastavro_fingerprint
from fastavro.schema import to_parsing_canonical_form
from hypothesis import given
from hypothesis import strategies as st

import schemas
from native.errors import SchemaError
from schemas import places
from tests.translator.streams.schema_ids.support import ONE, PROTO, TWO
from translator.engine.known import Known, alike, fingerprint
from translator.engine.sources import SchemaSource

BASE = {
    "type": "record",
    "name": "n.R",
    "fields": [
        {"name": "t", "type": {"type": "long"}},
        {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["X", "Y"]}},
    ],
}
FIELDS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.sampled_from(
        [
            "int",
            {"type": "long", "logicalType": "timestamp-micros"},
            ["null", "string"],
            {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
            {"type": "array", "items": {"type": "map", "values": "double"}},
            {"type": "fixed", "name": "F", "size": 3},
            {"type": "string", "logicalType": "uuid"},
            {"type": "record", "name": "n.In", "fields": [{"name": "x", "type": "boolean"}]},
        ]
    ),
    min_size=1,
)


def changed(**members) -> dict:
    """BASE with another first field."""
    schema = copy.deepcopy(BASE)
    schema["fields"][0].update(members)
    return schema


@given(FIELDS)
def test_fingerprints_are_fastavros(fields):
    """The oracle for CRC-64-AVRO over the canonical form."""
    met: list[object] = []  # a named type is written once, and by its name after that
    types = [t["name"] if t in met and "name" in t else met.append(t) or t for t in fields.values()]
    schema = {
        "type": "record",
        "name": "m.R",
        "fields": [{"name": n, "type": t} for n, t in zip(fields, types, strict=True)],
    }
    theirs = fastavro_fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO")
    assert fingerprint(schemas.load(schema)) == bytes.fromhex(theirs)


def test_schemas_are_found_by_id_and_guid():
    guid = uuid.uuid4()
    known = Known({1: ONE, guid: TWO})
    assert isinstance(known, SchemaSource)
    assert known.by_id(1) is known.by_id(1)
    assert known.by_guid(guid) is known.by_fingerprint(fingerprint(schemas.load(TWO)))
    for ask in (lambda: known.by_id(2), lambda: known.by_guid(uuid.uuid4()), lambda: known.by_fingerprint(bytes(8))):
        with pytest.raises(SchemaError, match="there is no schema with the"):
            ask()
    with pytest.raises(SchemaError, match="knows no subjects"):
        known.by_subject("x")


def test_true_is_no_id():
    """A dict would take it for 1; only numbers and GUIDs are references."""
    assert Known([ONE]).by_fingerprint(fingerprint(schemas.load(ONE)))
    with pytest.raises(SchemaError):
        Known([ONE]).by_id(0)


@pytest.mark.parametrize(
    "other",
    [
        changed(default=7),
        changed(aliases=["old"]),
        changed(type={"type": "long", "logicalType": "timestamp-millis"}),
        {**BASE, "aliases": ["n.Old"]},
    ],
)
def test_two_schemas_with_one_fingerprint_are_ambiguous(other):
    """They differ in what the canonical form leaves out: told at look-up, naming both."""
    known = Known({3: BASE, 8: other, 9: ONE})
    assert fingerprint(known.by_id(3)) == fingerprint(known.by_id(8))
    with pytest.raises(SchemaError, match=r"3 \(n\.R\) and 8 \(n\.R\) have the same fingerprint [0-9a-f]{16}"):
        known.by_fingerprint(fingerprint(known.by_id(3)))
    assert known.by_fingerprint(fingerprint(known.by_id(9))) is known.by_id(9)


def test_the_same_schema_twice_is_not_ambiguous(tmp_path):
    """Nor one that differs only in docs; files are named by their paths."""
    documented = {**copy.deepcopy(BASE), "doc": "a record"}
    known = Known([BASE, documented, BASE])
    assert known.by_fingerprint(fingerprint(schemas.load(BASE)))
    import json

    path = tmp_path / "r.avsc"
    path.write_text(json.dumps(changed(default=1)))
    with pytest.raises(SchemaError, match=rf"0 \(n\.R\) and number 1 \({path}\)"):
        Known([BASE, path]).by_fingerprint(fingerprint(schemas.load(BASE)))


def test_ids_of_schemas(tmp_path):
    """By what a schema is; in Protobuf by any message of the file."""
    path = tmp_path / "x.proto"
    path.write_text(PROTO)
    guid = uuid.uuid4()
    known = Known({1: ONE, 2: TWO, 5: path, guid: path})
    assert [known.id_of(schemas.load(each)) for each in (ONE, TWO)] == [1, 2]
    for place in known.by_id(5).messages:
        assert known.id_of(places.at(known.by_id(5), place)) == 5
        assert known.guid_of(places.at(known.by_id(5), place)) == guid
    with pytest.raises(SchemaError, match="it has no id"):
        known.id_of(schemas.load(BASE))
    with pytest.raises(SchemaError, match="1, 2 all are ids of it"):
        Known({1: ONE, 2: ONE}).id_of(schemas.load(ONE))


def test_what_can_not_be_loaded_is_told_at_once():
    with pytest.raises(SchemaError):
        Known(["/nowhere/x.avsc"])
    with pytest.raises(SchemaError, match="names a format"):
        Known({1: "json"})


def test_alike():
    assert alike(schemas.load(ONE), schemas.load(ONE))
    assert not alike(schemas.load(ONE), schemas.load(TWO))
    assert not alike(schemas.load(ONE), schemas.load({"type": "object", "properties": {"a": {"type": "integer"}}}))
