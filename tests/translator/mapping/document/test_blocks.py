"""Mapping documents that make many messages, and values that are lists and maps: what they read as, and mistakes."""

from __future__ import annotations

import pickle
from typing import Any

import jsonschema
import pytest

from translator.mapping import MappingError, document_schema, load
from translator.mapping.document.model import EntriesSource, FieldsSource, ListSource, MapSource, MergeSource
from translator.mapping.document.path import Find, Name, format_path, parse_path

CHECKER = jsonschema.Draft202012Validator(document_schema())

WHOLE = """
version = 1
when = "ok"
for_each = ["g in groups", "i in g.items"]
where = { path = "i.n", greater = 0 }
otherwise = "skip"
[fields]
a = "g.name"
[[alternatives]]
when = { path = "i.kind", equals = "x" }
[alternatives.fields]
b = "i.b"
[[alternatives]]
for_each = "k, v in i.labels"
[alternatives.fields]
a = "k"
[[alternatives.alternatives]]
fields.c = "v"
"""


def problems(document: Any) -> list[tuple[str, str]]:
    with pytest.raises(MappingError) as caught:
        load(document)
    return caught.value.problems


def test_whole_document() -> None:
    """Blocks nest, with their loops, conditions and rules, each with its key."""
    mapping = load(WHOLE)
    block = mapping.block
    assert mapping.many
    assert [(loop.key, loop.names, loop.path.text) for loop in block.loops] == [
        ("for_each[0]", ("g",), "groups"), ("for_each[1]", ("i",), "g.items"),
    ]  # fmt: skip
    assert (block.otherwise, [rule.key for rule in mapping.rules]) == ("skip", ["fields.a"])
    first, second = block.alternatives
    assert (first.key, first.rules[0].key) == ("alternatives[0]", "alternatives[0].fields.b")
    assert (second.when, second.loops[0].names) == (None, ("k", "v"))
    assert second.alternatives[0].rules[0].key == "alternatives[1].alternatives[0].fields.c"
    assert pickle.loads(pickle.dumps(mapping)) == mapping
    assert hash(mapping) == hash(load(WHOLE))


def test_one_message() -> None:
    """A document without loops, conditions and alternatives makes one message of one."""
    assert not load({"version": 1, "fields": {"a": "b"}}).many
    for key, value in (("for_each", "x in y"), ("when", "c"), ("where", "c"), ("alternatives", [{}])):
        assert load({"version": 1, "fields": {"a": "b"}, key: value}).many


def test_values() -> None:
    """Each kind of list, map and record."""
    given = {
        "l": {"for_each": "x in y", "item": "x", "where": "x.ok", "when": "c"},
        "m": {"for_each": ["x in y", "k, v in x.m"], "key": "k", "value": {"path": "v", "upper": True}},
        "g": {"merge": ["a", {"entries": {"b c": "d"}}], "required": True},
        "r": {"for_each": "x in y", "item": {"fields": {"p.q": "x.p"}}},
    }  # fmt: skip
    document = {"version": 1, "fields": given}
    CHECKER.validate(document)
    list_, map_, merge, records = (rule.value for rule in load(document).rules)
    assert isinstance(list_.source, ListSource)
    assert list_.when is not None
    assert list_.source.where is not None
    assert isinstance(map_.source, MapSource)
    assert [loop.names for loop in map_.source.loops] == [("x",), ("k", "v")]
    assert isinstance(merge.source, MergeSource)
    assert merge.required
    entries = merge.source.values[1].source
    assert isinstance(entries, EntriesSource)
    assert entries.entries[0][1].key == 'fields.g.merge[1].entries."b c"'
    assert isinstance(records.source, ListSource)
    inner = records.source.item.source
    assert isinstance(inner, FieldsSource)
    assert inner.rules[0].key == 'fields.r.item.fields."p.q"'


def test_selector() -> None:
    """`[name="text"]` is a part of a path, and prints as one."""
    path = parse_path('a[key="x \\"y"].b')
    assert path == (Name("a"), Find("key", 'x "y'), Name("b"))
    assert parse_path(format_path(path)) == path


FIELDS = {"a": "b"}
WRONG: list[tuple[dict[str, Any], str, str, bool]] = [
    # the document but for its version; the key and a part of the reason; whether its JSON Schema refuses it as well
    ({"for_each": 5, "fields": FIELDS}, "for_each", "not an integer", True),
    ({"for_each": [], "fields": FIELDS}, "for_each", "an empty list says nothing", True),
    ({"for_each": "items", "fields": FIELDS}, "for_each", 'must be "NAME in PATH"', True),
    ({"for_each": ["x in y", "z of x"], "fields": FIELDS}, "for_each[1]", 'must be "NAME in PATH"', True),
    ({"for_each": "x.y in z", "fields": FIELDS}, "for_each", "'x.y' is not a name", False),
    ({"for_each": "x in y..z", "fields": FIELDS}, "for_each", "not a path: column 3", False),
    ({"for_each": ["x in y", "x in z"], "fields": FIELDS}, "for_each[1]", "'x' is a loop's name already", False),
    ({"for_each": "k, k in z", "fields": FIELDS}, "for_each", "'k' is a loop's name already", False),
    ({"when": 5, "fields": FIELDS}, "when", "a condition is a path", True),
    ({"where": {"path": "a"}, "fields": FIELDS}, "where", "has no test", True),
    ({"otherwise": "skip", "fields": FIELDS}, "otherwise", 'no meaning without "alternatives"', True),
    ({"otherwise": "drop", "alternatives": [{"fields": FIELDS}]}, "otherwise", "is not one of refuse, skip", True),
    ({"alternatives": []}, "alternatives", "an empty list says nothing", True),
    ({"alternatives": [5]}, "alternatives[0]", "must be a table", True),
    ({"alternatives": [{"feilds": {}}]}, "alternatives[0].feilds", 'did you mean "fields"?', True),
    ({"alternatives": [{}]}, "alternatives[0].fields", "is missing", False),
    ({"alternatives": [{"fields": FIELDS}, {"fields": FIELDS}]}, "alternatives[0]", "those after it", False),
    ({"fields": FIELDS, "alternatives": [{"fields": {"a.b": "c"}}]}, 'alternatives[0].fields."a.b"',
     "is within the target of fields.a", False),
    ({"fields": {"a.b": "c"}, "alternatives": [{"fields": FIELDS}]}, "alternatives[0].fields.a",
     'the target of fields."a.b" is within it', False),
    ({"for_each": "x in y", "fields": {"a": {"for_each": "x in z", "item": "x"}}}, "fields.a.for_each",
     "'x' is a loop's name already", False),
]  # fmt: skip


@pytest.mark.parametrize(("given", "key", "reason", "schema_refuses"), WRONG, ids=range(len(WRONG)))
def test_wrong_block(given: dict[str, Any], key: str, reason: str, schema_refuses: bool) -> None:
    """A mistake is told with its key."""
    document = {"version": 1, **given}
    found = problems(document)
    assert [text for at, text in found if at == key and reason in text], found
    assert CHECKER.is_valid(document) is not schema_refuses


WRONG_VALUES: list[tuple[Any, str, str]] = [
    ({"for_each": "x in y"}, "fields.a", "a list of each `item`, or a map of each `key` and `value`"),
    ({"for_each": "x in y", "item": "x", "key": "x"}, "fields.a", "a list of each `item`, or a map"),
    ({"for_each": "x in y", "key": "x"}, "fields.a.value", "is missing: a map has both key and value"),
    ({"for_each": "x in y", "item": 5}, "fields.a.item", "a value is a path"),
    ({"for_each": "x in y", "item": "x", "cast": "string"}, "fields.a.cast", "unknown key"),
    ({"merge": ["a"], "path": "b"}, "fields.a", "has path and merge; a value has one source"),
    ({"merge": "a"}, "fields.a.merge", "must be a list"),
    ({"entries": {}}, "fields.a.entries", "an empty table says nothing"),
    ({"entries": ["a"]}, "fields.a.entries", "must be a table"),
    ({"fields": {}}, "fields.a.fields", "an empty table says nothing"),
    ({"fields": {"b": "c", "b.c": "d"}}, 'fields.a.fields."b.c"', "is within the target of fields.a.fields.b"),
    ({"path": "b", "item": "c"}, "fields.a.item", "unknown key"),
    ({"path": "b", "encode": "hexa"}, "fields.a.encode", 'did you mean "hex"?'),
]


@pytest.mark.parametrize(("given", "key", "reason"), WRONG_VALUES)
def test_wrong_value(given: Any, key: str, reason: str) -> None:
    """A mistake in a list, map or record is told with its key."""
    document = {"version": 1, "fields": {"a": given}}
    found = problems(document)
    assert [text for at, text in found if at == key and reason in text], found
    assert not CHECKER.is_valid(document) or "is within" in reason


def test_a_target_without_quotes() -> None:
    """A dotted key that TOML split is told as the target that was meant, and nothing else."""
    document = 'version = 1\n[fields]\npayload.activation.content = "x"\npayload.activation.strength = { path = "y" }'
    assert problems(document) == [
        ("fields.payload", "has no source: one of path, const, first, join, uuid5, generate, for_each, merge, entries, "
         'fields; is it a target with dots? Write the target in quotes: "payload.activation.content"')
    ]  # fmt: skip
