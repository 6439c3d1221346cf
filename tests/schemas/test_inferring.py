"""Schemas inferred from samples."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from native.errors import SchemaError
from schemas import canonical, model
from schemas.inferring import Rules, infer
from schemas.model import Presence, Record
from tests.schemas.jsonschema_shapes import shape
from tests.schemas.writing.support import LANGUAGES, written


def fields(*samples: Any, **rules: Any) -> dict[str, Any]:
    root = infer(samples, Rules(**rules)).root
    assert isinstance(root, Record)
    return {each.name: shape(each.type) for each in root.fields}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], "int64"),
        ([1, 2.5], "float64"),
        ([2**63], "uint64"),
        ([-1, 2**63], "float64"),
        ([True], "bool"),
        ([None, 1], {"one of": ["null", "int64"]}),
        ([None], "null"),
        (["a", 1], {"one of": ["int64", "string"]}),
        ([b"x"], "bytes"),
        ([datetime.now(UTC)], "timestamp-ns"),
        ([[], [1], ["a"]], [{"one of": ["int64", "string"]}]),
        ([[]], ["any"]),
        ([{}], {"*": "any"}),
        ([object()], "any"),
    ],
)
def test_kinds_are_united(values: list[Any], expected: Any) -> None:
    """All kinds that were seen, an integer beside a number being one."""
    assert shape(infer(values).root) == expected


TIMES = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5+01:00", "2026-11-22t20:00:00z"]
UUIDS = [f"6f3d7a1e-0000-4000-8000-00000000000{each}" for each in range(3)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(TIMES, "timestamp-ns"), (UUIDS, "uuid"), (TIMES[:2], "string"), ([*TIMES, "x"], "string"), (["a"] * 3, "string"),
     ([*TIMES, *UUIDS], "string")],
)  # fmt: skip
def test_formats(texts: list[str], expected: str) -> None:
    """Only if every sample fits and there are enough of them."""
    assert shape(infer(texts).root) == expected


def test_enough_is_what_is_said() -> None:
    assert fields({"t": TIMES[0]}, formats_from=1) == {"t": "timestamp-ns"}


def test_required_and_optional() -> None:
    """Required is what every object has; null is a value."""
    root = infer([{"a": 1, "b": None}, {"a": 2}]).root
    assert isinstance(root, Record)
    assert [each.presence for each in root.fields] == [Presence.REQUIRED, Presence.OPTIONAL]


def test_maps() -> None:
    """Objects are records, unless they vary and that is asked for, or their place is named."""
    samples = [{"m": {f"k{index}": index}} for index in range(20)]
    assert fields(*samples) == {"m": "RootM"}
    assert fields(*samples, maps="varied") == {"m": {"*": "int64"}}
    assert fields(*samples[:3], maps="varied") == {"m": "RootM"}
    assert fields(*samples[:3], map_at=["m"]) == {"m": {"*": "int64"}}


def test_values_of_a_map_are_united() -> None:
    """What stood under different names is one type."""
    value = fields({"m": {"x": {"a": 1}, "y": {"a": None, "b": [1]}, "z": {"a": 2.5, "b": ["s"]}}}, map_at=["m"])
    assert value == {"m": {"*": "RootMValue"}}
    root = infer([{"m": {"x": {"a": 1}, "y": {"a": None, "b": [1]}}}], Rules(map_at=["m"])).root
    inner = root.fields[0].type.values  # type: ignore[attr-defined]
    assert {each.name: shape(each.type) for each in inner.fields} == {
        "a": {"one of": ["null", "int64"]}, "b": ["int64"],
    }  # fmt: skip


def test_the_root_is_called_as_said() -> None:
    assert shape(infer([{"a": {"b": 1}}], Rules(name="Order")).root) == "Order"


def test_mixed_kinds_are_refused_if_asked() -> None:
    """With every place; null is not a kind of its own, nor is an integer beside a number."""
    samples = [{"a": 1, "b": [1, "x"], "c": None, "d": 1}, {"a": {"e": 1}, "b": [], "c": 1, "d": 1.5}]
    with pytest.raises(SchemaError, match=r"a is int and record; b\[\] is int and string"):
        infer(samples, Rules(mixed="refuse"))
    assert infer([{"c": None, "d": 1}, {"c": 1, "d": 1.5}], Rules(mixed="refuse")).root


def test_the_order_of_samples_is_no_matter() -> None:
    """But for the order of members, which is that of the first sample that has them; the same samples give the same."""
    samples = [{"a": 1, "b": {"c": None}}, {"b": {"d": 1.5, "c": "x"}, "a": None}]
    one, two = (written(infer(each), "jsonschema").schema.root for each in (samples, samples[::-1]))
    assert canonical.differences(one, two, order=False) == []
    assert written(infer(samples), "avro").text == written(infer(samples), "avro").text


def test_no_samples() -> None:
    with pytest.raises(SchemaError, match="no sample"):
        infer([])


def test_a_deep_sample() -> None:
    """A schema's error, never a RecursionError."""
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(SchemaError, match="deep"):
        infer([deep])
    while isinstance(deep, list):  # lest freeing it recurse
        deep = deep.pop()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.lists(JSON, min_size=1, max_size=4))
def test_every_sample_is_valid(samples: list[Any]) -> None:
    """By the JSON Schema that is written of it; and it is written in every language."""
    import json

    import jsonschema

    made = written(infer(samples), "jsonschema")
    validator = jsonschema.Draft202012Validator(json.loads(made.text))
    for sample in samples:
        validator.validate(sample)


def test_seen_members_are_types() -> None:
    """What is inferred is written in every language."""
    schema = infer([{"a": 1, "b": {"c": [1.5, None]}, "d": TIMES[0]}])
    for language in LANGUAGES:
        assert written(schema, language).text
    assert isinstance(schema.names["RootB"], model.Record)
