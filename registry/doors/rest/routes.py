"""Which command or query each route of the REST API means: a table, and a function for each row.

A function takes a request, already taken apart, and gives what the answer's JSON is made of. It is as thin as it can
be: names checked, options read, the registry asked, the answer's members. No sockets, no framework.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from registry import commands, queries
from registry.domain import errors
from registry.domain.errors import RegistryError
from registry.domain.model import Page, StoredSchema, Version
from registry.doors.rest import bodies
from registry.doors.rest.errors import INVALID_SCHEMA, described, error_body
from registry.doors.rest.requests import Raw, Request
from schemas.texts import protobuf as proto_text

MAX_ITEMS: Final = 1000
"""Schemas in one answer of /schemas."""

Answer = Any
"""What msgspec makes the JSON of; `Raw` is sent as it is."""
Answering = Callable[[Request], Answer]

# --- subjects ---


def subjects(request: Request) -> Answer:
    return request.ask(
        queries.Subjects(
            request.prefix("subjectPrefix"),
            request.page(),
            deleted=request.flag("deleted"),
            only_deleted=request.flag("deletedOnly"),
        )
    )


def look_up(request: Request) -> Answer:
    candidate = bodies.candidate(request.json(), lenient=request.lenient)
    normalize, deleted = request.flag("normalize"), request.flag("deleted")
    found = request.ask(queries.VersionOfSchema(request.subject, candidate, normalize, deleted))
    return bodies.version_members(found, _formatted(found.schema, request))


def delete_subject(request: Request) -> Answer:
    return request.run(commands.DeleteSubject(request.subject, request.flag("permanent")))


def by_metadata(request: Request) -> Answer:
    wanted = dict(zip(request.query.get("key", []), request.query.get("value", []), strict=False))
    found = request.ask(queries.MatchingVersion(request.subject, wanted, request.flag("deleted")))
    return bodies.version_members(found, _formatted(found.schema, request))


# --- versions ---


def versions(request: Request) -> Answer:
    deleted, only_deleted = request.flag("deleted"), request.flag("deletedOnly")
    found = request.ask(queries.Versions(request.subject, deleted, only_deleted))
    negative = request.flag("deletedAsNegative")
    return request.cut([-each.number if negative and each.deleted else each.number for each in found])


def register(request: Request) -> Answer:
    candidate = bodies.candidate(request.json(), lenient=request.lenient)
    found = request.run(commands.Register(request.subject, candidate, request.flag("normalize")))
    return {"id": found.schema.id, "version": found.number, "guid": found.schema.guid}


def version(request: Request) -> Answer:
    found = _version(request)
    return bodies.version_members(found, _formatted(found.schema, request))


def version_text(request: Request) -> Answer:
    return Raw(_formatted(_version(request).schema, request))


def delete_version(request: Request) -> Answer:
    return request.run(commands.DeleteVersion(request.subject, request.version, request.flag("permanent")))


def referenced_by(request: Request) -> Answer:
    return request.cut(request.ask(queries.Referring(request.subject, request.version, request.flag("deleted"))))


def _version(request: Request) -> Version:
    return request.ask(queries.OneVersion(request.subject, request.version, request.flag("deleted")))


# --- schemas ---


def schemas(request: Request) -> Answer:
    page = request.page()
    limit = MAX_ITEMS if page.limit < 0 else min(page.limit, MAX_ITEMS)
    found = request.ask(
        queries.AllVersions(
            request.prefix("subjectPrefix"),
            Page(page.offset, limit),
            deleted=request.flag("deleted"),
            latest=request.flag("latestOnly"),
        )
    )
    return [bodies.version_members(each) for each in found]


def schema(request: Request) -> Answer:
    """With `subject`, also where the schema stands under it."""
    found = request.ask(queries.SchemaById(request.id))
    made = bodies.schema_members(found, _formatted(found, request))
    uses = request.ask(queries.Uses(found.id, deleted=True))
    of_subject = [each for each in uses if each.subject == request.prefix("subject")]
    if of_subject:
        made |= {"subject": of_subject[-1].subject, "version": of_subject[-1].number}
    if request.flag("fetchMaxId"):
        made["maxId"] = request.ask(queries.HighestId())
    used = of_subject or uses
    return made | {"ts": min(each.created for each in used), "deleted": all(each.deleted for each in used)}


def schema_text(request: Request) -> Answer:
    return Raw(_formatted(request.ask(queries.SchemaById(request.id)), request))


def schema_subjects(request: Request) -> Answer:
    return request.cut(list(dict.fromkeys(each.subject for each in _uses(request))))


def schema_versions(request: Request) -> Answer:
    return request.cut(bodies.places(_uses(request)))


def schema_by_guid(request: Request) -> Answer:
    found = request.ask(queries.SchemaByGuid(request.path["guid"]))
    return {"id": found.id, **bodies.schema_members(found, _formatted(found, request))}


def guid_ids(request: Request) -> Answer:
    return [{"context": ".", "id": request.ask(queries.SchemaByGuid(request.path["guid"])).id}]


def types(request: Request) -> Answer:
    return request.ask(queries.Describe()).types


def _uses(request: Request) -> list[Version]:
    return request.ask(queries.Uses(request.id, request.prefix("subject") or None, request.flag("deleted")))


def _formatted(found: StoredSchema, request: Request) -> str:
    """The text in the form that `format` asks for: `serialized` is the base64 of a FileDescriptorProto."""
    if found.type != "PROTOBUF" or request.text("format") != "serialized":
        return found.text
    documents = request.ask(queries.ReferredTexts(found))
    return proto_text.serialized(found.text, documents)


# --- compatibility ---


def check_version(request: Request) -> Answer:
    return _check(request, request.version)


def check_versions(request: Request) -> Answer:
    return _check(request, None)


def _check(request: Request, number: int | None) -> Answer:
    candidate = bodies.candidate(request.json(), lenient=request.lenient)
    query = queries.CheckCompatibility(request.subject, candidate, number, request.flag("normalize"))
    verbose = request.flag("verbose")
    try:
        found = request.ask(query)
        messages = [] if found is None else described(found)
    except RegistryError as error:
        told = error_body(error)
        if told.number != INVALID_SCHEMA or not verbose:
            raise
        messages = [told.message]
    return {"is_compatible": not messages, **({"messages": messages} if verbose else {})}


# --- settings ---


def config(request: Request) -> Answer:
    return bodies.config_members(request.ask(queries.ConfigOf(request.subject_or_all, request.flag("defaultToGlobal"))))


def set_config(request: Request) -> Answer:
    changes = bodies.config(request.json(), lenient=request.lenient)
    request.run(commands.SetConfig(request.subject_or_all, changes))
    return bodies.config_members(changes, "compatibility")


def delete_config(request: Request) -> Answer:
    return bodies.config_members(request.run(commands.DropConfig(request.subject_or_all)))


def mode(request: Request) -> Answer:
    return {"mode": request.ask(queries.ModeOf(request.subject_or_all, request.flag("defaultToGlobal")))}


def set_mode(request: Request) -> Answer:
    wanted = bodies.mode(request.json())
    request.run(commands.SetMode(request.subject_or_all, wanted, request.flag("force")))
    return {"mode": wanted}


def delete_mode(request: Request) -> Answer:
    return {"mode": request.run(commands.DropMode(request.subject_or_all))}


# --- the rest, which needs a permission too: to be told what the registry is ---


def contexts(request: Request) -> Answer:
    request.ask(queries.Describe())
    return request.cut(["."])


def associations(request: Request) -> Answer:
    """Nothing is associated: clients then take a subject's name from the topic's."""
    request.ask(queries.Describe())
    raise errors.no_association(request.path.get("resource", request.path.get("name", "")))


def no_associations(request: Request) -> Answer:
    request.ask(queries.Describe())
    raise errors.not_permitted("This registry keeps no associations yet")


def root(request: Request) -> Answer:
    request.ask(queries.Describe())
    return {}


def cluster(request: Request) -> Answer:
    request.ask(queries.Describe())
    return {"id": "", "scope": {"path": [], "clusters": {"kafka-cluster": "", "schema-registry-cluster": "hal9"}}}


def deployment(request: Request) -> Answer:
    request.ask(queries.Describe())
    return {"attributes": []}


def server_version(request: Request) -> Answer:
    return {"version": request.ask(queries.Describe()).version, "commitId": ""}


def health(request: Request) -> Answer:
    request.ask(queries.CheckHealth())
    return {"healthy": True}


ROUTES: Final[tuple[tuple[str, str, Answering], ...]] = (
    ("GET", "/", root),
    ("GET", "/_health", health),
    ("GET", "/subjects", subjects),
    ("POST", "/subjects/{subject}", look_up),
    ("DELETE", "/subjects/{subject}", delete_subject),
    ("GET", "/subjects/{subject}/metadata", by_metadata),
    ("GET", "/subjects/{subject}/versions", versions),
    ("POST", "/subjects/{subject}/versions", register),
    ("GET", "/subjects/{subject}/versions/{version}", version),
    ("DELETE", "/subjects/{subject}/versions/{version}", delete_version),
    ("GET", "/subjects/{subject}/versions/{version}/schema", version_text),
    ("GET", "/subjects/{subject}/versions/{version}/referencedby", referenced_by),
    ("GET", "/schemas", schemas),
    ("GET", "/schemas/types", types),
    ("GET", "/schemas/ids/{id}", schema),
    ("GET", "/schemas/ids/{id}/schema", schema_text),
    ("GET", "/schemas/ids/{id}/subjects", schema_subjects),
    ("GET", "/schemas/ids/{id}/versions", schema_versions),
    ("GET", "/schemas/guids/{guid}", schema_by_guid),
    ("GET", "/schemas/guids/{guid}/ids", guid_ids),
    ("POST", "/compatibility/subjects/{subject}/versions", check_versions),
    ("POST", "/compatibility/subjects/{subject}/versions/{version}", check_version),
    ("GET", "/config", config),
    ("PUT", "/config", set_config),
    ("DELETE", "/config", delete_config),
    ("GET", "/config/{subject}", config),
    ("PUT", "/config/{subject}", set_config),
    ("DELETE", "/config/{subject}", delete_config),
    ("GET", "/mode", mode),
    ("PUT", "/mode", set_mode),
    ("DELETE", "/mode", delete_mode),
    ("GET", "/mode/{subject}", mode),
    ("PUT", "/mode/{subject}", set_mode),
    ("DELETE", "/mode/{subject}", delete_mode),
    ("GET", "/contexts", contexts),
    ("POST", "/associations", no_associations),
    ("PUT", "/associations", no_associations),
    ("GET", "/associations/subjects/{name}", associations),
    ("GET", "/associations/resources/{resource}", associations),
    ("GET", "/associations/resources/{namespace}/{resource}", associations),
    ("DELETE", "/associations/resources/{resource}", associations),
    ("GET", "/v1/metadata/id", cluster),
    ("GET", "/v1/metadata/version", server_version),
    ("GET", "/v1/metadata/deployment", deployment),
)
