"""S8, S13, S18, S19, S26 in Avro's JSON encoding."""

from __future__ import annotations

import io
import json
from typing import Any

import fastavro
import pytest

import translator
from schemas import avro
from tests.translator.semantics.support import av, double, js, plan, refused, run, text, unplanned, zigzag

X = {"type": "record", "name": "n.X", "fields": [{"name": "i", "type": "int"}]}
FIXED = {"type": "fixed", "name": "F", "namespace": "n.f", "size": 2}
ENUM = {"type": "enum", "name": "E", "symbols": ["A", "B"]}
EVERY = ["null", "boolean", "int", "long", "float", "double", "bytes", "string", X, FIXED, ENUM,
         {"type": "array", "items": "n.X"}, {"type": "map", "values": ["null", "n.X"]}]  # fmt: skip
WRAPPED: list[Any] = [
    None, {"boolean": True}, {"int": 1}, {"long": 1}, {"float": 0.5}, {"double": 1.0}, {"bytes": "\xff"},
    {"string": "t"}, {"n.X": {"i": 3}}, {"n.f.F": "\0a"}, {"E": "B"}, {"array": [{"i": 4}]},
    {"map": {"k": None, "l": {"n.X": {"i": 5}}}},
]  # fmt: skip


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def there_and_back(schema: Any, binary: bytes, shown: Any) -> None:
    """Avro's binary and JSON encodings of one value are each made of the other."""
    s = avro.read(schema) if not isinstance(schema, avro.Schema) else schema
    made = run("avro", s, "avro-json", s, binary)
    assert json.loads(made) == shown
    assert run("avro-json", s, "avro", s, compact(shown)) == binary
    assert run("avro-json", s, "avro-json", s, made) == made


@pytest.mark.parametrize("index", range(len(EVERY)))
def test_s19_every_branch_has_its_full_name(index: int) -> None:
    """null is bare, any other branch is an object of one member with the type's full name."""
    shown = compact({"a": WRAPPED[index]})
    s = av(EVERY)
    binary = run("avro-json", s, "avro", s, shown)
    assert binary[0] == index * 2
    assert run("avro", s, "avro-json", s, binary) == shown


def test_s19_a_union_of_one_and_null_anywhere() -> None:
    """In a field, a list, a map, at the root, and of a single branch it is the same."""
    there_and_back(["null", "int"], b"\x02\x0e", {"int": 7})
    there_and_back(["null", "int"], b"\0", None)
    there_and_back(["string"], b"\0" + text("x"), {"string": "x"})
    there_and_back({"type": "array", "items": [X, "null"]}, b"\x04\0\x02\x02\0", [{"n.X": {"i": 1}}, None])
    there_and_back({"type": "map", "values": ["null", "int"]}, b"\x02" + text("k") + b"\x02\x02\0", {"k": {"int": 1}})
    there_and_back(av(["null", X], ["n.X", "null"]), b"\x02\x02\x02", {"a": {"n.X": {"i": 1}}, "b": None})
    there_and_back(av(["null", {"type": "int", "logicalType": "date"}]), b"\x02\x02", {"a": {"int": 1}})


def test_s19_recursion_and_namespaces() -> None:
    """A record that contains itself in a union; a name takes its namespace from around it."""
    items = ["T", {"type": "fixed", "name": "c.F", "size": 1}]
    fields = [{"name": "t", "type": ["null", "T"]}, {"name": "l", "type": {"type": "array", "items": items}}]
    tree = {"type": "record", "name": "T", "namespace": "a.b", "fields": fields}
    binary = b"\x02" + b"\0\0" + b"\x04\0\0\0\x02z\0"
    shown = {"t": {"a.b.T": {"t": None, "l": []}}, "l": [{"a.b.T": {"t": None, "l": []}}, {"c.F": "z"}]}
    there_and_back(tree, binary, shown)


@pytest.mark.parametrize(
    ("value", "code", "offset"),
    [
        ("1", "TYPE", 5),
        ('"t"', "TYPE", 5),
        ("{}", "BRANCH", 6),
        ('{"X":{"i":3}}', "BRANCH", 6),
        ('{"null":null}', "BRANCH", 6),
        ('{"uuid":"t"}', "BRANCH", 6),
        ('{"int":1,"long":1}', "BRANCH", 13),
        ('{"int":null}', "NULL", 12),
        ('{"int":"1"}', "TYPE", 12),
        ('{"int":2147483648}', "RANGE", 12),
        ('{"n.f.F":"abc"}', "SIZE", 14),
        ('{"E":"C"}', "SYMBOL", 10),
        ('{"E":0}', "TYPE", 10),
        ('{"bytes":"\u0100"}', "BYTES", 14),
    ],
)
def test_s19_what_is_no_branch_is_refused(value: str, code: str, offset: int) -> None:
    """Bare values, other names, short names, no and two members."""
    assert refused(plan("avro-json", av(EVERY), "avro", av(EVERY)), f'{{"a":{value}}}'.encode()) == (code, offset, "a")


def test_s19_null_and_one_other() -> None:
    """Where there is one branch beside null it has its name too."""
    made = plan("avro-json", av(["null", "int"]), "avro", av(["null", "int"]))
    assert made.translate(b' { "a" : { "int" : 1 } } ') == b"\x02\x02"
    assert made.translate(b'{"a":null}') == b"\0"
    assert refused(made, b'{"a":1}') == ("TYPE", 5, "a")
    assert refused(made, b'{"a":{"long":1}}') == ("BRANCH", 6, "a")
    solid = plan("avro-json", av(["null", "int"]), "avro", av("int"))
    assert solid.translate(b'{"a":{"int":1}}') == b"\x02"
    assert refused(solid, b'{"a":null}') == ("NULL", 5, "a")


def test_s18_branches_go_where_avro_s_own_resolution_has_them() -> None:
    """The first branch that matches, promotion included, as from Avro's binary."""
    s, t = av(["null", "int", "string"]), av(["double", "int", "null"])
    assert run("avro-json", s, "avro", t, b'{"a":{"int":7}}') == b"\0" + double(7.0)
    assert run("avro-json", s, "avro-json", t, b'{"a":{"int":7}}') == b'{"a":{"double":7.0}}'
    assert run("avro-json", s, "avro", t, b'{"a":null}') == b"\x04"
    assert refused(plan("avro-json", s, "avro", t), b'{"a":{"string":"x"}}') == ("BRANCH", 15, "a")
    assert run("avro-json", av("int"), "avro-json", av(["null", "long"]), b'{"a":1}') == b'{"a":{"long":1}}'
    assert run("avro-json", av(["int", "null"]), "avro", av("long"), b'{"a":{"int":1}}') == b"\x02"
    assert run("avro-json", av(X), "avro", av(["null", X]), b'{"a":{"i":1}}') == b"\x02\x02"


@pytest.mark.parametrize("source", ["avro", "avro-json"])
def test_s18_a_record_out_of_a_union_of_several(source: str) -> None:
    """Into a target that has just the record."""
    s, t = av(["null", "string", X]), av(X)
    message = run("avro-json", s, source, s, b'{"a":{"n.X":{"i":3}}}')
    assert run(source, s, "avro", t, message) == b"\x06"
    assert run(source, s, "avro-json", t, message) == b'{"a":{"i":3}}'
    null = run("avro-json", s, source, s, b'{"a":null}')
    assert refused(plan(source, s, "avro", t), null)[0] in ("NULL", "MISSING")


LOGICAL: dict[str, tuple[Any, bytes, Any]] = {
    "decimal": ({"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}, text(b"\x9c"), "\x9c"),
    "decimal in more bytes than it needs": (
        {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2},
        text(b"\0\0\x01"),
        "\0\0\x01",
    ),
    "decimal in a fixed": (
        {"type": "fixed", "name": "D", "size": 2, "logicalType": "decimal", "precision": 4, "scale": 2},
        b"\xff\x9c", "\xff\x9c",
    ),
    "big-decimal": ({"type": "bytes", "logicalType": "big-decimal"}, text(b"\x02{\x04"), "\x02{\x04"),
    "uuid": ({"type": "string", "logicalType": "uuid"}, text("0f0e0d0c-0b0a-0908-0706-050403020100"),
             "0f0e0d0c-0b0a-0908-0706-050403020100"),
    "uuid in a fixed": ({"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"}, bytes(range(240, 256)),
                        bytes(range(240, 256)).decode("latin-1")),
    "duration": ({"type": "fixed", "name": "P", "size": 12, "logicalType": "duration"}, bytes(range(12)),
                 bytes(range(12)).decode("latin-1")),
    "date": ({"type": "int", "logicalType": "date"}, zigzag(-719163), -719163),
    "time-millis": ({"type": "int", "logicalType": "time-millis"}, zigzag(86_399_999), 86_399_999),
    "time-micros": ({"type": "long", "logicalType": "time-micros"}, zigzag(1), 1),
    "timestamp-millis": ({"type": "long", "logicalType": "timestamp-millis"}, zigzag(-1), -1),
    "timestamp-micros": ({"type": "long", "logicalType": "timestamp-micros"}, zigzag(1 << 60), 1 << 60),
    "timestamp-nanos": ({"type": "long", "logicalType": "timestamp-nanos"}, zigzag(-(1 << 62)), -(1 << 62)),
    "local": ({"type": "long", "logicalType": "local-timestamp-millis"}, zigzag(5), 5),
}  # fmt: skip


@pytest.mark.parametrize("name", LOGICAL)
def test_s26_logical_types_are_their_underlying_ones(name: str) -> None:
    """Bytes as code points, dates and times as their counts; alone, and as a union's branch by the carrier's name."""
    type_, binary, shown = LOGICAL[name]
    there_and_back(av(type_), binary, {"a": shown})
    branch = type_.get("name", type_["type"])
    there_and_back(av(["null", "boolean", type_]), b"\x04" + binary, {"a": {branch: shown}})


def test_s13_every_field_is_there() -> None:
    """An absent one is refused, default or not, and so is one that the schema doesn't name; fastavro takes both."""
    fields = [{"name": "a", "type": "int", "default": 5}, {"name": "b", "type": ["null", "int"], "default": None}]
    schema = {"type": "record", "name": "R", "fields": fields}
    s = avro.read(schema)
    made = plan("avro-json", s, "avro", s)
    assert made.translate(b'{"b":null,"a":1}') == b"\x02\0"
    assert refused(made, b'{"a":1}') == ("MISSING", 0, "b")
    assert refused(made, b'{"b":null}') == ("MISSING", 0, "a")
    assert refused(made, b'{"a":1,"b":null,"c":1}') == ("UNKNOWN_FIELD", 16, '["c"]')
    assert run("avro-json", s, "avro", s, b'{"a":1,"b":null,"c":1}', unknown="ignore") == b"\x02\0"
    assert list(fastavro.json_reader(io.StringIO("{}"), fastavro.parse_schema(schema))) == [{"a": 5, "b": None}]


def test_s13_a_reader_s_default_fills_in() -> None:
    """Where the reader's schema has a field that the writer's lacks; its alias is the reader's alone (S31)."""
    s = av("int")
    renamed = {"name": "x", "type": "int", "aliases": ["a"]}
    t = av(renamed, {"name": "y", "type": ["string", "int"], "default": "d"})
    assert run("avro-json", s, "avro-json", t, b'{"a":1}') == b'{"x":1,"y":{"string":"d"}}'
    assert refused(plan("avro-json", t, "avro", t), b'{"a":1,"y":{"int":1}}') == ("UNKNOWN_FIELD", 1, '["a"]')


def test_s4_what_is_not_finite() -> None:
    """The specification has no form: refused, or by policy quoted, as Avro's Java library has it."""
    s = av("double", "float")
    wire = double(float("nan")) + b"\0\0\x80\xff"
    assert refused(plan("avro", s, "avro-json", s), wire) == ("NOT_FINITE", 0, "a")
    shown = b'{"a":"NaN","b":"-Infinity"}'
    assert run("avro", s, "avro-json", s, wire, nan="quote") == shown
    assert run("avro-json", s, "avro", s, shown, nan="quote") == wire
    assert refused(plan("avro-json", s, "avro", s), shown)[0] == "TYPE"
    assert refused(plan("avro", s, "avro-json", s, nan="null"), wire) == ("NOT_FINITE", 0, "a")


def test_s2_numbers() -> None:
    """Exact, and in range; a double is written with its point."""
    s = av("long", "double", "int")
    assert run("avro-json", s, "avro", s, b'{"a":9007199254740993.0,"b":1,"c":1e2}') == (
        zigzag(9007199254740993) + double(1.0) + zigzag(100)
    )
    assert run("avro", s, "avro-json", s, zigzag(-1) + double(-0.0) + b"\0") == b'{"a":-1,"b":-0.0,"c":0}'
    assert refused(plan("avro-json", s, "avro", s), b'{"a":1.5,"b":1,"c":1}') == ("INEXACT", 5, "a")
    assert refused(plan("avro-json", s, "avro", s), b'{"a":"1","b":1,"c":1}') == ("TYPE", 5, "a")


def test_s15_keys_twice() -> None:
    """Refused in records and maps."""
    s = av({"type": "map", "values": ["null", "int"]})
    assert refused(plan("avro-json", s, "avro", s), b'{"a":{"k":null,"k":null}}') == ("DUPLICATE", 5, "a")
    assert refused(plan("avro-json", s, "avro", s), b'{"a":{},"a":{}}') == ("DUPLICATE", 8, "a")


def test_a_schema_is_needed_and_it_is_avro_s() -> None:
    """What a member means can't be told without it; a target takes the source's."""
    assert "avro-json needs a schema" in unplanned("avro-json", None, "avro", av("int"))
    assert "avro-json is described by avro, not by jsonschema" in unplanned("avro-json", js(), "avro", av("int"))
    assert "avro-json is described by avro, not by jsonschema" in unplanned("json", js(), "avro-json", None)
    assert run("avro", av("int"), "avro-json", None, b"\x02") == b'{"a":1}'
    assert run("avro-json", av(["null", "int"]), "json", js(a={}), b'{"a":{"int":5}}') == b'{"a":5}'


def test_a_mapping_reads_and_writes_it() -> None:
    """Paths, branches and map entries are found after the names of branches."""
    source = av(["null", X], ["null", {"type": "map", "values": "string"}], ["string", "long", {**X, "name": "n.Y"}])
    target = av(["null", "int"], ["null", "string"], ["null", "long"], ["null", "int"])
    fields = {"a": "a.i", "b": 'b["k"]', "c": "c:long", "d": "c:Y.i"}
    made = translator.compile(("avro-json", source), ("avro-json", target), mapping={"version": 1, "fields": fields})
    shown = b'{"a":{"n.X":{"i":1}},"b":{"map":{"k":"v"}},"c":{"long":7}}'
    assert made.translate(shown) == b'{"a":{"int":1},"b":{"string":"v"},"c":{"long":7},"d":null}'
    assert made.translate(b'{"a":null,"b":null,"c":{"n.Y":{"i":2}}}') == b'{"a":null,"b":null,"c":null,"d":{"int":2}}'
    with pytest.raises(translator.DataError) as caught:
        made.translate(b'{"a":null,"b":{"object":{"k":"v"}},"c":{"long":7}}')
    assert caught.value.code == "BRANCH"


def test_b40_a_union_of_3000_branches_is_linear() -> None:
    """B40: a branch is found by its name, whatever their number."""
    branches = [{"type": "fixed", "name": f"F{i}", "size": 1} for i in range(3000)]
    s = avro.read({"type": "array", "items": branches})
    shown = compact([{f"F{i}": "x"} for i in range(3000)])
    assert run("avro-json", s, "avro-json", s, shown) == shown
