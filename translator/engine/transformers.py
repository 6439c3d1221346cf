"""The table of registered transformers, by (source format, target format).

The core's own plan serves every pair of built-in formats; a user registers a transformer in Python for a pair of
these, or for formats of the user's own, and whoever translates gets it wherever both names fit:

    def from_csv(source, target, mapping, options):
        return CsvReader(target)

    translator.register("csv", "neuron", from_csv)
    translator.compile("csv").translate(line)

An installed distribution registers its transformers by an entry point of the group `translator.transformers`: it names
a function that is called once, with `translator.register`, before the shared table is first looked into.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol, TypeAlias, runtime_checkable

from translator import formats

if TYPE_CHECKING:
    from native.binding import Limits
    from schemas.model import Schema
    from translator.mapping.document import Mapping as MappingDocument
    from translator.policies import Policies

GROUP: Final = "translator.transformers"


@runtime_checkable
class Transformer(Protocol):
    """What translates messages of one format and schema into another: a `Plan`, or a user's own.

    Shared between threads, so that it must not keep anything of a message. What it raises refuses that message. One
    that is a whole `translator.contract.Translation` is given whole batches; `losses` are its report, if it has any.
    """

    @property
    def translate(self) -> Callable[[bytes], bytes]:
        """Translates one message. DataError: it is refused."""
        ...


@dataclass(frozen=True)
class Options:
    """What a transformer is to be made with, besides schemas and mapping."""

    policies: Policies
    drop: tuple[str, ...]
    limits: Limits


Factory: TypeAlias = "Callable[[Schema | None, Schema | None, MappingDocument | None, Options], Transformer]"
"""Makes the transformer for (source schema, target schema, mapping, options). PlanError: there is none for these."""
Pair: TypeAlias = tuple[str, str]


class Entry(NamedTuple):
    """One pair of the table, and who serves it."""

    source: str
    target: str
    kind: Literal["native", "registered"]


class Table:
    """Which factory serves a pair of formats. `plugged`: those of installed distributions too."""

    def __init__(self, factories: Mapping[Pair, Factory] | None = None, *, plugged: bool = False) -> None:
        """ValueError: a name is not a format's."""
        self._lock = threading.RLock()
        self._factories: dict[Pair, Factory] = {}
        self._plugged = not plugged
        for pair, factory in (factories or {}).items():
            self.register(*pair, factory)

    def register(self, source: str, target: str, factory: Factory) -> None:
        """From now on `factory` makes what translates from format `source` to format `target`.

        The formats may be built-in ones or of any new name; a pair that was registered before is replaced.
        ValueError: a name is not a format's.
        """
        for name in (source, target):
            if not name or not name.replace("-", "").replace("_", "").isalnum():
                raise ValueError(f"a format's name has letters, digits, - and _, unlike {name!r}")
        with self._lock:
            self._factories[source, target] = factory

    def unregister(self, source: str, target: str) -> None:
        """Takes a registered transformer out again; the core's own plan, if there is one, serves the pair as before.

        KeyError: none is registered.
        """
        with self._lock:
            del self._factories[source, target]

    def find(self, source: str, target: str) -> Factory | None:
        """The registered factory of a pair; None where the core serves it."""
        return self._all().get((source, target))

    def entries(self) -> list[Entry]:
        """Every pair of formats that can be translated, in order."""
        registered = set(self._all())
        pairs = {(source, target) for source in formats.NAMES for target in formats.NAMES} | registered
        return [Entry(*pair, "registered" if pair in registered else "native") for pair in sorted(pairs)]

    def formats(self) -> list[str]:
        """The names of the formats that can be translated from or into: built-in ones and registered ones."""
        return sorted({*formats.NAMES, *(name for pair in self._all() for name in pair)})

    def _all(self) -> dict[Pair, Factory]:
        with self._lock:
            if not self._plugged:
                self._plugged = True  # before they are called: they may translate something themselves
                _plug_in(self.register)
            return dict(self._factories)


def _plug_in(register: Callable[[str, str, Factory], None]) -> None:
    """One that can't be loaded is told, and the others are used."""
    for point in entry_points(group=GROUP):
        try:
            point.load()(register)
        except Exception as error:
            text = f"the transformers of {point.value} can't be used: {type(error).__name__}: {error}"
            warnings.warn(text, RuntimeWarning, stacklevel=2)


SHARED: Final = Table(plugged=True)
"""The table of `translator.register` and `translator.compile`."""
register = SHARED.register
unregister = SHARED.unregister
transformers = SHARED.entries
