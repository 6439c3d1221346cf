"""What clients name things by: subjects and versions; checked before anything is looked up (B71, B72)."""

from __future__ import annotations

import re
from typing import Final

from registry.domain.errors import bad_subject, bad_version

ALL: Final = ""
"""The subject that stands for all, in settings and permissions."""
MAX_SUBJECT: Final = 1024
"""Characters of a subject's name: a topic has 249 at most, and a record's full name may follow it."""
LATEST: Final = -1
MAX_NUMBER: Final = (1 << 31) - 1
"""The highest version, and the highest id: a frame has four bytes for it."""

_NUMBER: Final = re.compile(r"-?[0-9]{1,10}")


def subject(name: str) -> str:
    """The name if a subject can have it: any text without control characters. RegistryError INVALID_SUBJECT."""
    if not name or name in ("__GLOBAL", "__EMPTY"):
        raise bad_subject("it is empty" if not name else f"{name} has a meaning of its own")
    if len(name) > MAX_SUBJECT:
        raise bad_subject(f"it has {len(name)} characters, over the limit of {MAX_SUBJECT}")
    if any(character < " " or "\x7f" <= character <= "\x9f" for character in name):
        raise bad_subject("it has a control character in it")
    return name


def version(text: str) -> int:
    """A version's number, or LATEST. RegistryError INVALID_VERSION."""
    if text == "latest":
        return LATEST
    number = whole(text)
    if number is None or (number != LATEST and not possible(number)):
        raise bad_version(text)
    return number


def whole(text: str) -> int | None:
    """The whole number that the text is, if it may be a version or an id by its length."""
    return int(text) if _NUMBER.fullmatch(text) else None


def possible(number: int) -> bool:
    """Whether a version or an id can have this number."""
    return 1 <= number <= MAX_NUMBER
