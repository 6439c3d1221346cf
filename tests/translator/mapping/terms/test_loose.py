"""Without a schema a member may be of another kind in each message: what isn't taken of it doesn't matter."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

import translator
from tests.translator.mapping.support import TEXT, objects

TARGET = objects(s=TEXT, n={"type": "number"}, l={"type": "array", "items": TEXT}, any={})
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
    """As is one that the record doesn't have."""
    document = {"fields": {"s": {"first": [{"path": "x.y", "cast": "string"}, {"path": "x", "cast": "string"}]}}}
    assert made(document, {"x": "t"}) == ([{"s": "t"}], [])
    assert made(document, {"x": {"y": "in"}}) == ([{"s": "in"}], [])
    assert made(ALTERNATIVES, {"op": "c", "x": [1]}) == ([{}], [])


def test_when_keeps_loops_and_lists_from_being_read(made: Any) -> None:
    when = {"path": "op", "equals": "u"}
    each = {"when": when, "for_each": "k, v in after", "fields": {"n": "v"}}
    assert made(each, {"op": "c", "after": {"id": "a"}}) == ([], [])
    assert made(each, {"op": "c", "after": [1]}) == ([], [])
    assert made(each, {"op": "u", "after": [1]}) == ([], [("TYPE", "after")])
    whole = {"when": when, "fields": {"l": "tags"}}
    assert made(whole, {"op": "c", "tags": [1]}) == ([], [])
    assert made(whole, {"op": "u", "tags": [1]}) == ([], [("TYPE", "tags[0]")])


def test_an_item_is_refused_alone(made: Any) -> None:
    """Its neighbours are made; the path has the loop's place."""
    document = {"for_each": "i in items", "fields": {"n": "i.a.n"}}
    items = [{"a": {"n": 1}}, {"a": {"n": "x"}}, {"a": "text"}, {"a": {"n": 4}}]
    assert made(document, {"items": items}) == ([{"n": 1.0}, {}, {"n": 4.0}], [("TYPE", "items[1].a.n")])


def test_items_and_entries_may_be_of_several_kinds(made: Any) -> None:
    """Each is converted once it is taken; one that can't be refuses its own message alone."""
    row = {"fields": {"s": "row[0]", "n": "row[1]"}}
    assert made(row, {"row": ["a", 1.5]}) == ([{"s": "a", "n": 1.5}], [])
    assert made(row, {"row": ["a", "x"]}) == ([], [("NUMBER", "fields.n")])
    each = {"for_each": "k, v in m", "fields": {"n": "v", "s": "k"}}
    assert made(each, {"m": {"a": 1, "b": "x"}}) == ([{"s": "a", "n": 1.0}], [("NUMBER", 'm["b"]: fields.n')])
    scalars = {"for_each": "v in l", "fields": {"n": "v"}}
    assert made(scalars, {"l": [1, "x", 2]}) == ([{"n": 1.0}, {"n": 2.0}], [("NUMBER", "l[1]: fields.n")])


def test_what_is_selected_may_stay_untyped(made: Any) -> None:
    """A value of any kind goes where any kind may stand."""
    document = {"fields": {"any": 'pairs[key="y"].value'}}
    pairs = [{"key": "x", "value": 1}, {"key": "y", "value": {"deep": [1, "t", None]}}]
    assert made(document, {"pairs": pairs}) == ([{"any": {"deep": [1, "t", None]}}], [])


def test_structure_is_still_refused_at_once() -> None:
    """What isn't JSON at all is not a matter of meaning."""
    plan = translator.compile("json", ("json", TARGET), {"version": 1, **ALTERNATIVES})
    assert [each.code for each in plan.translate_each(b'{"op":"c","x":{"y":1.}}').errors] == ["NUMBER"]
    assert [each.code for each in plan.translate_each(b'{"op":"c","x":"\xff"}').errors] == ["UTF8"]


def test_the_last_of_two_counts() -> None:
    """S15's policy: the refusal of the first goes with it."""
    document = {"version": 1, "policies": {"duplicates": "last"}, "fields": {"s": "x"}}
    plan = translator.compile("json", ("json", TARGET), document)
    assert plan.translate(b'{"x":1,"x":"t"}') == b'{"s":"t"}'


def test_all_that_a_message_makes_as_objects() -> None:
    """`decode_each`: dicts or a type's objects; the first refusal is raised."""

    class Line(msgspec.Struct):
        s: str
        n: float

    document = {"version": 1, "for_each": "i in items", "fields": {"s": "i.s", "n": "i.n"}}
    plan = translator.compile("json", ("json", TARGET), document)
    message = b'{"items":[{"s":"a","n":1},{"s":"b","n":2.5}]}'
    assert plan.decode_each(message) == [{"s": "a", "n": 1.0}, {"s": "b", "n": 2.5}]
    assert plan.decode_each(message, Line) == [Line("a", 1.0), Line("b", 2.5)]
    with pytest.raises(translator.DataError) as refused:
        plan.decode_each(b'{"items":[{"s":"a"},{"s":1}]}')
    assert (refused.value.code, refused.value.item) == ("TYPE", 1)
    with pytest.raises(translator.PlanError, match="translate_each"):
        plan.decode(message)
