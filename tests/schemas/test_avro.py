"""Reading Avro schemas: what is accepted, what it becomes, and what is refused where."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from native.errors import SchemaError
from schemas import avro, canonical, model
from schemas.model import MISSING, Bytes, Enum, Fixed, Int, Record, String, Union

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "avro"
WITHOUT_END = {"namespace_fullname", "namespace_null_record", "namespace_simple"}


def files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in DATA.glob(pattern))


def needs_data() -> None:
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not here")


def record(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": "R", "fields": list(fields), **more}


def field(type_: Any, **more: Any) -> dict[str, Any]:
    return {"name": "f", "type": type_, **more}


def root(document: Any, **more: Any) -> Any:
    return avro.read(document, **more).root


def default(type_: Any, value: Any) -> object:
    return root(record(field(type_, default=value))).fields[0].default


def refused(document: Any, path: str, words: str = "", **more: Any) -> None:
    with pytest.raises(SchemaError) as caught:
        avro.read(document, **more)
    assert caught.value.path == path
    assert words in caught.value.message


# the specification's own schemas


def test_every_passing_schema_is_read() -> None:
    """All of Avro's passing schemas are read; three hold a record without end, which takes `endless` (B31)."""
    needs_data()
    for path in files("schema_tests/pass/*", "schemas/*", "data/schemas/*/schema.json", "data/messageV1/*.avsc"):
        avro.read(path.read_bytes(), endless=path.name in WITHOUT_END)
        if path.name in WITHOUT_END:
            with pytest.raises(SchemaError, match="no way out"):
                avro.read(path.read_bytes())


FAILING = {
    "enum_nonarray_symbols": ("", "symbols"),
    "enum_nonstring_name": ("/name", "a name is a string"),
    "enum_without_name": ("", "not JSON"),
    "fixed_without_name": ("/name", "a name is a string"),
    "fixed_without_size": ("/name", "is not a name"),
    "illegal_type": ("/type", "panther"),
    "invalid_avro_id": ("/name", "2d2"),
    "record_with_field_missing_name": ("/fields/0/name", "a name is a string"),
    "record_with_field_missing_type": ("/fields/0", "type"),
    "record_with_invalid_reference": ("/fields/1/type/items", "foobar"),
    "record_with_nonarray_fields": ("", "not JSON"),
    "record_with_nonstring_name": ("/name", "a name is a string"),
}


def test_every_failing_schema_is_refused_at_its_place() -> None:
    """Each of Avro's failing schemas is refused, with the place and the reason."""
    needs_data()
    assert {path.name for path in files("schema_tests/fail/*")} == set(FAILING)
    for path in files("schema_tests/fail/*"):
        refused(path.read_text(), *FAILING[path.name])


# text


@pytest.mark.parametrize(
    "text", ["", "int", "{", '"int" x', "[NaN]", b"\xff", "\ufeff" + '"int"', "1" * 5000, "[" * 100_000]
)
def test_text_that_is_not_json_is_refused(text: str | bytes) -> None:
    """What isn't JSON in UTF-8 is a schema error, however it fails."""
    refused(text, "")


@pytest.mark.parametrize("document", ["3", "null", "true", "{}", '{"type": null}', '{"type": 3}', "[3]"])
def test_json_that_is_no_type_is_refused(document: str) -> None:
    """A type is a name, an object with a type, or an array."""
    with pytest.raises(SchemaError):
        avro.read(document)


def test_of_equal_keys_the_last_counts() -> None:
    """A key that comes twice has its last value, as Avro's tools have it."""
    assert isinstance(root('{"type": "int", "type": "string"}'), String)


# types and names


@pytest.mark.parametrize(
    ("name", "said"),
    [("null", "null"), ("boolean", "bool"), ("int", "int32"), ("long", "int64"), ("float", "float32"),
     ("double", "float64"), ("bytes", "bytes"), ("string", "string")],
)  # fmt: skip
def test_primitives_are_read_bare_and_wrapped(name: str, said: str) -> None:
    """A primitive is the same as a name, as an object, and as an object around that."""
    for document in (json.dumps(name), {"type": name}, {"type": {"type": name}}):
        assert canonical._said(root(document)) == said


def test_types_nest_in_type() -> None:
    """`type` may hold a whole type: an array, a union, a definition."""
    assert isinstance(root({"type": {"type": "array", "items": {"type": ["null", "int"]}}}).items, Union)
    assert isinstance(root({"type": record()}), Record)


def test_a_name_is_found_in_its_namespace() -> None:
    """Names without a dot belong to the enclosing namespace; a dotted one is whole, and overrides `namespace`."""
    assert root(record(name="x.y.R", namespace="a")).name == "x.y.R"
    inner = {"type": "fixed", "name": "F", "size": 2, "aliases": ["G", "b.H"]}
    outer = record(field(inner), {"name": "g", "type": "F"}, {"name": "h", "type": "a.F"}, namespace="a", aliases=["S"])
    schema = avro.read(outer)
    assert isinstance(schema.root, Record)
    assert set(schema.names) == {"a.R", "a.F"}
    assert schema.root.aliases == ("a.S",)
    first, second, third = (each.type for each in schema.root.fields)
    assert first is second is third
    assert isinstance(first, Fixed)
    assert first.aliases == ("a.G", "b.H")


def test_the_null_namespace_is_reached_from_inside_another() -> None:
    """A name that isn't in its namespace is looked for without one, as Java writes and reads it."""
    null = {"type": "fixed", "name": "F", "namespace": "", "size": 1}
    first, second = root(record(field(null), {"name": "g", "type": "F"}, namespace="a")).fields
    assert first.type.name == "F"
    assert second.type is first.type


def test_forward_references_and_second_definitions_are_refused() -> None:
    """A name must be defined before it is used, and once."""
    refused(record(field("Foo")), "/fields/0/type", "no type is named 'Foo'")
    refused(record(field({"type": "fixed", "name": "R", "size": 1})), "/fields/0/type/name", "twice")
    refused(record(field("F"), {"name": "g", "type": {"type": "fixed", "name": "F", "size": 1}}), "/fields/0/type", "F")


def test_a_record_may_contain_itself() -> None:
    """A recursive record is one object, in an array or a union with null."""
    node = root(record(field(["null", "R"]), {"name": "g", "type": {"type": "array", "items": "R"}}))
    assert node.fields[0].type.branches[1] is node
    assert node.fields[1].type.items is node


def test_types_of_other_documents_may_be_named() -> None:
    """`named` gives types from elsewhere; they are not among the document's own names."""
    other = avro.read({"type": "fixed", "name": "a.F", "size": 2})
    schema = avro.read(record(field("a.F")), named=other.names)
    assert isinstance(schema.root, Record)
    assert schema.root.fields[0].type is other.root
    assert set(schema.names) == {"R"}
    inner = avro.read(INNER).names
    assert root(record(field("I", default={"a": 1})), named=inner).fields[0].default == {"a": 1, "b": "x"}
    refused({"type": "fixed", "name": "a.F", "size": 2}, "/name", "twice", named=other.names)


@pytest.mark.parametrize("name", ["a/../b", " ", ".", "a.", ".a", "a..b", "1a", "a-b", "é", "a\n", "int", "x.int"])
def test_b38_names_that_are_none_are_refused(name: str) -> None:
    """A name is letters, digits and underscores between dots, and not a primitive's."""
    refused(record(name=name), "/name")
    refused(record(name=""), "/name")


@pytest.mark.parametrize("space", ["a/../b", ".", "a.", "1a", 3, 0])
def test_b38_namespaces_that_are_none_are_refused(space: Any) -> None:
    """A namespace is names between dots."""
    refused(record(namespace=space), "/namespace")


def test_b38_names_of_fields_symbols_and_aliases_are_checked() -> None:
    """Fields, symbols and aliases follow the rule for names; fields, which come once, and symbols without dots."""
    refused(record({"name": "a.b", "type": "int"}), "/fields/0/name")
    refused({"type": "enum", "name": "E", "symbols": ["a", "b/c"]}, "/symbols/1")
    refused(record(aliases=["a", "b/c"]), "/aliases/1")
    refused(record(field("int", aliases=["a.b"])), "/fields/0/aliases/0")
    refused(record(field("int"), field("int")), "/fields/1", "a second field f")


def test_b41_other_properties_are_inert() -> None:
    """Properties that Avro doesn't define change nothing, whatever they hold."""
    odd = {"java-class": "java.lang.Runtime", "order": "x", "doc": None, "connect.version": [1]}
    schema = avro.read(record(field({"type": "string", **odd}, **odd), **odd))
    assert canonical.same(schema.root, root(record(field("string"))))
    assert schema.warnings == []


# enum, fixed, union


def test_an_enum_numbers_its_symbols_by_index_and_is_closed() -> None:
    """Symbols are numbered from 0; the default is kept."""
    enum = root({"type": "enum", "name": "E", "symbols": ["B", "A"], "default": "A", "doc": "d", "aliases": ["F"]})
    assert isinstance(enum, Enum)
    assert (enum.symbols, enum.open, enum.default) == ((("B", 0), ("A", 1)), False, "A")
    assert (enum.doc, enum.aliases) == ("d", ("F",))


def test_an_enum_is_refused_for_a_repeated_symbol_or_a_default_that_is_none() -> None:
    """Symbols are distinct, and the default is one of them."""
    refused({"type": "enum", "name": "E", "symbols": ["A", "A"]}, "/symbols/1", "second")
    refused({"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}, "/default")
    refused({"type": "enum", "name": "E", "symbols": ["A"], "default": ["A"]}, "/default")


@pytest.mark.parametrize("size", [-1, 1 << 31, 1.0, "1", True, None])
def test_b33_a_fixed_of_no_size_is_refused(size: Any) -> None:
    """A fixed's size is a whole number from 0 to 2^31-1."""
    refused({"type": "fixed", "name": "F", "size": size}, "/size")
    assert root({"type": "fixed", "name": "F", "size": 0}).size == 0


@pytest.mark.parametrize(
    ("branches", "path"),
    [
        (["int", "null", "int"], "/2"), (["long", {"type": "long", "logicalType": "timestamp-millis"}], "/1"),
        ([{"type": "array", "items": "int"}, {"type": "array", "items": "long"}], "/1"), ([record(), "R"], "/1"),
        (["int", ["string"]], "/1"), (["int", {"type": ["string"]}], "/1"),
    ],
)  # fmt: skip
def test_b39_double_and_nested_unions_are_refused(branches: list[Any], path: str) -> None:
    """A union has each type once (named ones by name, others by the underlying type), and no union."""
    refused(branches, path)
    fixed = [{"type": "fixed", "name": name, "size": 16, "logicalType": "uuid"} for name in "AB"]
    assert len(root([*fixed, record(), "null", {"type": "map", "values": "int"}]).branches) == 5


def test_b40_a_union_of_3000_branches_is_read_in_linear_time() -> None:
    """Three thousand records in a union, with a default for the last, take well under a second or two."""
    branches: list[Any] = [record({"name": f"f{n}", "type": "int"}, name=f"R{n}") for n in range(3000)]
    before = time.process_time()
    assert default(branches, {"f2999": 1}) == {"f2999": 1}
    assert time.process_time() - before < 2


# logical types (S27)

LOGICAL = [
    ("int", "date", "date"), ("int", "time-millis", "time in ms"), ("long", "time-micros", "time in us"),
    ("long", "timestamp-millis", "timestamp in ms"), ("long", "timestamp-micros", "timestamp in us"),
    ("long", "timestamp-nanos", "timestamp in ns"), ("long", "local-timestamp-millis", "local timestamp in ms"),
    ("long", "local-timestamp-micros", "local timestamp in us"),
    ("long", "local-timestamp-nanos", "local timestamp in ns"),
    ("string", "uuid", "uuid as string"), ("bytes", "big-decimal", "bigdecimal"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "logical", "said"), LOGICAL)
def test_s27_logical_types_are_read(base: str, logical: str, said: str) -> None:
    """Each logical type of Avro 1.12 is read on the type that it belongs to."""
    schema = avro.read({"type": base, "logicalType": logical})
    assert canonical._said(schema.root) == said
    assert avro.branch_name(schema.root) == base
    assert schema.warnings == []


MISPLACED = [*(each[1] for each in LOGICAL), "decimal", "duration", "unheard-of", "", None, 3, ["date"]]


@pytest.mark.parametrize("logical", MISPLACED)
def test_s27_a_logical_type_out_of_place_falls_back_with_a_warning(logical: Any) -> None:
    """A logical type that is unknown, or on another type than its own, leaves the underlying type and one warning."""
    schema = avro.read(record(field({"type": "double", "logicalType": logical, "precision": 4})))
    assert isinstance(schema.root, Record)
    assert canonical._said(schema.root.fields[0].type) == "float64"
    assert len(schema.warnings) == 1
    assert schema.warnings[0].startswith("/fields/0/type: ")


def test_s27_fixed_carries_uuid_duration_and_decimal() -> None:
    """A fixed of the right size carries a logical type and keeps its name."""
    fixed = {"type": "fixed", "name": "a.F"}
    assert canonical._said(root({**fixed, "size": 16, "logicalType": "uuid"})) == "uuid as bytes F"
    assert root({**fixed, "size": 12, "logicalType": "duration"}).name == "a.F"
    for size, logical in ((15, "uuid"), (16, "duration"), (12, "uuid")):
        assert isinstance(root({**fixed, "size": size, "logicalType": logical}), Fixed)
    decimal = root({**fixed, "size": 4, "logicalType": "decimal", "precision": 9, "scale": 2})
    assert (decimal.precision, decimal.scale, decimal.size, decimal.name) == (9, 2, 4, "a.F")


@pytest.mark.parametrize(
    ("properties", "valid"),
    [
        ({"precision": 1}, True), ({"precision": 1000, "scale": 1000}, True), ({"precision": 4, "scale": 4}, True),
        ({}, False), ({"precision": 0}, False), ({"precision": 1001}, False), ({"precision": 4, "scale": 5}, False),
        ({"precision": 4, "scale": -1}, False), ({"precision": 4.0}, False), ({"precision": True}, False),
        ({"precision": "4"}, False), ({"precision": 4, "scale": None}, False), ({"precision": 10**50}, False),
    ],
)  # fmt: skip
def test_s27_a_decimal_needs_a_precision_and_a_scale_within(properties: dict[str, Any], valid: bool) -> None:
    """Precision is 1 to 1000 and scale 0 to precision, or it is bytes."""
    schema = avro.read({"type": "bytes", "logicalType": "decimal", **properties})
    assert isinstance(schema.root, model.Decimal if valid else Bytes)
    assert bool(schema.warnings) is not valid


@pytest.mark.parametrize(("size", "digits"), [(1, 2), (2, 4), (4, 9), (8, 18), (16, 38)])
def test_s27_a_fixed_decimal_holds_its_precision(size: int, digits: int) -> None:
    """As many digits as the bytes hold are taken, one more falls back."""
    fixed = {"type": "fixed", "name": "F", "size": size, "logicalType": "decimal"}
    assert isinstance(root({**fixed, "precision": digits}), model.Decimal)
    assert isinstance(root({**fixed, "precision": digits + 1}), Fixed)
    assert isinstance(root({**fixed, "size": 0, "precision": 1}), Fixed)


def test_s27_a_logical_type_beside_the_type_is_warned_of() -> None:
    """On a field, a record or a reference a logical type says nothing, and the author hears of it."""
    schema = avro.read(record(field("long", logicalType="timestamp-millis")))
    assert isinstance(schema.root, Record)
    assert isinstance(schema.root.fields[0].type, Int)
    assert schema.warnings == ["/fields/0: a logical type has no meaning here; ignored"]


# defaults (S18)

FIXED = {"type": "fixed", "name": "F", "size": 2}
ENUM = {"type": "enum", "name": "E", "symbols": ["A", "B"]}
INNER = record({"name": "a", "type": "int"}, {"name": "b", "type": "string", "default": "x"}, name="I")


@pytest.mark.parametrize(
    ("type_", "value", "plain"),
    [
        ("null", None, None), ("boolean", True, True), ("int", -(2**31), -(2**31)), ("long", 2**63 - 1, 2**63 - 1),
        ("float", 1, 1.0), ("double", 1e300, 1e300), ("string", "é", "é"), ("bytes", "\x00\xff", b"\x00\xff"),
        (FIXED, "ab", b"ab"), (ENUM, "B", "B"), ({"type": "array", "items": "bytes"}, ["a"], [b"a"]),
        ({"type": "map", "values": "float"}, {"k": 1}, {"k": 1.0}), (INNER, {"a": 1}, {"a": 1, "b": "x"}),
        ({"type": "long", "logicalType": "timestamp-millis"}, 5, 5), ({"type": "int", "logicalType": "date"}, 5, 5),
        ({"type": "bytes", "logicalType": "decimal", "precision": 4}, "\x01", b"\x01"),
        (["null", "int"], None, None), (["null", "int"], 3, 3), (["bytes", "string"], "a", b"a"),
        (["string", "bytes"], "a", "a"), (["float", "int"], 1, 1.0), (["int", "float"], 1, 1),
        (["int", "float"], 1.0, 1.0), (["int", "long"], 2**40, 2**40), ([FIXED, "string"], "abc", "abc"),
        ([{"type": "array", "items": "int"}, {"type": "map", "values": "int"}], {}, {}), ([INNER, "null"], None, None),
    ],
)  # fmt: skip
def test_s18_a_default_becomes_a_plain_value(type_: Any, value: Any, plain: object) -> None:
    """A default is taken as the first branch that it matches, code points as bytes, records filled in."""
    found = default(type_, value)
    assert found == plain
    assert type(found) is type(plain)
    assert root(record(field(type_))).fields[0].default is MISSING


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("null", 0), ("null", "null"), ("boolean", 0), ("boolean", None), ("int", 2**31), ("int", True), ("int", 1.0),
        ("int", "1"), ("long", -(2**63) - 1), ("float", 1e300), ("float", True), ("double", float("inf")),
        ("double", float("nan")), ("double", 10**400), ("double", "NaN"), ("string", 1), ("string", "\ud800"),
        ("bytes", "\u0100"), ("bytes", [1]), (FIXED, "a"), (FIXED, "abc"), (ENUM, "C"), (ENUM, 0),
        ({"type": "array", "items": "int"}, [1, "a"]), ({"type": "array", "items": "int"}, {}),
        ({"type": "map", "values": "int"}, {"a": None}), ({"type": "map", "values": "int"}, []),
        ({"type": "map", "values": "int"}, {"\ud800": 1}), (INNER, {}), (INNER, {"a": 1, "c": 1}), (INNER, {"a": "1"}),
        (INNER, []), (["null", "int"], "a"), ({"type": "int", "logicalType": "date"}, 2**31), ([], None),
        ({"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"}, "abc"),
    ],
)  # fmt: skip
def test_s18_a_default_that_its_type_cannot_hold_is_refused(type_: Any, value: Any) -> None:
    """A default that no branch matches is refused at its place."""
    refused(record(field(type_, default=value)), "/fields/0/default", "does not fit")


def test_a_default_may_use_a_record_defined_around_it() -> None:
    """The default of a field inside a recursive record is matched when the record is whole."""
    inner = {"name": "f", "type": ["null", "R"], "default": {"g": 1, "f": None}}
    tree = root(record(inner, {"name": "g", "type": "int"}, {"name": "h", "type": "int", "default": 2}))
    assert tree.fields[0].default == {"f": None, "g": 1, "h": 2}


def test_a_default_that_contains_itself_is_refused() -> None:
    """A record whose default leaves out the very field that it is for would never end."""
    refused(record(field(["R", "null"], default={})), "/fields/0/default", "contains itself")


def test_a_default_that_is_no_uuid_is_warned_of() -> None:
    """A UUID's default that isn't one is kept as text, with a warning."""
    uuid = {"type": "string", "logicalType": "uuid"}
    assert len(avro.read(record(field(uuid, default=""))).warnings) == 1
    assert avro.read(record(field(uuid, default="0" * 8 + "-0000" * 3 + "-" + "0" * 12))).warnings == []


# hostile shapes


def doubled(depth: int) -> list[Any]:
    """Records of two fields, each with the one before by default: 2**depth values."""
    records = [record({"name": "a", "type": "int", "default": 1}, name="R0")]
    for n in range(1, depth):
        both = [{"name": name, "type": f"R{n - 1}", "default": {}} for name in "ab"]
        records.append(record(*both, name=f"R{n}"))
    return records


def test_a_default_that_doubles_is_refused_over_a_limit() -> None:
    """Defaults inside defaults are bounded in what they come to when filled in."""
    started = time.process_time()
    assert isinstance(root(doubled(15)), Union)
    with pytest.raises(SchemaError, match="larger than"):
        avro.read(doubled(60))
    assert time.process_time() - started < 2


def test_a_default_is_matched_once_against_each_branch() -> None:
    """A nested default that fails at its end against records alike is refused without trying every combination."""
    value: Any = "never"
    for _ in range(60):
        value = {"n": value}
    other = record({"name": "n", "type": ["null", "R", "Q"]}, name="Q")
    started = time.process_time()
    refused(record({"name": "n", "type": ["null", other, "R"], "default": value}), "/fields/0/default", "does not fit")
    assert time.process_time() - started < 2


THROUGH = record({"name": "h", "type": "R"}, name="S")


@pytest.mark.parametrize("type_", ["R", ["R"], THROUGH, ["R", THROUGH]])
def test_b31_a_record_without_end_is_refused(type_: Any) -> None:
    """A record that has no finite value is refused, also by way of others; `endless` lets it through."""
    endless = record(field("int"), {"name": "g", "type": type_})
    refused(endless, "", "no way out")
    refused({"type": "array", "items": endless}, "/items", "R contains itself")
    assert root(endless, endless=True).name == "R"


@pytest.mark.parametrize("type_", [["null", "R"], ["R", "int"], {"type": "array", "items": "R"}])
def test_b31_a_record_with_a_way_out_is_read(type_: Any) -> None:
    """A union with another branch, an array and a map let a record end."""
    assert isinstance(root(record(field(type_))), Record)


def test_b31_a_long_chain_of_records_is_checked_in_linear_time() -> None:
    """Twenty thousand records, each inside the next, are not a burden."""
    chain: list[Any] = [record(name="R0"), *(record(field(f"R{n - 1}"), name=f"R{n}") for n in range(1, 20_000))]
    started = time.process_time()
    assert len(root(chain).branches) == 20_000
    assert time.process_time() - started < 5


def nested(kind: str, depth: int) -> str:
    """The text of `depth` types inside each other."""
    opening, closing = {
        "array": ('{"type":"array","items":', "}"),
        "map": ('{"type":"map","values":', "}"),
        "type": ('{"type":', "}"),
        "record": ('{"type":"record","name":"R%d","fields":[{"name":"f","type":', "}]}"),
        "union": ('["null",{"type":"array","items":', "}]"),
    }[kind]
    text = "".join(opening % n if "%d" in opening else opening for n in range(depth))
    return text + '"int"' + closing * depth


@pytest.mark.parametrize("kind", ["array", "map", "type", "record", "union"])
@pytest.mark.parametrize("depth", [202, 5000, 100_000])
def test_b32_a_schema_nested_too_deep_is_refused(kind: str, depth: int) -> None:
    """A schema nested over the limit is a schema error, at 5,000 deep as well."""
    refused(nested(kind, depth), "", "deep")


@pytest.mark.parametrize("kind", ["array", "map", "record"])
def test_b32_a_schema_nested_to_the_limit_is_read(kind: str) -> None:
    """The limit itself passes and one more doesn't."""
    avro.read(nested(kind, avro.MAX_NESTING))
    refused(nested(kind, avro.MAX_NESTING + 1), "", "nested more than 200 deep")


def test_b32_parsed_json_nested_too_deep_is_refused() -> None:
    """JSON that comes already parsed is bounded alike, and may even contain itself."""
    document: Any = "int"
    for _ in range(5000):
        document = {"type": "array", "items": document}
    refused(document, "", "deep")
    refused(record(field({"type": "map", "values": ["null", "R"]}, default=document)), "/fields/0/default")
    loop: list[Any] = []
    loop.append(loop)
    refused(loop, "", "deep")
