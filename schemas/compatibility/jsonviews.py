"""JSON Schemas as they are compared: subschemas, their references followed, taken apart and held against each other.

A *view* is a subschema in its document. Its *parts* are what must hold all at once: plain keywords, each `anyOf` and
`oneOf`, each keyword that is only compared as a whole; `allOf` and `$ref` dissolve into the parts of what they name,
each once, so that schemas that double at every level stay small (B69). Keywords that say nothing of which values are
valid (titles, defaults, those of other vocabularies) do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, Literal

from schemas.compatibility.documents import JsonDocument
from schemas.identity import Identity
from schemas.jsondocument import DRAFT_2020, Node, text_of

TYPES: Final = frozenset({"null", "boolean", "object", "array", "string", "integer", "fraction"})
"""The kinds of value; a `number` is an integer or a fraction."""
LEAST_WORK: Final = 20_000
WORK_A_NODE: Final = 20
MOST_WORK: Final = 150_000
"""Subschemas that are looked at, each as often as it is (under 50 µs a time)."""
MAX_NESTED: Final = 20
"""Branches inside branches that are asked for their types."""

_ONE: Final = ("additionalItems", "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames",
               "then", "unevaluatedItems", "unevaluatedProperties")  # fmt: skip
_MANY: Final = ("allOf", "anyOf", "items", "oneOf", "prefixItems")
_NAMED: Final = ("dependencies", "dependentSchemas", "patternProperties", "properties")
_REFERENCES: Final = ("$dynamicRef", "$recursiveRef", "$ref")
_VALUES: Final = ("const", "contentEncoding", "contentMediaType", "dependentRequired", "enum", "exclusiveMaximum",
                  "exclusiveMinimum", "format", "maxContains", "maxItems", "maxLength", "maxProperties", "maximum",
                  "minContains", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "pattern",
                  "required", "type", "uniqueItems")  # fmt: skip
ASSERTING: Final = frozenset((*_ONE, *_MANY, *_NAMED, *_REFERENCES, *_VALUES))
"""The keywords that count."""
_GROUPS: Final = ("anyOf", "oneOf")
_WHOLE: Final = ("not", "if", "contains", "unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef")
"""Keywords that are only compared as a whole, with those that belong to them."""
_WITH: Final = {"if": ("then", "else"), "contains": ("minContains", "maxContains")}
_APART: Final = frozenset((*_GROUPS, *_WHOLE, *_WITH["if"], *_WITH["contains"], "allOf", "$ref"))

Shape = Literal["plain", "anyOf", "oneOf", "whole", "never"]


class TooLargeError(Exception):
    """It would take too long to tell."""


@dataclass(slots=True)
class Work:
    """What one comparison may still cost, and what it knows already, by the identity of subschemas."""

    left: int
    types: dict[Identity, frozenset[str]] = field(default_factory=dict)
    alike: dict[tuple[Identity, Identity], bool] = field(default_factory=dict)

    def spend(self, members: int = 8) -> None:
        """For a subschema, or a look at so many members of one. Raises TooLargeError where there is nothing left."""
        self.left -= members // 8
        if self.left < 0:
            raise TooLargeError


@dataclass(frozen=True, eq=False)
class View:
    """A subschema with the document that it stands in, and the comparison that it is looked at for."""

    document: JsonDocument
    node: Node
    work: Work

    @property
    def key(self) -> Identity:
        return self.node.key

    def get(self, keyword: str, default: Any = None) -> Any:
        return self.node.get(keyword, default)

    @cached_property
    def keywords(self) -> frozenset[str]:
        """Those that count."""
        return ASSERTING.intersection(self.node.keywords())

    @property
    def anything(self) -> bool:
        """Every value is valid."""
        return self.node.contents is not False and not self.keywords

    def child(self, contents: Any, step: str) -> View:
        return View(self.document, self.document.library.child(self.node, contents, step), self.work)

    def children(self, keyword: str) -> dict[str, View]:
        """The subschemas that a keyword holds by name or place; a dependency that is a list of names doesn't count."""
        found = self.get(keyword)
        self.work.spend(len(found) if isinstance(found, dict | list) else 0)
        pairs = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
        return {str(name): self.child(each, f"{keyword}/{name}") for name, each in pairs if not isinstance(each, list)}

    def only(self, *keywords: str) -> View:
        """The same subschema with these keywords alone."""
        contents = self.node.contents if isinstance(self.node.contents, dict) else {}
        return self._with({name: value for name, value in contents.items() if name in keywords}, *sorted(keywords))

    def typed(self, type_: str) -> View:
        """The same subschema for one kind of value."""
        contents = self.node.contents if isinstance(self.node.contents, dict) else {}
        return self._with({**contents, "type": "number" if type_ == "fraction" else type_}, "type", type_)

    def _with(self, contents: dict[str, Any], *how: str) -> View:
        """What is derived is kept as long as the document, so that it is known again by its identity."""
        key = (self.key, how)
        node = self.document.derived.setdefault(key, replace(self.node, contents=contents))
        return View(self.document, node, self.work)

    def targets(self) -> list[View]:
        return [View(self.document, node, self.work) for node in self.document.library.targets(self.node)]


@dataclass(frozen=True, eq=False)
class ViewPart:
    """One of the things that a subschema says, as a view of its own. `branches`: of an anyOf or oneOf."""

    shape: Shape
    view: View
    branches: tuple[View, ...] = ()


def allowance(*documents: JsonDocument) -> int:
    """What comparing them may cost: more for large ones, and never more than seconds."""
    nodes = sum(_size(each.library.root.contents) for each in documents)
    return min(LEAST_WORK + WORK_A_NODE * nodes, MOST_WORK)


def _size(contents: Any) -> int:
    pending, count = [contents], 0
    while pending:
        each = pending.pop()
        count += 1
        pending += each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
    return count


def root(document: JsonDocument, work: Work) -> View:
    return View(document, document.library.root, work)


def parts(view: View) -> list[ViewPart]:
    """What must hold all at once; nothing where every value is valid. Raises TooLargeError."""
    found: list[ViewPart] = []
    pending, seen = [view], set[Identity]()
    while pending:
        each = pending.pop()
        if each.key in seen:
            continue
        seen.add(each.key)
        each.work.spend()
        if each.node.contents is False:
            return [ViewPart("never", each)]
        found += _own(each)
        inner = [*(each.targets() if "$ref" in each.keywords else ()), *each.children("allOf").values()]
        pending += reversed(inner)
    return found


def _own(view: View) -> Iterator[ViewPart]:
    """The parts that stand in the subschema itself."""
    if view.keywords - _APART:
        yield ViewPart("plain", view.only(*(view.keywords - _APART)) if view.keywords & _APART else view)
    for keyword in _GROUPS:
        if keyword in view.keywords:
            part = view.only(keyword)
            yield ViewPart("anyOf" if keyword == "anyOf" else "oneOf", part, tuple(part.children(keyword).values()))
    for keyword in _WHOLE:
        if keyword in view.keywords and not (keyword.startswith("unevaluated") and view.get(keyword) is True):
            yield ViewPart("whole", view.only(keyword, *_WITH.get(keyword, ())))


def types(view: View) -> frozenset[str]:
    """The kinds of value that may be valid: at least those that are."""
    known = view.work.types
    if view.key not in known:
        known[view.key] = _types(view, frozenset())
    return known[view.key]


def _types(view: View, open_: frozenset[Identity]) -> frozenset[str]:
    if view.key in open_ or len(open_) > MAX_NESTED:
        return TYPES
    inner, found = open_ | {view.key}, TYPES
    for part in parts(view):
        match part.shape:
            case "never":
                return frozenset()
            case "plain":
                found &= plain_types(part.view)
            case "anyOf" | "oneOf":
                found &= frozenset[str]().union(*(_types(each, inner) for each in part.branches))
    return found


def plain_types(view: View) -> frozenset[str]:
    """By `type`, `enum` and `const`."""
    named = view.get("type")
    found = TYPES if named is None else frozenset().union(*map(_named, [named] if isinstance(named, str) else named))
    values = enumerated(view)
    return found if values is None else found & {type_of(each) for each in values}


def _named(name: str) -> frozenset[str]:
    return frozenset({"integer", "fraction"}) if name == "number" else frozenset({name})


def enumerated(view: View) -> list[Any] | None:
    """The values that `const` and `enum` leave, None where neither stands."""
    listed = view.get("enum")
    values = listed if isinstance(listed, list) else None
    view.work.spend(len(values or ()))
    if "const" not in view.keywords:
        return values
    only = view.get("const")
    return [only] if values is None or same_value(only) in map(same_value, values) else []


def type_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "fraction"
    return "array" if isinstance(value, list) else "object"


def same_value(value: Any) -> str:
    """A text that two values share if they are the same to JSON Schema: 1 is 1.0, true is not 1."""
    if isinstance(value, list):
        return f"[{','.join(map(same_value, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{text_of(name)}:{same_value(value[name])}' for name in sorted(value))}}}"
    return text_of(int(value) if isinstance(value, float) and value.is_integer() else value)


def tuple_of(view: View) -> tuple[list[View], View | None]:
    """An array's items: those of the first places, then that of all others (None: anything)."""
    items, first, rest = view.get("items"), "items", "additionalItems"
    if view.node.draft is DRAFT_2020 or not isinstance(items, list):
        first, rest = ("prefixItems", "items") if view.node.draft is DRAFT_2020 else ("", "items")
    places = list(view.children(first).values()) if first else []
    found = view.get(rest)
    return places, None if found is None else view.child(found, rest)


# --- the same ---


def alike(a: View, b: View) -> bool:
    """Whether two subschemas say the same, references followed; not all that do are found out. Raises TooLargeError."""
    known = a.work.alike
    if (a.key, b.key) not in known:
        known[a.key, b.key] = _alike(a, b)
    return known[a.key, b.key]


def _alike(a: View, b: View) -> bool:
    pending = [(a, b)]
    seen: set[tuple[Identity, Identity]] = set()
    while pending:
        left, right = (_followed(each) for each in pending.pop())
        if (left.key, right.key) in seen:
            continue
        seen.add((left.key, right.key))
        a.work.spend()
        if left.keywords != right.keywords or (left.node.contents is False) != (right.node.contents is False):
            return False
        for keyword in left.keywords:
            inner = _inside(keyword, left, right)
            if inner is None:
                return False
            pending += inner
    return True


def _followed(view: View) -> View:
    """What a reference that stands alone points to."""
    while view.keywords == {"$ref"}:
        view.work.spend()
        view = view.targets()[0]
    return view


def _inside(keyword: str, a: View, b: View) -> list[tuple[View, View]] | None:
    """The pairs that must be alike for the keyword to be; None: it isn't."""
    left, right = a.get(keyword), b.get(keyword)
    a.work.spend(len(left) if isinstance(left, list) else 0)
    if keyword in _REFERENCES:
        return list(zip(a.targets(), b.targets(), strict=False)) if left == right or keyword == "$ref" else None
    if keyword in _NAMED or (keyword in _MANY and isinstance(left, list)):
        mine, other = a.children(keyword), b.children(keyword)
        lists = [{n: v for n, v in each.items() if isinstance(v, list)} for each in (left, right)
                 if isinstance(each, dict)]  # fmt: skip
        same = type(left) is type(right) and mine.keys() == other.keys() and lists[:1] == lists[1:]
        return [(mine[name], other[name]) for name in mine] if same else None
    if keyword in _ONE and not isinstance(left, list) and not isinstance(right, list):
        return [(a.child(left, keyword), b.child(right, keyword))]
    return [] if _canonical(keyword, left) == _canonical(keyword, right) else None


def _canonical(keyword: str, value: Any) -> str:
    """A keyword's value; where the order doesn't count, in order."""
    if keyword in ("enum", "required", "type") and isinstance(value, list):
        return ",".join(sorted(map(same_value, value)))
    return same_value(value)
