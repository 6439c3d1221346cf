"""The registry's errors in Confluent's form: a number, and the words that Confluent's clients are known to read.

A number has five digits, the first three being the HTTP status; or it is the status itself. No other part of the
registry knows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registry.domain.errors import Kind, RegistryError
from registry.domain.model import Breakage
from registry.doors.asgi import HttpError
from schemas.compatibility import Incompatibility

_STATUS: Final = {Kind.NOT_FOUND: 404, Kind.CONFLICT: 409, Kind.REFUSED: 422, Kind.FAILED: 500}
"""What an error without a number is answered with."""

INVALID_SCHEMA: Final = 42201
NUMBERS: Final = {
    "SUBJECT_NOT_FOUND": 40401,
    "VERSION_NOT_FOUND": 40402,
    "SCHEMA_NOT_FOUND": 40403,
    "SUBJECT_DELETED": 40404,
    "SUBJECT_NOT_DELETED": 40405,
    "VERSION_DELETED": 40406,
    "VERSION_NOT_DELETED": 40407,
    "CONFIG_NOT_FOUND": 40408,
    "MODE_NOT_FOUND": 40409,
    "ASSOCIATION_NOT_FOUND": 40410,
    "FORBIDDEN": 40301,
    "INCOMPATIBLE": 409,
    "INVALID_SCHEMA": INVALID_SCHEMA,
    "EMPTY_SCHEMA": INVALID_SCHEMA,
    "INVALID_VERSION": 42202,
    "INVALID_LEVEL": 42203,
    "INVALID_MODE": 42204,
    "NOT_PERMITTED": 42205,
    "REFERENCED": 42206,
    "INVALID_SUBJECT": 42208,
    "SCHEMA_TOO_LARGE": 42209,
    "STORE_FAILED": 50001,
}

_DELETED: Final = "was soft deleted.Set permanent=true to delete permanently"
_NOT_DELETED: Final = "was not deleted first before being permanently deleted"
_WORDS: Final = {
    "SUBJECT_NOT_FOUND": "Subject '{subject}' not found.",
    "VERSION_NOT_FOUND": "Version {version} not found.",
    "SUBJECT_DELETED": f"Subject '{{subject}}' {_DELETED}",
    "SUBJECT_NOT_DELETED": f"Subject '{{subject}}' {_NOT_DELETED}",
    "VERSION_DELETED": f"Subject '{{subject}}' Version {{version}} {_DELETED}",
    "VERSION_NOT_DELETED": f"Subject '{{subject}}' Version {{version}} {_NOT_DELETED}",
    "CONFIG_NOT_FOUND": "Subject '{subject}' does not have subject-level compatibility configured",
    "MODE_NOT_FOUND": "Subject '{subject}' does not have subject-level mode configured",
    "ASSOCIATION_NOT_FOUND": "No association is found for resource '{resource}'",
    "INVALID_VERSION": "The specified version '{version}' is not a valid version id. "
                       'Allowed values are between [1, 2^31-1] and the string "latest"',
    "INVALID_LEVEL": "Invalid compatibility level. Valid values are none, backward, forward, full, "
                     "backward_transitive, forward_transitive, and full_transitive",
    "INVALID_MODE": "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, IMPORT",
    "REFERENCED": "One or more references exist to the schema "
                  "{{magic=1,keytype=SCHEMA,subject={subject},version={version}}}.",
    "INVALID_SUBJECT": "The specified subject is not a valid subject: {reason}",
}  # fmt: skip
"""Confluent's words, where they are not our own."""


@dataclass(frozen=True)
class ErrorBody:
    """An error in Confluent's form."""

    number: int
    message: str

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.number if self.number < 1000 else self.number // 100

    @property
    def members(self) -> dict[str, object]:
        return {"error_code": self.number, "message": self.message}


def error_body(error: RegistryError | HttpError) -> ErrorBody:
    """The error in Confluent's form."""
    if isinstance(error, HttpError):
        return ErrorBody(error.status, error.message)
    return ErrorBody(NUMBERS.get(error.code, _STATUS[error.kind]), _words(error))


def _words(error: RegistryError) -> str:
    facts = error.facts
    match error.code:
        case "SCHEMA_NOT_FOUND":
            return "Schema not found" if facts["id"] is None else f"Schema {facts['id']} not found"
        case "INCOMPATIBLE":
            found = facts["breakage"]
            assert isinstance(found, Breakage)
            subject, details = facts["subject"], ", ".join(described(found))
            return (
                "Schema being registered is incompatible with an earlier schema for subject "
                f'"{subject}", details: [{details}]'
            )
    words = _WORDS.get(error.code)
    return error.message if words is None else words.format_map(facts)


def described(found: Breakage) -> list[str]:
    """What a schema breaks, in Confluent's words, with the newest version that it breaks and the level."""
    return [
        *map(_finding, found.findings),
        f"{{oldSchemaVersion: {found.newest.number}}}",
        f"{{oldSchema: '{found.newest.schema.text}'}}",
        f"{{compatibility: '{found.level}'}}",
    ]


def _finding(each: Incompatibility) -> str:
    return f"{{errorType:'{each.kind}', description:'{each.message}', path:'{each.path}', version:{each.version}}}"
