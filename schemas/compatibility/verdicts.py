"""What a check of compatibility answers: what breaks, where, in which direction, against which version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

Level = Literal["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)

Direction = Literal["BACKWARD", "FORWARD"]
"""BACKWARD: the new schema reads what an old one wrote. FORWARD: an old one reads what the new one writes."""

CANNOT_TELL: Final = "CANNOT_TELL"
"""The kind of what may be compatible or not."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What the writer's and the reader's schema are called in a message."""

    writer: str = "the old schema"
    reader: str = "the new schema"


@dataclass(frozen=True, slots=True)
class Difference:
    """A change that matters between a writer's and a reader's schema.

    `kind`: a stable name, the one that other registries use where they have one. `path`: where it is, in the reader's
    schema where the place is in both: `/fields/1/type` in Avro, `#/Message/2` (a field's number) in Protobuf,
    `#/properties/a` in JSON Schema. `detail`: the bare name, type or symbols that it is about. `unknown`: whether it
    breaks can't be told.
    """

    kind: str
    path: str
    message: str
    detail: str = ""
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """A difference that breaks a version, in a direction."""

    kind: str
    path: str
    message: str
    detail: str
    direction: Direction
    version: int
    unknown: bool = False

    def __str__(self) -> str:
        return f"{self.kind} at {self.path}: {self.message} ({self.direction}, version {self.version})"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`compatible`: nothing was found. What can't be told is not compatible until the caller decides otherwise."""

    incompatibilities: tuple[Incompatibility, ...] = ()

    @property
    def compatible(self) -> bool:
        return not self.incompatibilities

    @property
    def unknown(self) -> bool:
        """It isn't compatible only for reasons that can't be told to break or not."""
        return bool(self.incompatibilities) and all(each.unknown for each in self.incompatibilities)
