"""Reads the typed part of JSON Schema (draft-04, 06, 07, 2019-09, 2020-12) into the type model.

What types is kept: `type`, `properties`, `items`, `enum`, `const`, `format`, integer bounds, `$ref`, `allOf`,
`anyOf`, `oneOf`, OpenAPI's `nullable`. What only validates is passed over: a `pattern` is never evaluated (B70).
What is left untyped is `Any`.

Theory of operation. A type is asked for a tuple of nodes that must all hold (one subschema; or one property, as
several branches of an `allOf` give it). References are followed first, so that every way to a definition finds the
same type. What is left is gathered over `allOf` into `Facts`, and the facts make the type. A record is made empty
and filled later from a queue, so records may contain themselves, and depth is bounded by arrays, maps and unions alone.

Choices where JSON Schema leaves one:
- `integer` beside `number` is `number`; string constants as alternatives are one enum.
- Alternatives next to properties (`properties` with `oneOf`) give their properties to the same record, as optional.
- A cycle through arrays, maps or unions but no record is cut: `Any`, with a warning. One that never gets to a value
  (`{"$ref": "#"}`) is refused (B68). Steps are counted (B69).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any as Value
from typing import TypeVar

from native.errors import SchemaError
from schemas.identity import Identity
from schemas.jsondocument import JsonSource, Library, Node, defined_name, text_of
from schemas.jsonfacts import Facts, Gatherer, Nodes, both, constants, kind_of, no_progress, widest
from schemas.model import (
    MISSING,
    Any,
    Array,
    Bool,
    Bytes,
    Date,
    Enum,
    Field,
    Float,
    Int,
    Map,
    Null,
    Presence,
    Record,
    Schema,
    String,
    Timestamp,
    Type,
    Union,
    Uuid,
    walk,
)

MAX_NESTING = 64
"""Arrays, maps and alternatives inside each other without a record between."""

T = TypeVar("T", bound=Type)

_KINDS = {"null": Null, "boolean": Bool}
_FORMATS: dict[str, tuple[Value, ...]] = {
    "date-time": (Timestamp, "ns"),
    "date": (Date,),
    "uuid": (Uuid, "string"),
    "byte": (Bytes,),
}
_INTEGERS = {"int32": (32, True), "int64": (64, True), "uint32": (32, False), "uint64": (64, False)}
_WIDTHS = ((32, True), (32, False), (64, True), (64, False))


def read(document: JsonSource, *, root: str | None = None, documents: Mapping[str, JsonSource] | None = None) -> Schema:
    """Read a JSON Schema: JSON text, or JSON already parsed.

    `root`: a JSON pointer, or a name in `$defs` or `definitions`; without it, the document itself.
    `documents`: what references may reach, by URI or by name relative to the document; nothing is fetched (B67).
    Raises SchemaError: not JSON or not a schema; a reference that leads nowhere, outside, or round and round;
    too deep, too large; a schema that no value satisfies.
    """
    try:
        library = Library(document, documents)
        node = library.root if root is None else library.select(root)
        return _JsonSchemaReader(library).schema(node)
    except RecursionError:
        raise SchemaError("nested too deep") from None


class _FullNames:
    """Full names, each given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def give(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self._given:
            number += 1
            name = f"{wanted}_{number}"
        self._given.add(name)
        return name


class _JsonSchemaReader:
    def __init__(self, library: Library) -> None:
        self.gatherer = Gatherer(library)
        self.warnings = library.warnings
        self.names = _FullNames()
        self.memo: dict[tuple[Identity, ...], tuple[Nodes, Type | None]] = {}
        self.shared: dict[tuple[Value, ...], Type] = {}
        self.active: dict[tuple[Identity, ...], int] = {}
        self.inside = 0
        self.unfilled: deque[tuple[Record, Facts]] = deque()

    def schema(self, node: Node) -> Schema:
        root = self.type_of((node,))
        if root is None:
            raise SchemaError("no value satisfies this schema", node.pointer)
        while self.unfilled:
            self._fill(*self.unfilled.popleft())
        names = {each.name: each for each in walk(root) if isinstance(each, Record | Enum)}
        return Schema(root, "jsonschema", dict(names), list(dict.fromkeys(self.warnings)))

    def warn(self, node: Node, message: str) -> None:
        self.warnings.append(f"{node.pointer}: {message}")

    def share(self, kind: type[T], *given: Value) -> T:
        """The one type made of these parts, so that equal types are the same object."""
        key = (kind, *given)
        found = self.shared.setdefault(key, kind(*given))
        assert isinstance(found, kind)
        return found

    # -- from nodes to facts

    def type_of(self, nodes: Nodes) -> Type | None:
        """The type of what satisfies all nodes; None if nothing does."""
        nullable = False
        followed: dict[Identity, Node] = {}
        for node in nodes:
            target, says_null = self.gatherer.follow(node)
            nullable = nullable or says_null
            followed.setdefault(target.key, target)
        type_ = self._known(tuple(followed), tuple(followed.values()))
        return self._unite([self.share(Null), type_]) if nullable and type_ is not None else type_

    def _known(self, key: tuple[Identity, ...], nodes: Nodes) -> Type | None:
        if key in self.memo:
            return self.memo[key][1]
        if key in self.active:
            return self._cut(key, nodes[0])
        if len(self.active) >= MAX_NESTING:
            raise SchemaError(f"more than {MAX_NESTING} levels without a record between", nodes[0].pointer)
        self.active[key] = self.inside
        type_ = self._made(nodes)
        del self.active[key]
        self.memo[key] = nodes, type_
        return type_

    def _cut(self, key: tuple[Identity, ...], node: Node) -> Type:
        if self.active[key] == self.inside:
            raise no_progress(node)
        self.warn(node, "contains itself without a record between; read as any")
        return self.share(Any)

    # -- from facts to a type

    def _made(self, nodes: Nodes) -> Type | None:
        parts = self.gatherer.parts(nodes)
        if parts is None:
            return None
        facts = self.gatherer.facts(parts)
        if facts.impossible:
            self.warn(nodes[0], "its parts contradict each other; read as any")
            return self.share(Any)
        made = self._alternatives(facts, nodes[0]) or self._plain(facts, nodes[0])
        if isinstance(made, Any) and facts.conditional:
            self.warn(nodes[0], "typed by conditions only; read as any")
        return None if made is _NOTHING else made

    def _alternatives(self, facts: Facts, node: Node) -> Type | None:
        """The union of the branches, where they are what types the value; `_NOTHING` if none can hold."""
        if not facts.groups or facts.values is not None:
            return None
        if facts.shaped or not facts.container:
            self._join(facts)
            return None
        for group in facts.groups:
            made = self._union(group, node)
            if not isinstance(made, Any):
                null = "null" in (facts.kinds or ()) and made is not None
                return self._unite([self.share(Null), made]) if null else made or _NOTHING
        return None

    def _union(self, group: list[Node], node: Node) -> Type | None:
        branches = list({text_of(each.contents): each for each in group}.values())
        values = [constants(each) for each in branches]
        if len(branches) > 1 and all(each is not None for each in values):
            return self._of_values([value for each in values for value in each or ()], Facts(), node)
        return self._unite([self.type_of((each,)) for each in branches])

    def _join(self, facts: Facts) -> None:
        """Give the record the properties that only its alternatives name."""
        if not facts.properties:
            return
        for branch in (each for group in facts.groups for each in group):
            inner = self.gatherer.facts(self.gatherer.parts([branch]) or [])
            for name, nodes in inner.properties.items():
                if name not in facts.properties:
                    facts.optional.setdefault(name, []).append(tuple(nodes))

    def _plain(self, facts: Facts, node: Node) -> Type:
        if facts.values is not None:
            return self._of_values(facts.values, facts, node)
        return self._unite([self._kind(each, facts, node) for each in widest(facts.implied())]) or self.share(Any)

    def _of_values(self, values: list[Value], facts: Facts, node: Node) -> Type:
        """The type of listed constants: strings are an enum, the others give their kinds."""
        kinds = list(dict.fromkeys(kind_of(each) for each in values))
        allowed = [each for each in kinds if facts.kinds is None or both(facts.kinds, [each])]
        types = [self._listed_kind(each, values, facts, node) for each in widest(allowed)]
        return self._unite(types) or self.share(Any)

    def _listed_kind(self, kind: str, values: list[Value], facts: Facts, node: Node) -> Type:
        if kind == "string":
            symbols = dict.fromkeys(each for each in values if isinstance(each, str))
            return Enum(self._name(node), tuple((each, at) for at, each in enumerate(symbols)), doc=_doc(node))
        if kind in ("object", "array") and not facts.shaped:
            return self.share(Any)
        if kind == "integer" and facts.kinds is None:
            numbers = [each for each in values if kind_of(each) == "integer"]
            return self.share(Int, *_fitting(int(min(numbers)), int(max(numbers)), _WIDTHS[2:]))
        if kind == "integer" and "integer" not in (facts.kinds or ()):
            kind = "number"
        return self._kind(kind, facts, node)

    def _kind(self, kind: str, facts: Facts, node: Node) -> Type:
        match kind:
            case "string":
                return self._string(facts)
            case "integer":
                return self._integer(facts, node)
            case "number":
                return self.share(Float, 32 if facts.format == "float" else 64)
            case "array":
                return self._array(facts)
            case "object":
                return self._object(facts, node)
        return self.share(_KINDS[kind])

    def _string(self, facts: Facts) -> Type:
        if facts.base64:
            return self.share(Bytes)
        made: Type = self.share(*_FORMATS.get(facts.format, (String,)))
        return made

    def _integer(self, facts: Facts, node: Node) -> Type:
        if facts.format in _INTEGERS:
            return self.share(Int, *_INTEGERS[facts.format])
        if facts.low is None or facts.high is None or facts.low > facts.high:
            return self.share(Int, 64, True)
        if not any(_within(facts.low, facts.high, *each) for each in _WIDTHS):
            self.warn(node, "its bounds are over 64 bits; read as a signed 64-bit integer")
        return self.share(Int, *_fitting(facts.low, facts.high, _WIDTHS))

    def _array(self, facts: Facts) -> Type:
        items = None if facts.tuples or not facts.items else self._nested(tuple(facts.items))
        return self.share(Array, items or self.share(Any))

    def _nested(self, nodes: Nodes) -> Type | None:
        self.inside += 1
        type_ = self.type_of(nodes)
        self.inside -= 1
        return type_

    def _object(self, facts: Facts, node: Node) -> Type:
        if facts.properties or (facts.closed and not facts.patterns):
            return self._record(facts, node)
        groups = [(each,) for each in facts.patterns] + ([tuple(facts.extra)] if facts.extra else [])
        values = self._unite([self._nested(each) for each in groups]) if groups else None
        return self.share(Map, self.share(String), values or self.share(Any))

    def _record(self, facts: Facts, node: Node) -> Record:
        if facts.extra or facts.patterns:
            self.warn(node, "members other than its properties are typed, and pass as members it doesn't name")
        record = Record(self._name(node), open=not facts.closed or bool(facts.patterns), doc=_doc(node))
        self.unfilled.append((record, facts))
        return record

    def _fill(self, record: Record, facts: Facts) -> None:
        for name, nodes in facts.properties.items():
            self._add_field(record, name, [tuple(nodes)], name in facts.required)
        for name, alternatives in facts.optional.items():
            self._add_field(record, name, alternatives, name in facts.required)

    def _add_field(self, record: Record, name: str, alternatives: list[Nodes], required: bool) -> None:
        hint = record.name + _pascal(name)
        named = [tuple(replace(each, hint=hint) for each in nodes) for nodes in alternatives]
        type_ = self._unite([self.type_of(nodes) for nodes in named])
        if type_ is not None:
            presence = Presence.REQUIRED if required else Presence.OPTIONAL
            record.fields.append(Field(name, type_, presence, default=self._default(named), doc=_doc(named[0][0])))

    def _default(self, alternatives: list[Nodes]) -> object:
        found = (self.gatherer.beside(node, "default", MISSING) for nodes in alternatives for node in nodes)
        return next((each for each in found if each is not MISSING), MISSING)

    def _unite(self, types: Iterable[Type | None]) -> Type | None:
        """One of these: flat, each once; any takes in all; None if there is none."""
        branches: dict[Value, Type] = {}
        for type_ in types:
            for each in type_.branches if isinstance(type_, Union) else (type_,):
                if each is not None:
                    branches.setdefault(each.symbols if isinstance(each, Enum) else each, each)
        flat = list(branches.values())
        if any(isinstance(each, Any) for each in flat):
            return self.share(Any)
        if any(isinstance(each, Float) for each in flat):
            flat = [each for each in flat if not isinstance(each, Int)]
        if len(flat) < 2:
            return flat[0] if flat else None
        return self.share(Union, tuple(flat))

    def _name(self, node: Node) -> str:
        """From the title, else the definition's name, else the way to it through properties."""
        wanted = _identifier(str(node.get("title", ""))) or _identifier(defined_name(node.pointer))
        return self.names.give(wanted or _identifier(node.hint) or "Root")


_NOTHING = Type()
"""Stands for no type at all where None means that the question is open."""


def _fitting(low: int, high: int, widths: Iterable[tuple[int, bool]]) -> tuple[int, bool]:
    """The first of the widths that holds both bounds; signed 64 bits if none does."""
    for bits, signed in widths:
        if _within(low, high, bits, signed):
            return bits, signed
    return 64, True


def _within(low: int, high: int, bits: int, signed: bool) -> bool:
    whole = Int(bits, signed)
    return whole.lowest <= low and high <= whole.highest


def _doc(node: Node) -> str:
    """The description, also where an old draft's `$ref` stands beside it: it says nothing of the type."""
    return str(node.contents.get("description", "")) if isinstance(node.contents, dict) else ""


def _words(text: str) -> list[str]:
    kept = "".join(each if each.isascii() and each.isalnum() else " " for each in text.replace("_", " "))
    return kept.split()


def _pascal(text: str) -> str:
    return "".join(each[0].upper() + each[1:] for each in _words(text))


def _identifier(text: str) -> str:
    """The text as a full name: as it is where it is one, else its words joined; "" if it has none."""
    if text.isascii() and all(each.isidentifier() for each in text.split(".")):
        return text
    joined = _pascal(text)
    return f"_{joined}" if joined[:1].isdigit() else joined
