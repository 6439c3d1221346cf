"""What users write for one end of a translation, and what it means: a format and a schema."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import schemas
from native.errors import PlanError, SchemaError
from schemas.loading import BUILT_IN, Generated, language_of
from schemas.model import Language, Schema
from translator import formats
from translator.contract import End
from translator.engine import sources
from translator.engine.transformers import SHARED

if TYPE_CHECKING:
    from collections.abc import Collection

    from translator.engine.sources import SchemaSource

SpecDocument: TypeAlias = str | Path | bytes | Schema | dict[str, Any] | Generated
"""A schema, or what it is loaded from."""
SchemaSpec: TypeAlias = SpecDocument | tuple[str, SpecDocument | None] | None
"""One end of a translation.

A path (`x.avsc`, `x.proto#Type`), a built-in schema (`neuron:NeuronSignal`), a schema of an installed source
(`registry:signals-value`), a schema's text or parsed document, a generated Protobuf message class, or a `Schema`. The
format is then the usual one of the schema's language; `(format, schema)` names another:
`("protojson", "x.proto#Type")`. A format's name alone (`"json"`) is that format without a schema; so is None, with the
format named beside it.
"""

_WORD: Final = re.compile(r"[\w-]+")
"""What can only be a format's name, unless a file has that name."""


def end(
    spec: SchemaSpec,
    format_: str | None = None,
    type_: str | None = None,
    *,
    known: Collection[str] | None = None,
    registry: SchemaSource | None = None,
) -> End:
    """What `spec` means, in `format_` if that is named, with `type_` as the root.

    `known`: the formats that there are, by default those of the shared table. `registry`: answers for names like
    `registry:SUBJECT` in place of the installed client.

    SchemaError: the schema can't be loaded. PlanError: there is no such format, or it is named twice, or can't be told.
    """
    known = SHARED.formats() if known is None else known
    document, named = _taken_apart(spec, format_, known)
    if named is not None and named not in known:
        raise _problem(f"no format {named!r}; there are {', '.join(sorted(known))}")
    if document is None:
        return _untyped(named, type_)
    schema = _schema(document, named, type_, registry)
    if named is None:
        built_in = isinstance(document, str) and document.startswith(BUILT_IN)
        named = formats.USUAL if built_in else format_of(schema)
    return End(named, schema)


def format_of(schema: Schema) -> str:
    """The usual format of messages that a schema of its language describes."""
    return formats.usual_for(schema.language)


def _problem(text: str) -> PlanError:
    return PlanError([("", text)])


def _taken_apart(
    spec: SchemaSpec, format_: str | None, known: Collection[str]
) -> tuple[SpecDocument | None, str | None]:
    document, named = spec, None
    if isinstance(spec, tuple):
        if len(spec) != 2:
            raise _problem("a pair of a format and a schema is wanted")
        named, document = spec
    elif isinstance(spec, str) and spec in known:
        named, document = spec, None
    assert not isinstance(document, tuple)
    if named and format_ and named != format_:
        raise _problem(f"two formats are named: {named} and {format_}")
    return document, named or format_


def _untyped(format_: str | None, type_: str | None) -> End:
    """A format alone. Some have a schema of their own."""
    if format_ is None:
        raise _problem("neither a schema nor a format is named")
    own = formats.get(format_).schema if format_ in formats.NAMES else None
    if own is not None:
        return End(format_, _schema(own, format_, type_))
    if type_ is not None:
        raise _problem(f"the type {type_!r} is named without a schema")
    return End(format_, None)


def _schema(
    document: SpecDocument, format_: str | None, type_: str | None, registry: SchemaSource | None = None
) -> Schema:
    if isinstance(document, Schema):
        return document if type_ is None else _rooted(document, type_)
    if isinstance(document, str) and _WORD.fullmatch(document) and not Path(document).exists():
        raise _problem(f"{document!r} is neither a file nor a format; the formats are {', '.join(SHARED.formats())}")
    found = from_source(document, registry=registry)
    if found is not None:
        return found if type_ is None else _rooted(found, type_)
    return schemas.load(document, language=_language(document, format_), type=type_)


def from_source(
    document: SpecDocument, url: str | None = None, *, registry: SchemaSource | None = None
) -> Schema | None:
    """What an installed source (at `url`), or `registry`, has by that name; None: it names none, or a file."""
    if not isinstance(document, str) or document.startswith((BUILT_IN, "{", "[")) or ":" not in document:
        return None
    return None if Path(document).exists() else sources.load(document, url, registry=registry)


def _language(document: SpecDocument, format_: str | None) -> Language | None:
    """The language that the format says, where the document doesn't."""
    if isinstance(document, str) and document.startswith(BUILT_IN):
        return formats.get(format_ if format_ in formats.NAMES else formats.USUAL).language_of_built_in
    if format_ not in formats.NAMES or (isinstance(document, str | Path) and language_of(document) is not None):
        return None
    languages = formats.get(format_).languages
    if len(languages) > 1 or (isinstance(document, dict) and "protobuf" in languages):
        return None
    return next(iter(languages))


def _rooted(schema: Schema, type_: str) -> Schema:
    """The schema with another of its named types as the root."""
    found = [name for name in schema.names if name == type_ or name.endswith(f".{type_}")]
    name = type_ if type_ in found else found[0] if len(found) == 1 else None
    if name is None:
        known = ", ".join(sorted(schema.names)[:20]) or "none"
        raise SchemaError(f"{'several types end' if found else 'no type is named'} {type_!r}; there are: {known}")
    return replace(schema, root=schema.names[name])
