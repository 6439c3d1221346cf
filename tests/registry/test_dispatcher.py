"""Commands and queries find their handlers by their type: the registry's own, and anybody's."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass

import pytest

import registry
from registry import commands, queries
from registry.dispatcher import Dispatcher
from registry.domain.contracts import Store
from registry.domain.errors import RegistryError
from registry.domain.names import ALL
from registry.domain.principals import ANONYMOUS, Action, Principal


def own(module: object, base: type) -> list[type]:
    """The subclasses of `base` that a module has, without what only they build on."""
    found = (each for each in vars(module).values() if isinstance(each, type) and issubclass(each, base))
    return [each for each in found if each is not base and not each.__name__.startswith("_")]


def test_each_has_a_handler(store: Store) -> None:
    """No command and no query of the registry's is without its handler."""
    assert own(commands, registry.Command) == list(commands.handlers(store))
    assert own(queries, registry.Query) == list(queries.handlers(store))


@pytest.mark.parametrize(
    "asked", [*own(commands, registry.Command), *own(queries, registry.Query)], ids=lambda each: each.__name__
)
def test_each_is_a_frozen_dataclass(asked: type[registry.Command[object]]) -> None:
    """Each says which permission it needs, what about, and can't be changed on its way."""
    assert is_dataclass(asked)
    assert asked.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert isinstance(asked.action, Action)
    assert "subject" in {each.name for each in fields(asked)}


@dataclass(frozen=True)
class Greet(registry.Query[str]):
    action = Action.READ
    subject: str


class Greeter:
    def handle(self, query: Greet, principal: Principal, /) -> str:
        return f"{principal.name} greets {query.subject}"


@dataclass(frozen=True)
class Paint(registry.Command[int]):
    action = Action.CHANGE_SETTINGS
    colour: str
    subject: str = field(default=ALL, init=False)


class Painter:
    def __init__(self) -> None:
        self.painted: list[str] = []

    def handle(self, command: Paint, principal: Principal, /) -> int:
        self.painted.append(command.colour)
        return len(self.painted)


class OnlyReading:
    def permits(self, principal: Principal, action: Action, subject: str) -> bool:
        return action is Action.READ and subject != "secret"


def test_handlers_of_others() -> None:
    """Anybody's command and query go the same way as the registry's own, with the caller."""
    asked = Dispatcher({Paint: Painter()}, {Greet: Greeter()})
    assert asked.ask(Greet("a"), Principal("p")) == "p greets a"
    assert [asked.run(Paint(each), ANONYMOUS) for each in ("red", "blue")] == [1, 2]


def test_no_permission_no_handler() -> None:
    """Without a permission for the action and the subject no handler is called."""
    painter = Painter()
    asked = Dispatcher({Paint: painter}, {Greet: Greeter()}, OnlyReading())
    assert asked.ask(Greet("a"), Principal("p"))
    for run in (lambda: asked.ask(Greet("secret"), ANONYMOUS), lambda: asked.run(Paint("red"), ANONYMOUS)):
        with pytest.raises(RegistryError) as error:
            run()
        assert (error.value.kind, error.value.code) == (registry.Kind.REFUSED, "FORBIDDEN")
    assert painter.painted == []
