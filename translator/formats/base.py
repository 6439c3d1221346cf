"""What every format file says of its format. All that anybody asks of a format is a member of its `Format`.

A format file has a `FORMAT`, and a docstring that lists what the format loses. It holds the dialect (how types stand
in it), the walker that takes a message apart for `inspect`, and what files of it are called; its line in the table of
translator/formats/__init__.py, or an entry point of the group `translator.formats`, makes it known everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from schemas.model import Field, Language, Type

if TYPE_CHECKING:
    from translator.formats.walking.walk import Item
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


@dataclass(frozen=True)
class Format:
    """One wire format.

    How values stand in it:
    `core`: the reader and writer of the C core (h9_format). `languages`: the schema languages that can describe it.
    `self_describing`: values carry their kinds and names. `needs_schema`: what they are can't be told from that alone.
    `text_numbers`: numbers are decimal text, read as what is wanted. `null_unsets`: null means that a field is unset
    (S12). `masks_as_text`: google.protobuf.FieldMask is one text. `tells_branches`: a union isn't written where its
    branches can't be told apart again, `names_branches`: each comes with its name (S19). `unknown`: what becomes of
    members that the schema doesn't name (S14). `forms`: fields that have bytes in another form than the rest.

    What files and commands ask of it:
    `container`: what a stream of messages stands in unless another is named. `suffixes`: of files, and the container
    that each means. `text`: messages are JSON text. `walk`: takes a message apart; None: it is shown as bytes.
    `likely`: by which `inspect` guesses. `usual_for`: the schema language whose messages are in it, where no format is
    named. `schema`: by which messages are taken where none is named. `built_in`: in which language it takes the
    built-in schemas, where it has a choice. `samples`: schemas can be inferred from its messages. `single_object`: it
    is what Avro's single-object encoding holds. `loses`: what it can't say, for people.
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
    container: str = "delimited"
    suffixes: Mapping[str, str] = field(default_factory=dict, hash=False)
    text: bool = False
    walk: Walks | None = None
    likely: Likely = never_guessed
    usual_for: Language | None = None
    schema: str | None = None
    built_in: Language = "protobuf"
    samples: bool = False
    single_object: bool = False
    loses: tuple[str, ...] = ()

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


def no_checks(type_: Type, policies: Policies) -> list[Row]:
    """The format can say every value of every type that it has."""
    return []
