"""The JSON of the REST API: request bodies read, answers made. No sockets here, and nothing is decided.

Members that this registry doesn't know are refused (422) unless the client says `Confluent-Accept-Unknown-Properties`;
members that it knows but has no use for yet are always refused: what was acknowledged would otherwise be lost.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, TypeVar, cast

import msgspec

from registry.domain.errors import bad_level, bad_mode, bad_schema
from registry.domain.model import (
    MODES,
    TYPES,
    Candidate,
    Config,
    Json,
    Mode,
    Reference,
    StoredSchema,
    Version,
)
from registry.doors.asgi import HttpError
from schemas.compatibility import LEVELS, Level

_CANDIDATE: Final = {"schema", "schemaType", "references", "metadata", "ruleSet", "id", "version", "subject", "guid"}
_CONFIG: Final = {"compatibility", "compatibilityLevel", "normalize"}
_CONFIG_LATER: Final = {
    "alias", "aliasForDeks", "validateFields", "validateNewSchemas", "validateRules", "compatibilityPolicy",
    "compatibilityGroup", "defaultMetadata", "overrideMetadata", "defaultRuleSet", "overrideRuleSet",
}  # fmt: skip
T = TypeVar("T")


def members(data: bytes) -> Json:
    """A request's JSON object. HttpError 400: it is not one."""
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HttpError(400, f"The body is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise HttpError(400, "The body is not a JSON object")
    return cast("Json", found)


def _known(found: Json, known: Collection[str], later: Collection[str], *, lenient: bool) -> None:
    """Refuses members that would be lost."""
    for name, value in found.items():
        if name in later and value is not None:
            raise HttpError(422, f"Not supported by this registry yet: {name}")
        if name not in known and name not in later and not lenient:
            raise HttpError(422, f"Unrecognized field: {name}")


def _member(found: Json, name: str, type_: type[T]) -> T | None:
    """A member of this type, None where it is absent or null. HttpError 422."""
    value = found.get(name)
    if value is None:
        return None
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        raise HttpError(422, f"{name}: {error}") from None


def candidate(found: Json, *, lenient: bool = False) -> Candidate:
    """A schema as a client gives it. HttpError 422; RegistryError INVALID_SCHEMA."""
    _known(found, _CANDIDATE, ("schemaTags", "schemaTagsToAdd", "schemaTagsToRemove"), lenient=lenient)
    type_ = (_member(found, "schemaType", str) or "AVRO").upper()
    if type_ not in TYPES:
        raise bad_schema(f"the schema type {type_!r} is not one of {', '.join(TYPES)}")
    id_, version = _member(found, "id", int), _member(found, "version", int)
    return Candidate(
        text=_member(found, "schema", str) or "",
        type=type_,
        references=tuple(_member(found, "references", list[Reference]) or ()),
        metadata=_member(found, "metadata", dict[str, Any]),
        rules=_member(found, "ruleSet", dict[str, Any]),
        id=id_ if id_ is not None and id_ >= 0 else None,
        version=version if version is not None and version > 0 else None,
    )


def config(found: Json, *, lenient: bool = False) -> Config:
    """HttpError 422; RegistryError INVALID_LEVEL."""
    _known(found, _CONFIG, _CONFIG_LATER, lenient=lenient)
    level = found.get("compatibility") or found.get("compatibilityLevel")
    normalize = _member(found, "normalize", bool)
    if level is None and normalize is None:
        raise bad_level()
    if level is not None and (not isinstance(level, str) or level.upper() not in LEVELS):
        raise bad_level(level)
    return Config(cast("Level | None", level and level.upper()), normalize)


def mode(found: Json) -> Mode | None:
    """None: the usual mode again. RegistryError INVALID_MODE."""
    wanted = found.get("mode")
    if wanted is None:
        return None
    if not isinstance(wanted, str) or wanted.upper() not in MODES:
        raise bad_mode(wanted)
    return cast(Mode, wanted.upper())


# --- answers ---


def schema_members(schema: StoredSchema, text: str | None = None) -> Json:
    """A schema's own members, without those that say the usual: Avro, no references."""
    made: Json = {"guid": schema.guid}
    if schema.type != "AVRO":
        made["schemaType"] = schema.type
    if schema.references:
        made["references"] = schema.references
    if schema.metadata is not None:
        made["metadata"] = schema.metadata
    if schema.rules is not None:
        made["ruleSet"] = schema.rules
    made["schema"] = schema.text if text is None else text
    return made


def version_members(version: Version, text: str | None = None) -> Json:
    """A version with its schema. `ts`: when it was registered, in milliseconds since 1970."""
    return {
        "subject": version.subject,
        "version": version.number,
        "id": version.schema.id,
        **schema_members(version.schema, text),
        "ts": version.created,
        "deleted": version.deleted,
    }


def config_members(found: Config, level: str = "compatibilityLevel") -> Json:
    """What is set. `level`: what the level is called, which is another name where it is written."""
    members = {level: found.level, "normalize": found.normalize}
    return {name: value for name, value in members.items() if value is not None}


def places(versions: Sequence[Version]) -> list[Json]:
    return [{"subject": each.subject, "version": each.number} for each in versions]
