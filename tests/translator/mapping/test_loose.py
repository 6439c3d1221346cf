"""Without a schema a member may be of another kind in each message: what isn't taken of it is no matter."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

import translator
from tests.translator.mapping.support import TEXT, objects

TARGET = objects(s=TEXT, n={"type": "number"}, l={"type": "array", "items": TEXT})
ENCODE = {"json": msgspec.json.encode, "msgpack": msgspec.msgpack.encode}
ALTERNATIVES: dict[str, Any] = {
    "alternatives": [
        {"when": {"path": "op", "equals": "u"}, "fields": {"s": "x"}},
        {"when": {"path": "op", "equals": "c"}, "fields": {"n": "x.y"}},
    ]
}
Made = tuple[list[Any], list[tuple[str, str]]]


@pytest.fixture(params=["json", "msgpack"])
def made(request: pytest.FixtureRequest) -> Any:
    """What a mapping makes of a message, and what it refuses: (code, path)."""

    def run(document: dict[str, Any], value: Any) -> Made:
        plan = translator.compile(request.param, ("json", TARGET), {"version": 1, **document})
        batch = plan.translate_each(ENCODE[request.param](value))
        results = [msgspec.json.decode(batch[i]) for i in range(len(batch))]
        return results, [(each.code, each.path) for each in batch.errors]

    return run


def test_an_alternative_that_is_not_taken_reads_nothing(made: Any) -> None:
    assert made(ALTERNATIVES, {"op": "c", "x": {"y": 1}}) == ([{"n": 1.0}], [])
    assert made(ALTERNATIVES, {"op": "u", "x": "t"}) == ([{"s": "t"}], [])


def test_what_is_taken_is_refused_with_its_path(made: Any) -> None:
    assert made(ALTERNATIVES, {"op": "u", "x": {"y": 1}}) == ([], [("TYPE", "x")])
    assert made(ALTERNATIVES, {"op": "c", "x": {"y": "q"}}) == ([], [("TYPE", "x.y")])


def test_a_member_of_something_else_is_absent(made: Any) -> None:
    """As is one of a record that hasn't got it."""
    document = {"fields": {"s": {"first": [{"path": "x.y", "cast": "string"}, {"path": "x", "cast": "string"}]}}}
    assert made(document, {"x": "t"}) == ([{"s": "t"}], [])
    assert made(document, {"x": {"y": "in"}}) == ([{"s": "in"}], [])
    assert made(ALTERNATIVES, {"op": "c", "x": [1]}) == ([{}], [])


def test_when_keeps_loops_and_lists_from_being_read(made: Any) -> None:
    when = {"path": "op", "equals": "u"}
    each = {"when": when, "for_each": "k, v in after", "fields": {"s": "v"}}
    assert made(each, {"op": "c", "after": {"id": 1}}) == ([], [])
    assert made(each, {"op": "u", "after": {"b": "x", "id": 1}})[1] == [("TYPE", 'after["id"]')]
    whole = {"when": when, "fields": {"l": "tags"}}
    assert made(whole, {"op": "c", "tags": [1]}) == ([], [])
    assert made(whole, {"op": "u", "tags": [1]}) == ([], [("TYPE", "tags[0]")])


def test_an_item_is_refused_alone(made: Any) -> None:
    """Its neighbours are made; the path has the loop's place."""
    document = {"for_each": "i in items", "fields": {"n": "i.a.n"}}
    items = [{"a": {"n": 1}}, {"a": {"n": "x"}}, {"a": "text"}, {"a": {"n": 4}}]
    assert made(document, {"items": items}) == ([{"n": 1.0}, {}, {"n": 4.0}], [("TYPE", "items[1].a.n")])


def test_structure_is_still_refused_at_once() -> None:
    """What isn't JSON at all is no matter of meaning."""
    plan = translator.compile("json", ("json", TARGET), {"version": 1, **ALTERNATIVES})
    assert [each.code for each in plan.translate_each(b'{"op":"c","x":{"y":1.}}').errors] == ["NUMBER"]
    assert [each.code for each in plan.translate_each(b'{"op":"c","x":"\xff"}').errors] == ["UTF8"]


def test_the_last_of_two_counts() -> None:
    """S15's policy: the refusal of the first goes with it."""
    document = {"version": 1, "policies": {"duplicates": "last"}, "fields": {"s": "x"}}
    plan = translator.compile("json", ("json", TARGET), document)
    assert plan.translate(b'{"x":1,"x":"t"}') == b'{"s":"t"}'
