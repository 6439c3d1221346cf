"""B31-B33, B38-B41, B53-B56: schemas that mean harm, by the doors that users take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import schemas
import translator
from native.errors import PlanError, SchemaError
from tests.bad_input.support import avro_plan, plan
from tests.pace import in_time

PROTO = 'syntax = "proto3"; '
HARM = "__import__('os').system('touch harm')"


def refused_schema(document: Any, **options: Any) -> SchemaError:
    with in_time(), pytest.raises(SchemaError) as caught:
        schemas.load(document, **options)
    return caught.value


def record(fields: list[Any], name: str = "R") -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": fields}


def nested_avro(levels: int, kind: str) -> str:
    """A type inside a type inside a type."""
    heads = {
        "record": lambda i: f'{{"type":"record","name":"R{i}","fields":[{{"name":"f","type":',
        "array": lambda _: '{"type":"array","items":',
        "map": lambda _: '{"type":"map","values":',
        "type": lambda _: '{"type":',
    }
    tail = "}]}" if kind == "record" else "}"
    return "".join(map(heads[kind], range(levels))) + '"int"' + tail * levels


@pytest.mark.parametrize(
    "document",
    [
        record([{"name": "a", "type": "R"}]),
        record([{"name": "a", "type": record([{"name": "b", "type": ["R"]}], "S")}]),
        record([{"name": "n", "type": "int"}, {"name": "a", "type": ["R", record([{"name": "b", "type": "R"}], "S")]}]),
    ],
)
def test_b31_record_without_a_way_out(document: Any) -> None:
    """B31: no value could fill it."""
    assert "no way out" in refused_schema(json.dumps(document)).message
    with pytest.raises(SchemaError):
        translator.compile(("avro", document), "json")


@pytest.mark.parametrize("kind", ["record", "array", "map", "type"])
def test_b32_schema_nested_5000_deep(kind: str) -> None:
    """B32: refused; what is within the limit compiles, in both directions."""
    for levels in (220, 5000, 100_000):
        refused_schema(nested_avro(levels, kind), language="avro")
    deep = schemas.load(nested_avro(150, kind), language="avro")
    with in_time():
        for source, target in (("avro", "avro"), ("avro", "json"), ("json", "avro"), ("msgpack", "json")):
            plan((source, deep), (target, deep))


def test_b32_default_nested_5000_deep() -> None:
    """B32: a default's value as well, and JSON Schema."""
    for value in ("[" * 5000 + "]" * 5000, '{"a":' * 5000 + "1" + "}" * 5000):
        refused_schema(f'{{"type":"record","name":"R","fields":[{{"name":"a","type":"string","default":{value}}}]}}')
    refused_schema('{"properties":{"a":' * 5000 + "{}" + "}}" * 5000)


@pytest.mark.parametrize("size", ["-1", "2147483648", "1e400", '"4"', "true", "null", "1.5", "9" * 5000])
def test_b33_fixed_of_size_minus_1(size: str) -> None:
    """B33: a size is an int that is not negative."""
    refused_schema(f'{{"type":"fixed","name":"F","size":{size}}}', language="avro")


def test_b33_fixed_of_2_gib() -> None:
    """B33: the largest size is one that no message has."""
    made = avro_plan({"type": "fixed", "name": "F", "size": (1 << 31) - 1}, "avro")
    with pytest.raises(translator.DataError, match="TRUNCATED"):
        made.translate(b"x" * 100)


@pytest.mark.parametrize("name", ["a/../b", "../b", "a b", "", "1a", "a;b", "a\0", "ä", "a..b", ".a", "a.", HARM])
def test_b38_names(name: str) -> None:
    """B38: of a type, a namespace, a field, a symbol, an alias."""
    refused_schema(json.dumps(record([], name)))
    if name != "":
        refused_schema(json.dumps(record([]) | {"namespace": name}))
    refused_schema(json.dumps(record([{"name": name, "type": "int"}])))
    refused_schema(json.dumps({"type": "enum", "name": "E", "symbols": [name]}))
    refused_schema(json.dumps(record([]) | {"aliases": [name]}))


@pytest.mark.parametrize(
    "document",
    [
        ["int", "int"],
        ["int", ["string"]],
        [{"type": "array", "items": "int"}, {"type": "array", "items": "string"}],
        [{"type": "fixed", "name": "F", "size": 1}, {"type": "fixed", "name": "F", "size": 1}],
        ["null", {"type": "map", "values": ["null", "null"]}],
    ],
)
def test_b39_duplicate_or_nested_unions(document: Any) -> None:
    """B39: a union names each branch once, and has none inside."""
    refused_schema(json.dumps(document), language="avro")


@pytest.mark.parametrize("make", [lambda i: record([{"name": f"f{i}", "type": "int"}], f"R{i}"),
                                  lambda i: {"type": "enum", "name": f"E{i}", "symbols": ["A"]},
                                  lambda i: {"type": "fixed", "name": f"F{i}", "size": 1}])  # fmt: skip
def test_b40_union_of_3000_branches(make: Any) -> None:
    """B40: linear time, to load and to compile; every branch is read."""
    branches = json.dumps([make(i) for i in range(3000)])
    with in_time():
        made = avro_plan(branches, "avro")
    last = b"\xee\x2e\x00"  # branch 2999
    assert made.translate(last) == last
    with in_time():
        avro_plan(branches, "json", policies={"unions": "first"})


def test_b41_properties_are_inert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B41: java-class and its like are passed over: nothing is loaded, fetched or evaluated."""
    monkeypatch.chdir(tmp_path)
    more = {"java-class": "java.lang.Runtime", "avro.java.string": "String", "default": HARM, "doc": HARM}
    made = avro_plan({"type": "string", "logicalType": HARM, "$ref": "file:///etc/passwd", "x": {"y": [HARM]}} | more)
    assert made.translate(b"\x02a") == b'"a"'
    assert list(tmp_path.iterdir()) == []


# --- Protobuf ---


@pytest.mark.parametrize(
    "name", ["../x.proto", "/etc/passwd", "a\\\\b.proto", "a/../../x.proto", "./x.proto", "http://x/y.proto", "", "-I/"]
)
def test_b53_imports(name: str, tmp_path: Path) -> None:
    """B53: an import is a plain relative path; what lies outside stays there."""
    (tmp_path / "x.proto").write_text(PROTO + "message X {}")
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "a.proto").write_text(f'{PROTO}import "{name}"; message M {{}}')
    refused_schema(inside / "a.proto", type="M")
    refused_schema(f'{PROTO}import "{name}"; message M {{}}'.encode(), language="protobuf", type="M")


def test_b54_import_cycle(tmp_path: Path) -> None:
    """B54: of two files, and of one with itself."""
    (tmp_path / "a.proto").write_text(PROTO + 'import "b.proto"; message M {}')
    (tmp_path / "b.proto").write_text(PROTO + 'import "a.proto";')
    (tmp_path / "c.proto").write_text(PROTO + 'import "c.proto"; message M {}')
    for name in ("a.proto", "c.proto"):
        assert "import" in refused_schema(tmp_path / name, type="M").message


def test_b55_10000_nested_messages(tmp_path: Path) -> None:
    """B55: refused without a crash; as many one after another compile, however long the chain."""
    path = tmp_path / "a.proto"
    path.write_text(PROTO + "".join(f"message M{i} {{" for i in range(10_000)) + "}" * 10_000)
    refused_schema(path, type="M0")
    chain = "".join(f"message M{i} {{ M{i + 1} a = 1; M{i + 1} b = 2; }}" for i in range(1000))
    path.write_text(f"{PROTO}{chain} message M1000 {{}}")
    schema = schemas.load(path, type="M0")
    with in_time():
        for target in ("protobuf", "protojson"):
            plan(("protobuf", schema), (target, schema))


@pytest.mark.parametrize("name", [HARM, "$(touch harm)", "`touch harm`", ";import os", "@harm", "--plugin=harm"])
def test_b56_code_in_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B56: a name that is code is not a name; in an option it is a text. Nothing runs it."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.proto"
    path.write_text(f"{PROTO}message {name} {{}}")
    refused_schema(path, type=name)
    option = f'{PROTO}option java_package = "{name}"; message M {{ int32 a = 1 [json_name = "{name}"]; }}'
    path.write_text(option)
    try:
        schema = schemas.load(path, type="M")
    except SchemaError:
        pass
    else:
        assert plan(("protobuf", schema), ("protojson", schema)).translate(b"\x08\x01") == f'{{"{name}":1}}'.encode()
    assert [each.name for each in tmp_path.iterdir()] == ["a.proto"]


# --- too wide, too deep ---


def test_wide_records() -> None:
    """4,000 fields compile in little time; more than a frame can have is a PlanError that says so."""
    wide = record([{"name": f"f{i}", "type": ["null", "string"], "default": None} for i in range(4000)])
    with in_time():
        made = avro_plan(wide)
    assert made.translate(b"\0" * 4000).count(b"null") == 4000
    with pytest.raises(PlanError, match="large"):
        avro_plan(record([{"name": f"f{i}", "type": "int"} for i in range(65_600)]), "avro")


def test_records_that_double() -> None:
    """Each record holds the one before twice: what is compiled stays linear."""
    inner: dict[str, Any] = record([{"name": "x", "type": "int"}], "D0")
    for i in range(1, 60):
        inner = record([{"name": "l", "type": inner}, {"name": "r", "type": ["null", f"D{i - 1}"]}], f"D{i}")
    with in_time():
        for target in ("avro", "json", "msgpack"):
            avro_plan(inner, target)


def test_deep_references() -> None:
    """A chain of 2,000 references compiles or is refused as a PlanError: never a RecursionError."""
    links = {f"a{i}": {"type": "object", "properties": {"x": {"$ref": f"#/$defs/a{i + 1}"}}} for i in range(2000)}
    schema = schemas.load(
        {"$defs": {**links, "a2000": {"type": "string"}}, "$ref": "#/$defs/a0"}, language="jsonschema"
    )
    try:
        plan(("json", schema), ("json", schema))
    except PlanError as error:
        assert len(error.problems) == 1  # noqa: PT017


def test_fields_that_are_always_null() -> None:
    """An Avro field of type null takes no bytes, and is not a missing one from JSON."""
    always = record([{"name": "n", "type": "null"}, {"name": "i", "type": "int"}])
    schema = schemas.load(always)
    assert avro_plan(always).translate(b"\x04") == b'{"n":null,"i":2}'
    for target in ("avro", "json", "msgpack"):
        there = plan(("avro", schema), (target, schema)).translate(b"\x04")
        assert plan((target, schema), ("avro", schema)).translate(there) == b"\x04"
    maybe = record([{"name": "n", "type": ["null", "int"]}, {"name": "i", "type": "int"}])
    assert avro_plan(always, "avro", maybe).translate(b"\x04") == b"\0\x04"
