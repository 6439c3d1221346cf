"""The named choices that a plan is compiled under. The first value of each is the default (docs/rules/semantics.md)."""

from __future__ import annotations

from typing import Literal, get_args, get_type_hints

import msgspec


class Policies(msgspec.Struct, frozen=True, kw_only=True):
    """Where a rule leaves a choice. All are part of the plan; none is global."""

    rounding: Literal["refuse", "round"] = "refuse"
    """A number that its target can't hold exactly: integer into float, double into float (S6)."""
    time: Literal["refuse", "truncate"] = "refuse"
    """A time finer than its target's unit (S23)."""
    nan: Literal["refuse", "null", "quote"] = "refuse"
    """NaN and infinity in plain JSON (S4), and in Avro's, where null isn't a number either: it is refused."""
    bytes: Literal["base64", "base64url", "hex", "codepoints"] = "base64"
    """Bytes in plain JSON (S8)."""
    unknown: Literal["default", "ignore", "refuse"] = "default"
    """Members that the source's schema doesn't name (S14)."""
    duplicates: Literal["refuse", "last"] = "refuse"
    """A key or field that comes twice (S15)."""
    unions: Literal["refuse", "first"] = "refuse"
    """Branches that the format can't tell apart: the first of each kind is taken (S19)."""
    naming: Literal["exact", "camel"] = "exact"
    """`camel`: snake_case and camelCase names meet (S35)."""
    null: Literal["refuse", "zero"] = "refuse"
    """A null where the target only has its zero value (S11)."""
    tags: Literal["refuse", "value"] = "refuse"
    """CBOR's tags that mean nothing here: `value`: the tag is taken off (S29)."""
    any: Literal["refuse", "json"] = "refuse"
    """An untyped value where the target wants text: its JSON text (S34)."""
    types: Literal["refuse", "base64"] = "refuse"
    """A google.protobuf.Any whose message no schema knows, in JSON: refused, or its bytes as base64 text (S39)."""


def choices() -> dict[str, tuple[str, ...]]:
    """Every policy with its values, the default first."""
    return {name: get_args(hint) for name, hint in get_type_hints(Policies).items() if get_args(hint)}
