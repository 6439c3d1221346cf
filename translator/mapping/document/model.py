"""A mapping document, read: frozen, hashable, picklable. `key` is everywhere the place in the document.

Equality is Python's, to which the constants 1, 1.0 and true are one: no cache may go by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from translator.mapping.document.path import Segment

Constant = bool | int | float | str
TimeUnit = Literal["d", "s", "ms", "us", "ns", "rfc3339"]
Cast = Literal[
    "bool", "int32", "int64", "uint32", "uint64", "float32", "float64", "string", "bytes", "timestamp", "uuid"
]
Rounding = Literal["refuse", "round"]
Digits = Literal["base64", "hex"]
Otherwise = Literal["refuse", "skip"]
Generator = Literal["uuid4", "now"]
Operator = Literal[
    "equals", "not_equals", "less", "less_equal", "greater", "greater_equal", "starts_with", "ends_with", "contains"
]

MOST_DIGITS = 1000
"""Of a decimal, and of its scale."""
DEFAULT_NAMESPACE = UUID("a995be87-5f74-5b16-b05a-413981113178")
"""Of `uuid5` where a document names no other: uuid5 of the DNS name "hal9-translator.mapping". It is part of every id
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


@dataclass(frozen=True, slots=True)
class ForEach:
    """`NAME in PATH`: each item of a list. `KEY, VALUE in PATH`: each entry of a map."""

    key: str
    names: tuple[str, ...]
    path: PathSource


@dataclass(frozen=True, slots=True)
class ListSource:
    """A list with an item for each of the loops' items; absent where the first loop's list is."""

    key: str
    loops: tuple[ForEach, ...]
    where: Condition | None
    item: Value


@dataclass(frozen=True, slots=True)
class MapSource:
    """A map with an entry for each of the loops' items; absent where the first loop's list is."""

    key: str
    loops: tuple[ForEach, ...]
    where: Condition | None
    name: Value
    value: Value


@dataclass(frozen=True, slots=True)
class MergeSource:
    """The entries of several maps in one; absent where all of them are."""

    key: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class EntriesSource:
    """A map of these entries; absent where all of their values are."""

    key: str
    entries: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class FieldsSource:
    """A record of the target; absent where all of its fields are."""

    key: str
    rules: tuple[Rule, ...]


Collection = ListSource | MapSource | MergeSource | EntriesSource | FieldsSource
Source = PathSource | ConstSource | FirstSource | JoinSource | Uuid5Source | GenerateSource | Collection


@dataclass(frozen=True, slots=True)
class Value:
    """A source and what is done with it, in the order of the fields here. A null source counts as absent."""

    key: str
    source: Source
    when: Condition | None = None
    """False or absent: the value is absent."""
    decode: Digits | None = None
    """What the source's text is: bytes in this form."""
    decimal: int | None = None
    """The scale of the decimal that bytes are: two's complement, big-endian."""
    encode: Digits | None = None
    """The form in which bytes become text."""
    time: TimeUnit | None = None
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
class RuleBlock:
    """What a message becomes, or each item of `loops`: a message of `rules`, or what the first of `alternatives` whose
    own `when` holds makes of it. The rules of a block hold in its alternatives too, but for targets that these write
    themselves."""

    key: str
    when: Condition | None = None
    """Tested before the loops: false or absent, the block makes nothing."""
    loops: tuple[ForEach, ...] = ()
    """Outermost first."""
    where: Condition | None = None
    """Tested for each item of the loops: false or absent, it is passed over."""
    rules: tuple[Rule, ...] = ()
    alternatives: tuple[RuleBlock, ...] = ()
    otherwise: Otherwise = "refuse"
    """What becomes of an item that no alternative takes."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole document. `policies` are those that it names, as pairs: `Policies(**dict(mapping.policies))`."""

    version: int
    description: str
    policies: tuple[tuple[str, str], ...]
    block: RuleBlock

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that stand outside of all alternatives."""
        return self.block.rules

    @property
    def many(self) -> bool:
        """Whether a message may become none or several."""
        block = self.block
        return bool(block.loops or block.alternatives or block.when is not None or block.where is not None)
