"""JSON Schema documents: parsed, bounded, checked against their metaschema, and their references followed.

Theory of operation. A document is measured before anything recursive sees it (depth, nodes, text), then checked
subschema by subschema: where a metaschema refers to itself, the subschema is put on a list instead of descended into,
so that depth costs no stack. References are looked up in a registry that holds the bundled metaschemas and the
documents given, and can't retrieve: nothing leaves the process (B67). What a reference reaches outside of the
places that a metaschema knows (`#/components/schemas/X`) is checked when it is reached.

Drafts: 04, 06, 07, 2019-09, 2020-12. A document without `$schema` is taken as the first of 2020-12, 07 and 04 whose
metaschema accepts it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote, urldefrag, urljoin

from native.errors import SchemaError
from schemas.identity import Identity

if TYPE_CHECKING:
    from referencing import Registry, Specification
    from referencing._core import Resolver

Contents = dict[str, Any] | bool
JsonSource = str | bytes | dict[str, Any] | bool

MAX_DEPTH = 256
"""Levels of JSON inside each other in one document."""
MAX_NODES = 250_000
"""JSON values in one document."""

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


@dataclass(frozen=True)
class Draft:
    """A draft of JSON Schema. `alone`: `$ref` hides what stands beside it. `unknown`: keywords of other drafts."""

    name: str
    uri: str
    validator: str
    unknown: frozenset[str]
    alone: bool = False


_NEWER = frozenset({"unevaluatedProperties", "prefixItems", "$recursiveRef", "$dynamicRef"})
DRAFT_04 = Draft("draft-04", "json-schema.org/draft-04/schema", "Draft4Validator", _NEWER | {"const"}, alone=True)
DRAFT_06 = Draft("draft-06", "json-schema.org/draft-06/schema", "Draft6Validator", _NEWER, alone=True)
DRAFT_07 = Draft("draft-07", "json-schema.org/draft-07/schema", "Draft7Validator", _NEWER, alone=True)
DRAFT_2019 = Draft(
    "2019-09", "json-schema.org/draft/2019-09/schema", "Draft201909Validator", frozenset({"prefixItems", "$dynamicRef"})
)
DRAFT_2020 = Draft(
    "2020-12", "json-schema.org/draft/2020-12/schema", "Draft202012Validator", frozenset({"$recursiveRef"})
)
_DRAFTS = {each.uri: each for each in (DRAFT_04, DRAFT_06, DRAFT_07, DRAFT_2019, DRAFT_2020)}
_GUESSES = (DRAFT_2020, DRAFT_07, DRAFT_04)


@dataclass(frozen=True, eq=False)
class Node:
    """A subschema with what its references are relative to. `hint` names its type if nothing better does."""

    contents: Contents
    resolver: Resolver[Any]
    draft: Draft
    pointer: str
    hint: str = ""

    @property
    def key(self) -> Identity:
        """Which subschema it is."""
        return Identity(self.contents)

    def get(self, keyword: str, default: Any = None) -> Any:
        """The keyword's value, if it counts here."""
        contents = self.contents
        if isinstance(contents, bool) or keyword not in contents or not self._counts(keyword):
            return default
        return contents[keyword]

    def keywords(self) -> list[str]:
        """The keywords that count here."""
        return [] if isinstance(self.contents, bool) else [each for each in self.contents if self._counts(each)]

    def _counts(self, keyword: str) -> bool:
        """Its draft knows it, and no `$ref` of an old draft hides it."""
        draft = self.draft
        if draft.alone and isinstance(self.contents, dict) and isinstance(self.contents.get("$ref"), str):
            return keyword == "$ref"
        return keyword not in draft.unknown


def parse(document: JsonSource, path: str = "") -> Contents:
    """The document as plain JSON values.

    Raises SchemaError: it isn't JSON, has a name twice, NaN or an infinity, or is over `MAX_DEPTH` or `MAX_NODES`.
    """
    if isinstance(document, str | bytes):
        document = plain(document, path)
    if not isinstance(document, dict | bool):
        raise SchemaError(f"a JSON Schema is an object, true or false, not {type(document).__name__}", path)
    _measure(document, path)
    return document


def plain(text: str | bytes, path: str = "") -> Any:
    """The text as JSON values. Raises SchemaError: not JSON, a name twice, NaN or an infinity."""
    try:
        return json.loads(text, object_pairs_hook=_members, parse_constant=_refuse)
    except RecursionError:
        raise _too_deep(path) from None
    except ValueError as error:
        raise SchemaError(f"not JSON: {error}", path) from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValueError(f"the name {twice!r} appears twice in one object")
    return members


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _too_deep(path: str) -> SchemaError:
    return SchemaError(f"nested more than {MAX_DEPTH} levels deep", path)


def _measure(document: Any, path: str) -> None:
    """Refuse what is too deep, too large, or isn't JSON, without recursion."""
    level, nodes = [document], 0
    for _ in range(MAX_DEPTH + 1):
        nodes += len(level)
        if nodes > MAX_NODES:
            raise SchemaError(f"more than {MAX_NODES} values", path)
        level = [inner for each in level for inner in _inside(each, path)]
        if not level:
            return
    raise _too_deep(path)


def _inside(value: Any, path: str) -> list[Any]:
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, dict):
        for name in value:
            _check_text(name, path)
        return list(value.values())
    elif isinstance(value, list):
        return value
    elif isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise SchemaError("a number is not finite, or over the range of a double", path)
    elif value is not None and not isinstance(value, int | float):
        raise SchemaError(f"{type(value).__name__} is not a JSON value", path)
    return []


def _check_text(text: Any, path: str) -> None:
    if not isinstance(text, str):
        raise SchemaError(f"a member's name is {type(text).__name__}, not str", path)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise SchemaError(f"unpaired surrogate in {text!r}", path) from None


class Library:
    """The documents of one reading: `root` and what its references reach."""

    def __init__(self, document: JsonSource, documents: Mapping[str, JsonSource] | None = None) -> None:
        """Raises SchemaError: a document isn't JSON, or isn't a schema of its draft."""
        self.warnings: list[str] = []
        self._checked: set[Identity] = set()
        self._targets: dict[tuple[Identity, str], Node] = {}
        contents = parse(document)
        others = {name: parse(each, name) for name, each in (documents or {}).items()}
        draft = self._draft(contents, None, "#")
        self.registry, base = self._registered(contents, others, draft)
        self.root = Node(contents, self.registry.resolver(base), draft, "#")

    def _registered(self, contents: Contents, others: dict[str, Contents], draft: Draft) -> tuple[Registry[Any], str]:
        from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

        resource = _specification(draft).create_resource(contents)
        base = resource.id() or ""
        pairs = []
        for name, each in others.items():
            own = _specification(self._draft(each, draft, f"{name}#")).create_resource(each)
            pairs += [(name, own), (_joined(base, name), own)]
        try:
            return REGISTRY.with_resources([*pairs, (base, resource)]).crawl(), base
        except (ValueError, TypeError, AttributeError) as error:
            raise SchemaError(f"an $id or anchor can't be read: {error}") from None

    def _draft(self, contents: Contents, default: Draft | None, path: str) -> Draft:
        """The draft that the document is written in, and is a valid schema of."""
        named = contents.get("$schema") if isinstance(contents, dict) else None
        if isinstance(named, str):
            known = _dialect(named)
            if known is None:
                self.warnings.append(f"{path}: $schema {named!r} isn't known; read as a plain JSON Schema")
            default = known or default
        guesses = (default,) if default else _GUESSES
        errors = []
        for draft in guesses:
            try:
                self.check(contents, draft, path)
            except SchemaError as error:
                errors.append(error)
            else:
                return draft
        raise errors[0]

    def check(self, contents: Contents, draft: Draft, path: str) -> None:
        """Hold the schema against its draft's metaschema, every subschema once, at any depth.

        Raises SchemaError with the JSON pointer of the first thing wrong.
        """
        if isinstance(contents, bool) or Identity(contents) in self._checked:
            return
        pending: list[Any] = [contents]
        seen: set[Identity] = set()
        alike: set[str | None] = set()
        validator = _checker(draft, pending.append)
        while pending:
            each = pending.pop()
            key = Identity(each)
            if key in seen or key in self._checked:
                continue
            seen.add(key)
            text = text_of(each) if not any(isinstance(inner, dict | list) for inner in each.values()) else None
            if text in alike:
                continue
            for error in validator.iter_errors(each):
                raise SchemaError(f"{draft.name}: {_brief(error.message)}", path + _place(contents, each, error.path))
            if text is not None:
                alike.add(text)
        self._checked.update(seen)

    def child(self, node: Node, contents: Contents, step: str, hint: str = "") -> Node:
        """A subschema inside `node`; its own `$id` changes what its references are relative to."""
        resolver = node.resolver
        if isinstance(contents, dict) and ("$id" in contents or "id" in contents):
            resolver = resolver.in_subresource(_specification(node.draft).create_resource(contents))
        return Node(contents, resolver, node.draft, f"{node.pointer}/{step}", hint or node.hint)

    def targets(self, node: Node) -> Iterator[Node]:
        """What the node's references point to.

        Raises SchemaError: a reference leaves the documents given (B67), points nowhere or not at a schema.
        """
        for keyword in REFERENCES:
            reference = node.get(keyword)
            if isinstance(reference, str):
                key = (node.key, keyword)
                if key not in self._targets:
                    self._targets[key] = self._target(node, keyword, reference)
                yield self._targets[key]

    def _target(self, node: Node, keyword: str, reference: str) -> Node:
        from referencing.exceptions import Unresolvable
        from referencing.jsonschema import lookup_recursive_ref

        try:
            if keyword == "$recursiveRef":
                found = lookup_recursive_ref(node.resolver)
            else:
                found = node.resolver.lookup(reference)
        except (Unresolvable, LookupError, ValueError, TypeError, AttributeError):
            raise SchemaError(_nowhere(reference), node.pointer) from None
        if not isinstance(found.contents, dict | bool):
            raise SchemaError(f"{keyword} {reference!r} points at something that isn't a schema", node.pointer)
        draft = self._draft_at(found.resolver, node.draft)
        pointer = reference if "#" in reference else f"{reference}#"
        self.check(found.contents, draft, pointer)
        return Node(found.contents, found.resolver, draft, pointer)

    def _draft_at(self, resolver: Resolver[Any], default: Draft) -> Draft:
        from referencing.exceptions import Unresolvable

        try:
            resource = resolver.lookup("#").contents
        except (Unresolvable, LookupError, ValueError):
            return default
        named = resource.get("$schema") if isinstance(resource, dict) else None
        return (_dialect(named) if isinstance(named, str) else None) or default

    def select(self, root: str) -> Node:
        """The definition that `root` picks: a JSON pointer, or a name in `$defs` or `definitions`."""
        if root.startswith(("#", "/")) or root == "":
            return self._target(self.root, "$ref", "#" + root.removeprefix("#"))
        contents = self.root.contents if isinstance(self.root.contents, dict) else {}
        names: list[str] = []
        for keyword in ("$defs", "definitions"):
            definitions = contents.get(keyword)
            if isinstance(definitions, dict):
                if root in definitions:
                    return self._target(self.root, "$ref", f"#/{keyword}/{_fragment(root)}")
                names += definitions
        raise SchemaError(f"no definition {root!r}; there are: {', '.join(names) or 'none'}")


def _fragment(name: str) -> str:
    return escaped(name).replace("%", "%25").replace("#", "%23")


def _joined(base: str, name: str) -> str:
    try:
        return urljoin(base, name)
    except ValueError:
        return name


def _nowhere(reference: str) -> str:
    if reference.startswith("#"):
        return f"$ref {reference!r} points nowhere"
    return f"$ref {reference!r} isn't among the documents given, and nothing is fetched; pass it in `documents`"


def _dialect(uri: str) -> Draft | None:
    """The draft that `$schema` names, None if it isn't known. Raises SchemaError for draft-03 and older."""
    bare = uri.partition("://")[2].rstrip("#").rstrip("/")
    if bare.startswith(("json-schema.org/draft-03", "json-schema.org/draft-02", "json-schema.org/draft-01")):
        raise SchemaError(f"{uri}: drafts before 04 aren't read; write it in a newer one", "#/$schema")
    return _DRAFTS.get(bare)


def _specification(draft: Draft) -> Specification[Any]:
    import referencing.jsonschema as specifications

    name = draft.validator.removesuffix("Validator").upper()
    specification: Specification[Any] = getattr(specifications, name)
    return specification


def _unnamed(metaschema: dict[str, Any]) -> dict[str, Any]:
    """Without `$schema`: where the library sees one, it goes on with its own validator, not with ours."""
    return {name: value for name, value in metaschema.items() if name != "$schema"}


@cache
def _metaschemas() -> Registry[Any]:
    from jsonschema_specifications import REGISTRY
    from referencing import Registry
    from referencing.jsonschema import specification_with

    pairs = [
        (uri, specification_with(each.contents["$schema"]).create_resource(_unnamed(each.contents)))
        for uri, each in REGISTRY.items()
    ]
    return Registry().with_resources(pairs).crawl()


def _checker(draft: Draft, defer: Callable[[object], None]) -> Any:
    """A validator of schemas that hands each subschema to `defer` instead of descending into it."""
    import jsonschema

    base = getattr(jsonschema, draft.validator)
    found: dict[Identity, Any] = {}
    """By id of a metaschema's part with `$ref`: what it refers to, for the library would look it up each time."""

    def postpone(_validator: Any, _value: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        if isinstance(instance, dict):
            defer(instance)
        elif not isinstance(instance, bool) or draft is DRAFT_04:
            yield jsonschema.ValidationError(f"{_brief(repr(instance))} isn't a schema")

    def follow(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if value == "#":
            yield from postpone(validator, value, instance, schema)
            return
        key = Identity(schema)
        if key not in found:
            found[key] = validator._resolver.lookup(value)
        target = found[key]
        yield from validator.descend(instance, target.contents, resolver=target.resolver)

    keywords = {"$ref": follow, "$dynamicRef": postpone, "$recursiveRef": postpone, "uniqueItems": _unique}
    extend: Any = jsonschema.validators.extend
    return extend(base, keywords)(_unnamed(base.META_SCHEMA), registry=_metaschemas())


def _unique(_validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[Any]:
    """`uniqueItems` in linear time: the library's own compares each with each."""
    import jsonschema

    if wanted and isinstance(instance, list) and len({text_of(each) for each in instance}) < len(instance):
        yield jsonschema.ValidationError("an item appears there twice")


def text_of(value: object) -> str:
    """A text that two JSON values share if they are the same."""
    return json.dumps(value, sort_keys=True)


def _brief(message: str) -> str:
    return message if len(message) <= 200 else f"{message[:120]} … {message[-60:]}"


def _place(document: Any, wanted: object, steps: Any) -> str:
    """The JSON pointer of what went wrong: of `wanted` in the document, and on by `steps`."""
    stack = [(document, "")]
    while stack:
        value, pointer = stack.pop()
        if value is wanted:
            return "/".join([pointer, *(escaped(str(step)) for step in steps)])
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        stack += [(inner, f"{pointer}/{escaped(str(name))}") for name, inner in inside]
    return ""


def escaped(name: str) -> str:
    """A name as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def defined_name(reference: str) -> str:
    """The name that a reference gives to what it points at; "" if it only points somewhere inside."""
    uri, fragment = urldefrag(reference) if not reference.startswith("#") else ("", reference[1:])
    steps = unquote(fragment).split("/")
    if steps[-2:-1] in (["$defs"], ["definitions"], ["schemas"]) and steps[-3:-2] != ["properties"]:
        return steps[-1].replace("~1", "/").replace("~0", "~")
    if fragment:
        return "" if "/" in fragment else fragment
    return uri.rstrip("/").rpartition("/")[2].partition(".")[0]
