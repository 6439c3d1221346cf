"""Every route of the REST API asks whether its caller may, and says so where they may not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.domain.names import ALL
from registry.domain.principals import ANONYMOUS, Action, Principal
from registry.doors.rest.routes import ROUTES
from tests.registry.support import INT, Api

READ, DESCRIBE = Action.READ, Action.DESCRIBE
READ_SETTINGS, CHANGE_SETTINGS = Action.READ_SETTINGS, Action.CHANGE_SETTINGS
OPERATIONS = {
    "GET /": (DESCRIBE, ALL),
    "GET /_health": (DESCRIBE, ALL),
    "GET /subjects": (READ, ALL),
    "POST /subjects/{subject}": (READ, "a"),
    "DELETE /subjects/{subject}": (Action.DELETE, "a"),
    "GET /subjects/{subject}/metadata": (READ, "a"),
    "GET /subjects/{subject}/versions": (READ, "a"),
    "POST /subjects/{subject}/versions": (Action.REGISTER, "a"),
    "GET /subjects/{subject}/versions/{version}": (READ, "a"),
    "DELETE /subjects/{subject}/versions/{version}": (Action.DELETE, "a"),
    "GET /subjects/{subject}/versions/{version}/schema": (READ, "a"),
    "GET /subjects/{subject}/versions/{version}/referencedby": (READ, "a"),
    "GET /schemas": (READ, ALL),
    "GET /schemas/types": (DESCRIBE, ALL),
    "GET /schemas/ids/{id}": (READ, ALL),
    "GET /schemas/ids/{id}/schema": (READ, ALL),
    "GET /schemas/ids/{id}/subjects": (READ, ALL),
    "GET /schemas/ids/{id}/versions": (READ, ALL),
    "GET /schemas/guids/{guid}": (READ, ALL),
    "GET /schemas/guids/{guid}/ids": (READ, ALL),
    "POST /compatibility/subjects/{subject}/versions": (READ, "a"),
    "POST /compatibility/subjects/{subject}/versions/{version}": (READ, "a"),
    "GET /config": (READ_SETTINGS, ALL),
    "PUT /config": (CHANGE_SETTINGS, ALL),
    "DELETE /config": (CHANGE_SETTINGS, ALL),
    "GET /config/{subject}": (READ_SETTINGS, "a"),
    "PUT /config/{subject}": (CHANGE_SETTINGS, "a"),
    "DELETE /config/{subject}": (CHANGE_SETTINGS, "a"),
    "GET /mode": (READ_SETTINGS, ALL),
    "PUT /mode": (CHANGE_SETTINGS, ALL),
    "DELETE /mode": (CHANGE_SETTINGS, ALL),
    "GET /mode/{subject}": (READ_SETTINGS, "a"),
    "PUT /mode/{subject}": (CHANGE_SETTINGS, "a"),
    "DELETE /mode/{subject}": (CHANGE_SETTINGS, "a"),
    "GET /contexts": (DESCRIBE, ALL),
    "POST /associations": (DESCRIBE, ALL),
    "PUT /associations": (DESCRIBE, ALL),
    "GET /associations/subjects/{name}": (DESCRIBE, ALL),
    "GET /associations/resources/{resource}": (DESCRIBE, ALL),
    "GET /associations/resources/{namespace}/{resource}": (DESCRIBE, ALL),
    "DELETE /associations/resources/{resource}": (DESCRIBE, ALL),
    "GET /v1/metadata/id": (DESCRIBE, ALL),
    "GET /v1/metadata/version": (DESCRIBE, ALL),
    "GET /v1/metadata/deployment": (DESCRIBE, ALL),
}
"""What each route needs a permission for."""
PARTS = {"subject": "a", "version": "1", "id": "1", "guid": "x", "name": "a", "resource": "r", "namespace": "-"}
BODIES = {"config": {"compatibility": "FULL"}, "mode": {"mode": "READONLY"}}


class Nobody:
    """An authority that allows nothing, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Principal, Action, str]] = []

    def permits(self, principal: Principal, action: Action, subject: str) -> bool:
        self.asked.append((principal, action, subject))
        return False


@pytest.fixture
def nobody() -> Nobody:
    return Nobody()


@pytest.fixture
def closed(tmp_path: Path, nobody: Nobody) -> Iterator[Api]:
    """A registry in which nobody may do anything."""
    made = Api(tmp_path / "closed.db", nobody)
    yield made
    made.close()


def test_all_routes_are_named() -> None:
    """The table has each route, and no other."""
    assert [f"{method} {path}" for method, path, _ in ROUTES] == list(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_route_asks(closed: Api, nobody: Nobody, operation: str) -> None:
    """A caller without the permission gets 403 in Confluent's form, before anything is looked up."""
    method, path = operation.split()
    body = BODIES.get(path.split("/")[1], {"schema": INT}) if method in ("POST", "PUT") else None
    status, answer = closed.ask(method, path.format_map(PARTS), body)
    action, subject = OPERATIONS[operation]
    assert nobody.asked == [(ANONYMOUS, action, subject)]
    what = f"subject '{subject}'" if subject else "all subjects"
    message = f"an anonymous caller is not allowed to {action.value} ({what})"
    assert (status, answer) == (403, {"error_code": 40301, "message": message})


def test_nothing_happens(closed: Api) -> None:
    """What was refused was not done."""
    closed.ask("POST", "/subjects/a/versions", {"schema": INT})
    closed.ask("PUT", "/mode", {"mode": "READONLY"})
    assert closed.store.read(lambda snapshot: (snapshot.versions("a"), snapshot.mode(ALL))) == ([], None)


class Readers:
    """An authority that lets everybody read, and ask what the registry is."""

    def permits(self, principal: Principal, action: Action, subject: str) -> bool:
        return action in (READ, DESCRIBE)


def test_a_permission_is_for_an_action(tmp_path: Path) -> None:
    """A caller who may read can read, and no more."""
    api = Api(tmp_path / "readers.db", Readers())
    assert api.ask("GET", "/subjects") == (200, [])
    assert api.ask("GET", "/schemas/types")[0] == 200
    assert api.ask("GET", "/config")[0] == 403
    status, _, content = api.raw("POST", "/subjects/a/versions", json.dumps({"schema": INT}).encode())
    assert (status, json.loads(content)["error_code"]) == (403, 40301)
    api.close()
