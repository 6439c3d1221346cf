"""Mapping documents: what each construct reads as, and that each mistake is told with its key."""

import json
import pickle
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from native.errors import TranslatorError
from tests.properties import examples
from translator.mapping import document_schema, load
from translator.mapping.document import (
    DEFAULT_NAMESPACE,
    AllOf,
    AnyOf,
    Comparison,
    ConstSource,
    FirstSource,
    GenerateSource,
    JoinSource,
    Key,
    Mapping,
    MappingError,
    Name,
    Not,
    OneOf,
    PathSource,
    Present,
    Truth,
    Uuid5Source,
    Value,
)
from translator.mapping.document.loading import KEYS
from translator.mapping.document.values import MODIFIERS, PARTS, SOURCES, TESTS
from translator.policies import choices

WHOLE = """
version = 1
description = "Readings become signals."
[policies]
rounding = "round"
time = "truncate"
[fields]
signal_id = { uuid5 = ["sensor", "at"], namespace = "6ba7b810-9dad-11d1-80b4-00c04fd430c8" }
from_neuron = "sensor.id"
"payload.activation.strength" = { path = "value", scale = 0.01, offset = -40.0, cast = "float32", rounding = "round" }
"payload.activation.content" = { join = ["kind", { const = ": " }, "unit"], lower = true }
'metadata["unit"]' = { first = ["unit", "units"], default = "C" }
timestamp = { path = "at", time = "ms", truncate = true }
layer_to = { path = "level", enum = { low = "L1", high = "L2" }, otherwise = "L3" }
batch_id = { generate = "uuid4" }
"payload.gradient.loss" = { path = "loss", when = { path = "status", equals = "ok" } }
propagation_type = { const = "Forward" }
"""

CHECKER = jsonschema.Draft202012Validator(document_schema())


def one(value: Any) -> dict[str, Any]:
    """A document of one field."""
    return {"version": 1, "fields": {"a": value}}


def value_of(given: Any) -> Value:
    CHECKER.validate(one(given))
    return load(one(given)).rules[0].value


def problems(source: Any) -> list[tuple[str, str]]:
    with pytest.raises(MappingError) as caught:
        load(source)
    for key, reason in caught.value.problems:
        assert f"{key or '(document)'}: {reason}" in str(caught.value)
    return caught.value.problems


# --- the document ---


def test_whole_document() -> None:
    """The example of the documentation is read rule by rule, in its order, and its schema accepts it."""
    mapping = load(WHOLE)
    assert mapping.version == 1
    assert mapping.description == "Readings become signals."
    assert dict(mapping.policies) == {"rounding": "round", "time": "truncate"}
    assert [rule.key for rule in mapping.rules] == [
        "fields.signal_id",
        "fields.from_neuron",
        'fields."payload.activation.strength"',
        'fields."payload.activation.content"',
        "fields.'metadata[\"unit\"]'",
        "fields.timestamp",
        "fields.layer_to",
        "fields.batch_id",
        'fields."payload.gradient.loss"',
        "fields.propagation_type",
    ]
    assert mapping.rules[2].target == (Name("payload"), Name("activation"), Name("strength"))
    assert mapping.rules[4].target == (Name("metadata"), Key("unit"))


def test_text_file_and_table_are_the_same(tmp_path: Path) -> None:
    """A document may be given as text, as a file's path, or parsed."""
    file = tmp_path / "readings.toml"
    file.write_text(WHOLE, "utf-8")
    assert load(WHOLE) == load(file) == load(tomllib.loads(WHOLE))


def test_mapping_is_frozen_hashable_and_picklable() -> None:
    """A plan pickles with its mapping, and several threads share it."""
    mapping = load(WHOLE)
    assert pickle.loads(pickle.dumps(mapping)) == mapping
    assert hash(mapping) == hash(load(WHOLE))
    with pytest.raises(AttributeError):
        mapping.version = 2  # type: ignore[misc]


def test_error_pickles_and_is_the_projects_own() -> None:
    """Errors cross processes, and one root catches them."""
    error = MappingError([("fields.a", "has no source")])
    assert isinstance(error, TranslatorError)
    copy = pickle.loads(pickle.dumps(error))
    assert copy.problems == error.problems
    assert str(copy) == str(error) == "no mapping:\n  fields.a: has no source"


# --- values ---


def test_bare_path() -> None:
    """A string is a path."""
    value = value_of("b.c")
    assert value == Value("fields.a", PathSource("fields.a", (Name("b"), Name("c")), "b.c"))


@pytest.mark.parametrize("constant", ["x", "", 1, -(1 << 63), (1 << 64) - 1, 1.5, True, False])
def test_constant(constant: Any) -> None:
    """A constant keeps its kind."""
    source = value_of({"const": constant}).source
    assert isinstance(source, ConstSource)
    assert source.constant == constant
    assert type(source.constant) is type(constant)


def test_sources_of_several_values() -> None:
    """first, join and uuid5 take values of any shape, each with its key."""
    first = value_of({"first": ["b", {"path": "c", "lower": True}]}).source
    assert isinstance(first, FirstSource)
    assert [value.key for value in first.values] == ["fields.a.first[0]", "fields.a.first[1]"]
    assert first.values[1].lower
    join = value_of({"join": ["b", {"const": "-"}, {"first": ["c", "d"]}]}).source
    assert isinstance(join, JoinSource)
    inner = join.values[2].source
    assert isinstance(inner, FirstSource)
    assert inner.values[1].key == "fields.a.join[2].first[1]"


def test_uuid5_namespace() -> None:
    """Without a namespace it is the project's, which never changes."""
    plain, named = value_of({"uuid5": ["b"]}).source, None
    assert isinstance(plain, Uuid5Source)
    assert plain.namespace == DEFAULT_NAMESPACE == UUID("a995be87-5f74-5b16-b05a-413981113178")
    named = value_of({"uuid5": ["b"], "namespace": "6BA7B810-9DAD-11D1-80B4-00C04FD430C8"}).source
    assert isinstance(named, Uuid5Source)
    assert named.namespace == UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


@pytest.mark.parametrize("what", ["uuid4", "now"])
def test_generate(what: str) -> None:
    """Ids and the time are made by the translator."""
    assert value_of({"generate": what}).source == GenerateSource("fields.a.generate", what)  # type: ignore[arg-type]


def test_modifiers() -> None:
    """Every modifier is kept; numbers are floats."""
    value = value_of({
        "path": "b", "time": "us", "enum": {"x": 1, "": True}, "otherwise": 0, "scale": 2, "offset": -1,
        "cast": "uint64", "rounding": "refuse", "truncate": False, "upper": True, "default": "", "required": True,
    })  # fmt: skip
    assert (value.time, value.enum, value.otherwise) == ("us", (("x", 1), ("", True)), 0)
    assert (value.scale, value.offset, value.cast) == (2.0, -1.0, "uint64")
    assert isinstance(value.scale, float)
    assert (value.rounding, value.truncate) == ("refuse", False)
    assert (value.lower, value.upper, value.default, value.required) == (False, True, "", True)


# --- conditions ---


def condition_of(given: Any) -> Any:
    return value_of({"path": "b", "when": given}).when


def test_path_as_condition() -> None:
    """A bare string is a path to a boolean."""
    condition = condition_of("c.d")
    assert isinstance(condition, Truth)
    assert condition.value.source == PathSource("fields.a.when", (Name("c"), Name("d")), "c.d")


@pytest.mark.parametrize("operator", ["equals", "not_equals", "less", "less_equal", "greater", "greater_equal"])
@pytest.mark.parametrize("constant", [1, 1.5, "x"])
def test_comparison(operator: str, constant: Any) -> None:
    """A value is compared with a constant."""
    condition = condition_of({"path": "c", operator: constant})
    assert isinstance(condition, Comparison)
    assert (condition.operator, condition.constant, condition.key) == (operator, constant, "fields.a.when")


@pytest.mark.parametrize("operator", ["starts_with", "ends_with", "contains"])
def test_text_comparison(operator: str) -> None:
    """What is compared may be converted first."""
    condition = condition_of({"first": ["c", "d"], "lower": True, operator: "x"})
    assert isinstance(condition, Comparison)
    assert condition.value.lower
    assert isinstance(condition.value.source, FirstSource)


def test_other_tests() -> None:
    """Presence, and one of several constants."""
    condition = condition_of({"path": "c", "in": [1, "x", True]})
    assert isinstance(condition, OneOf)
    assert condition.constants == (1, "x", True)
    condition = condition_of({"path": "c", "present": False})
    assert isinstance(condition, Present)
    assert condition.wanted is False


def test_combined_conditions() -> None:
    """Conditions nest, each with its key."""
    condition = condition_of({"all": ["c", {"any": [{"not": "d"}, {"path": "e", "equals": True}]}]})
    assert isinstance(condition, AllOf)
    inner = condition.conditions[1]
    assert isinstance(inner, AnyOf)
    assert isinstance(inner.conditions[0], Not)
    assert inner.conditions[0].condition.key == "fields.a.when.all[1].any[0].not"
    assert inner.conditions[1].key == "fields.a.when.all[1].any[1]"


# --- mistakes ---

# What is given for the field `a`; the key and a part of the reason.
WRONG_VALUES: list[tuple[Any, str, str]] = [
    (1, "fields.a", "a value is a path (a string) or a table, not an integer"),
    ([], "fields.a", "not a list"),
    ("", "fields.a", "column 1: a path can't be empty"),
    ({}, "fields.a", "has no source: one of path, const"),
    ({"lower": True}, "fields.a", "has no source"),
    ({"b": {"path": "c"}}, "fields.a", 'Write the target in quotes: "a.b"'),
    ({"path": "b", "const": 1}, "fields.a", "has path and const; a value has one source"),
    ({"path": "b", "scal": 1}, "fields.a.scal", 'unknown key; did you mean "scale"?'),
    ({"path": "b", "x y": 1}, 'fields.a."x y"', "unknown key"),
    ({"path": 1}, "fields.a.path", "must be a string, not an integer"),
    ({"path": ""}, "fields.a.path", "column 1: a path can't be empty"),
    ({"const": []}, "fields.a.const", "a constant is a string, a number or a boolean, not a list"),
    ({"const": {}}, "fields.a.const", "not a table"),
    ({"const": None}, "fields.a.const", "not NoneType"),
    ({"first": []}, "fields.a.first", "an empty list says nothing"),
    ({"first": "b"}, "fields.a.first", "must be a list, not a string"),
    ({"join": ["b", 1]}, "fields.a.join[1]", "a value is a path (a string) or a table, not an integer"),
    ({"join": ["b", {"path": "c", "cast": "int"}]}, "fields.a.join[1].cast", '"int" is not one of bool, int32'),
    ({"uuid5": ["b"], "namespace": "x"}, "fields.a.namespace", "is not a UUID"),
    ({"uuid5": ["b"], "namespace": "6ba7b8109dad11d180b400c04fd430c8"}, "fields.a.namespace", "is not a UUID"),
    ({"path": "b", "namespace": str(DEFAULT_NAMESPACE)}, "fields.a.namespace", 'no meaning without "uuid5"'),
    ({"generate": "uuid"}, "fields.a.generate", '"uuid" is not one of uuid4, now; did you mean "uuid4"?'),
    ({"path": "b", "time": "min"}, "fields.a.time", "is not one of d, s, ms, us, ns, rfc3339"),
    ({"path": "b", "enum": {}}, "fields.a.enum", "an empty table says nothing"),
    ({"path": "b", "enum": "x"}, "fields.a.enum", "must be a table"),
    ({"path": "b", "enum": {"x.y": []}}, 'fields.a.enum."x.y"', "a constant is"),
    ({"path": "b", "otherwise": "x"}, "fields.a.otherwise", 'no meaning without "enum"'),
    ({"path": "b", "scale": "2"}, "fields.a.scale", "must be a number, not a string"),
    ({"path": "b", "scale": True}, "fields.a.scale", "must be a number, not a boolean"),
    ({"path": "b", "cast": "flaot32"}, "fields.a.cast", 'did you mean "float32"?'),
    ({"path": "b", "rounding": "up"}, "fields.a.rounding", '"up" is not one of refuse, round'),
    ({"path": "b", "truncate": "yes"}, "fields.a.truncate", "must be true or false, not a string"),
    ({"path": "b", "lower": 1}, "fields.a.lower", "must be true or false, not an integer"),
    ({"path": "b", "lower": True, "upper": True}, "fields.a.upper", 'can\'t be true together with "lower"'),
    ({"path": "b", "default": []}, "fields.a.default", "a constant is"),
    ({"path": "b", "required": None}, "fields.a.required", "must be true or false"),
    ({"path": "b", "when": 1}, "fields.a.when", "a condition is a path (a string) or a table, not an integer"),
    ({"path": "b", "when": {"path": "c"}}, "fields.a.when", "has no test: one of equals"),
    ({"path": "b", "when": {"equals": 1}}, "fields.a.when", "has no source"),
    (
        {"path": "b", "when": {"path": "c", "less": 1, "greater": 0}},
        "fields.a.when",
        "has less and greater; a condition",
    ),
    ({"path": "b", "when": {"path": "c", "equal": 1}}, "fields.a.when.equal", 'did you mean "equals"?'),
    ({"path": "b", "when": {"path": "c", "less": True}}, "fields.a.when.less", "booleans have no order"),
    ({"path": "b", "when": {"path": "c", "contains": 1}}, "fields.a.when.contains", "must be a string"),
    ({"path": "b", "when": {"path": "c", "in": []}}, "fields.a.when.in", "an empty list says nothing"),
    ({"path": "b", "when": {"path": "c", "in": [[]]}}, "fields.a.when.in[0]", "a constant is"),
    ({"path": "b", "when": {"path": "c", "present": 1}}, "fields.a.when.present", "must be true or false"),
    ({"path": "b", "when": {"path": "c", "when": "d", "equals": 1}}, "fields.a.when.when", "unknown key"),
    ({"path": "b", "when": {"path": "c", "required": True, "equals": 1}}, "fields.a.when.required", "unknown key"),
    ({"path": "b", "when": {"all": []}}, "fields.a.when.all", "an empty list says nothing"),
    ({"path": "b", "when": {"all": ["c"], "any": ["d"]}}, "fields.a.when.any", 'is not allowed next to "all"'),
    ({"path": "b", "when": {"not": ["c"]}}, "fields.a.when.not", "a condition is"),
    ({"path": "b", "when": {"any": ["c", {"path": "d"}]}}, "fields.a.when.any[1]", "has no test"),
]


@pytest.mark.parametrize(("given", "key", "reason"), WRONG_VALUES)
def test_wrong_value(given: Any, key: str, reason: str) -> None:
    """A mistake is told with its key; the JSON Schema refuses it too."""
    found = problems(one(given))
    assert [text for at, text in found if at == key and reason in text], found
    assert not CHECKER.is_valid(one(given))


# Mistakes that JSON Schema can't say.
SUBTLE: list[tuple[Any, str, str]] = [
    ("b..c", "fields.a", "not a path: column 3"),
    ({"first": ["b", "c["]}, "fields.a.first[1]", "not a path: column 3"),
    ({"const": 1 << 64}, "fields.a.const", "64 bits"),
    ({"const": -(1 << 63) - 1}, "fields.a.const", "64 bits"),
    ({"const": "\ud800"}, "fields.a.const", "unpaired surrogates"),
    ({"path": "b", "scale": float("nan")}, "fields.a.scale", "must be a finite number"),
    ({"path": "b", "offset": float("inf")}, "fields.a.offset", "must be a finite number"),
    ({"path": "b", "scale": 10**400}, "fields.a.scale", "must be a finite number"),
    ({"path": "b", "when": {"path": "c", "equals": float("nan")}}, "fields.a.when.equals", "nothing equals nan"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "key", "reason"), SUBTLE)
def test_subtle_mistake(given: Any, key: str, reason: str) -> None:
    """What no schema can say is checked on loading."""
    found = problems(one(given))
    assert [text for at, text in found if at == key and reason in text], found


FIELDS = '\n[fields]\na = "b"'

# A document's text; the key and a part of the reason; whether its JSON Schema refuses it as well.
WRONG_DOCUMENTS = [
    ("version = 2" + FIELDS, "version", "must be 1, not 2", True),
    ("version = true" + FIELDS, "version", "must be 1, not a boolean", True),
    ("version = 1.0" + FIELDS, "version", "must be 1, not a float", False),
    ('version = "1"' + FIELDS, "version", "must be 1, not a string", True),
    (FIELDS, "version", "is missing", True),
    ("version = 1", "fields", "is missing", True),
    ("version = 1\nfields = 1", "fields", "must be a table, not an integer", True),
    ("version = 1\n[fields]", "fields", "is empty", True),
    ("version = 1\ndescription = 1" + FIELDS, "description", "must be a string", True),
    ("version = 1\nfeilds = 1" + FIELDS, "feilds", 'unknown key; did you mean "fields"?', True),
    ("version = 1\npolicies = 1" + FIELDS, "policies", "must be a table", True),
    ('version = 1\npolicies.roundin = "round"' + FIELDS, "policies.roundin", 'did you mean "rounding"?', True),
    ('version = 1\npolicies.rounding = "up"' + FIELDS, "policies.rounding", '"up" is not one of refuse, round', True),
    ("version = 1\npolicies.rounding = 1" + FIELDS, "policies.rounding", "must be a string", True),
    ("version = 1\n[fields]\na = { const = 2024-01-01 }", "fields.a.const", "write a time as a string", True),
    (
        'version = 1\n[fields]\n"a[0]" = "b"',
        'fields."a[0]"',
        "not a target: column 3: a target's path has no item",
        False,
    ),
    (
        'version = 1\n[fields]\n"a:b" = "b"',
        'fields."a:b"',
        "not a target: column 2: a target's path has no branches",
        False,
    ),
    ('version = 1\n[fields]\n"" = "b"', 'fields.""', "not a target: column 1: a path can't be empty", True),
    ('version = 1\n[fields]\na = "b"\n"a.b" = "c"', 'fields."a.b"', "within the target of fields.a", False),
    ('version = 1\n[fields]\n"a.b.c" = "c"\na = "b"', 'fields."a.b.c"', "within the target of fields.a", False),
    ('version = 1\n[fields]\n\'a["b"].c\' = 1\n"a.b" = "c"', "fields.'a[\"b\"].c'", "within the target of", True),
    ('version = 1\n[fields]\n"a.b" = "c"\n\'a["b"]\' = "c"', "fields.'a[\"b\"]'", 'same target as fields."a.b"', False),
    ("version = ", "", "not TOML: ", None),
    ("a = 1\na = 2", "", "not TOML: ", None),
    ("a = " + "9" * 5000, "", "not TOML: ", None),
    ("a = " + "[" * 100000, "", "not TOML", None),
]


@pytest.mark.parametrize(("text", "key", "reason", "schema_refuses"), WRONG_DOCUMENTS)
def test_wrong_document(text: str, key: str, reason: str, schema_refuses: bool | None) -> None:
    """A mistake in the document's own parts is told with its key."""
    found = problems(text)
    assert [each for at, each in found if at == key and reason in each], found
    if schema_refuses is not None:
        assert CHECKER.is_valid(tomllib.loads(text)) is not schema_refuses


def test_all_problems_are_told_together() -> None:
    """One reading finds every mistake of a document."""
    found = problems({"version": 1, "x": 1, "policies": {"y": 1}, "fields": {"a": {"pth": "b"}, "a.b": "c..", "c": 1}})
    assert {key for key, _ in found} == {"x", "policies.y", "fields.a.pth", "fields.a", 'fields."a.b"', "fields.c"}


def test_another_version_is_the_only_problem() -> None:
    """What another version's keys mean is not for this one to say."""
    assert problems({"version": 2, "x": 1}) == [("version", "must be 1, not 2")]


def test_missing_file(tmp_path: Path) -> None:
    """A file that can't be read is a MappingError too."""
    assert "can't be read" in problems(tmp_path / "none.toml")[0][1]
    (tmp_path / "latin1.toml").write_bytes(b"version = 1 # \xe9")
    assert "not TOML" in problems(tmp_path / "latin1.toml")[0][1]


@pytest.mark.parametrize("member", ["first", "not"])
def test_depth_is_limited(member: str) -> None:
    """A document made by program can't exhaust the stack."""
    given: Any = "b"
    for _ in range(5000):
        given = {"first": [given]} if member == "first" else {"not": given}
    document = one(given if member == "first" else {"path": "b", "when": given})
    assert any("more than 32 levels" in reason for _, reason in problems(document))


def test_keys_that_are_no_text() -> None:
    """A table made by program may have keys that TOML can't."""
    assert problems({1: 2, "\ud800": 3, **one("b")}) == [("", "1 can't be a key"), ("", r"'\ud800' can't be a key")]


# --- the JSON Schema ---


def test_schema_is_one() -> None:
    """mapping.schema.json is valid JSON Schema 2020-12."""
    jsonschema.Draft202012Validator.check_schema(document_schema())


def test_schema_accepts_the_whole_document() -> None:
    """The documentation's example is valid."""
    CHECKER.validate(tomllib.loads(WHOLE))


def test_schema_names_all_policies() -> None:
    """The schema's policies are the plan's, the default first."""
    listed = document_schema()["$defs"]["policies"]["properties"]
    assert {name: tuple(each["enum"]) for name, each in listed.items()} == choices()


def test_schema_has_every_key_and_describes_it() -> None:
    """Whatever a document may say, an editor can explain."""
    defs = document_schema()["$defs"]
    tables = ("source", "conversions", "table", "list", "map", "merge", "entries", "record")
    members = {name: each for table in tables for name, each in defs[table]["properties"].items()}
    assert set(members) == {*SOURCES, *MODIFIERS, *PARTS}
    assert set(document_schema()["properties"]) == {"version", "description", "policies", "schemas", "examples", *KEYS}
    assert set(defs["alternative"]["properties"]) == set(KEYS)
    tests = defs["test"]["properties"]
    assert set(tests) == set(TESTS)
    for name, each in {**members, **tests}.items():
        named = each.get("$ref", "").removeprefix("#/$defs/")
        assert "description" in each or "description" in defs[named], name


# --- anything at all ---

WORDS = st.sampled_from([
    *SOURCES, *MODIFIERS, *TESTS, *KEYS, *PARTS, "x in b", "k, v in x", "all", "any", "not", "a", "a.b", 'a["b"]',
    "version",
])  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | WORDS
    | st.text(max_size=8)
    | st.dates()
    | st.binary(max_size=2)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@examples(500)
@given(st.dictionaries(WORDS, TREES, max_size=6))
@example({"a": {"path": "\ud800"}})
def test_any_table_is_a_mapping_or_refused(fields: dict[str, Any]) -> None:
    """Whatever stands in a document, it is read or a MappingError; what is read is valid by its JSON Schema."""
    document = {"version": 1, "fields": fields}
    try:
        mapping = load(document)
    except MappingError:
        return
    assert isinstance(mapping, Mapping)
    assert len(mapping.rules) == len(fields)
    assert CHECKER.is_valid(json.loads(json.dumps(document)))


@given(st.dictionaries(WORDS | st.integers(), TREES, max_size=6) | st.text(max_size=40))
def test_any_document_is_a_mapping_or_refused(document: Any) -> None:
    """Whatever the document is, nothing but MappingError comes out."""
    with suppress(MappingError):
        load(document)
