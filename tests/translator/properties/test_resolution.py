"""Avro's resolution of a writer's schema to a reader's, with fastavro as the oracle: projection, order, aliases,
promotion, defaults, enum defaults, unions, inside records, lists and maps (S13, S17, S18, S31)."""

from __future__ import annotations

import io
import itertools
from typing import Any

import fastavro
from fastavro.read import SchemaResolutionError
from hypothesis import given
from hypothesis import strategies as st

from native.errors import DataError
from schemas import avro
from translator import formats
from translator.engine.plan import Plan
from translator.plan.compiler import Side
from translator.policies import Policies

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "int": st.integers(-(2**20), 2**20),
    "long": st.integers(-(2**24), 2**24),
    "float": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "string": st.text(max_size=5),
    "bytes": st.text(max_size=5).map(str.encode),
}
WIDER = {
    "int": ["int", "long", "float", "double"],
    "long": ["long", "float", "double"],
    "float": ["float", "double"],
    "string": ["string", "bytes"],
    "bytes": ["bytes", "string"],
}
Case = tuple[Any, Any, st.SearchStrategy[Any]]
"""The writer's type, the reader's, and data for the writer's."""
_names = itertools.count()


@st.composite
def primitive(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(sorted(VALUES)))
    return kind, draw(st.sampled_from(WIDER.get(kind, [kind]))), VALUES[kind]


@st.composite
def enum(draw: st.DrawFn) -> Case:
    symbols = st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=5, unique=True)
    written, read, name = draw(symbols), draw(symbols), f"E{next(_names)}"
    default = {"default": draw(st.sampled_from(read))} if draw(st.booleans()) else {}
    form = {"type": "enum", "name": name}
    return {**form, "symbols": written}, {**form, "symbols": read, **default}, st.sampled_from(written)


@st.composite
def record(draw: st.DrawFn, inner: st.SearchStrategy[Case]) -> Case:
    cases, name = draw(st.lists(inner, min_size=1, max_size=3)), f"R{next(_names)}"
    written = [{"name": f"f{i}", "type": writer} for i, (writer, _, _) in enumerate(cases)]
    read: list[dict[str, Any]] = []
    for i, (_, reader, _) in enumerate(cases):
        how = draw(st.sampled_from(["same", "same", "alias", "dropped"]))
        if how != "dropped":
            read.append(
                {"name": f"f{i}", "type": reader}
                if how == "same"
                else {"name": f"g{i}", "aliases": [f"f{i}"], "type": reader}
            )
    read.append({"name": "new", **draw(st.sampled_from(DEFAULTED))})
    data = st.fixed_dictionaries({f"f{i}": values for i, (_, _, values) in enumerate(cases)})
    form = {"type": "record", "name": name}
    return {**form, "fields": written}, {**form, "fields": draw(st.permutations(read))}, data


# fastavro leaves a default of bytes as the schema's text; the specification has its code points for bytes.
DEFAULTED = [
    {"type": "int", "default": -3},
    {"type": ["null", "string"], "default": None},
    {"type": ["string", "null"], "default": "x"},
    {"type": {"type": "map", "values": "long"}, "default": {"k": 1}},
    {"type": {"type": "array", "items": "double"}, "default": [0.5]},
    {"type": ["long", "string"], "default": 7},
    {"type": "boolean", "default": True},
]


def kind(type_: Any) -> str:
    return type_ if isinstance(type_, str) else type_["type"]


@st.composite
def union(draw: st.DrawFn, inner: st.SearchStrategy[Case]) -> Case:
    """A union of unlike branches on both sides, the reader's in another order and with one more."""
    cases = draw(st.lists(inner, min_size=2, max_size=3))
    if any(isinstance(side, list) for case in cases for side in case[:2]):
        return cases[0]
    if any(len({kind(case[side]) for case in cases}) < len(cases) for side in (0, 1)):
        return cases[0]
    readers = draw(st.permutations([reader for _, reader, _ in cases]))
    if "boolean" not in map(kind, readers):
        readers = [*readers, "boolean"]
    return [writer for writer, _, _ in cases], readers, st.one_of([values for _, _, values in cases])


def wider(inner: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    arrays = inner.map(
        lambda c: ({"type": "array", "items": c[0]}, {"type": "array", "items": c[1]}, st.lists(c[2], max_size=3))
    )
    maps = inner.map(
        lambda c: (
            {"type": "map", "values": c[0]},
            {"type": "map", "values": c[1]},
            st.dictionaries(st.text(max_size=3), c[2], max_size=3),
        )
    )
    return arrays | maps | record(inner) | union(inner)


CASES = record(st.recursive(primitive() | enum(), wider, max_leaves=6))


@given(data=st.data(), case=CASES)
def test_resolution_is_fastavro_s(data, case):
    """What fastavro reads we read alike; where it has no value we refuse too. Integers that would round are
    left out: there
    we refuse and fastavro rounds (S6)."""
    writer, reader, values = case
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(writer), data.draw(values))
    parsed = fastavro.parse_schema(reader)
    try:
        wanted = fastavro.schemaless_reader(io.BytesIO(out.getvalue()), fastavro.parse_schema(writer), parsed)
    except (SchemaResolutionError, UnicodeDecodeError) as error:
        wanted = error
    sides = Side(formats.get("avro"), avro.read(writer)), Side(formats.get("avro"), avro.read(reader))
    plan = Plan(*sides, drop="*", policies=Policies())
    try:
        written = plan.translate(out.getvalue())
    except DataError:
        if not isinstance(wanted, Exception):
            raise
        return
    assert not isinstance(wanted, Exception), (wanted, written)
    assert fastavro.schemaless_reader(io.BytesIO(written), parsed, None) == wanted
