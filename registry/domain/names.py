"""What clients name things by: subjects, versions, ids; checked before anything is looked up (B71, B72)."""

from __future__ import annotations

import re
from typing import Final

from registry.domain.errors import MAX_VERSION, bad_subject, bad_version, no_schema, not_found

MAX_SUBJECT: Final = 1024
"""Characters of a subject's name: a topic has 249 at most, a record's full name comes behind it."""
LATEST: Final = -1

_NUMBER: Final = re.compile(r"-?[0-9]{1,10}")
_DEFAULT_CONTEXTS: Final = (":*:", ":.:")


def subject(name: str) -> str:
    """The name if it can be one: any text without control characters. RegistryError 42208."""
    if not name or name in ("__GLOBAL", "__EMPTY"):
        raise bad_subject("it is empty" if not name else f"{name} has a meaning of its own")
    if len(name) > MAX_SUBJECT:
        raise bad_subject(f"it has {len(name)} characters, over the limit of {MAX_SUBJECT}")
    if any(character < " " or "\x7f" <= character <= "\x9f" for character in name):
        raise bad_subject("it has a control character in it")
    return name


def prefix(text: str) -> str:
    """A prefix of subjects; Java's client puts the sign of all contexts before it, and there is only one."""
    return next((text.removeprefix(each) for each in _DEFAULT_CONTEXTS if text.startswith(each)), text)


def version(text: str) -> int:
    """A version's number, or LATEST. RegistryError 42202."""
    if text == "latest":
        return LATEST
    number = int(text) if _NUMBER.fullmatch(text) else 0
    if number != LATEST and not 1 <= number <= MAX_VERSION:
        raise bad_version(text)
    return number


def schema_id(text: str) -> int:
    """An id of a schema. RegistryError 404: it is no number; 40403: no schema can have it (B72)."""
    if not _NUMBER.fullmatch(text):
        raise not_found()
    number = int(text)
    if not 1 <= number <= MAX_VERSION:
        raise no_schema(text)
    return number
