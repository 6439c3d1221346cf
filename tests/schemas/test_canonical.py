"""Canonical forms and fingerprints against Avro's own and fastavro's; equality by structure."""

from __future__ import annotations

import json
import re
import string
import time
from pathlib import Path
from typing import Any

import fastavro.schema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from native.errors import SchemaError
from schemas import avro, canonical, model
from schemas.model import (
    Array,
    Bool,
    Enum,
    Field,
    Float,
    Int,
    Map,
    Null,
    Presence,
    Record,
    String,
    Type,
    Union,
)
from tests.properties import examples

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "avro"
ACROSS: dict[str, bool] = {"defaults": False, "openness": False, "numbers": False, "order": False}


# Avro's canonical form and fingerprints


def cases() -> list[tuple[str, str, int | None]]:
    """Avro's cases: a schema, its canonical form, and its fingerprint where the file gives one."""
    path = DATA / "data" / "schema-tests.txt"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    lines = [line for line in path.read_text().splitlines() if not line.startswith(("//", "#"))]
    here_document = re.compile(r"<<INPUT\n(.*?)\nINPUT\n", re.DOTALL)
    text = here_document.sub(lambda found: f"<<INPUT {' '.join(found[1].split())}\n", "\n".join(lines))
    found = []
    for block in text.split("<<INPUT ")[1:]:
        parts = re.fullmatch(r"(.*)\n<<canonical (.*)\n(?:<<fingerprint (.*)\n)?\s*", block + "\n")
        assert parts, block
        found.append((parts[1], parts[2], int(parts[3]) if parts[3] else None))
    return found


def test_canonical_forms_and_fingerprints_are_those_of_avros_tests() -> None:
    """Every case of Avro's schema-tests.txt comes out as it says."""
    given_cases = cases()
    assert len(given_cases) == 34
    for document, form, number in given_cases:
        assert canonical.parsing_canonical_form(document) == form
        assert canonical.parsing_canonical_form(form) == form
        if number is not None:
            assert int.from_bytes(canonical.fingerprint(document), "little", signed=True) == number


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("CRC-64-AVRO", "8a8f25cce724dd63"),
        ("MD5", "9b41ef67651c18488a8b08bb67c75699"),
        ("SHA-256", "f072cbec3bf8841871d4284230c5e983dc211a56837aed862487148f947d1a1f"),
    ],
)
def test_fingerprints_of_null_are_the_known_ones(algorithm: canonical.Algorithm, expected: str) -> None:
    """The three algorithms over the canonical form of null, CRC-64-AVRO least significant byte first."""
    assert canonical.fingerprint('"null"', algorithm).hex() == expected


def test_the_canonical_form_drops_logical_types_and_keeps_fixed() -> None:
    """Logical types are written as their underlying types, a fixed by its size."""
    fields: list[dict[str, Any]] = [
        {"name": "a", "type": {"type": "long", "logicalType": "timestamp-nanos"}},
        {"name": "b", "type": {"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"}},
        {"name": "c", "type": {"type": "fixed", "name": "D", "size": 4, "logicalType": "decimal", "precision": 5}},
        {"name": "d", "type": {"type": "fixed", "name": "P", "size": 12, "logicalType": "duration"}},
        {"name": "e", "type": ["U", "P", {"type": "string", "logicalType": "uuid"}]},
    ]
    plain: list[dict[str, Any]] = [{"name": each["name"], "type": each["type"]} for each in fields]
    for each in plain:
        if isinstance(each["type"], dict):
            each["type"] = {k: v for k, v in each["type"].items() if k in ("type", "name", "size")}
    plain[4]["type"] = ["U", "P", "string"]
    forms = [
        canonical.parsing_canonical_form({"type": "record", "name": "R", "namespace": "n", "fields": each})
        for each in (fields, plain)
    ]
    assert forms[0] == forms[1]
    assert '{"name":"e","type":["n.U","n.P","string"]}' in forms[0]


def test_a_type_of_another_document_is_written_where_it_is_named() -> None:
    """A type out of `named` stands whole at its first mention and by name after that."""
    other = avro.read({"type": "enum", "name": "a.E", "symbols": ["X"]})
    form = canonical.parsing_canonical_form(["null", {"type": "array", "items": "a.E"}, "a.E"], named=other.names)
    assert form == '["null",{"type":"array","items":{"name":"a.E","type":"enum","symbols":["X"]}},"a.E"]'


def test_a_type_that_avro_lacks_has_no_canonical_form() -> None:
    """An unsigned integer is not an Avro type."""
    with pytest.raises(SchemaError, match="Avro has no branch"):
        canonical.canonical_form(Array(Int(32, signed=False)))


NAMES = st.text(string.ascii_letters + "_", min_size=1, max_size=6).map(lambda name: f"n{name}")
PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
LOGICAL = (("int", "date"), ("long", "timestamp-micros"), ("string", "uuid"), ("bytes", "big-decimal"))


class _Documents:
    """Draws a schema that defines each name once and refers to names already defined."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.defined: list[str] = []

    def name(self) -> dict[str, str]:
        full = f"{self.draw(st.sampled_from(['a', 'a.b', 'c']))}.{self.draw(NAMES)}{len(self.defined)}"
        self.defined.append(full)
        space, _, last = full.rpartition(".")
        return self.draw(st.sampled_from([{"name": full}, {"name": last, "namespace": space}]))

    def type(self, depth: int) -> Any:
        leaves = [self.primitive, self.logical, self.enum, self.fixed]
        nesting = [self.array, self.map, self.union, self.record]
        return self.draw(st.sampled_from([*leaves, *nesting] if depth else leaves))(depth)

    def primitive(self, _: int) -> Any:
        return self.draw(st.sampled_from([*PRIMITIVES, *self.defined]))

    def logical(self, _: int) -> Any:
        base, logical = self.draw(st.sampled_from(LOGICAL))
        return {"type": base, "logicalType": logical}

    def enum(self, _: int) -> Any:
        symbols = self.draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
        return {"type": "enum", **self.name(), "symbols": symbols}

    def fixed(self, _: int) -> Any:
        return {"doc": "d", "type": "fixed", **self.name(), "size": self.draw(st.integers(0, 64))}

    def array(self, depth: int) -> Any:
        return {"type": "array", "items": self.type(depth - 1)}

    def map(self, depth: int) -> Any:
        return {"values": self.type(depth - 1), "type": "map"}

    def union(self, depth: int) -> Any:
        branch = self.type(depth - 1)
        return branch if isinstance(branch, list) or branch == "null" else ["null", branch]

    def record(self, depth: int) -> Any:
        name, names = self.name(), self.draw(st.lists(NAMES, max_size=4, unique=True))
        return {"fields": [{"name": each, "type": self.type(depth - 1)} for each in names], "type": "record", **name}


@st.composite
def documents(draw: st.DrawFn) -> Any:
    """Random schemas."""
    return _Documents(draw).type(4)


@examples(200)
@given(documents())
def test_what_fastavro_accepts_is_read_with_the_same_fingerprints(document: Any) -> None:
    """A schema that fastavro takes is read, and its canonical form and fingerprints are fastavro's."""
    theirs = fastavro.schema.to_parsing_canonical_form(fastavro.schema.parse_schema(document))
    text = json.dumps(document)
    assert canonical.parsing_canonical_form(text) == theirs
    assert canonical.same(avro.read(text, endless=True).root, avro.read(text, endless=True).root)
    algorithms: tuple[canonical.Algorithm, ...] = ("CRC-64-AVRO", "MD5", "SHA-256")
    for algorithm in algorithms:
        assert canonical.fingerprint(text, algorithm).hex() == fastavro.schema.fingerprint(theirs, algorithm)


# equality by structure


def record(*fields: Field, name: str = "R", **more: Any) -> Record:
    return Record(name, list(fields), **more)


def tree(name: str, leaf: Type) -> Record:
    """A record that contains itself."""
    node = Record(name)
    node.fields += [Field("leaf", leaf), Field("next", Union((Null(), node)))]
    return node


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Int(32, encoding="zigzag"), Int(32)),
        (Array(Int(), packed=True), Array(Int())),
        (Union((Null(), Int())), Union((Int(), Null()))),
        (record(name="a.R", doc="d", aliases=("S",)), record(name="b.c.R")),
        (record(Field("f", Int(), number=3, json_name="F", aliases=("g",), doc="d")), record(Field("f", Int()))),
        (record(Field("f", Int(), delimited=True, extension=True)), record(Field("f", Int()))),
        (record(Field("f", Int(), Presence.IMPLICIT)), record(Field("f", Int()))),
        (record(Field("f", Int(), Presence.OPTIONAL)), record(Field("f", Union((Int(), Null())), default=None))),
        (model.Fixed(3, "a.F", ("G",)), model.Fixed(3, "F")),
        (Enum("a.E", (("A", 0),), doc="d", aliases=("F",)), Enum("E", (("A", 0),))),
        (tree("R", Int()), tree("R", Int())),
    ],
)
def test_what_is_only_a_way_of_writing_does_not_count(a: Type, b: Type) -> None:
    """Encodings, numbers, docs, aliases, namespaces and null's place make no difference."""
    assert canonical.differences(a, b) == []
    assert canonical.same(b, a)


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        (Int(32), Int(32, signed=False), "(root): int32 is not uint32"),
        (Int(64), Float(64), "(root): int64 is not float64"),
        (String(), String(validated=False), "(root): string is not unvalidated string"),
        (Array(Int()), Array(Union((Null(), Int()))), "[]: null allowed False is not True"),
        (Map(String(), Int()), Map(String(), Bool()), "{}: int64 is not bool"),
        (Map(String(), Int()), Map(Int(), Int()), "{key}: string is not int64"),
        (Union((Int(), String())), Union((Int(), Bool())), "<1>: string is not bool"),
        (Union((Int(), String())), Union((Int(), String(), Bool())), "(root): union of 2 is not union of 3"),
        (record(name="a.R"), record(name="a.S"), "(root): record R is not record S"),
        (model.Fixed(3, "F"), model.Fixed(4, "F"), "(root): fixed(3) F is not fixed(4) F"),
        (model.Decimal(4, 2), model.Decimal(4, 1), "(root): decimal(4,2) is not decimal(4,1)"),
        (
            model.Decimal(4),
            model.Decimal(4, 0, 2, "D"),
            "(root): decimal(4,0) is not decimal(4,0) of fixed(2) D",
        ),
        (model.Timestamp("ms"), model.Timestamp("ms", True), "(root): timestamp in ms is not local timestamp in ms"),
        (model.Time("ms"), model.Time("us"), "(root): time in ms is not time in us"),
        (model.Uuid(), model.Uuid("bytes", "U"), "(root): uuid as string is not uuid as bytes U"),
        (tree("R", Int()), tree("R", Bool()), "leaf: int64 is not bool"),
        (record(Field("f", tree("S", Int()))), record(Field("f", tree("S", Bool()))), "f.leaf: int64 is not bool"),
        (record(Field("f", Int())), record(), "f: only in the first"),
        (record(), record(Field("f", Int())), "f: only in the second"),
    ],
)
def test_a_difference_is_said_with_its_place(a: Type, b: Type, found: str) -> None:
    """Types that hold different things are not the same, and the path says where."""
    assert canonical.differences(a, b) == [found]
    assert not canonical.same(a, b)


E = (("A", 0), ("B", 1))
OPTIONS = [
    ("presence", record(Field("f", Int(), default=3)), record(Field("f", Int(), Presence.OPTIONAL, default=3)), "be"),
    ("presence", record(Field("f", Int())), record(Field("f", Union((Null(), Int())))), "may be absent"),
    ("presence", record(Field("f", Int())), record(Field("f", Int(), oneof="o")), "the oneof"),
    ("defaults", record(Field("f", Int())), record(Field("f", Int(), default=None)), "the default"),
    ("defaults", record(Field("f", Int(), default=1)), record(Field("f", Int(), default=True)), "the default"),
    ("defaults", record(Field("f", Float(), default=0.0)), record(Field("f", Float(), default=-0.0)), "the default"),
    ("defaults", record(Field("f", Int(), default=[1])), record(Field("f", Int(), default=[1, 2])), "the default"),
    ("defaults", record(Field("f", Int(), default={"a": 1})), record(Field("f", Int(), default={"a": 2})), "default"),
    ("defaults", Enum("E", E, default="A"), Enum("E", E), "the default symbol"),
    ("openness", Enum("E", E, open=True), Enum("E", E), "open True is not False"),
    ("openness", record(open=False), record(), "open False is not True"),
    ("numbers", Enum("E", E), Enum("E", (("A", 0), ("B", 5))), "the number of symbol B 1 is not 5"),
    ("order", Enum("E", E), Enum("E", E[::-1]), "the symbols are in another order"),
    ("order", record(Field("f", Int()), Field("g", Int())), record(Field("g", Int()), Field("f", Int())), "fields"),
]  # fmt: skip


@pytest.mark.parametrize(("option", "a", "b", "found"), OPTIONS)
def test_an_option_leaves_one_kind_of_difference_out(option: str, a: Type, b: Type, found: str) -> None:
    """Each option turns off its own differences and no others."""
    differences = canonical.differences(a, b)
    assert len(differences) == 1
    assert found in differences[0]
    switches = {name: name != option for name in ("presence", "defaults", "openness", "numbers", "order")}
    assert canonical.same(a, b, **switches)
    assert not canonical.same(a, b, **{name: not on for name, on in switches.items()})


def test_symbols_are_compared_by_name() -> None:
    """A symbol that one enum lacks is said, whatever the options."""
    a, b = Enum("E", E), Enum("E", (("A", 0), ("C", 1)))
    assert canonical.differences(a, b, **ACROSS) == [
        "(root): symbol B only in the first",
        "(root): symbol C only in the second",
    ]


WELL_KNOWN = [
    ("Timestamp", model.Timestamp("ns")), ("Duration", model.Duration()), ("Value", model.Any()),
    ("Struct", Map(String(), model.Any())), ("ListValue", Array(model.Any())),
    ("StringValue", Union((Null(), String()))), ("FloatValue", Union((Null(), Float(32)))),
]  # fmt: skip


@pytest.mark.parametrize(("name", "type_"), WELL_KNOWN)
def test_a_well_known_message_is_what_it_stands_for(name: str, type_: Type) -> None:
    """Protobuf's well-known messages equal the types that they carry, in a field and on their own."""
    message = Record(f"google.protobuf.{name}", [Field("value", Int())])
    assert canonical.same(message, type_)
    assert canonical.same(record(Field("f", message, Presence.OPTIONAL)), record(Field("f", Union((type_, Null()))
        if not isinstance(type_, Union) else type_, default=None)))  # fmt: skip
    assert not canonical.same(message, record())


def test_avro_and_protobuf_are_equal_across_languages() -> None:
    """A nullable field with a default is an optional one; order, numbers and defaults may be left out."""
    schema = avro.read(
        {
            "type": "record",
            "name": "hal9.Signal",
            "fields": [
                {"name": "id", "type": "string"},
                {"name": "note", "type": ["null", "string"], "default": None},
                {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
                {"name": "values", "type": {"type": "array", "items": "float"}, "default": []},
            ],
        }
    )
    protobuf = record(
        Field("values", Array(Float(32), packed=True), Presence.IMPLICIT, 4),
        Field("id", String(), Presence.IMPLICIT, 1),
        Field("kind", Enum("other.Kind", (("A", 1), ("B", 2)), open=True), Presence.IMPLICIT, 3),
        Field("note", String(), Presence.OPTIONAL, 2),
        name="Signal",
    )
    assert canonical.differences(schema.root, protobuf, **ACROSS) == []
    assert len(canonical.differences(schema.root, protobuf)) == 5


def test_a_long_chain_of_types_is_compared_without_recursion() -> None:
    """Types a hundred thousand deep, and unions that contain each other, are compared in their time."""
    a: Type = Int()
    b: Type = Int()
    for _ in range(100_000):
        a, b = Array(a), Array(b)
    started = time.process_time()
    assert canonical.same(a, b)
    assert time.process_time() - started < 10
    first, second = Union(()), Union(())
    first.branches, second.branches = (Null(), second), (Null(), first)
    assert canonical.same(first, second)
