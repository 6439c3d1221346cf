"""Every exception of the project has its root here, in the lowest room, so that each room can raise below it.

A message says what is wrong and, where there is one, the place: a schema's path, a mapping's key,
a record's index with the byte offset and the path of the field.
"""

from __future__ import annotations


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

    `problems` lists every reason, as (path of the target's field, what is wrong).
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "no plan:\n" + "\n".join(f"  {path or '(message)'}: {reason}" for path, reason in self.problems)


class DataError(TranslatorError):
    """A message is refused.

    `code`: a stable name (`TRUNCATED`); `message`: a constant text; `offset`: bytes from the start
    of the record; `index`: the record's number from 0; `path`: the field (`a.b[3].c["key"]`); `item`: where a record
    makes many messages, the number of the one that is refused, or None: the record as a whole.
    """

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

    def __str__(self) -> str:
        place = f" in {self.path}" if self.path else ""
        item = "" if self.item is None else f"item {self.item}, "
        return f"{self.code}: {self.message}{place} (record {self.index}, {item}byte {self.offset})"


class LimitError(DataError):
    """A message is refused because it is over a limit (depth, items, memory, string, record)."""


class ContainerError(DataError):
    """A file's container is damaged: what follows can't be found any more."""
