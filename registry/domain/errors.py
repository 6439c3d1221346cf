"""What the registry refuses, by kind.

An error says what kind it is, which is all that a door has to know to answer; its stable name, by which programs tell
it from others; what is wrong, in words; and the facts that the words are about, for a door whose protocol has words and
numbers of its own (`doors/rest/errors.py` has Confluent's).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from native.errors import TranslatorError
from registry.domain.model import Breakage


class Kind(Enum):
    """What a caller can do about an error."""

    NOT_FOUND = "not found"
    """What was asked for is not there."""
    CONFLICT = "conflict"
    """It is at odds with what is there: with another version, with the state of a subject."""
    REFUSED = "refused"
    """It can't be done as it was asked, whatever is there."""
    FAILED = "failed"
    """It could be done, but the registry can't do it now."""


class RegistryError(TranslatorError):
    """A request is refused, or can't be answered.

    `kind`: see there; `code`: a stable name (`SUBJECT_NOT_FOUND`); `message`: what is wrong; `facts`: what the message
    is about, by name.
    """

    def __init__(self, kind: Kind, code: str, message: str, facts: Mapping[str, object] | None = None) -> None:
        super().__init__(kind, code, message, facts)
        self.kind = kind
        self.code = code
        self.message = message
        self.facts = facts or {}

    def __str__(self) -> str:
        return self.message


# --- not found ---


def no_subject(subject: str) -> RegistryError:
    message = f"there is no subject {subject!r}"
    return RegistryError(Kind.NOT_FOUND, "SUBJECT_NOT_FOUND", message, {"subject": subject})


def no_version(version: int) -> RegistryError:
    message = f"there is no version {version}"
    return RegistryError(Kind.NOT_FOUND, "VERSION_NOT_FOUND", message, {"version": version})


def no_schema(id_: int | str | None = None) -> RegistryError:
    """`id_`: the id or the GUID that no schema has; None: no version has the schema that was given."""
    message = "there is no such schema" if id_ is None else f"there is no schema {id_}"
    return RegistryError(Kind.NOT_FOUND, "SCHEMA_NOT_FOUND", message, {"id": id_})


def no_config(subject: str) -> RegistryError:
    message = f"subject {subject!r} has no compatibility level of its own"
    return RegistryError(Kind.NOT_FOUND, "CONFIG_NOT_FOUND", message, {"subject": subject})


def no_mode(subject: str) -> RegistryError:
    message = f"subject {subject!r} has no mode of its own"
    return RegistryError(Kind.NOT_FOUND, "MODE_NOT_FOUND", message, {"subject": subject})


def no_association(resource: str) -> RegistryError:
    message = f"nothing is associated with the resource {resource!r}"
    return RegistryError(Kind.NOT_FOUND, "ASSOCIATION_NOT_FOUND", message, {"resource": resource})


# --- conflicts ---


def subject_deleted(subject: str) -> RegistryError:
    message = f"subject {subject!r} is deleted already; it can be deleted permanently"
    return RegistryError(Kind.CONFLICT, "SUBJECT_DELETED", message, {"subject": subject})


def subject_not_deleted(subject: str) -> RegistryError:
    message = f"subject {subject!r} must be deleted before it can be deleted permanently"
    return RegistryError(Kind.CONFLICT, "SUBJECT_NOT_DELETED", message, {"subject": subject})


def version_deleted(subject: str, version: int) -> RegistryError:
    message = f"version {version} of subject {subject!r} is deleted already; it can be deleted permanently"
    return RegistryError(Kind.CONFLICT, "VERSION_DELETED", message, {"subject": subject, "version": version})


def version_not_deleted(subject: str, version: int) -> RegistryError:
    message = f"version {version} of subject {subject!r} must be deleted before it can be deleted permanently"
    return RegistryError(Kind.CONFLICT, "VERSION_NOT_DELETED", message, {"subject": subject, "version": version})


def referenced(subject: str, version: int) -> RegistryError:
    message = f"other schemas refer to version {version} of subject {subject!r}"
    return RegistryError(Kind.CONFLICT, "REFERENCED", message, {"subject": subject, "version": version})


def incompatible(subject: str, breakage: Breakage) -> RegistryError:
    message = f"the schema is incompatible with an earlier one of subject {subject!r}: {breakage}"
    facts = {"subject": subject, "breakage": breakage}
    return RegistryError(Kind.CONFLICT, "INCOMPATIBLE", message, facts)


# --- refused ---


def bad_schema(reason: str) -> RegistryError:
    return RegistryError(Kind.REFUSED, "INVALID_SCHEMA", f"Invalid schema: {reason}", {"reason": reason})


def empty_schema() -> RegistryError:
    return RegistryError(Kind.REFUSED, "EMPTY_SCHEMA", "Empty schema")


def too_large(size: int, limit: int) -> RegistryError:
    message = f"The schema has {size} bytes, over the limit of {limit}"
    return RegistryError(Kind.REFUSED, "SCHEMA_TOO_LARGE", message)


def bad_subject(reason: str) -> RegistryError:
    message = f"no subject can have this name: {reason}"
    return RegistryError(Kind.REFUSED, "INVALID_SUBJECT", message, {"reason": reason})


def bad_version(version: str) -> RegistryError:
    message = f"{version!r} is not a version: a number from 1 to 2147483647, or latest"
    return RegistryError(Kind.REFUSED, "INVALID_VERSION", message, {"version": version})


def bad_level(level: object = None) -> RegistryError:
    message = "there is no compatibility level" if level is None else f"{level!r} is not a compatibility level"
    return RegistryError(Kind.REFUSED, "INVALID_LEVEL", message)


def bad_mode(mode: object) -> RegistryError:
    return RegistryError(Kind.REFUSED, "INVALID_MODE", f"{mode!r} is not a mode")


def not_permitted(reason: str) -> RegistryError:
    """The registry's own state forbids it (its mode, an id that is taken), whoever the caller is."""
    return RegistryError(Kind.REFUSED, "NOT_PERMITTED", reason)


def forbidden(principal: str, action: str, subject: str) -> RegistryError:
    """The caller has no permission."""
    what = f"subject {subject!r}" if subject else "all subjects"
    message = f"{principal or 'an anonymous caller'} is not allowed to {action} ({what})"
    facts = {"principal": principal, "action": action, "subject": subject}
    return RegistryError(Kind.REFUSED, "FORBIDDEN", message, facts)


# --- failed ---


def store_failed(reason: str) -> RegistryError:
    return RegistryError(Kind.FAILED, "STORE_FAILED", f"The database failed: {reason}")
