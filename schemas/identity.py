"""Keys for what is told apart by which object it is.

Types and fields hash that way already (schemas/model.py), so they are keys as they are. A JSON value can't be one:
objects and lists don't hash, and equal ones at two places of a document are two; nor can a message of Protobuf's.
Wrapped here it is a key; and since the key holds it, nothing else can take its place in memory meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """The key of one object."""

    of: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and self.of is other.of

    def __hash__(self) -> int:
        return id(self.of)
