"""A mapping document, read: frozen, hashable, picklable. `key` is everywhere the place in the document.

Equality is Python's, to which the constants 1, 1.0 and true are one: no cache may go by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from translator.mapping.path import Segment

Constant = bool | int | float | str
Time = Literal["s", "ms", "us", "ns", "rfc3339"]
Cast = Literal[
    "bool", "int32", "int64", "uint32", "uint64", "float32", "float64", "string", "bytes", "timestamp", "uuid"
]
Rounding = Literal["refuse", "round"]
Generator = Literal["uuid4", "now"]
Operator = Literal[
    "equals", "not_equals", "less", "less_equal", "greater", "greater_equal", "starts_with", "ends_with", "contains"
]

DEFAULT_NAMESPACE = UUID("a995be87-5f74-5b16-b05a-413981113178")
"""Of `uuid5` where a document names none: uuid5 of the DNS name "hal9-translator.mapping". It is part of every id
made with it, so it never changes."""


@dataclass(frozen=True, slots=True)
class PathSource:
    """What stands at a path of the source."""

    key: str
    path: tuple[Segment, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ConstSource:
    """A constant."""

    key: str
    constant: Constant


@dataclass(frozen=True, slots=True)
class FirstSource:
    """The first of `values` that is present."""

    key: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class JoinSource:
    """The texts of `values` one after another; absent where one of them is."""

    key: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Uuid5Source:
    """A UUID made from the texts of `values`: the same texts give the same id. Absent where one of them is."""

    key: str
    values: tuple[Value, ...]
    namespace: UUID = DEFAULT_NAMESPACE


@dataclass(frozen=True, slots=True)
class GenerateSource:
    """A random id, or the time of translation."""

    key: str
    what: Generator


Source = PathSource | ConstSource | FirstSource | JoinSource | Uuid5Source | GenerateSource


@dataclass(frozen=True, slots=True)
class Value:
    """A source and what is done with it, in the order of the fields here. A null source counts as absent."""

    key: str
    source: Source
    when: Condition | None = None
    """False or absent: the value is absent."""
    time: Time | None = None
    """What the source counts or writes times in."""
    enum: tuple[tuple[str, Constant], ...] | None = None
    """What each text becomes; any other text is `otherwise`, or refused."""
    otherwise: Constant | None = None
    scale: float | None = None
    offset: float | None = None
    cast: Cast | None = None
    rounding: Rounding | None = None
    """For this value, rather than the plan's policy."""
    truncate: bool | None = None
    """For this value: whether a time or fraction too fine for its target is cut."""
    lower: bool = False
    upper: bool = False
    default: Constant | None = None
    """Where the result is absent."""
    required: bool = False
    """A message without it is refused."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A path to a boolean; absent counts as false."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class Comparison:
    """`value operator constant`; false where the value is absent."""

    key: str
    value: Value
    operator: Operator
    constant: Constant


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether the value equals one of `constants`; false where it is absent."""

    key: str
    value: Value
    constants: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """Whether the value's presence is `wanted`."""

    key: str
    value: Value
    wanted: bool


@dataclass(frozen=True, slots=True)
class AllOf:
    key: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    key: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    key: str
    condition: Condition


Condition = Truth | Comparison | OneOf | Present | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a field of the target comes from."""

    key: str
    target: tuple[Segment, ...]
    value: Value


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole document. `policies` are those that it names, as pairs: `Policies(**dict(mapping.policies))`."""

    version: int
    description: str
    policies: tuple[tuple[str, str], ...]
    rules: tuple[Rule, ...]
