"""JSON and MessagePack there and back, untyped and by JSON Schema, with msgspec and json as the oracles."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from native.errors import DataError
from schemas import jsonschema
from tests.translator.semantics.support import plan
from translator.engine.plan import Plan

TEXT = st.text(max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
ANY = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5), max_leaves=15
)
TO_MSGPACK, TO_JSON = plan("json", None, "msgpack", None), plan("msgpack", None, "json", None)


def same(a: Any, b: Any) -> bool:
    """Equal, and of one type throughout: 1 is not 1.0, nor -0.0 0.0."""
    return repr(a) == repr(b)


@given(value=ANY)
def test_untyped_json_and_messagepack(value):
    """What msgspec reads of ours is what went in; what msgspec writes we read; each there and back."""
    packed, shown = msgspec.msgpack.encode(value), json.dumps(value).encode()
    assert same(msgspec.msgpack.decode(TO_MSGPACK.translate(shown)), value)
    assert same(json.loads(TO_JSON.translate(packed)), value)
    assert TO_JSON.translate(TO_MSGPACK.translate(shown)) == TO_JSON.translate(packed)
    assert TO_MSGPACK.translate(TO_JSON.translate(packed)) == packed
    assert plan("json", None, "json", None).translate(msgspec.json.encode(value)) == msgspec.json.encode(value)


@given(data=st.binary(max_size=40))
def test_any_bytes_as_messagepack(data):
    """What we take, msgspec takes and reads the same."""
    try:
        shown = plan("msgpack", None, "msgpack", None).translate(data)
    except DataError:
        return
    assert repr(unpacked(shown)) == repr(unpacked(data))


def unpacked(data: bytes) -> Any:
    return msgspec.msgpack.decode(data, ext_hook=lambda code, body: (code, bytes(body)))


@given(text=st.text(alphabet='{}[]",:0123456789.eE+-truefalsn\\ub \n', max_size=30))
def test_any_text_as_json(text):
    """Python's json and we take the same, but for a key twice, NaN and its like, surrogates and what goes
    over a double."""
    try:
        ours = plan("json", None, "json", None).translate(text.encode())
    except DataError as error:
        if error.code not in ("DUPLICATE", "ESCAPE"):
            with pytest.raises(json.JSONDecodeError):
                json.loads(text)
        return
    assert json.loads(ours) == json.loads(text)


Typed = tuple[dict[str, Any], st.SearchStrategy[Any]]
LEAVES: list[Typed] = [
    ({"type": "integer"}, st.integers(-(2**63), 2**63 - 1)),
    ({"type": "number"}, st.floats(allow_nan=False, allow_infinity=False)),
    ({"type": "string"}, TEXT),
    ({"type": "boolean"}, st.booleans()),
    ({"type": "null"}, st.none()),
    ({"type": "string", "enum": ["a", "é", '"']}, st.sampled_from(["a", "é", '"'])),
    ({"type": ["string", "null"]}, TEXT | st.none()),
    ({"type": ["integer", "string", "boolean"]}, st.integers(-(2**63), 2**63 - 1) | TEXT | st.booleans()),
    ({}, ANY),
]


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Typed]) -> Typed:
    members = draw(st.dictionaries(TEXT, inner, max_size=4))
    required = [name for name in members if draw(st.booleans())]
    schema = {"type": "object", "properties": {name: each for name, (each, _) in members.items()}, "required": required,
              "additionalProperties": False}  # fmt: skip
    needed = {name: values for name, (_, values) in members.items() if name in required}
    optional = {name: values for name, (_, values) in members.items() if name not in required}
    return schema, st.fixed_dictionaries(needed, optional=optional)


def containers(inner: st.SearchStrategy[Typed]) -> st.SearchStrategy[Typed]:
    arrays = inner.map(lambda c: ({"type": "array", "items": c[0]}, st.lists(c[1], max_size=3)))
    maps = inner.map(
        lambda c: ({"type": "object", "additionalProperties": c[0]}, st.dictionaries(TEXT, c[1], max_size=3))
    )
    return arrays | maps | objects(inner)


TYPED = objects(st.recursive(st.sampled_from(LEAVES), containers, max_leaves=6))


@given(data=st.data(), typed=TYPED)
def test_json_by_json_schema(data, typed):
    """Valid by its schema, it is read, and comes out the same in JSON and MessagePack, there and back."""
    document, values = typed
    schema, value = jsonschema.read(document), data.draw(values)
    shown, packed = json.dumps(value).encode(), msgspec.msgpack.encode(value)
    plans: dict[str, Plan] = {
        f"{a}-{b}": plan(a, schema, b, schema) for a in ("json", "msgpack") for b in ("json", "msgpack")
    }
    assert plain(json.loads(plans["json-json"].translate(shown))) == plain(value)
    assert plain(msgspec.msgpack.decode(plans["json-msgpack"].translate(shown))) == plain(value)
    assert plain(json.loads(plans["msgpack-json"].translate(packed))) == plain(value)
    there = plans["json-msgpack"].translate(shown)
    assert plain(json.loads(plans["msgpack-json"].translate(there))) == plain(value)


def plain(value: Any) -> Any:
    """Members in their names' order, as a plan has them in its schema's, and floats by their sign too."""
    match value:
        case dict():
            return {key: plain(value[key]) for key in sorted(value)}
        case list():
            return [plain(each) for each in value]
        case _:
            return repr(value)
