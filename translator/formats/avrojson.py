"""Avro's JSON encoding (1.12), by an Avro schema.

A union's value is null, or an object whose one member is called as the branch is, by its full name (S19); bytes, fixed
and what stands in them (decimals, a UUID in a fixed, durations) are text of code points 0 to 255 (S8, S26); dates and
times are their counts. Every field is always there (S13): one that is absent is refused when it is wanted, default or
not, and so is a member that the schema doesn't name.

Loses: what Avro loses. NaN and infinity have no form in the specification: refused, or by policy quoted, as Avro's own
Java library has them (S4).
"""

from __future__ import annotations

from native.binding import C
from schemas.model import BigDecimal, Bytes, Date, Decimal, Fixed, Float, Period, Time, Timestamp, Type, Uuid
from translator.formats import avro
from translator.formats.base import PLAIN, Check, Finite, Format, WireForm, by_name
from translator.formats.json import encode_key
from translator.policies import Policies


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    if avro.scalar(type_, policies) is None:
        return None
    match type_:
        case Float():
            return WireForm(point=True, quoted=policies.nan == "quote", exact=policies.rounding == "refuse")
        case Bytes() | Fixed() | Period() | Decimal() | BigDecimal() | Uuid(form="bytes"):
            return WireForm(codepoints=True)
        case Date() | Time() | Timestamp():
            return WireForm(number=True)
        case _:
            return PLAIN


def checks(type_: Type, policies: Policies) -> list[Check]:
    """As Avro's, and that a float is finite."""
    if isinstance(type_, Float):
        return [] if policies.nan == "quote" else [Finite()]
    return avro.checks(type_, policies)


FORMAT = Format(
    name="avro-json",
    core=C.H9_FORMAT_JSON,
    languages=frozenset({"avro"}),
    scalar=scalar,
    checks=checks,
    spellings=by_name,
    self_describing=True,
    needs_schema=True,
    tells_branches=False,
    names_branches=True,
    unknown="refuse",
    encode_key=encode_key,
    loses=("NaN and infinity: refused (policy nan=quote)", *avro.FORMAT.loses),
)
