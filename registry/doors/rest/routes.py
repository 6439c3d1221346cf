"""Which command or query each route of the REST API means: a table, and a function for each row.

A function takes a request, already taken apart, and gives what the answer's JSON is made of. It is as thin as it can
be: names checked, options read, one call, the answer's members. No sockets, no framework.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from registry.commands import Commands
from registry.domain import names
from registry.domain.errors import INVALID_SCHEMA, MAX_VERSION, RegistryError, no_association, not_found, not_permitted
from registry.domain.model import TYPES, Json, Page, Schema, Version
from registry.doors.rest import bodies as wire
from registry.queries import Queries
from registry.store.sqlite import Store
from registry.store.tables import GLOBAL
from schemas.texts import protobuf as proto_text

MAX_ITEMS: Final = 1000
"""Schemas in one answer of /schemas."""
T = TypeVar("T")


@dataclass(frozen=True)
class Request:
    """A request taken apart. `path`: the variable parts; `query`: all values by name; `lenient`: see wire.py."""

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, list[str]] = field(default_factory=dict)
    body: bytes = b""
    lenient: bool = False

    def text(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]

    def flag(self, name: str) -> bool:
        """Whether a query says true, in any case: Python's client writes True."""
        return self.text(name).lower() == "true"

    def page(self) -> Page:
        return Page(max(self._number("offset", 0), 0), self._number("limit", -1))

    def _number(self, name: str, default: int) -> int:
        """RegistryError 404: it is no number of 32 bits, as Confluent's has it; SQLite can't count over 64."""
        try:
            found = int(self.text(name) or default)
        except ValueError:
            raise not_found() from None
        if abs(found) > MAX_VERSION:
            raise not_found()
        return found

    @property
    def subject(self) -> str:
        return names.subject(self.path["subject"])

    @property
    def version(self) -> int:
        return names.version(self.path["version"])

    @property
    def id(self) -> int:
        return names.schema_id(self.path["id"])

    def json(self) -> Json:
        return wire.body(self.body)


Answer = Any
"""What msgspec makes the JSON of; `Raw` is sent as it is."""


@dataclass(frozen=True)
class Raw:
    """A schema's text as the whole answer."""

    text: str


class Service:
    """The API over one store."""

    def __init__(self, store: Store) -> None:
        self.commands = Commands(store)
        self.queries = Queries(store)

    # --- subjects ---

    def subjects(self, request: Request) -> Answer:
        prefix = names.prefix(request.text("subjectPrefix"))
        only = request.flag("deletedOnly")
        return self.queries.subjects(prefix, request.page(), deleted=request.flag("deleted"), only_deleted=only)

    def lookup(self, request: Request) -> Answer:
        draft = wire.draft(request.json(), lenient=request.lenient)
        normalize, deleted = request.flag("normalize"), request.flag("deleted")
        found = self.queries.lookup(request.subject, draft, normalize=normalize, deleted=deleted)
        return wire.version_members(found, self._formatted(found.schema, request))

    def delete_subject(self, request: Request) -> Answer:
        return self.commands.delete_subject(request.subject, permanent=request.flag("permanent"))

    def by_metadata(self, request: Request) -> Answer:
        wanted = dict(zip(request.query.get("key", []), request.query.get("value", []), strict=False))
        found = self.queries.matching(request.subject, wanted, deleted=request.flag("deleted"))
        return wire.version_members(found, self._formatted(found.schema, request))

    # --- versions ---

    def versions(self, request: Request) -> Answer:
        found = self.queries.numbers(
            request.subject,
            deleted=request.flag("deleted"),
            only_deleted=request.flag("deletedOnly"),
            as_negative=request.flag("deletedAsNegative"),
        )
        return _cut(found, request.page())

    def register(self, request: Request) -> Answer:
        draft = wire.draft(request.json(), lenient=request.lenient)
        found = self.commands.register(request.subject, draft, normalize=request.flag("normalize"))
        return {"id": found.schema.id, "version": found.number, "guid": found.schema.guid}

    def version(self, request: Request) -> Answer:
        found = self._version(request)
        return wire.version_members(found, self._formatted(found.schema, request))

    def version_text(self, request: Request) -> Answer:
        return Raw(self._formatted(self._version(request).schema, request))

    def delete_version(self, request: Request) -> Answer:
        return self.commands.delete_version(request.subject, request.version, permanent=request.flag("permanent"))

    def referenced_by(self, request: Request) -> Answer:
        found = self.queries.referring(request.subject, request.version, deleted=request.flag("deleted"))
        return _cut(found, request.page())

    def _version(self, request: Request) -> Version:
        return self.queries.version(request.subject, request.version, deleted=request.flag("deleted"))

    # --- schemas ---

    def schemas(self, request: Request) -> Answer:
        page = request.page()
        limit = MAX_ITEMS if page.limit < 0 else min(page.limit, MAX_ITEMS)
        found = self.queries.all_versions(
            names.prefix(request.text("subjectPrefix")),
            Page(page.offset, limit),
            deleted=request.flag("deleted"),
            latest=request.flag("latestOnly"),
        )
        return [wire.version_members(each) for each in found]

    def schema(self, request: Request) -> Answer:
        """With `subject`, also where the schema stands under it."""
        schema = self.queries.schema(request.id)
        made = wire.schema_members(schema, self._formatted(schema, request))
        uses = self.queries.uses(schema.id, deleted=True)
        of_subject = [each for each in uses if each.subject == names.prefix(request.text("subject"))]
        if of_subject:
            made |= {"subject": of_subject[-1].subject, "version": of_subject[-1].number}
        if request.flag("fetchMaxId"):
            made["maxId"] = self.queries.highest_id()
        used = of_subject or uses
        return made | {"ts": min(each.created for each in used), "deleted": all(each.deleted for each in used)}

    def schema_text(self, request: Request) -> Answer:
        return Raw(self._formatted(self.queries.schema(request.id), request))

    def schema_subjects(self, request: Request) -> Answer:
        return _cut(list(dict.fromkeys(each.subject for each in self._uses(request))), request.page())

    def schema_versions(self, request: Request) -> Answer:
        return _cut(wire.places(self._uses(request)), request.page())

    def schema_by_guid(self, request: Request) -> Answer:
        schema = self.queries.schema_by_guid(request.path["guid"])
        return {"id": schema.id, **wire.schema_members(schema, self._formatted(schema, request))}

    def guid_ids(self, request: Request) -> Answer:
        return [{"context": ".", "id": self.queries.schema_by_guid(request.path["guid"]).id}]

    def types(self, request: Request) -> Answer:
        return list(TYPES)

    def _uses(self, request: Request) -> list[Version]:
        subject = names.prefix(request.text("subject")) or None
        return self.queries.uses(request.id, subject=subject, deleted=request.flag("deleted"))

    def _formatted(self, schema: Schema, request: Request) -> str:
        """The text in the form that `format` asks for: `serialized` is the base64 of a FileDescriptorProto."""
        if schema.type != "PROTOBUF" or request.text("format") != "serialized":
            return schema.text
        return proto_text.serialized(schema.text, self.queries.documents(schema))

    # --- compatibility ---

    def check_version(self, request: Request) -> Answer:
        return self._check(request, request.version)

    def check_versions(self, request: Request) -> Answer:
        return self._check(request, None)

    def _check(self, request: Request, version: int | None) -> Answer:
        draft = wire.draft(request.json(), lenient=request.lenient)
        normalize = request.flag("normalize")
        try:
            found = self.queries.incompatibilities(request.subject, draft, version, normalize=normalize)
        except RegistryError as error:
            if error.code != INVALID_SCHEMA or not request.flag("verbose"):
                raise
            found = [error.message]
        return {"is_compatible": not found, **({"messages": found} if request.flag("verbose") else {})}

    # --- settings ---

    def config(self, request: Request) -> Answer:
        subject = _subject_or_global(request)
        return wire.config_members(self.queries.config(subject, inherit=request.flag("defaultToGlobal")))

    def set_config(self, request: Request) -> Answer:
        changes = wire.config(request.json(), lenient=request.lenient)
        self.commands.set_config(_subject_or_global(request), changes)
        return wire.config_members(changes, "compatibility")

    def delete_config(self, request: Request) -> Answer:
        return wire.config_members(self.commands.drop_config(_subject_or_global(request)))

    def mode(self, request: Request) -> Answer:
        return {"mode": self.queries.mode(_subject_or_global(request), inherit=request.flag("defaultToGlobal"))}

    def set_mode(self, request: Request) -> Answer:
        wanted = wire.mode(request.json())
        self.commands.set_mode(_subject_or_global(request), wanted, force=request.flag("force"))
        return {"mode": wanted}

    def delete_mode(self, request: Request) -> Answer:
        return {"mode": self.commands.drop_mode(_subject_or_global(request))}

    # --- the rest ---

    def contexts(self, request: Request) -> Answer:
        return _cut(["."], request.page())

    def associations(self, request: Request) -> Answer:
        """There are none: clients then take a subject's name from the topic's."""
        raise no_association(request.path.get("resource", request.path.get("name", "")))

    def no_associations(self, request: Request) -> Answer:
        raise not_permitted("This registry keeps no associations yet")

    def root(self, request: Request) -> Answer:
        return {}

    def cluster(self, request: Request) -> Answer:
        return {"id": "", "scope": {"path": [], "clusters": {"kafka-cluster": "", "schema-registry-cluster": "hal9"}}}

    def deployment(self, request: Request) -> Answer:
        return {"attributes": []}

    def server_version(self, request: Request) -> Answer:
        from importlib.metadata import version

        return {"version": version("hal9-translator"), "commitId": ""}

    def health(self, request: Request) -> Answer:
        """Whether the database answers."""
        self.queries.highest_id()
        return {"healthy": True}


Handler = Callable[[Service, Request], Answer]

ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", "/", Service.root),
    ("GET", "/_health", Service.health),
    ("GET", "/subjects", Service.subjects),
    ("POST", "/subjects/{subject}", Service.lookup),
    ("DELETE", "/subjects/{subject}", Service.delete_subject),
    ("GET", "/subjects/{subject}/metadata", Service.by_metadata),
    ("GET", "/subjects/{subject}/versions", Service.versions),
    ("POST", "/subjects/{subject}/versions", Service.register),
    ("GET", "/subjects/{subject}/versions/{version}", Service.version),
    ("DELETE", "/subjects/{subject}/versions/{version}", Service.delete_version),
    ("GET", "/subjects/{subject}/versions/{version}/schema", Service.version_text),
    ("GET", "/subjects/{subject}/versions/{version}/referencedby", Service.referenced_by),
    ("GET", "/schemas", Service.schemas),
    ("GET", "/schemas/types", Service.types),
    ("GET", "/schemas/ids/{id}", Service.schema),
    ("GET", "/schemas/ids/{id}/schema", Service.schema_text),
    ("GET", "/schemas/ids/{id}/subjects", Service.schema_subjects),
    ("GET", "/schemas/ids/{id}/versions", Service.schema_versions),
    ("GET", "/schemas/guids/{guid}", Service.schema_by_guid),
    ("GET", "/schemas/guids/{guid}/ids", Service.guid_ids),
    ("POST", "/compatibility/subjects/{subject}/versions", Service.check_versions),
    ("POST", "/compatibility/subjects/{subject}/versions/{version}", Service.check_version),
    ("GET", "/config", Service.config),
    ("PUT", "/config", Service.set_config),
    ("DELETE", "/config", Service.delete_config),
    ("GET", "/config/{subject}", Service.config),
    ("PUT", "/config/{subject}", Service.set_config),
    ("DELETE", "/config/{subject}", Service.delete_config),
    ("GET", "/mode", Service.mode),
    ("PUT", "/mode", Service.set_mode),
    ("DELETE", "/mode", Service.delete_mode),
    ("GET", "/mode/{subject}", Service.mode),
    ("PUT", "/mode/{subject}", Service.set_mode),
    ("DELETE", "/mode/{subject}", Service.delete_mode),
    ("GET", "/contexts", Service.contexts),
    ("POST", "/associations", Service.no_associations),
    ("PUT", "/associations", Service.no_associations),
    ("GET", "/associations/subjects/{name}", Service.associations),
    ("GET", "/associations/resources/{resource}", Service.associations),
    ("GET", "/associations/resources/{namespace}/{resource}", Service.associations),
    ("DELETE", "/associations/resources/{resource}", Service.associations),
    ("GET", "/v1/metadata/id", Service.cluster),
    ("GET", "/v1/metadata/version", Service.server_version),
    ("GET", "/v1/metadata/deployment", Service.deployment),
)


def _subject_or_global(request: Request) -> str:
    return request.subject if "subject" in request.path else GLOBAL


def _cut(items: list[T], page: Page) -> list[T]:
    """A page of a list that is in memory."""
    return items[page.offset :] if page.limit < 0 else items[page.offset : page.offset + page.limit]
