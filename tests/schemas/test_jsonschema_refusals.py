"""The JSON Schema reader: what is refused, that nothing leaves the process, and that any input ends."""

from __future__ import annotations

import contextlib
import json
import pickle
import socket
import urllib.request
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from native.errors import SchemaError
from schemas import jsonfacts, model
from schemas.jsonschema import read
from tests.properties import examples
from tests.schemas.jsonschema_shapes import (
    DRAFT_04,
    DRAFT_07,
    DRAFT_2019,
    DRAFT_2020,
    beside,
    fields,
    root,
    shape,
)


@pytest.mark.parametrize(
    "reference",
    [
        "http://127.0.0.1:9/x.json",
        "https://json-schema.org/nothing",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "/etc/passwd",
        "other.json",
        "ftp://x.test/",
        "http://[",
    ],
)
@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
def test_nothing_leaves_the_process(keyword: str, reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """B67: a reference outside of the documents given is refused, without a socket or a file opened."""

    def caught(*_: Any, **__: Any) -> None:
        raise AssertionError("something left the process")

    read({})
    monkeypatch.setattr(socket, "socket", caught)
    monkeypatch.setattr(urllib.request, "urlopen", caught)
    monkeypatch.setattr("builtins.open", caught)
    with pytest.raises(SchemaError, match="isn't among the documents given"):
        read({"$schema": DRAFT_2020, keyword: reference})


def test_metaschema_is_not_fetched() -> None:
    """B67: a $schema that isn't known is not fetched either; the document is read plainly, with a warning."""
    schema = read({"$schema": "http://127.0.0.1:9/meta", "type": "null"})
    assert shape(schema.root) == "null"
    assert "isn't known" in schema.warnings[0]


NO_PROGRESS = [
    {"$ref": "#"},
    {"$schema": DRAFT_07, "$ref": "#"},
    {"$schema": DRAFT_2019, "$recursiveRef": "#"},
    {"allOf": [{"$ref": "#"}]},
    {"allOf": [{"$ref": "#"}, {"type": "object"}]},
    {"anyOf": [{"$ref": "#"}, {"type": "string"}]},
    {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
    {"$ref": "#/$defs/a", "type": "object", "$defs": {"a": {"$ref": "#"}}},
    beside(a={"$ref": "#/properties/a"}),
]


@pytest.mark.parametrize("document", NO_PROGRESS, ids=json.dumps)
def test_no_progress(document: Any) -> None:
    """B68: a schema that refers to itself without getting to a value is refused."""
    with pytest.raises(SchemaError, match="never gets to a value"):
        read(document)


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_doubling(keyword: str) -> None:
    """B69: twenty steps that each name the next one twice cost twenty steps, not 2**20."""
    defs = {f"a{n}": {keyword: [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(20)}
    assert root({"$ref": "#/$defs/a0", "$defs": defs | {"a20": {"type": "null"}}}) == "null"


def test_doubling_of_unlike_types() -> None:
    """B69: a union whose branches double at each step is still read in few steps."""
    defs: dict[str, Any] = {}
    for n in range(20):
        step = {"$ref": f"#/$defs/a{n + 1}"}
        defs[f"a{n}"] = {"anyOf": [{"items": step}, {"additionalProperties": step}]}
    schema = read({"$ref": "#/$defs/a0", "$defs": defs | {"a20": {"type": "null"}}})
    assert len(list(model.walk(schema.root))) < 100


def test_steps_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """B69: more work than the budget is refused."""
    monkeypatch.setattr(jsonfacts, "MAX_STEPS", 10)
    with pytest.raises(SchemaError, match="more than 10 steps"):
        read(beside(**{f"p{n}": {"type": "null"} for n in range(20)}))


def test_patterns_are_never_evaluated() -> None:
    """B70: a pattern that backtracks for ages, or is not a regular expression, is passed over."""
    text = {"type": "string", "pattern": "(a+)+$", "default": "a" * 40 + "!"}
    assert fields(beside(a=text, b={"type": "string", "pattern": "("})) == {"a": "string", "b": "string"}


def nested(depth: int, wrap: str) -> str:
    opening = {"items": '{"items":', "properties": '{"properties":{"a":', "allOf": '{"allOf":[', "not": '{"not":'}[wrap]
    closing = {"items": "}", "properties": "}}", "allOf": "]}", "not": "}"}[wrap]
    return opening * depth + "{}" + closing * depth


@pytest.mark.parametrize("wrap", ["items", "properties", "allOf", "not"])
def test_depth(wrap: str) -> None:
    """A document 5,000 deep is refused; one 50 deep is read."""
    with pytest.raises(SchemaError, match=r"nested|more than"):
        read(nested(5000, wrap))
    assert read(nested(50, wrap)).root


def test_depth_of_parsed_documents() -> None:
    """A parsed document that is too deep, contains itself, or is shared beyond measure is refused."""
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"items": deep}
    loop: dict[str, Any] = {}
    loop["items"] = loop
    double: dict[str, Any] = {}
    for _ in range(40):
        double = {"properties": {"a": double, "b": double}}
    for document in (deep, loop, double):
        with pytest.raises(SchemaError, match=r"nested|more than"):
            read(document)


def test_deep_records() -> None:
    """Properties a hundred objects deep are read, as are definitions five hundred references deep."""
    assert len(read(nested(100, "properties")).names) == 100
    defs = {f"a{n}": beside(next={"$ref": f"#/$defs/a{n + 1}"}) for n in range(500)}
    assert len(read({"$ref": "#/$defs/a0", "$defs": defs | {"a500": {}}}).names) == 500


def test_long_chain_without_a_record() -> None:
    """Arrays of arrays beyond the limit are refused also where references make them."""
    defs = {f"a{n}": {"type": "array", "items": {"$ref": f"#/$defs/a{n + 1}"}} for n in range(500)}
    with pytest.raises(SchemaError, match="without a record"):
        read({"$ref": "#/$defs/a0", "$defs": defs | {"a500": {}}})


REFUSED = [
    ("{", "not JSON"),
    ('{"a": NaN}', "not JSON"),
    ('{"minimum": 1e999}', "not finite"),
    ('{"type": "null", "type": "string"}', "'type' appears twice"),
    ('"string"', "an object, true or false"),
    ("[]", "an object, true or false"),
    (b"\xff\xfe\xfd", "not JSON"),
    ('{"title": "\\ud800"}', "surrogate"),
    ({"title": {1, 2}}, "set is not a JSON value"),
    ({"properties": {1: {}}}, "not str"),
    (False, "no value satisfies"),
    ({"$ref": "#/$defs/never", "$defs": {"never": False}}, "no value satisfies"),
    ({"anyOf": [False, False]}, "no value satisfies"),
    ({"type": "strng"}, "#/type: 2020-12"),
    ({"properties": {"a": {"type": 5}}}, "#/properties/a/type: 2020-12"),
    ({"properties": {"a": 5}}, "#/properties/a: 2020-12"),
    ({"$schema": DRAFT_07, "items": 5}, "#/items: draft-07"),
    ({"$schema": DRAFT_04, "properties": {"a": True}}, "isn't a schema"),
    ({"$schema": DRAFT_07, "required": ["a", "a"]}, "twice"),
    ({"$schema": "http://json-schema.org/draft-03/schema#"}, "before 04"),
    ({"$ref": "#/nowhere"}, "points nowhere"),
    ({"$ref": "#nowhere"}, "points nowhere"),
    ({"$ref": "#/title/0", "title": "x"}, "isn't a schema"),
    ({"$ref": "#/components/A", "components": {"A": {"type": 5}}}, "#/components/A/type: 2020-12"),
]


@pytest.mark.parametrize(("document", "message"), REFUSED, ids=lambda each: str(each)[:50])
def test_refused(document: Any, message: str) -> None:
    """What isn't JSON, isn't a schema, or that no value satisfies is refused with its place."""
    with pytest.raises(SchemaError) as caught:
        read(document)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 400


NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.one_of(
    st.booleans(),
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"]),
            "format": st.sampled_from(["date-time", "uuid", "int32", "float", "byte"]),
            "minimum": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
            "exclusiveMaximum": st.integers(),
            "enum": st.lists(st.none() | st.booleans() | st.integers() | st.text(max_size=2), min_size=1, max_size=3),
            "const": st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=2),
            "nullable": st.booleans(),
            "title": st.text(max_size=4),
            "default": st.integers(),
            "required": st.lists(NAMES, unique=True),
            "$ref": st.sampled_from(["#", "#/$defs/a", "#/$defs/b", "#/$defs/c", "#/properties/a", "http://x.test/"]),
        },
    ),
)
SCHEMAS = st.recursive(
    SCALARS,
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["array", "object", ["object", "null"], ["integer", "number", "array"]]),
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "patternProperties": st.dictionaries(NAMES, inner, max_size=2),
            "additionalProperties": inner,
            "items": inner,
            "allOf": st.lists(inner, min_size=1, max_size=3),
            "anyOf": st.lists(inner, min_size=1, max_size=3),
            "oneOf": st.lists(inner, min_size=1, max_size=3),
            "$defs": st.dictionaries(NAMES, inner, max_size=3),
            "$ref": st.sampled_from(["#", "#/$defs/a", "#/$defs/b"]),
            "if": inner,
        },
    ),
    max_leaves=12,
)


@examples(300)
@given(document=SCHEMAS, draft=st.sampled_from([None, DRAFT_07, DRAFT_2019, DRAFT_2020]))
def test_random_schemas(document: Any, draft: str | None) -> None:
    """Whatever the schema, it is read or refused with SchemaError; what is read is finite, named once, picklable."""
    if draft and isinstance(document, dict):
        document = {"$schema": draft, **document}
    try:
        schema = read(document)
    except SchemaError:
        return
    types = list(model.walk(schema.root))
    named = [each.name for each in types if isinstance(each, model.Record | model.Enum)]
    assert sorted(named) == sorted(schema.names)
    assert not any(
        isinstance(inner, model.Union) for each in types if isinstance(each, model.Union) for inner in each.branches
    )
    assert repr(pickle.loads(pickle.dumps(schema))) == repr(schema)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "$ref", "$id", "items", "enum", "allOf", "properties", "$anchor", "$schema"]),
            inner,
        )
    ),
    max_leaves=15,
)


@examples(300)
@given(document=st.dictionaries(st.sampled_from(["type", "$ref", "$id", "items", "$defs", "allOf", "x"]), JUNK))
def test_junk(document: Any) -> None:
    """Values in the wrong places are refused with SchemaError, never another exception."""
    with contextlib.suppress(SchemaError):
        read(document | {"properties": {"p": {"$ref": "#/x"}}})
