"""One message into many: loops, conditions, alternatives; what is refused, and that it is refused alone."""

from __future__ import annotations

import json
import pickle
from typing import Any

import msgspec
import pytest

import translator
from native.errors import PlanError
from tests.translator.mapping.support import (
    AVRO,
    BARE,
    INTEGER,
    NUMBER,
    ORDER,
    SOURCES,
    TEXT,
    avro_bytes,
    avro_value,
    message,
    objects,
    proto,
    record,
    source,
)

ANY_TYPES = {"a": TEXT, "b": TEXT, "n": INTEGER, "v": NUMBER}
TARGET = objects((), **ANY_TYPES)


def many(source_: Any, document: dict[str, Any], target: Any = None, **options: Any) -> translator.Plan:
    return translator.compile(source_, target or TARGET, {"version": 1, **document}, **options)


def results(plan: translator.Plan, data: Any) -> list[Any]:
    """What is made of messages, none of which is refused."""
    batch = plan.translate_each(data)
    assert batch.errors == []
    return [json.loads(each) for each in batch]


def refusals(plan: translator.Plan, data: Any) -> list[tuple[int | None, str, str]]:
    return [(each.item, each.code, each.path) for each in plan.translate_each(data).errors]


@pytest.mark.parametrize("name", SOURCES)
def test_each_item(name: str) -> None:
    """A message for each item of a list, with fields of the item and of the message around it, from every format."""
    plan = many(source(name), {"for_each": "r in readings", "fields": {"a": "id", "b": "r.unit", "v": "r.value"}})
    assert plan.many
    found = results(plan, message(name, ORDER))
    implicit = {"a": "A-1", "v": -1.25}
    assert found == [{"a": "A-1", "b": "K", "v": 0.5}, implicit]
    assert results(plan, message(name, BARE)) == []


@pytest.mark.parametrize("name", SOURCES)
def test_scalar_items(name: str) -> None:
    """An item that is not a record is a path by itself, in as many types as are wanted."""
    fields = {"a": "t", "b": {"path": "t", "upper": True}}
    assert results(many(source(name), {"for_each": "t in tags", "fields": fields}), message(name, ORDER)) == [
        {"a": "red", "b": "RED"}, {"a": "blue", "b": "BLUE"},
    ]  # fmt: skip
    fields = {"n": "i", "v": {"path": "i", "scale": 0.5}, "a": {"path": "i", "cast": "string"}}
    assert results(many(source(name), {"for_each": "i in numbers", "fields": fields}), message(name, ORDER)) == [
        {"n": 1, "v": 0.5, "a": "1"}, {"n": -2, "v": -1.0, "a": "-2"}, {"n": 3, "v": 1.5, "a": "3"},
    ]  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_entries_of_a_map(name: str) -> None:
    """Two names loop over the entries of a map."""
    plan = many(source(name), {"for_each": "k, v in labels", "fields": {"a": "k", "b": "v"}})
    found = results(plan, message(name, ORDER))
    assert sorted((each["a"], each["b"]) for each in found) == sorted(ORDER["labels"].items())


@pytest.mark.parametrize("name", SOURCES)
def test_conditions(name: str) -> None:
    """`when` is tested before the loops, `where` for each of their items; a loop beside another one goes over all."""
    document = {
        "when": "ok", "for_each": ["r in readings", "t in tags"],
        "where": {"any": [{"path": "r.value", "greater": 0}, {"path": "t", "equals": "red"}]},
        "fields": {"v": "r.value", "a": "t"},
    }  # fmt: skip
    plan = many(source(name), document)
    assert results(plan, message(name, ORDER)) == [
        {"v": 0.5, "a": "red"}, {"v": 0.5, "a": "blue"}, {"v": -1.25, "a": "red"},
    ]  # fmt: skip
    assert results(plan, message(name, {**ORDER, "ok": False})) == []


def test_filter() -> None:
    """Without loops `when` and `where` let a message pass or not."""
    for name in ("when", "where"):
        plan = many("json", {name: {"path": "kind", "equals": "x"}, "fields": {"n": "n"}})
        batch = plan.translate_each([b'{"kind":"x","n":1}', b'{"kind":"y","n":2}', b'{"kind":"x","n":3}'])
        assert [bytes(each) for each in batch] == [b'{"n":1}', b'{"n":3}']
        assert [*batch.inputs] == [0, 2]


TREE = record(
    ("groups", {"type": "array", "items": ["null", record(
        ("name", "string"),
        ("items", ["null", {"type": "array", "items": record(("n", "int"), ("of", ["null", "string"]), name="Item")}]),
        name="Group")]}),
    name="Tree",
)  # fmt: skip
GROUPS: list[Any] = [
    {"name": "g", "items": [{"n": 1, "of": "x"}, {"n": 2, "of": None}]},
    None,
    {"name": "h", "items": None},
    {"name": "i", "items": [{"n": 3, "of": None}]},
]


@pytest.mark.parametrize("name", ["avro", "json", "msgpack", "typed json"])
def test_loops_in_loops(name: str) -> None:
    """A list in an item; absent lists and null items have no items."""
    schema: Any = {"avro": TREE, "typed json": ("json", TREE)}.get(name, name)
    value = {"groups": GROUPS}
    data = {"avro": lambda: avro_bytes(TREE, value), "msgpack": lambda: msgspec.msgpack.encode(value)}
    plan = many(schema, {
        "for_each": ["g in groups", "i in g.items"], "fields": {"a": "g.name", "n": "i.n", "b": "i.of"}})  # fmt: skip
    found = results(plan, data.get(name, lambda: json.dumps(value).encode())())
    assert found == [{"a": "g", "n": 1, "b": "x"}, {"a": "g", "n": 2}, {"a": "i", "n": 3}]
    outer = many(schema, {"for_each": "g in groups", "fields": {"a": {"path": "g.name", "default": "none"}}})
    assert results(outer, data.get(name, lambda: json.dumps(value).encode())()) == [
        {"a": "g"}, {"a": "none"}, {"a": "h"}, {"a": "i"},
    ]  # fmt: skip


def test_lists_in_lists() -> None:
    """Items that are lists are looped over by their name alone."""
    plan = many("json", {"for_each": ["row in rows", "cell in row"], "fields": {"n": "cell"}})
    assert results(plan, b'{"rows": [[1, 2], [], [3]]}') == [{"n": 1}, {"n": 2}, {"n": 3}]
    schema = record(("rows", {"type": "array", "items": {"type": "array", "items": "int"}}))
    plan = many(schema, {"for_each": ["row in rows", "cell in row"], "fields": {"n": "cell", "v": "row[0]"}})
    data = avro_bytes(schema, {"rows": [[1, 2], [], [3]]})
    assert results(plan, data) == [{"n": 1, "v": 1.0}, {"n": 2, "v": 1.0}, {"n": 3, "v": 3.0}]


@pytest.mark.parametrize("name", ["untyped json", "avro", "protobuf", "untyped msgpack"])
def test_an_item_as_a_whole_beside_its_members(name: str) -> None:
    """An item may be text or a record of the target while its members are wanted too."""
    target = objects((), n=NUMBER, text=TEXT, whole={**objects((), value=NUMBER, unit=TEXT), "title": "W"})
    fields = {"n": "r.value", "text": {"path": "r", "cast": "string"}, "whole": "r"}
    plan = many(source(name), {"for_each": "r in readings", "where": "ok", "fields": fields}, target)
    found = results(plan, message(name, ORDER))
    assert [each["whole"] for each in found] == [{"value": 0.5, "unit": "K"}, {"value": -1.25}]
    texts = [json.loads(each["text"]) for each in found]
    assert [(each["value"], each.get("unit")) for each in texts] == [(0.5, "K"), (-1.25, None)]


# --- alternatives ---

EVENTS = {
    "events": [
        {"id": 1, "kind": "temperature", "value": 2.5},
        {"id": 2, "kind": "text", "parts": ["x", "y"]},
        {"id": 3, "kind": "other"},
        {"id": 4, "kind": "temperature", "value": 3.5},
    ]
}
BY_KIND: dict[str, Any] = {
    "for_each": "e in events",
    "otherwise": "skip",
    "fields": {"n": "e.id", "a": "e.kind"},
    "alternatives": [
        {"when": {"path": "e.kind", "equals": "temperature"}, "fields": {"v": "e.value", "a": {"const": "T"}}},
        {"when": {"path": "e.kind", "equals": "text"}, "for_each": "p in e.parts", "fields": {"b": "p"}},
    ],
}


def test_alternatives() -> None:
    """The first alternative whose `when` holds makes the message, its own loops included; the fields around it hold in
    each, but for those that it writes itself."""
    plan = many("json", BY_KIND)
    assert results(plan, json.dumps(EVENTS).encode()) == [
        {"n": 1, "a": "T", "v": 2.5}, {"n": 2, "a": "text", "b": "x"}, {"n": 2, "a": "text", "b": "y"},
        {"n": 4, "a": "T", "v": 3.5},
    ]  # fmt: skip


def test_no_alternative() -> None:
    """What none takes is refused where nothing else is said; one without `when` takes all."""
    plan = many("json", {**BY_KIND, "otherwise": "refuse"})
    batch = plan.translate_each(json.dumps(EVENTS).encode())
    assert [(each.item, each.code, each.path) for each in batch.errors] == [(3, "CONDITION", "events[2]: alternatives")]
    assert len(batch) == 4
    rest = {"fields": {"b": {"const": "rest"}}}
    plan = many("json", {**BY_KIND, "alternatives": [*BY_KIND["alternatives"], rest]})
    assert results(plan, json.dumps(EVENTS).encode())[3] == {"n": 3, "a": "other", "b": "rest"}


def test_alternatives_in_alternatives() -> None:
    """Alternatives nest; each level tests its own."""
    inner = [
        {"when": {"path": "e.value", "greater": 3}, "fields": {"b": {"const": "hot"}}},
        {"fields": {"b": {"const": "cold"}}},
    ]
    nested = {**BY_KIND["alternatives"][0], "alternatives": inner}
    plan = many("json", {**BY_KIND, "alternatives": [nested]})
    assert results(plan, json.dumps(EVENTS).encode()) == [
        {"n": 1, "a": "T", "v": 2.5, "b": "cold"}, {"n": 4, "a": "T", "v": 3.5, "b": "hot"},
    ]  # fmt: skip


def test_alternatives_without_a_loop() -> None:
    """A message by itself has alternatives too."""
    document = {"alternatives": [
        {"when": {"path": "n", "less": 0}, "fields": {"a": {"const": "negative"}}},
        {"when": {"path": "n", "present": True}, "fields": {"n": "n"}},
    ]}  # fmt: skip
    batch = many("json", document).translate_each([b'{"n":-1}', b'{"n":5}', b"{}"])
    assert [bytes(each) for each in batch] == [b'{"a":"negative"}', b'{"n":5}']
    assert [(each.index, each.item, each.path) for each in batch.errors] == [(2, 0, "alternatives")]


def test_names_of_inner_loops() -> None:
    """Fields around alternatives may name what these loop over: each has its own; what else they name is read once."""
    document = {
        "for_each": "g in groups",
        "fields": {"a": "i.s", "b": {"join": [{"path": "g.n"}, {"path": "i.n"}]}, "n": "g.n"},
        "alternatives": [
            {"when": {"path": "g.kind", "equals": "x"}, "for_each": "i in g.xs"},
            {"for_each": ["i in g.ys", "z in i.zs"], "fields": {"v": "z"}},
        ],
    }  # fmt: skip
    groups = [
        {"n": 1, "kind": "x", "xs": [{"s": "p", "n": 5}, {"s": "q"}]},
        {"n": 2, "ys": [{"s": "r", "n": 6, "zs": [0.5, 1]}]},
    ]
    assert results(many("json", document), json.dumps({"groups": groups}).encode()) == [
        {"a": "p", "b": "15", "n": 1}, {"a": "q", "n": 1}, {"a": "r", "b": "26", "n": 2, "v": 0.5},
        {"a": "r", "b": "26", "n": 2, "v": 1.0},
    ]  # fmt: skip


def test_items_of_a_union() -> None:
    """An item that is one of several branches is taken by its branch's name; so is the value of a map."""
    event = [record(("x", "int"), name="Moved"), record(("text", "string"), name="Said"), "null", "string"]
    schema = record(("events", {"type": "array", "items": event}), ("by", {"type": "map", "values": ["Moved", "Said"]}))
    value = {"events": [{"x": 1}, {"text": "hi"}, None, "plain"], "by": {"k": {"text": "t"}}}
    document = {"for_each": "e in events", "otherwise": "skip", "alternatives": [
        {"when": {"path": "e:Moved", "present": True}, "fields": {"n": "e:Moved.x"}},
        {"fields": {"a": {"first": ["e:Said.text", "e:string"], "default": "null"}}},
    ]}  # fmt: skip
    data = avro_bytes(schema, value)
    assert results(many(schema, document), data) == [{"n": 1}, {"a": "hi"}, {"a": "null"}, {"a": "plain"}]
    by = many(schema, {"for_each": "k, v in by", "fields": {"a": "k", "b": "v:Said.text", "n": "v:Moved.x"}})
    assert results(by, data) == [{"a": "k", "b": "t"}]


def test_maps_of_messages() -> None:
    """Keys that are numbers, and members of the values; one that can't be read refuses the message."""
    pb = proto("""
        syntax = "proto3"; message M { map<int32, V> by = 1; map<string, int64> plain = 2; }
        message V { string s = 1; map<string, int64> more = 2; }""")
    document = {"for_each": ["k, v in by", "l, w in v.more"], "fields": {
        "n": "k", "a": "v.s", "b": {"join": ["k", "l"]}, "v": "w"}}  # fmt: skip
    value = {"by": {"7": {"s": "x", "more": {"p": 1, "q": 2}}, "8": {"s": "y"}}}
    data = translator.compile(("json", pb), pb).translate(json.dumps(value).encode())
    found = sorted(results(many(pb, document), data), key=lambda each: each["v"])
    assert found == [{"n": 7, "a": "x", "b": "7p", "v": 1.0}, {"n": 7, "a": "x", "b": "7q", "v": 2.0}]
    plan = many(
        "json", {"for_each": "k, v in m", "fields": {"a": "k", "n": "v.n", "b": {"path": "v", "cast": "string"}}}
    )
    assert results(plan, b'{"m": {"p": {"n": 1}, "q": null}}') == [{"a": "p", "n": 1, "b": '{"n":1}'}, {"a": "q"}]
    assert refusals(plan, b'{"m": {"p": {"n": 1}, "q": {"n": "x"}}}') == [(1, "TYPE", 'm["q"].n')]


def test_whether_an_item_is_there() -> None:
    """A null item is absent; of one that is asked for no more than that nothing is read."""
    schema = record(("l", {"type": "array", "items": ["null", record(("n", "int"), name="I")]}))
    value = {"l": [{"n": 1}, None, {"n": 2}]}
    for source_, data in ((schema, avro_bytes(schema, value)), ("json", json.dumps(value).encode())):
        there = {"path": "i", "present": True}
        plan = many(source_, {"for_each": "i in l", "where": there, "fields": {"n": "i.n"}})
        assert results(plan, data) == [{"n": 1}, {"n": 2}]
        plan = many(source_, {"for_each": "i in l", "fields": {"a": {"const": "x", "when": there}}})
        assert results(plan, data) == [{"a": "x"}, {}, {"a": "x"}]


def test_what_an_alternative_leaves_behind() -> None:
    """Nothing of one alternative or item shows in the next one."""
    maybe = {"path": "e.x", "when": {"path": "e.x", "present": True}}
    document = {"for_each": "e in events", "alternatives": [
        {"when": {"all": [{"path": "e.k", "equals": 1}, {"path": "e.x", "equals": "x"}]}, "fields": {"a": maybe}},
        {"when": {"path": "e.k", "equals": 1}, "fields": {"b": maybe, "n": {"path": "e.k", "when": "e.f"}}},
        {"fields": {"b": maybe, "a": {"first": ["e.y", maybe]}}},
    ]}  # fmt: skip
    events = [{"k": 1, "x": "x"}, {"k": 1, "f": True}, {"k": 1}, {"k": 2, "x": "z"}, {"k": 2}]
    found = results(many("json", document), json.dumps({"events": events}).encode())
    assert found == [{"a": "x"}, {"n": 1}, {}, {"b": "z", "a": "z"}, {}]


# --- refusals ---


@pytest.mark.parametrize("name", ["json", "msgpack", "avro", "protobuf"])
def test_a_bad_item_is_refused_alone(name: str) -> None:
    """An item that can't be read, or that a rule refuses, leaves its neighbours; the error says which it is."""
    avro = record(("list", {"type": "array", "items": record(("n", "long"), ("s", "string"), name="I")}))
    pb = proto('syntax = "proto3"; message M { repeated I list = 1; } message I { int64 n = 1; string s = 2; }')
    items = [{"n": 1, "s": "5"}, {"n": 2**40, "s": "6"}, {"n": 3, "s": "x"}, {"n": 4, "s": "8"}]
    data = {
        "json": lambda: json.dumps({"list": items}).encode(),
        "msgpack": lambda: msgspec.msgpack.encode({"list": items}),
        "avro": lambda: avro_bytes(avro, {"list": items}),
        "protobuf": lambda: translator.compile(("json", pb), pb).translate(json.dumps({"list": items}).encode()),
    }[name]()
    target = objects((), n={"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1}, v=INTEGER)
    document = {"for_each": "i in list", "fields": {"n": {"path": "i.n", "cast": "int32"}, "v": {
        "path": "i.s", "cast": "int64"}}}  # fmt: skip
    plan = many({"avro": avro, "protobuf": pb}.get(name, name), document, target)
    batch = plan.translate_each(data)
    assert [json.loads(each) for each in batch] == [{"n": 1, "v": 5}, {"n": 4, "v": 8}]
    assert [*batch.items] == [0, 3]
    assert [(each.item, each.code) for each in batch.errors] == [(1, "RANGE"), (2, "NUMBER")]
    assert [each.path for each in batch.errors] == ["list[1]: fields.n", "list[2]: fields.v"]


def test_a_missing_value_is_refused_alone() -> None:
    """An item without a value that the target requires, also of a record in it that is there."""
    target = objects(("a",), a=TEXT, inner={**objects(("b",), b=TEXT, n=INTEGER), "title": "I"})
    fields = {"a": "i.a", "inner.b": "i.b", "inner.n": "i.n"}
    plan = many("json", {"for_each": "i in l", "fields": fields}, target)
    batch = plan.translate_each(b'{"l": [{"a": "1"}, {"b": "2"}, {"a": "3", "n": 3}, {"a": "4", "b": "4"}]}')
    assert [json.loads(each) for each in batch] == [{"a": "1"}, {"a": "4", "inner": {"b": "4"}}]
    assert [(each.item, each.code, each.path) for each in batch.errors] == [
        (1, "MISSING", "l[1]: fields.a"), (2, "MISSING", 'l[2]: fields."inner.b"'),
    ]  # fmt: skip


def test_an_item_of_another_kind_is_refused_alone() -> None:
    """Where it can't even be read, the place is the input's."""
    plan = many("json", {"for_each": ["g in groups", "i in g.list"], "fields": {"n": "i.n", "a": "g.name"}})
    data = {"groups": [{"name": "g", "list": [{"n": 1}, {"n": "x"}, 7, {"n": 2}]}, {"name": "h", "list": [{"n": 3}]}]}
    batch = plan.translate_each(json.dumps(data).encode())
    assert [json.loads(each)["n"] for each in batch] == [1, 2, 3]
    assert [(each.item, each.code, each.path) for each in batch.errors] == [
        (1, "TYPE", "groups[0].list[1].n"), (2, "TYPE", "groups[0].list[2]"),
    ]  # fmt: skip
    assert refusals(plan, b'{"groups": 5}') == [(None, "TYPE", "groups")]
    assert refusals(plan, b'{"groups": [')[0][:2] == (None, "TRUNCATED")


def test_a_refused_condition_refuses_its_item_alone() -> None:
    """A condition that can't be tested, of a block or an alternative, refuses no other item."""
    hot = {"path": "e.t", "cast": "int64", "greater": 5}
    data = b'{"events": [{"t": "9"}, {"t": "x"}, {"t": "7"}, {"t": "1"}]}'
    for document in (
        {"where": hot, "fields": {"a": "e.t"}},
        {"alternatives": [{"when": hot, "fields": {"a": "e.t"}}], "otherwise": "skip"},
    ):
        plan = many("json", {"for_each": "e in events", **document})
        batch = plan.translate_each(data)
        assert [json.loads(each)["a"] for each in batch] == ["9", "7"]
        assert [(each.item, each.code) for each in batch.errors] == [(1, "NUMBER")]
        assert batch.errors[0].path.startswith("events[1]: ")


def test_inputs_and_items() -> None:
    """Results and errors of several messages say which message and which item of it they are of."""
    plan = many("json", {"for_each": "i in l", "fields": {"n": "i.n"}})
    batch = plan.translate_each([b'{"l":[{"n":1},{"n":2}]}', b"{", b'{"l":[]}', b'{"l":[{"n":"x"},{"n":3}]}'])
    assert [bytes(each) for each in batch] == [b'{"n":1}', b'{"n":2}', b'{"n":3}']
    assert ([*batch.inputs], [*batch.items]) == ([0, 0, 3], [0, 1, 1])
    assert [(each.index, each.item) for each in batch.errors] == [(1, None), (3, 0)]


def test_translate_is_refused() -> None:
    """Such a plan has no single result; it pickles as any other."""
    plan = many("json", {"for_each": "i in l", "fields": {"n": "i.n"}})
    with pytest.raises(PlanError, match="translate_each"):
        plan.translate(b'{"l":[]}')
    again = pickle.loads(pickle.dumps(plan))
    assert results(again, b'{"l":[{"n":1}]}') == [{"n": 1}]


# --- targets and losses ---


def test_to_avro_and_to_signals() -> None:
    """Each message of many is whole in its target's format."""
    target = record(("id", "string"), ("v", ["null", "double"]), ("labels", {"type": "map", "values": "string"}))
    plan = many(AVRO, {"for_each": "r in readings", "fields": {"id": "id", "v": "r.value"}}, target)
    batch = plan.translate_each(message("avro", ORDER))
    assert [avro_value(target, bytes(each)) for each in batch] == [
        {"id": "A-1", "v": 0.5, "labels": {}}, {"id": "A-1", "v": -1.25, "labels": {}},
    ]  # fmt: skip


def test_losses_of_alternatives() -> None:
    """Each target has one verdict, the worst of all alternatives; what any of them reads isn't dropped."""
    document = {"for_each": "r in readings", "alternatives": [
        {"when": "ok", "fields": {"n": "count", "a": "r.unit"}},
        {"fields": {"n": {"path": "r.value", "cast": "int64"}}},
    ]}  # fmt: skip
    plan = many(AVRO, document)
    found = {loss.path: loss.verdict for loss in plan.losses}
    assert (found["n"], found["a"], found["v"]) == ("checked", "exact", "exact")
    assert "readings[].unit" not in found
    assert found["price"] == "dropped"


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"for_each": "r in reading"}, "for_each", "has no field 'reading'; did you mean \"readings\"?"),
    ({"for_each": "r in id"}, "for_each", "string is not a list"),
    ({"for_each": "r in labels"}, "for_each", 'a map has keys and values: write "key, r in labels"'),
    ({"for_each": "k, r in readings"}, "for_each", 'has no keys: write "r in readings"'),
    ({"for_each": "count in readings"}, "for_each", "'count' is a member of the message too: choose another name"),
    ({"for_each": ["r in readings", "s in r.values"]}, "for_each[1]", "has no field 'values'"),
    ({"for_each": ["k, v in labels", "s in k"]}, "for_each[1]", "a key is not a list"),
    ({"for_each": "r in readings", "fields": {"a": "r.units"}}, "fields.a", 'did you mean "unit"?'),
    ({"for_each": "k, v in labels", "fields": {"a": "k.x"}}, "fields.a", "'k' is a key, which has no x"),
    ({"for_each": "t in tags", "fields": {"a": "t.x"}}, "fields.a", "string has no x"),
    ({"for_each": "r in readings", "when": {"path": "r.unit", "present": True}}, "when", "`where` tests its items"),
    ({"for_each": "r in readings", "where": "r.value"}, "where", "float64 can't become bool"),
    ({"alternatives": [{"when": "ok", "fields": {"b": "idd"}}]}, "alternatives[0].fields.b", 'did you mean "id"?'),
    ({"alternatives": [{"when": "okk", "fields": {"b": "id"}}]}, "alternatives[0].when", 'did you mean "ok"?'),
    ({"fields": {"where": "id"}}, "fields.where", "a key of the document itself belongs before [fields]"),
]


@pytest.mark.parametrize(("document", "key", "reason"), WRONG, ids=range(len(WRONG)))
def test_what_does_not_compile(document: dict[str, Any], key: str, reason: str) -> None:
    """The problem has the document's key and says what is wrong."""
    with pytest.raises(PlanError) as caught:
        many(AVRO, {"fields": {"a": "id"}, **document})
    assert [each for each in caught.value.problems if each[0].startswith(key) and reason in each[1]], caught.value


def test_a_target_that_must_be_written() -> None:
    """An alternative that leaves out what the target requires is named."""
    document = {"alternatives": [
        {"when": "ok", "fields": {"a": "id", "n": "count"}}, {"fields": {"n": "count"}}]}  # fmt: skip
    with pytest.raises(PlanError) as caught:
        many(AVRO, document, objects(("a",), **ANY_TYPES))
    assert caught.value.problems == [("alternatives[1].fields.a", "the target requires it, and no rule writes it")]
