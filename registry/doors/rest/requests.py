"""A request of the REST API, taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeVar

from registry.dispatcher import Dispatcher
from registry.domain import names
from registry.domain.contracts import Command, Query
from registry.domain.model import Json, Page
from registry.domain.principals import Principal
from registry.doors.asgi import not_found
from registry.doors.rest import bodies

_CONTEXTS: Final = (":*:", ":.:")
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True)
class Raw:
    """A schema's text as the whole answer."""

    text: str


@dataclass(frozen=True)
class Request:
    """`path`: the variable parts; `query`: all values by name; `lenient`: see bodies.py."""

    dispatcher: Dispatcher
    principal: Principal
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, list[str]] = field(default_factory=dict)
    body: bytes = b""
    lenient: bool = False

    # --- what the registry says to it ---

    def run(self, command: Command[R]) -> R:
        return self.dispatcher.run(command, self.principal)

    def ask(self, query: Query[R]) -> R:
        return self.dispatcher.ask(query, self.principal)

    # --- the query string ---

    def text(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]

    def flag(self, name: str) -> bool:
        """Whether a query says true, in any case: Python's client writes True."""
        return self.text(name).lower() == "true"

    def prefix(self, name: str) -> str:
        """A subject, or how it begins. Java's client puts the sign of all contexts before it; there is only one."""
        text = self.text(name)
        return next((text.removeprefix(each) for each in _CONTEXTS if text.startswith(each)), text)

    def page(self) -> Page:
        return Page(max(self._number("offset", 0), 0), self._number("limit", -1))

    def cut(self, items: list[T]) -> list[T]:
        """The page of a list that is asked for."""
        page = self.page()
        return items[page.offset :] if page.limit < 0 else items[page.offset : page.offset + page.limit]

    def _number(self, name: str, default: int) -> int:
        """HttpError 404, as Confluent has it: not a number of 32 bits."""
        try:
            found = int(self.text(name) or default)
        except ValueError:
            raise not_found() from None
        if abs(found) > names.MAX_NUMBER:
            raise not_found()
        return found

    # --- the path ---

    @property
    def subject(self) -> str:
        return names.subject(self.path["subject"])

    @property
    def subject_or_all(self) -> str:
        return self.subject if "subject" in self.path else names.ALL

    @property
    def version(self) -> int:
        return names.version(self.path["version"])

    @property
    def id(self) -> int:
        """HttpError 404: it is not a number."""
        found = names.whole(self.path["id"])
        if found is None:
            raise not_found()
        return found

    # --- the body ---

    def json(self) -> Json:
        return bodies.members(self.body)
