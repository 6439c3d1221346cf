"""Every exception of the project has its root here, in the lowest room, so that each room can raise below it.

A message says what is wrong and, where there is one, the place: a schema's path, a mapping's key,
a record's index with the byte offset and the path of the field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class TranslatorError(Exception):
    """The root of all errors of this project."""


class SchemaError(TranslatorError):
    """A schema can't be read, or says something that can't be.

    `path` is the place in the schema (a JSON pointer, or file:line for .proto); "" where there is none.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class PlanError(TranslatorError):
    """Two schemas (or a mapping between them) don't make a plan.

    `problems` lists every reason, as (path of the target's field, what is wrong). `policies`: those that were tried and
    take some of the problems away, as `unions=first`.
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(problems)
        self.problems = problems
        self.policies: list[str] = []

    def __str__(self) -> str:
        return "no plan:\n" + "\n".join(f"  {path or '(message)'}: {reason}" for path, reason in self.problems)


class DataError(TranslatorError):
    """A message is refused.

    `code`: a stable name (`TRUNCATED`); `message`: a constant text; `offset`: bytes from the start
    of the record; `index`: the record's number from 0; `path`: the field (`a.b[3].c["key"]`); `item`: where a record
    makes many messages, the number of the one that is refused, or None: the record as a whole. `found` and `wanted` are
    looked up when they are first asked for.
    """

    look: Callable[[], tuple[str, str, str]] | None = None
    """Looks the message up again: what was found, what is wanted, and what is nearest to it."""

    def __init__(
        self, code: str, message: str, offset: int = 0, index: int = 0, path: str = "", item: int | None = None
    ) -> None:
        super().__init__(code, message, offset, index, path, item)
        self.code = code
        self.message = message
        self.offset = offset
        self.index = index
        self.path = path
        self.item = item
        self._seen: tuple[str, str, str] | None = None

    @property
    def found(self) -> str:
        """What stands in the message at the offset (`279147437`); "" where that isn't known."""
        return self.looked()[0]

    @property
    def wanted(self) -> str:
        """What may stand there (`a float32`); "" where that isn't known."""
        return self.looked()[1]

    @property
    def described(self) -> str:
        """Both in a line: `279147437, where a float32 is wanted; the nearest is 279147424`; "" where neither is
        known."""
        found, wanted, nearest = self.looked()
        text = f"{found}, where {wanted} is wanted" if found and wanted else found or (wanted and f"{wanted} is wanted")
        return f"{text}; {nearest}" if nearest else text

    def looked(self) -> tuple[str, str, str]:
        """What was found, what is wanted, and what is nearest to it; "" for each that isn't known."""
        if self._seen is None:
            self._seen = ("", "", "") if self.look is None else self.look()
            self.look = None
        return self._seen

    def __reduce__(self) -> tuple[Any, ...]:
        self.looked()
        return type(self), self.args, {name: value for name, value in self.__dict__.items() if name != "look"}

    def __str__(self) -> str:
        place = f" in {self.path}" if self.path else ""
        item = "" if self.item is None else f"item {self.item}, "
        more = f": {self.described}" if self.described else ""
        return f"{self.code}: {self.message}{place} (record {self.index}, {item}byte {self.offset}){more}"


class LimitError(DataError):
    """A message is refused because it is over a limit (depth, items, memory, string, record)."""


class ContainerError(DataError):
    """A file's container is damaged: what follows can't be found any more."""


def tombstone(index: int = 0) -> DataError:
    """The refusal of None where a message is wanted, as Kafka's consumers give it for a record that was deleted."""
    error = DataError("NULL", "null where none may be", 0, index)
    error.look = lambda: ("None, a tombstone", "bytes", "")
    return error


for _each in (TranslatorError, SchemaError, PlanError, DataError, LimitError, ContainerError):
    _each.__module__ = "translator"  # where users import them, whatever room they stand in
