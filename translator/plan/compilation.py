"""What all parts of one compile share, and what they ask of parts that are made later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from schemas.model import Any, Type
from translator.formats.base import Format
from translator.losses import Losses
from translator.plan.frames import Frames
from translator.plan.image import Image
from translator.plan.protobuf import Carried
from translator.policies import Policies


class Embedded:
    """What `embedded.py` does for both sides: record tables of the messages that a google.protobuf.Any may hold, for a
    pair of formats. `read`: as the source has them; `written`: as the target has them."""

    def read(self, source: Format, target: Format) -> int:
        raise NotImplementedError

    def written(self, source: Format, target: Format) -> int:
        raise NotImplementedError

    def finish(self) -> None:
        """Makes what was asked for."""


class Natural:
    """What `natural.py` does for a Reading: typed values where the target has no type."""

    def node(self, source: Format, s: Type, t: Any, path: str) -> int:
        """The node that reads a value of `s` as an untyped one."""
        raise NotImplementedError

    def finish(self) -> None:
        """Makes the tables that the nodes need."""


@dataclass
class Compilation:
    """What both sides of a plan share while it is compiled."""

    image: Image
    source: Format
    target: Format
    policies: Policies
    frames: Frames
    meaning: Callable[[Type], Type]
    losses: Losses = field(default_factory=Losses)
    problems: list[tuple[str, str]] = field(default_factory=list)
    carried: Carried = field(default_factory=dict)
    embedded: Embedded = field(default_factory=Embedded)
    natural: Natural = field(default_factory=Natural)
    respells: bool = False
    """Whether a source without a schema may have names in camelCase for those in snake_case, or the reverse (S35)."""
    fills_members: bool = False
    """Whether a member that is absent has the default of the source's schema, as in Avro (S13)."""

    def problem(self, path: str, reason: str) -> int:
        """Notes why there is no plan; the node is never run."""
        self.problems.append((path, reason))
        return 0

    def alike(self, path: str, format_: Format) -> None:
        """Notes that a format can't tell a union's branches apart (S19)."""
        self.problem(path, f"two of the union's branches look alike in {format_.name} (policy unions=first)")
