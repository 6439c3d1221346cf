"""What every format file says of its format. All that anybody asks of a format is a member of its `Format`.

A format file has a `FORMAT`, and a docstring that lists what the format loses. It holds the dialect (how types stand
in it), the walker that takes a message apart for `inspect`, and what files of it are called; its line in the table of
translator/formats/__init__.py, or an entry point of the group `translator.formats`, makes it known everywhere.

The dialect is said in words (`WireForm`, `Check`) and knows nothing of images: which nodes and steps that takes is the
compiler's (plan/nodes.py, plan/convert.py), so that formats stand below it and a change of the image touches no format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol

from schemas.model import Field, IntEncoding, Language, Type, Unit
from translator.policies import Policies

if TYPE_CHECKING:
    from translator.formats.walking.walk import Item

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
    `extension` (MessagePack's, or CBOR's tag), `unit` (where it isn't the type's).
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
    cut (S23). `counted`: 64 bits hold the count of its units."""

    first: int
    last: int
    counted: bool = False


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
    that have values in them (lists, maps, unions, records) nothing is asked, and the answer doesn't matter."""

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


class Walks(Protocol):
    """Takes one message apart: its items in the order of the bytes, up to the damage if there is any (DataError).

    `type_`: by the schema; None: there is none. `cut`: characters or bytes of a value that are shown; None: all.
    """

    def __call__(self, data: bytes, type_: Type | None, cut: int | None, /) -> Iterator[Item]: ...


class Likely(Protocol):
    """How likely a message is in the format, by its first bytes: 0, not to be guessed; else the highest wins."""

    def __call__(self, message: bytes, /) -> int: ...


def never_guessed(message: bytes) -> int:
    """Nothing in the bytes tells that they are of this format."""
    return 0


FOREIGN: Final = -1
"""The core's format of one that it does not speak."""


@dataclass(frozen=True)
class Format:
    """One wire format.

    How values stand in it:
    `core`: the reader and writer of the C core (h9_format). `languages`: the schema languages that can describe it.
    `self_describing`: values carry their kinds and names. `needs_schema`: what they are can't be told from that alone.
    `text_numbers`: numbers are decimal text, read as what is wanted. `null_unsets`: null means that a field is unset
    (S12). `bare_messages`: well-known messages are messages, by their fields' names. `masks_as_text`:
    google.protobuf.FieldMask is one text. `tells_branches`: a union isn't written where its
    branches can't be told apart again, `names_branches`: each comes with its name (S19). `unknown`: what becomes of
    members that the schema doesn't name (S14). `forms`: fields that have bytes in another form than the rest.
    `sorts_keys`: members are written in the order of their encoded names. `has_tags`: untyped values carry CBOR's tags,
    and numbers of any size.

    What files and commands ask of it:
    `container`: what a stream of messages stands in unless another is named. `suffixes`: of files, and the container
    that each means. `text`: messages are JSON text. `has_bytes`: bytes are a kind of their own, not text. `walk`: takes
    a message apart; None: it is shown as bytes. `likely`: by which `inspect` guesses. `usual_for`: the schema language
    whose messages are in it, where no format is named. `schema`: by which messages are taken where none is named.
    `built_in`: in which language it takes the built-in schemas, where it has a choice. `samples`: schemas can be
    inferred from its messages. `single_object`: it is what Avro's single-object encoding holds. `loses`: what it can't
    say, for people.
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
    bare_messages: bool = False
    strict_oneof: bool = True
    masks_as_text: bool = False
    tells_branches: bool = True
    names_branches: bool = False
    unknown: Literal["by schema", "ignore", "refuse"] = "by schema"
    forms: Forms | None = None
    encode_key: KeyEncoding | None = None
    sorts_keys: bool = False
    has_tags: bool = False
    container: str = "delimited"
    suffixes: Mapping[str, str] = field(default_factory=dict, hash=False)
    text: bool = False
    has_bytes: bool = False
    walk: Walks | None = None
    likely: Likely = never_guessed
    usual_for: Language | None = None
    schema: str | None = None
    built_in: Language = "protobuf"
    samples: bool = False
    single_object: bool = False
    loses: tuple[str, ...] = ()

    @property
    def says_messages(self) -> bool:
        """Whether it has Protobuf's well-known messages as the messages that they are, without forms of their own."""
        return self.tagged or self.bare_messages

    @property
    def is_foreign(self) -> bool:
        """Whether only registered transformers speak it: nobody here knows more than its name."""
        return self.core == FOREIGN

    @property
    def schemaless(self) -> bool:
        """Whether messages can be read and written without a schema."""
        return self.self_describing and not self.needs_schema

    @property
    def language_of_built_in(self) -> Language:
        """The language in which it takes the built-in schemas."""
        return next(iter(self.languages)) if len(self.languages) == 1 else self.built_in

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


def foreign(name: str) -> Format:
    """A format that only registered transformers speak."""
    return Format(
        name=name, core=FOREIGN, languages=ALL_LANGUAGES, scalar=_no_form, checks=no_checks, spellings=by_name,
        self_describing=True, container="",
    )  # fmt: skip


def _no_form(type_: Type, policies: Policies) -> WireForm | None:
    """The core writes nothing in it."""
    return None
