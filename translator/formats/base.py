"""What every format file says of its format: how types stand in it, and what it can't say.

A format file has a `FORMAT`, and a docstring that lists what the format loses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from schemas.model import Field, Language, Type

if TYPE_CHECKING:
    from translator.policies import Policies

Row = dict[str, Any]


@dataclass(frozen=True)
class Spec:
    """How a single value stands on a format's wire: a node's `op` and its other members."""

    op: int
    values: Row = field(default_factory=dict)


class Scalars(Protocol):
    """How `type_` stands in a format under `policies`; None: the format has no such value."""

    def __call__(self, type_: Type, policies: Policies) -> Spec | None: ...


class Checks(Protocol):
    """Steps that refuse what the format, as a target, can't say of a value of `type_` (NaN in JSON)."""

    def __call__(self, type_: Type, policies: Policies) -> list[Row]: ...


class Spellings(Protocol):
    """How a record's field is named on the wire, the one that is written first."""

    def __call__(self, field_: Field) -> list[str]: ...


class Forms(Protocol):
    """What a field's value has of its own on the wire, by the field's name: members of a node of bytes."""

    def __call__(self, field_: Field) -> Row: ...


@dataclass(frozen=True)
class Format:
    """One wire format.

    `core`: the reader and writer of the C core (h9_format). `languages`: the schema languages that can describe it.
    `self_describing`: values carry their kinds and names. `needs_schema`: what they are can't be told from that alone.
    `text_numbers`: numbers are decimal text, read as what is wanted. `null_unsets`: null means that a field is unset
    (S12). `masks_as_text`: google.protobuf.FieldMask is one text. `tells_branches`: a union isn't written where its
    branches can't be told apart again, `names_branches`: each comes with its name (S19). `unknown`: what becomes of
    members that the schema doesn't name (S14). `forms`: fields that have bytes in another form than the rest.
    """

    name: str
    core: int
    languages: frozenset[Language]
    scalar: Scalars
    checks: Checks
    spellings: Spellings
    self_describing: bool = False
    needs_schema: bool = False
    text_numbers: bool = False
    null_unsets: bool = False
    positional: bool = False
    tagged: bool = False
    strict_oneof: bool = True
    masks_as_text: bool = False
    tells_branches: bool = True
    names_branches: bool = False
    unknown: Literal["by schema", "ignore", "refuse"] = "by schema"
    forms: Forms | None = None
    encode_key: Any = None
    loses: tuple[str, ...] = ()

    @property
    def schemaless(self) -> bool:
        """Whether messages can be read and written without a schema."""
        return self.self_describing and not self.needs_schema

    @property
    def resolves(self) -> bool:
        """Whether it is Avro's, so that its own rules hold between a writer's schema and a reader's (S18, S31)."""
        return self.languages == {"avro"}


ALL_LANGUAGES: frozenset[Language] = frozenset({"avro", "protobuf", "jsonschema"})


def by_name(field_: Field) -> list[str]:
    """The field's own name."""
    return [field_.name]


def no_checks(type_: Type, policies: Policies) -> list[Row]:
    """The format can say every value of every type that it has."""
    return []
