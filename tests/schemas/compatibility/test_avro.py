"""Avro's compatibility: each rule of schema resolution, accepted and refused; Apache's own checker is the judge."""

from __future__ import annotations

import json
import time
import warnings
from typing import Any

import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.errors import IgnoredLogicalType
from avro.schema import parse
from hypothesis import given
from hypothesis import strategies as st

from schemas.compatibility import Sides, differences, read
from tests.schemas.compatibility.support import avro, decimal, enum, field, fixed, record, told

A, B = field("a", "int"), field("b", "int")
LIST = record(field("head", "int"), field("tail", ["null", "List"]), name="List")
LONG_LIST = record(field("head", "long"), field("tail", ["null", "List"]), name="List")

ACCEPTED: list[tuple[str, Any, Any]] = [
    *((f"{of} reads as {by}", of, by) for of, by in [
        ("int", "long"), ("int", "float"), ("int", "double"), ("long", "float"), ("long", "double"),
        ("float", "double"), ("string", "bytes"), ("bytes", "string"), ("null", "null"), ("boolean", "boolean")]),
    ("items are promoted", {"type": "array", "items": "int"}, {"type": "array", "items": "long"}),
    ("values are promoted", {"type": "map", "values": "int"}, {"type": "map", "values": "long"}),
    ("a field with a default is added", record(A), record(A, field("b", "int", default=0))),
    ("a field is removed", record(A, B), record(A)),
    ("fields are reordered", record(A, B), record(B, A)),
    ("a field is renamed with an alias", record(A), record(field("b", "int", aliases=["a"]))),
    ("a record is renamed with an alias", record(A), record(A, name="S", aliases=["R"])),
    ("an alias has the record's namespace", record(A, name="n.R"), record(A, name="n.S", aliases=["R"])),
    ("a namespace changes (S31)", record(A, name="a.R"), record(A, name="b.R")),
    ("symbols are added", enum("A"), enum("A", "B")),
    ("a default symbol serves unknown ones (S17)", enum("A", "B"), enum("A", default="A")),
    ("an enum is renamed with an alias", enum("A"), enum("A", name="G", aliases=["E"])),
    ("a fixed is renamed with an alias", fixed(4), fixed(4, "G", aliases=["F"])),
    ("a branch is added", ["null", "int"], ["null", "int", "string"]),
    ("branches are promoted (S18)", ["int", "float"], "double"),
    ("a type becomes a union", "int", ["null", "long"]),
    ("a union of what can be read", ["int"], "int"),
    ("an empty union writes nothing", [], "int"),
    ("branches are reordered", ["null", "int"], ["int", "null"]),
    ("the second branch fits", record(A, name="X"), [record(B, name="Y"), record(A, name="X")]),
    ("a branch is found by its alias", [record(A)], ["null", record(A, name="S", aliases=["R"])]),
    ("records contain themselves", LIST, LONG_LIST),
    ("a decimal gains digits", decimal(5, 2), decimal(9, 2)),
    ("a logical type is put on", "long", {"type": "long", "logicalType": "timestamp-millis"}),
    ("docs and properties change", record(A), record({**A, "doc": "d", "x": 1}, doc="D")),
    ("a default changes", record(field("a", "int", default=1)), record(field("a", "int", default=2))),
]  # fmt: skip

REFUSED: list[tuple[str, Any, Any, list[str]]] = [
    ("a long isn't an int", "long", "int", ["TYPE_MISMATCH /"]),
    ("a double isn't a float", "double", "float", ["TYPE_MISMATCH /"]),
    ("a string isn't an int", "string", "int", ["TYPE_MISMATCH /"]),
    ("bytes aren't a fixed", "bytes", fixed(4), ["TYPE_MISMATCH /"]),
    ("an enum isn't a string", enum("A"), "string", ["TYPE_MISMATCH /"]),
    ("an array isn't a map", {"type": "array", "items": "int"}, {"type": "map", "values": "int"}, ["TYPE_MISMATCH /"]),
    ("items", {"type": "array", "items": "long"}, {"type": "array", "items": "int"}, ["TYPE_MISMATCH /items"]),
    ("values", {"type": "map", "values": "long"}, {"type": "map", "values": "int"}, ["TYPE_MISMATCH /values"]),
    ("a field without default", record(A), record(A, B), ["READER_FIELD_MISSING_DEFAULT_VALUE /fields/1"]),
    ("an enum's default is not a field's default", record(A), record(A, field("b", enum("X", default="X"))),
     ["READER_FIELD_MISSING_DEFAULT_VALUE /fields/1"]),
    ("aliases are the reader's, not the writer's", record(field("b", "int", aliases=["a"])), record(A),
     ["READER_FIELD_MISSING_DEFAULT_VALUE /fields/0"]),
    ("a field's type", record(A, B), record(A, field("b", "string")), ["TYPE_MISMATCH /fields/1/type"]),
    ("a record's name", record(A), record(A, name="S"), ["NAME_MISMATCH /name"]),
    ("an alias of another namespace", record(A, name="n.R"), record(A, name="n.S", aliases=["m.R"]),
     ["NAME_MISMATCH /name"]),
    ("an enum's name", enum("A"), enum("A", name="G"), ["NAME_MISMATCH /name"]),
    ("symbols are lost", enum("A", "B", "C"), enum("A"), ["MISSING_ENUM_SYMBOLS /symbols"]),
    ("a fixed's size and name", fixed(4), fixed(8, "G"), ["NAME_MISMATCH /name", "FIXED_SIZE_MISMATCH /size"]),
    ("a branch is lost", ["null", "int", "string"], ["null", "int"], ["MISSING_UNION_BRANCH /2"]),
    ("no branch fits", "string", ["null", "int"], ["MISSING_UNION_BRANCH /"]),
    ("a union becomes a type", ["int", "string"], "int", ["TYPE_MISMATCH /"]),
    ("a branch that changed", ["null", record(A)], ["null", record(A, B)],
     ["MISSING_UNION_BRANCH /1", "READER_FIELD_MISSING_DEFAULT_VALUE /1/fields/1"]),
    ("deep inside", record(field("a", {"type": "array", "items": ["null", "long"]})),
     record(field("a", {"type": "array", "items": ["null", "int"]})), ["MISSING_UNION_BRANCH /fields/0/type/items/1"]),
    ("a list that contains itself", LONG_LIST, LIST,
     ["TYPE_MISMATCH /fields/0/type", "MISSING_UNION_BRANCH /fields/1/type/1"]),
    ("a decimal's scale", decimal(9, 2), decimal(9, 3), ["TYPE_MISMATCH /"]),
    ("a decimal loses digits", decimal(9, 2), decimal(5, 2), ["TYPE_MISMATCH /"]),
]  # fmt: skip


@pytest.mark.parametrize(("writer", "reader"), [case[1:] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_accepted(writer: Any, reader: Any) -> None:
    """The reader's schema resolves the writer's (S17, S18, S31)."""
    assert told(avro(writer, reader)) == []


@pytest.mark.parametrize(
    ("writer", "reader", "expected"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_refused(writer: Any, reader: Any, expected: list[str]) -> None:
    """It does not: the kind of change and its place are told."""
    assert told(avro(writer, reader)) == expected


def test_logical_fixed_keeps_its_aliases() -> None:
    """A fixed with a logical type is found by its alias like any other, also inside a namespace."""
    money = {"logicalType": "decimal", "precision": 5, "scale": 2}
    old = record(field("a", fixed(8, "Old", **money)), namespace="n")
    assert told(avro(old, record(field("a", fixed(8, "New", aliases=["Old"], **money)), namespace="n"))) == []
    assert told(avro(old, record(field("a", fixed(8, "New", aliases=["Other"], **money)), namespace="n"))) == [
        "NAME_MISMATCH /fields/0/type/name"
    ]


def test_assumed_pairs_do_not_leak() -> None:
    """A pair taken for readable while it was being looked at is not, once it turns out that it can't be read."""

    def schema(kind: str) -> dict[str, Any]:
        inner = record(field("back", ["null", "Outer"]), name="Inner")
        return record(
            field("x", ["null", record(field("i", inner), field("k", kind), name="Outer")]), field("y", "Inner")
        )

    assert told(avro(schema("int"), schema("string"))) == [
        "MISSING_UNION_BRANCH /fields/0/type/1",
        "MISSING_UNION_BRANCH /fields/0/type/1/fields/0/type/fields/0/type/1",
        "TYPE_MISMATCH /fields/0/type/1/fields/1/type",
    ]


def test_words() -> None:
    """A message names the field and both schemas as the caller calls them."""
    old, new = (read(json.dumps(each), "avro") for each in (record(A), record(A, B)))
    (found,) = differences(old, new, Sides("version 7", "yours"))
    assert found.message == "the field 'b' has no default in yours, and version 7 lacks it"
    assert found.detail == "b"


def test_references() -> None:
    """Types of other documents count, whatever those documents are called."""
    user = json.dumps(record(field("a", "n.Address"), name="n.User"))
    old, same, new = (json.dumps(record(*fields, name="n.Address")) for fields in ([A], [A], [A, B]))
    first = read(user, "avro", {"address": old})
    assert differences(first, read(user, "avro", {"other": same})) == []
    assert told(differences(first, read(user, "avro", {"address": new}))) == [
        "READER_FIELD_MISSING_DEFAULT_VALUE /fields/0/type/fields/1"
    ]


def test_many_branches_are_linear() -> None:
    """Unions of 3,000 branches meet by name (B40)."""
    union = [record(A, name=f"R{i}") for i in range(3000)]
    old, new = read(json.dumps(union), "avro"), read(json.dumps(union[::-1]), "avro")
    start = time.process_time()
    assert differences(old, new) == []
    assert time.process_time() - start < 2


def test_long_chains_cost_no_stack() -> None:
    """2,000 records, each inside the one after it, are compared."""

    def chain(last: str) -> str:
        links = [record(field("x", f"C{i}"), name=f"C{i + 1}") for i in range(2000)]
        return json.dumps([record(field("x", last), name="C0"), *links])

    assert differences(read(chain("int"), "avro"), read(chain("long"), "avro")) == []
    assert len(differences(read(chain("long"), "avro"), read(chain("int"), "avro"))) == 2002


# --- Apache's own checker ---

SCALARS = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]


@st.composite
def types(draw: Any, depth: int = 2) -> Any:
    """Types with few names and fields, so that two of them often meet. Named types come whole, once at most."""
    kinds = ["scalar", "scalar", "enum", "fixed"] + (["array", "map", "record", "union"] if depth else [])
    match draw(st.sampled_from(kinds)):
        case "enum":
            symbols = draw(st.lists(st.sampled_from("ABC"), min_size=1, unique=True))
            default = {"default": symbols[0]} if draw(st.booleans()) else {}
            return enum(*symbols, name=f"E{depth}", **default)
        case "fixed":
            return fixed(draw(st.sampled_from([1, 2])), f"F{depth}")
        case "array":
            return {"type": "array", "items": draw(types(depth - 1))}
        case "map":
            return {"type": "map", "values": draw(types(depth - 1))}
        case "record":
            return draw(records(depth))
        case "union":
            return draw(st.lists(st.sampled_from(SCALARS), min_size=1, max_size=3, unique=True))
    return draw(st.sampled_from(SCALARS))


@st.composite
def records(draw: Any, depth: int) -> Any:
    fields = []
    for name in draw(st.lists(st.sampled_from("abc"), max_size=3, unique=True)):
        type_ = draw(st.sampled_from(SCALARS)) if fields else draw(types(depth - 1))
        more: dict[str, Any] = {"default": 0} if type_ in ("int", "long") and draw(st.booleans()) else {}
        if draw(st.booleans()):
            more["aliases"] = [f"{name}0"]
        fields.append(field(name + draw(st.sampled_from(["", "", "0"])), type_, **more))
    return record(*fields, name=f"R{depth}")


def apache(writer: Any, reader: Any) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IgnoredLogicalType)
        checker = ReaderWriterCompatibilityChecker()
        found = checker.get_compatibility(parse(json.dumps(reader)), parse(json.dumps(writer)))
    return bool(found.compatibility is SchemaCompatibilityType.compatible)


@given(types(), types())
def test_as_apache_says(writer: Any, reader: Any) -> None:
    """Two random schemas: the same verdict as Apache's checker."""
    assert (told(avro(writer, reader)) == []) is apache(writer, reader)


@given(st.data())
def test_as_apache_says_of_evolution(data: st.DataObject) -> None:
    """A random record and what one change makes of it: the same verdict both ways."""
    old = data.draw(records(2))
    new = json.loads(json.dumps(old))
    change = data.draw(st.sampled_from(["add", "drop", "type", "rename", "name"]))
    if change == "add":
        new["fields"].append(field("n", "int", **data.draw(st.sampled_from([{}, {"default": 1}]))))
    elif change == "name":
        new |= {"name": "Other", "aliases": data.draw(st.sampled_from([[], [old["name"]]]))}
    elif new["fields"]:
        at = data.draw(st.integers(0, len(new["fields"]) - 1))
        if change == "drop":
            del new["fields"][at]
        elif change == "type":
            new["fields"][at] = field(new["fields"][at]["name"], data.draw(types(1)))
        else:
            new["fields"][at] |= {"name": "n", "aliases": data.draw(st.sampled_from([[], [old["fields"][at]["name"]]]))}
    assert (told(avro(old, new)) == []) is apache(old, new)
    assert (told(avro(new, old)) == []) is apache(new, old)
