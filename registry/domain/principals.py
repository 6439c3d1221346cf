"""Callers, and what they are permitted to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol


@dataclass(frozen=True)
class Principal:
    """The caller. `name`: "" for one who did not say who they are."""

    name: str


ANONYMOUS: Final = Principal("")


class Action(Enum):
    """What is asked for, as a permission names it."""

    READ = "read"
    """Schemas, versions, and what a candidate would break of them."""
    REGISTER = "register"
    DELETE = "delete"
    READ_SETTINGS = "read the settings"
    CHANGE_SETTINGS = "change the settings"
    DESCRIBE = "ask for a description"
    """What the server is and whether it is well; nothing of what it keeps."""


class Authority(Protocol):
    """Decides who may do what. The dispatcher asks it once before each command and each query."""

    def permits(self, principal: Principal, action: Action, subject: str) -> bool:
        """Whether it is allowed; `subject`: `names.ALL` where it is about more than one subject."""


class Everybody:
    """The authority of a registry without authentication: everybody may do anything."""

    def permits(self, principal: Principal, action: Action, subject: str) -> bool:
        return True
