"""What every format file says of its format: how types stand in it, and what it can't say.

A format file has a `FORMAT`, and a docstring that lists what the format loses. It says what is so in words (`WireForm`,
`Check`) and knows nothing of images: which nodes and steps that takes is the compiler's (plan/nodes.py,
plan/convert.py), so that formats stand below it and a change of the image touches none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from schemas.model import Field, IntEncoding, Language, Type, Unit
from translator.policies import Policies

BytesForm = Literal["base64", "base64url", "hex", "codepoints"]


@dataclass(frozen=True, slots=True)
class WireForm:
    """How a single value stands on a format's wire, where its type doesn't say that already.

    What each means to the C core stands with h9_node_flag in native/include/hal9_image.h, under the same name. Integers
    and floats: `quoted` (written as text in JSON; of floats only NaN and infinity are), `lax` (read from what ProtoJSON
    allows besides), `point` (a float always has one), `exact` (a float refuses an integer in JSON that it doesn't hold,
    S6), `null_not_finite` (NaN and infinity are null, S4), `wire` (Protobuf's). Enums: `number` (by number), `lax` (by
    either), `closed` (S17), `null_zero` (S12). Bytes and what stands in them: `bytes`, their text in JSON, and
    `codepoints`, that of what Avro has in bytes; a UUID that is `raw` is its sixteen bytes. Times: `number` (a count),
    `extension` (MessagePack's), `unit` (where it isn't the type's).
    """

    quoted: bool = False
    lax: bool = False
    point: bool = False
    exact: bool = False
    null_not_finite: bool = False
    wire: IntEncoding = "varint"
    number: bool = False
    closed: bool = False
    null_zero: bool = False
    bytes: BytesForm = "base64"
    codepoints: bool = False
    raw: bool = False
    extension: bool = False
    unit: Unit | None = None


PLAIN: Final = WireForm()
"""The form in which the type says all."""


@dataclass(frozen=True, slots=True)
class Finite:
    """A float is neither NaN nor infinity (S4)."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """An instant is within first..last seconds since 1970; one finer than its type's unit is refused or, by policy,
    cut (S23)."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Days:
    """A date is within first..last days since 1970."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class WholeUnits:
    """A time of day finer than its type's unit is refused or, by policy, cut (S23)."""


Check = Finite | Seconds | Days | WholeUnits
"""What a format, as a target, can say of a value alone; the compiler makes steps of it."""


class Scalars(Protocol):
    """How a single value of `type_` stands in a format under `policies`; None: the format has no such value. Of types
    that have values in them (lists, maps, unions, records) nothing is asked, and the answer is no matter."""

    def __call__(self, type_: Type, policies: Policies) -> WireForm | None: ...


class Checks(Protocol):
    """What the format, as a target, can't say of values of `type_` (NaN in JSON), so that they are refused."""

    def __call__(self, type_: Type, policies: Policies) -> list[Check]: ...


class Spellings(Protocol):
    """How a record's field is named on the wire, the one that is written first."""

    def __call__(self, field_: Field) -> list[str]: ...


class Forms(Protocol):
    """The form of a field's bytes by the field's name, None where it is that of all others."""

    def __call__(self, field_: Field) -> BytesForm | None: ...


class KeyEncoding(Protocol):
    """A member's name as it stands on the wire."""

    def __call__(self, name: str) -> bytes: ...


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
    encode_key: KeyEncoding | None = None
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


def no_checks(type_: Type, policies: Policies) -> list[Check]:
    """The format can say every value of every type that it has."""
    return []
