"""Random Avro schemas with data for them, as fastavro takes both."""

from __future__ import annotations

import datetime
import itertools
import uuid
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

_names = itertools.count()
PRIMITIVES: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "string": st.text(max_size=20),
    "bytes": st.binary(max_size=20),
}
_moments = st.datetimes(datetime.datetime(1, 1, 2), datetime.datetime(9999, 12, 30), timezones=st.just(datetime.UTC))
LOGICAL: list[tuple[dict[str, Any], st.SearchStrategy[Any]]] = [
    ({"type": "int", "logicalType": "date"}, st.dates()),
    (
        {"type": "long", "logicalType": "timestamp-millis"},
        _moments.map(lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000)),
    ),
    ({"type": "long", "logicalType": "timestamp-micros"}, _moments),
    ({"type": "long", "logicalType": "time-micros"}, st.times()),
    ({"type": "string", "logicalType": "uuid"}, st.builds(lambda n: uuid.UUID(int=n), st.integers(0, 2**128 - 1))),
    (
        {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 3},
        st.integers(-(10**12) + 1, 10**12 - 1).map(lambda n: Decimal(n).scaleb(-3)),
    ),
]
Case = tuple[Any, st.SearchStrategy[Any]]


def _name(kind: str) -> str:
    return f"{kind}{next(_names)}"


def _primitive() -> st.SearchStrategy[Case]:
    return st.sampled_from([*PRIMITIVES.items(), *LOGICAL])


@st.composite
def _named(draw: st.DrawFn) -> Case:
    if draw(st.booleans()):
        symbols = draw(st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=5, unique=True))
        return {"type": "enum", "name": _name("E"), "symbols": symbols}, st.sampled_from(symbols)
    size = draw(st.integers(1, 9))
    return {"type": "fixed", "name": _name("F"), "size": size}, st.binary(min_size=size, max_size=size)


@st.composite
def _record(draw: st.DrawFn, inner: st.SearchStrategy[Case]) -> Case:
    cases = draw(st.lists(inner, min_size=1, max_size=4))
    fields = [{"name": f"f{i}", "type": schema} for i, (schema, _) in enumerate(cases)]
    data = st.fixed_dictionaries({f"f{i}": values for i, (_, values) in enumerate(cases)})
    return {"type": "record", "name": _name("R"), "fields": fields}, data


def _nullable(case: Case, first: bool) -> Case:
    schema, values = case
    if isinstance(schema, list):
        return case
    return (["null", schema] if first else [schema, "null"]), st.none() | values


BRANCHES: dict[str, Case] = {
    "null": ("null", st.none()), "boolean": ("boolean", st.booleans()), "long": ("long", PRIMITIVES["long"]),
    "double": ("double", PRIMITIVES["double"]), "string": ("string", PRIMITIVES["string"]),
    "array": ({"type": "array", "items": "long"}, st.lists(PRIMITIVES["long"], max_size=3)),
    "map": ({"type": "map", "values": "string"}, st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=3)),
}  # fmt: skip


@st.composite
def _union(draw: st.DrawFn) -> Case:
    """Branches that every format tells apart."""
    cases = draw(st.lists(st.sampled_from(sorted(BRANCHES)), min_size=2, unique=True))
    return [BRANCHES[each][0] for each in cases], st.one_of([BRANCHES[each][1] for each in cases])


@st.composite
def _tree(draw: st.DrawFn) -> Case:
    """A record that contains itself, in a list and a union."""
    name, (schema, values) = _name("T"), draw(_primitive())
    fields = [
        {"name": "v", "type": schema}, {"name": "next", "type": ["null", name]},
        {"name": "all", "type": {"type": "array", "items": name}},
    ]  # fmt: skip
    leaf = st.fixed_dictionaries({"v": values, "next": st.none(), "all": st.just([])})
    node = st.recursive(leaf, lambda inner: st.fixed_dictionaries(
        {"v": values, "next": st.none() | inner, "all": st.lists(inner, max_size=2)}), max_leaves=4)  # fmt: skip
    return {"type": "record", "name": name, "fields": fields}, node


def _flat(inner: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    arrays = inner.map(lambda c: ({"type": "array", "items": c[0]}, st.lists(c[1], max_size=4)))
    keys = st.text(max_size=6)
    maps = inner.map(lambda c: ({"type": "map", "values": c[0]}, st.dictionaries(keys, c[1], max_size=4)))
    return arrays | maps | _union() | st.builds(_nullable, inner, st.booleans()) | _record(inner)


def _wider(inner: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    return _flat(inner) | _tree()


def schemas(*, recursive: bool = True) -> st.SearchStrategy[Case]:
    """A record's schema, and a strategy for its data. `recursive`: with types that contain themselves."""
    return _record(st.recursive(_primitive() | _named(), _wider if recursive else _flat, max_leaves=6))
