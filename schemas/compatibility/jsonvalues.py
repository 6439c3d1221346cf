"""JSON Schema's rules for single values: the listed ones, bounds, lengths, patterns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final, Literal

from schemas.compatibility.jsonviews import View, enumerated, same_value, type_of
from schemas.compatibility.verdicts import Difference, Sides

Ternary = Literal["yes", "no", "unknown"]
Number = int | float
Bound = tuple[Number, bool]
"""A lowest or highest value, and whether it is left out itself."""

_COUNTS: Final = {
    "string": (("minLength", "MIN_LENGTH"), ("maxLength", "MAX_LENGTH")),
    "array": (("minItems", "MIN_ITEMS"), ("maxItems", "MAX_ITEMS")),
    "object": (("minProperties", "MIN_PROPERTIES"), ("maxProperties", "MAX_PROPERTIES")),
}


def listed(writer: View, reader: View, kinds: frozenset[str], sides: Sides) -> Iterator[Difference] | None:
    """What becomes of a writer's few values; None: they are not few, and the reader lists none either."""
    wrote, reads = _values(writer, kinds), enumerated(reader)
    if wrote is not None:
        return _few(wrote, reader, reads, sides)
    return None if reads is None else iter([_added(reader, sides)])


def _values(view: View, kinds: frozenset[str]) -> list[Any] | None:
    """All valid values, where they are few."""
    values = enumerated(view)
    if values is None and kinds <= {"null", "boolean"}:
        values = [None, True, False]
    return None if values is None else [each for each in values if type_of(each) in kinds]


def _added(reader: View, sides: Sides) -> Difference:
    keyword = "const" if "const" in reader.keywords else "enum"
    message = f"{sides.reader} lists the values that are valid, and {sides.writer} has others"
    return Difference("ENUM_ARRAY_ADDED", f"/{keyword}", message)


def _few(wrote: list[Any], reader: View, reads: list[Any] | None, sides: Sides) -> Iterator[Difference]:
    known = None if reads is None else {same_value(each) for each in reads}
    lost = [same_value(each) for each in wrote if known is not None and same_value(each) not in known]
    if lost:
        kind = "NARROWED" if len(lost) < len(wrote) and len(wrote) > len(reads or ()) else "CHANGED"
        message = f"{sides.reader} lacks {', '.join(lost[:20])} of {sides.writer}"
        yield Difference(f"ENUM_ARRAY_{kind}", "/enum", message, ", ".join(lost))
        return
    for each in wrote:
        answer = fits(each, reader)
        if answer != "yes":
            message = f"{same_value(each)} of {sides.writer} {'is' if answer == 'no' else 'may be'} refused"
            kind = "ENUM_VALUE_REFUSED" if answer == "no" else "CANNOT_TELL"
            yield Difference(kind, "/", message, same_value(each), unknown=answer == "unknown")


def fits(value: Any, view: View) -> Ternary:
    """Whether a value is within the bounds of plain keywords; its kind and the listed values are known to fit."""
    match value:
        case None | bool():
            return "yes"
        case str():
            if any(keyword in view.keywords for keyword in ("pattern", "format")):
                return "unknown"
            lowest, highest = view.get("minLength", 0), view.get("maxLength", math.inf)
            return "yes" if lowest <= len(value) <= highest else "no"
        case int() | float():
            return "yes" if _in_bounds(value, view) else "no"
    return "yes" if view.keywords <= {"type", "enum", "const"} else "unknown"


def _in_bounds(value: Number, view: View) -> bool:
    lowest, highest, step = _bound(view, "minimum"), _bound(view, "maximum"), view.get("multipleOf")
    if lowest is not None and (value < lowest[0] or (value == lowest[0] and lowest[1])):
        return False
    if highest is not None and (value > highest[0] or (value == highest[0] and highest[1])):
        return False
    return step is None or _exact(value) % _exact(step) == 0


def _bound(view: View, keyword: str) -> Bound | None:
    """`minimum` or `maximum`, with its exclusive form: of two the narrower one. In draft-04 that one is a flag."""
    plain, exclusive = view.get(keyword), view.get(f"exclusive{keyword.capitalize()}")
    if isinstance(exclusive, bool):
        return None if plain is None else (plain, exclusive)
    found = [(each, out) for each, out in ((plain, False), (exclusive, True)) if each is not None]
    if keyword == "minimum":
        return max(found, default=None)
    return min(found, key=lambda each: (each[0], not each[1]), default=None)


def _step(writer: View, whole: bool) -> Fraction | None:
    """What the writer's values are multiples of, as far as that is known."""
    step = _exact(writer.get("multipleOf", 1)) if whole or "multipleOf" in writer.keywords else None
    return Fraction(1) if step is not None and whole and step.denominator != 1 else step


def numbers(writer: View, reader: View, *, whole: bool, sides: Sides) -> Iterator[Difference]:
    """`whole`: the writer's values are integers."""
    step = _step(writer, whole)
    for keyword, kind, sign in (("minimum", "MINIMUM", 1), ("maximum", "MAXIMUM", -1)):
        wrote, reads = _toward(_bound(writer, keyword), sign, step), _toward(_bound(reader, keyword), sign, None)
        if reads is not None and (wrote is None or reads > wrote):
            change = "ADDED" if wrote is None else "INCREASED" if sign > 0 else "DECREASED"
            exclusive = "EXCLUSIVE_" if reads[1] else ""
            place = f"exclusive{keyword.capitalize()}"
            message = f"{sides.reader} allows fewer numbers ({keyword}) than {sides.writer}"
            yield Difference(
                f"{exclusive}{kind}_{change}", f"/{place if place in reader.keywords else keyword}", message
            )
    yield from _steps(writer.get("multipleOf"), reader.get("multipleOf"), whole, sides)


def _toward(bound: Bound | None, sign: int, step: Fraction | None) -> tuple[Fraction, bool] | None:
    """A bound that is greater the narrower it is; with steps, the first one that is itself allowed."""
    if bound is None:
        return None
    value, out = sign * _exact(bound[0]), bound[1]
    if step is None:
        return value, out
    steps = value / step
    return (math.floor(steps) + 1 if out else math.ceil(steps)) * step, False


def _steps(wrote: Number | None, reads: Number | None, whole: bool, sides: Sides) -> Iterator[Difference]:
    base = wrote if wrote is not None else 1 if whole else None
    if reads is None or (base is not None and _exact(base) % _exact(reads) == 0):
        return
    if wrote is None:
        kind = "MULTIPLE_OF_ADDED"
    else:
        kind = "MULTIPLE_OF_EXPANDED" if _exact(reads) % _exact(wrote) == 0 else "MULTIPLE_OF_CHANGED"
    yield Difference(kind, "/multipleOf", f"{sides.reader} wants multiples of {reads}, {sides.writer} does not")


def _exact(value: Number) -> Fraction:
    """A number as it is written: 0.1 is a tenth."""
    return Fraction(repr(value))


def strings(writer: View, reader: View, sides: Sides) -> Iterator[Difference]:
    yield from counts("string", writer, reader, sides)
    pattern, before = reader.get("pattern"), writer.get("pattern")
    if pattern is not None and pattern not in (before, "", ".*", "^.*$"):
        kind = "PATTERN_ADDED" if before is None else "PATTERN_CHANGED"
        message = f"the pattern {pattern!r} of {sides.reader} "
        message += "is new" if before is None else "may refuse what that of the other allows"
        yield Difference(kind, "/pattern", message, pattern, unknown=before is not None)
    for keyword, kind in (("format", "FORMAT"), ("contentEncoding", "CONTENT_ENCODING"),
                          ("contentMediaType", "CONTENT_MEDIA_TYPE")):  # fmt: skip
        wrote, reads = writer.get(keyword), reader.get(keyword)
        if reads is not None and reads != wrote:
            message = f"{keyword} {reads!r} of {sides.reader} may be checked or not"
            change = "ADDED" if wrote is None else "CHANGED"
            yield Difference(f"{kind}_{change}", f"/{keyword}", message, str(reads), unknown=True)


def counts(
    type_: str, writer: View, reader: View, sides: Sides, *, least: int = 0, most: float = math.inf
) -> Iterator[Difference]:
    """Lengths and numbers of items or members. `least`, `most`: what else is known of the writer's."""
    (lowest, low_kind), (highest, high_kind) = _COUNTS[type_]
    wrote, reads = writer.get(lowest), reader.get(lowest, 0)
    if reads > max(wrote or 0, least):
        change = "ADDED" if wrote is None else "INCREASED"
        yield Difference(f"{low_kind}_{change}", f"/{lowest}", f"{sides.reader} wants at least {reads}", str(reads))
    wrote, reads = writer.get(highest), reader.get(highest)
    if reads is not None and reads < min(math.inf if wrote is None else wrote, most):
        change = "ADDED" if wrote is None else "DECREASED"
        yield Difference(f"{high_kind}_{change}", f"/{highest}", f"{sides.reader} wants at most {reads}", str(reads))
