"""Messages back to back: a refused one's end is found by its structure alone, a number isn't taken before it ends."""

from __future__ import annotations

import msgspec
import pytest

from native.binding import C, LoadedPlan
from tests.translator.semantics.support import av, plan
from translator.plan import nodes, steps
from translator.plan.image import Image
from translator.plan.rows import FieldRow, RecordRow

INT = av("int")


@pytest.mark.parametrize(
    "bad",
    [
        b'{"a":"x"}',
        b'{"a":1,"a":2}',
        b'{"a":{"k":1,"k":[{"j":2,"j":3}]}}',
        b'{"b":[[],{}]}',
        b'{"a":1e400}',
        b"[]",
        b'"x"',
        b"null",
    ],
)
def test_the_end_of_a_refused_json_message(bad):
    """Also of one whose keys come twice, deep within."""
    data = b'{"a":1} ' + bad + b' {"a":2}{"a":3}'
    found = plan("json", INT, "json", INT).translate_run(data)
    assert found.made.data == b'{"a":1}{"a":2}{"a":3}'
    assert [error.index for error in found.made.errors] == [1]
    assert found.used == len(data)


@pytest.mark.parametrize("bad", [{"a": "x"}, {1: 2}, {"a": {b"k": 1, 2.5: [None]}}, [{"a": 1}], None, {"a": 1.5}])
def test_the_end_of_a_refused_messagepack_message(bad):
    """Also of one whose keys are not text."""
    one, two, middle = (msgspec.msgpack.encode(each) for each in ({"a": 1}, {"a": 2}, bad))
    found = plan("msgpack", INT, "json", INT).translate_run(one + middle + two)
    assert found.made.data == b'{"a":1}{"a":2}'
    assert [error.index for error in found.made.errors] == [1]


@pytest.mark.parametrize("number", [b"12", b"-", b"-1", b"1.", b"1.5", b"1e", b"1E+", b"1e5"])
def test_a_number_at_the_end_may_go_on(number):
    """It is held back while more may come, and taken where nothing does."""
    each = plan("json", None, "json", None)
    held = each.translate_run(b"7 " + number, partial=True)
    assert (held.made.data, held.used) == (b"7", 2)
    assert each.translate_run(b"7 " + number + b" ", partial=True).used > 2
    assert each.translate_run(b"7 12").made.data == b"712"
    for whole in (b'{"a":1}', b"[1]", b'"1"', b"true"):
        assert each.translate_run(whole, partial=True).used == len(whole)


@pytest.mark.parametrize("writer", ["AVRO", "JSON", "MSGPACK"])
def test_a_damaged_plan_s_branch_is_refused(writer):
    """An image may box a value as a branch that the union doesn't have: that is a refusal, not a wild read."""
    image = Image()
    boxed = image.node(nodes.null(), [steps.box(1_000_000)])
    root = image.node(nodes.union(image.many32([0]), 1))
    data = image.dump(
        reader=C.H9_FORMAT_AVRO, writer=getattr(C, f"H9_FORMAT_{writer}"), read_root=boxed, write_root=root,
    )  # fmt: skip
    with pytest.raises(Exception, match="BAD_PLAN"):
        LoadedPlan(data, image.names).translate(b"")


@pytest.mark.parametrize(
    "damage", [{}, {"c": 1 << 30}, {"hi": 6}, {"hi": 1 << 40}, {"hi": -1}, {"lo": 1}, {"name": 1 << 30}, {"node": 9}]
)
def test_a_damaged_plan_s_named_branches_are_refused(damage):
    """What Avro's JSON is read by is checked when the image is loaded: its table of names, null's branch, a name."""
    image = Image()
    number = nodes.int_(64, -(1 << 63), (1 << 63) - 1)
    inner = image.node(number, [steps.box(0)])
    keys, mask = image.key_table([(b"long", 0)])
    held = image.node(number) + damage.get("node", 0)
    wrapped = image.node(nodes.named(held, image.text(b'"long":'), damage.get("name", 7)))
    union = nodes.named_union(image.many32([inner]), 1, null_index=-1, keys=keys, key_mask=mask)
    read = image.node(
        union._replace(**{member: value for member, value in damage.items() if member in ("c", "hi", "lo")})
    )
    written = image.node(nodes.union(image.many32([wrapped]), 1))
    data = image.dump(
        reader=C.H9_FORMAT_JSON, writer=C.H9_FORMAT_JSON, read_root=read, write_root=written,
    )  # fmt: skip
    if not damage:
        assert LoadedPlan(data, image.names).translate(b'{"long":5}') == b'{"long":5}'
        return
    with pytest.raises(Exception, match="BAD_PLAN"):
        LoadedPlan(data, image.names)


def circle_of_options(image):
    """Two, each of which is in the other."""
    first = len(image.nodes)
    image.node(nodes.option(first + 1, 0))
    return image.node(nodes.option(first, 0))


def inline_in_itself(image):
    """A record whose one field is that record, in the same frame."""
    table = image.reserve()
    keys, mask = image.key_table([])
    first = image.add_fields([FieldRow(image.node(nodes.inline(table)), 0)])
    image.records[table] = RecordRow(first, 1, slots=1, words=1, keys=keys, key_mask=mask)
    return image.node(nodes.record(table))


CIRCLES = {
    "option": lambda image: image.node(nodes.option(len(image.nodes), 0)),
    "options": circle_of_options,
    "wrapped": lambda image: image.node(nodes.wrapped(len(image.nodes))),
    "union": lambda image: image.node(nodes.union(image.many32([len(image.nodes)]), 1)),
    "inline": inline_in_itself,
}


@pytest.mark.parametrize("circle", CIRCLES)
@pytest.mark.parametrize("core", ["AVRO", "JSON", "MSGPACK", "PROTOBUF"])
def test_a_damaged_plan_s_circle_is_refused(core, circle):
    """What is in itself, without a byte between, would be read for ever: such an image isn't loaded."""
    image = Image()
    root = CIRCLES[circle](image)
    format_ = getattr(C, f"H9_FORMAT_{core}")
    data = image.dump(reader=format_, writer=format_, read_root=root, write_root=root)
    with pytest.raises(Exception, match="BAD_PLAN"):
        LoadedPlan(data, image.names)
