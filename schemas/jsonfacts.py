"""What the parts of a JSON Schema say together: references followed, `allOf` united, keywords of typing gathered.

One subschema is seldom the whole of it: `$ref` and `allOf` say more about the same value, and a property may stand
in several branches. `Gatherer` finds all parts of a tuple of nodes that must all hold, each once (B69), and `Facts`
is their sum: kinds and listed values cut down, properties and `required` united, bounds tightened.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from native.errors import SchemaError
from schemas.identity import Identity
from schemas.jsondocument import Library, Node, escaped, text_of

MAX_STEPS = 300_000
"""Subschemas visited in one reading (B69)."""

Nodes = tuple[Node, ...]

_CONDITIONS = ("if", "then", "else", "not", "dependentSchemas", "dependencies")
_TYPING = frozenset(
    {"type", "properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "required"}
    | {"items", "additionalItems", "prefixItems", "enum", "const", "format", "contentEncoding"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "allOf", "anyOf", "oneOf"}
    | {"$ref", "$dynamicRef", "$recursiveRef"}
)


@dataclass
class Facts:
    """What is known of a value. `extra`, `items`: nodes that hold for each member or item, all of them at once;
    `patterns`: one of them. `optional`: properties that only alternatives name. `groups`: each an anyOf or oneOf.
    """

    kinds: list[str] | None = None
    properties: dict[str, list[Node]] = field(default_factory=dict)
    optional: dict[str, list[Nodes]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    extra: list[Node] = field(default_factory=list)
    patterns: list[Node] = field(default_factory=list)
    closed: bool = False
    items: list[Node] = field(default_factory=list)
    tuples: bool = False
    values: list[Any] | None = None
    format: str = ""
    base64: bool = False
    low: int | None = None
    high: int | None = None
    groups: list[list[Node]] = field(default_factory=list)
    conditional: bool = False
    impossible: bool = False

    @property
    def shaped(self) -> bool:
        """It says more of an object or array than that it is one."""
        return bool(self.properties or self.extra or self.patterns or self.items or self.tuples or self.closed)

    @property
    def container(self) -> bool:
        """It is untyped, or an object or an array, as far as `type` says."""
        return self.kinds is None or (bool({"object", "array"} & {*self.kinds}) and not _scalars(self.kinds))

    def implied(self) -> list[str]:
        """The kinds; where `type` is absent, those that the keywords speak of."""
        if self.kinds is not None:
            return self.kinds
        if self.properties or self.extra or self.patterns:
            return ["object"]
        return ["array"] if self.items or self.tuples else []


class Gatherer:
    """Finds and sums up the parts of a subschema, and counts the steps that it takes."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._steps = 0

    def _step(self, node: Node) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise SchemaError(f"more than {MAX_STEPS} steps to read", node.pointer)

    def follow(self, node: Node) -> tuple[Node, bool]:
        """Through references that stand alone to what they mean; and whether OpenAPI's `nullable` was met.

        Raises SchemaError: references in a circle (B68).
        """
        seen: set[Identity] = set()
        nullable = False
        while True:
            self._step(node)
            nullable = nullable or node.get("nullable") is True
            target = self._alias(node)
            if target is None:
                return node, nullable
            if node.key in seen:
                raise no_progress(node)
            seen.add(node.key)
            node = target

    def _alias(self, node: Node) -> Node | None:
        """What the node stands for, if it is a reference (or an `allOf` of one) and types nothing itself."""
        typing = [each for each in node.keywords() if each in _TYPING]
        if len(typing) != 1:
            return None
        if typing == ["allOf"] and len(node.get("allOf")) == 1:
            return self._library.child(node, node.get("allOf")[0], "allOf/0")
        return next((replace(each, hint=node.hint) for each in self._library.targets(node)), None)

    def beside(self, node: Node, keyword: str, default: object) -> object:
        """An annotation: next to the node's reference, or where that leads."""
        here: Node | None = node
        while here is not None:
            if keyword in here.keywords():
                found: object = here.get(keyword)
                return found
            here = self._alias(here)
        return default

    def parts(self, nodes: Iterable[Node]) -> list[Node] | None:
        """The nodes with all that they include by `$ref` and `allOf`, each once (B69); None if one is false.

        Raises SchemaError: one that includes itself (B68).
        """
        parts: list[Node] = []
        done: set[Identity] = set()
        trail: set[Identity] = set()
        stack = [(node, False) for node in reversed(list(nodes))]
        while stack:
            node, leaving = stack.pop()
            key = node.key
            if leaving:
                trail.discard(key)
            elif key in trail:
                raise no_progress(node)
            elif node.contents is False:
                return None
            elif key not in done and node.contents is not True:
                self._step(node)
                done.add(key)
                trail.add(key)
                parts.append(node)
                stack.append((node, True))
                stack += [(each, False) for each in reversed(list(self._included(node)))]
        return parts

    def _included(self, node: Node) -> Iterator[Node]:
        yield from self._library.targets(node)
        yield from self._branches(node, "allOf")

    def _branches(self, node: Node, keyword: str) -> list[Node]:
        return [self._library.child(node, each, f"{keyword}/{at}") for at, each in enumerate(node.get(keyword, ()))]

    def facts(self, parts: list[Node]) -> Facts:
        """The sum of the parts."""
        facts = Facts()
        for part in parts:
            _add_kinds(facts, part)
            self._add_members(facts, part)
            self._add_items(facts, part)
            _add_bounds(facts, part)
            facts.format = facts.format or str(part.get("format", ""))
            facts.base64 = facts.base64 or part.get("contentEncoding") == "base64"
            facts.conditional = facts.conditional or any(part.get(each) is not None for each in _CONDITIONS)
            facts.groups += [self._branches(part, each) for each in ("anyOf", "oneOf") if part.get(each)]
        return facts

    def _add_members(self, facts: Facts, part: Node) -> None:
        for name, each in part.get("properties", {}).items():
            facts.properties.setdefault(name, []).append(self._member(part, "properties", name, each))
        for name, each in part.get("patternProperties", {}).items():
            facts.patterns.append(self._member(part, "patternProperties", name, each))
        for keyword in ("additionalProperties", "unevaluatedProperties"):
            extra = part.get(keyword)
            facts.closed = facts.closed or extra is False
            if isinstance(extra, dict):
                facts.extra.append(self._library.child(part, extra, keyword))
        required = part.get("required")
        facts.required.update(required if isinstance(required, list) else ())

    def _member(self, part: Node, keyword: str, name: str, contents: Any) -> Node:
        return self._library.child(part, contents, f"{keyword}/{escaped(name)}")

    def _add_items(self, facts: Facts, part: Node) -> None:
        items = part.get("items")
        facts.tuples = facts.tuples or isinstance(items, list) or part.get("prefixItems") is not None
        if isinstance(items, dict):
            facts.items.append(self._library.child(part, items, "items"))


def no_progress(node: Node) -> SchemaError:
    """B68."""
    return SchemaError("refers to itself and never gets to a value", node.pointer)


def _add_kinds(facts: Facts, part: Node) -> None:
    kinds = part.get("type")
    if kinds is not None:
        kinds = [kinds] if isinstance(kinds, str) else kinds
        facts.kinds = kinds if facts.kinds is None else both(facts.kinds, kinds)
        facts.impossible = facts.impossible or not facts.kinds
    values = _listed(part)
    if values is not None:
        kept = None if facts.values is None else {text_of(each) for each in facts.values}
        facts.values = [each for each in values if kept is None or text_of(each) in kept]
        facts.impossible = facts.impossible or not facts.values


def both(left: list[str], right: list[str]) -> list[str]:
    """The kinds that are in both lists; an integer is a number too."""
    common = [each for each in left if each in right or (each == "integer" and "number" in right)]
    return common + [each for each in right if each == "integer" and each not in left and "number" in left]


def widest(kinds: list[str]) -> list[str]:
    """The kinds, each once, without `integer` where `number` takes it in."""
    return [each for each in dict.fromkeys(kinds) if each != "integer" or "number" not in kinds]


def _scalars(kinds: list[str]) -> set[str]:
    return {*kinds} - {"object", "array", "null"}


def kind_of(value: object) -> str:
    """What `type` would call a JSON value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case str():
            return "string"
    return "array" if isinstance(value, list) else "object"


def _listed(node: Node) -> list[Any] | None:
    """The values that `const` or `enum` allows, None if it has neither."""
    if "const" in node.keywords():
        return [node.get("const")]
    values: list[Any] | None = node.get("enum")
    return values


def constants(node: Node) -> list[Any] | None:
    """The values of an alternative that says nothing but them, all of them text or null; else None."""
    if {each for each in node.keywords() if each in _TYPING} - {"const", "enum", "type"}:
        return None
    values, kinds = _listed(node), node.get("type")
    if values is None:
        return [None] if kinds == "null" else None
    named = kinds if isinstance(kinds, list) else [kinds or "string", "null"]
    return values if all(kind_of(each) in ("string", "null") and kind_of(each) in named for each in values) else None


def _add_bounds(facts: Facts, part: Node) -> None:
    """The tightest integer bounds; exclusive ones are numbers, or flags next to the bound in draft-04."""
    for bound in _bounds(part, "minimum", "exclusiveMinimum", math.ceil, 1):
        facts.low = bound if facts.low is None else max(facts.low, bound)
    for bound in _bounds(part, "maximum", "exclusiveMaximum", math.floor, -1):
        facts.high = bound if facts.high is None else min(facts.high, bound)


def _bounds(part: Node, plain: str, strict: str, inward: Callable[[Any], int], step: int) -> Iterator[int]:
    bound, exclusive = part.get(plain), part.get(strict)
    if bound is not None:
        at = inward(bound)
        yield at + step if exclusive is True and at == bound else at
    if exclusive is not None and not isinstance(exclusive, bool):
        at = inward(exclusive)
        yield at + step if at == exclusive else at
