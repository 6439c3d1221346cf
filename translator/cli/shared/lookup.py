"""Schemas that are not files: a registry's, or those that messages refer to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from cyclopts import Group, Parameter

from translator.cli.shared import sides
from translator.cli.shared.exits import UsageError
from translator.engine import sources, specs
from translator.engine.known import Known

if TYPE_CHECKING:
    from schemas.model import Schema
    from translator.engine.sources import SchemaSource
    from translator.framing import Framing

_SCHEMAS = Group("Schemas from elsewhere", sort_key=15)
_NUMBERED: Final = re.compile(r"([0-9]{1,10}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})=(.+)", re.DOTALL)

Url = Annotated[str | None, Parameter(name="--registry", group=_SCHEMAS)]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class LookupOptions:
    """Where schemas that are not files come from.

    Parameters
    ----------
    registry
        The schema registry's URL; without it $HAL9_REGISTRY_URL is asked, or this machine.
    subject
        The input's schema is what the registry has as SUBJECT, SUBJECT@VERSION or either with #Type.
    schemas
        A schema that messages refer to, for want of a registry: ID=FILE (Confluent's framing, ID may be a GUID), or
        FILE (Avro's single-object encoding). Repeatable.
    """

    registry: Url = None
    subject: Annotated[str | None, Parameter(group=_SCHEMAS)] = None
    schemas: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False, group=_SCHEMAS)] = ()


NO_LOOKUP_OPTIONS = LookupOptions()


@dataclass(frozen=True)
class Lookup:
    """Looks schemas up as the options say. Everything raises UsageError, SchemaError, and what the registry raises."""

    options: LookupOptions = NO_LOOKUP_OPTIONS

    @cached_property
    def registry(self) -> SchemaSource:
        """The registry; asked when a schema is wanted."""
        named = () if self._url is None else (self._url,)
        return sources.find(sources.REGISTRY, *named)

    @cached_property
    def known(self) -> SchemaSource:
        """The schemas that --schemas names."""
        if self.framing == "avro-single":
            return Known([_document(each) for each in self.options.schemas])
        return Known(dict(_numbered(each) for each in self.options.schemas))

    @property
    def framing(self) -> Framing | None:
        """The framing whose schemas --schemas has; None: it isn't given."""
        texts = self.options.schemas
        numbered = [_NUMBERED.fullmatch(each) is not None for each in texts]
        if any(numbered) and not all(numbered):
            which = next(text for text, has in zip(texts, numbered, strict=True) if not has)
            raise UsageError(f"--schemas {which}: the others have ids", "say ID=FILE for each, or for none")
        return None if not texts else "confluent" if all(numbered) else "avro-single"

    def subject(self, text: str) -> Schema:
        """`SUBJECT[@VERSION][#Type]`."""
        name, _, type_ = text.rpartition("#") if "#" in text else (text, "", None)
        found = self.registry.by_subject(*sources.subject(name))
        schema = specs.end(found, None, type_).schema
        assert schema is not None
        return schema

    def one(self, spec: str | None) -> str | Schema | None:
        """The schema that --subject names, else the one that --schema does: `spec`."""
        if self.options.subject is not None:
            return self.subject(self.options.subject)
        return None if spec is None else self.spec(spec)

    def spec(self, spec: str) -> str | Schema:
        """A schema as it is named: one of the registry looked up where --registry says, anything else as it stands."""
        return specs.from_source(spec, self._url) or spec

    @property
    def _url(self) -> str | None:
        url = self.options.registry
        if url is not None and not url.startswith(("http://", "https://")):
            raise UsageError(f"--registry {url}: that is not a URL", "say it like http://127.0.0.1:8081")
        return url


def subject_of(text: str) -> str:
    """The subject's name in `SUBJECT[@VERSION][#Type]`."""
    return sources.subject(text.rpartition("#")[0] if "#" in text else text)[0]


def _numbered(text: str) -> tuple[int | UUID, str | Schema]:
    match = _NUMBERED.fullmatch(text)
    assert match is not None
    return int(match[1]) if match[1].isdecimal() else UUID(match[1]), _document(match[2])


def _document(spec: str) -> str | Schema:
    """What is loaded: of an Avro file the schema that it carries."""
    return sides.load(spec) if sides.carries(spec) else spec
