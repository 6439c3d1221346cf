"""Avro schemas as text in the form that Java's library prints (`Schema.toString`), by which Confluent tells them apart.

For a text that `schemas.avro` has read. Known members come in a fixed order, then other properties; full names are
split into name and namespace, and a namespace that is the enclosing one is left out; nothing else changes. So the same
schema, written in two ways, is one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from native.errors import SchemaError
from schemas import avro

Json = dict[str, Any]

_NAMED: Final = ("record", "error", "enum", "fixed")
_OWN: Final = {"record": ("fields",), "error": ("fields",), "enum": ("symbols", "default"), "fixed": ("size",)}
_PRIMITIVES: Final = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})


def printed(text: str, *, normalize: bool = False) -> str:
    """The schema's text; `normalize`: with other properties sorted by name. Raises SchemaError."""
    return _AvroPrinter(normalize).text(text)


def whole(text: str, documents: Iterable[tuple[str, str]]) -> str:
    """The schema's text with the types of the documents that it refers to where they are first named."""
    definitions: dict[str, Json] = {}
    for _, document in documents:
        found = avro.load(document)
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, dict) and each.get("type") in _NAMED:
                space, name = _split(each, "")
                definitions[_joined(space, name)] = each
    return _AvroPrinter(False, definitions).text(text)


@dataclass
class _AvroPrinter:
    """`definitions`: what else may be named, by full name; each is taken in once."""

    normalize: bool
    definitions: Mapping[str, Json] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)

    def text(self, text: str) -> str:
        found = avro.drive(self._type(avro.load(text), ""))
        try:
            return json.dumps(found, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        except ValueError:  # 1e999 in a property is read as infinite, and `Infinity` could never be read again
            raise SchemaError("a number is over the range of a double") from None

    def _type(self, found: Any, space: str) -> avro.Step[Any]:
        if isinstance(found, str):
            return (yield from self._reference(found, space))
        if isinstance(found, list):
            branches = []
            for each in found:
                branches.append((yield self._type(each, space)))
            return branches
        if not isinstance(found, dict):
            raise SchemaError(f"a type is a name, an object or an array, not {json.dumps(found)}")
        kind = found.get("type")
        if isinstance(kind, str) and kind in _NAMED:
            return (yield from self._named(found, kind, space))
        if kind in ("array", "map"):
            member = "items" if kind == "array" else "values"
            inner = yield self._type(found.get(member), space)
            return {"type": kind, member: inner, **self._properties(found, ("type", member))}
        rest = self._properties(found, ("type",))
        inner = yield self._type(kind, space)
        return {"type": inner, **rest} if rest else inner

    def _reference(self, name: str, space: str) -> avro.Step[Any]:
        """A name as it is written inside a namespace, or the definition that it stands for."""
        full = _joined(space, name)
        definition = self.definitions.get(full)
        if definition is not None and full not in self.defined and name not in _PRIMITIVES:
            return (yield self._type({**definition, "name": full, "namespace": None}, space))
        before, _, last = name.rpartition(".")
        return last if before and before == space and last not in _PRIMITIVES else name

    def _named(self, found: Json, kind: str, space: str) -> avro.Step[Any]:
        inside, name = _split(found, space)
        self.defined.add(_joined(inside, name))
        made: Json = {"type": kind, "name": name}
        if inside != space:
            made["namespace"] = inside
        if isinstance(found.get("doc"), str):
            made["doc"] = found["doc"]
        for member in _OWN[kind]:
            if member == "fields":
                made["fields"] = yield self._fields(found.get("fields"), inside)
            elif member in found:
                made[member] = found[member]
        made |= self._properties(found, ("type", "name", "namespace", "doc", "aliases", *_OWN[kind]))
        if found.get("aliases"):
            made["aliases"] = found["aliases"]
        return made

    def _fields(self, found: Any, space: str) -> avro.Step[list[Any]]:
        made = []
        for each in found if isinstance(found, list) else []:
            made.append((yield self._field(each, space)))
        return made

    def _field(self, found: Any, space: str) -> avro.Step[Json]:
        if not isinstance(found, dict):
            raise SchemaError("a field is an object")
        made = {"name": found.get("name"), "type": (yield self._type(found.get("type"), space))}
        if isinstance(found.get("doc"), str):
            made["doc"] = found["doc"]
        if "default" in found:
            made["default"] = found["default"]
        if found.get("order") not in (None, "ascending"):
            made["order"] = found["order"]
        if found.get("aliases"):
            made["aliases"] = found["aliases"]
        return made | self._properties(found, ("name", "type", "doc", "default", "order", "aliases"))

    def _properties(self, found: Json, known: Iterable[str]) -> Json:
        rest = {name: value for name, value in found.items() if name not in known}
        return _sorted(rest) if self.normalize else rest


def _sorted(value: Any) -> Any:
    """JSON with the members of its objects in order."""
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(each) for each in value] if isinstance(value, list) else value


def _split(found: Json, space: str) -> tuple[str, str]:
    """A definition's namespace and its last name."""
    name, own = str(found.get("name")), found.get("namespace")
    before, _, last = name.rpartition(".")
    return (before, last) if before else (space if own is None else str(own), name)


def _joined(space: str, name: str) -> str:
    return f"{space}.{name}" if space and "." not in name else name
