"""GitHub's events as JSON become signals in Protobuf: ours by a mapping, without a schema of the event; by hand with
msgspec (typed, with just the members that are wanted, its fastest way) and with orjson, each filling upb's message."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import msgspec
import orjson

import translator
from bench.peers import MESSAGE

ROOT = Path(__file__).resolve().parent.parent
EVENTS = ROOT.parent / "shared/data/json/github_events.json"
MAPPING = ROOT / "examples/github/events.toml"
STRENGTHS = {"PushEvent": 1.0, "IssuesEvent": 0.8, "IssueCommentEvent": 0.6}


class Actor(msgspec.Struct, gc=False):
    login: str


class Repo(msgspec.Struct, gc=False):
    name: str
    id: int


class Commit(msgspec.Struct, gc=False):
    message: str


class Comment(msgspec.Struct, gc=False):
    body: str


class Issue(msgspec.Struct, gc=False):
    title: str


class Details(msgspec.Struct, gc=False):
    commits: list[Commit] = []
    comment: Comment | None = None
    issue: Issue | None = None
    description: str | None = None
    size: int | None = None
    ref: str | None = None
    action: str | None = None


class Event(msgspec.Struct, gc=False):
    id: str
    type: str
    actor: Actor
    repo: Repo
    created_at: datetime
    payload: Details


typed = msgspec.json.Decoder(Event).decode


def messages() -> list[bytes]:
    """Each event by itself, as a webhook would bring it: GitHub's where the data is there, otherwise of our own."""
    events = json.loads(EVENTS.read_text()) if EVENTS.is_file() else [made_up(number) for number in range(30)]
    return [json.dumps(event, ensure_ascii=False).encode() for event in events]


def made_up(number: int) -> dict[str, Any]:
    """An event like GitHub's: as large, and the same members where the mapping looks."""
    name, login = f"example/project-{number % 7}", f"someone-{number % 5}"
    user = {
        "id": 1000 + number, "login": login, "gravatar_id": f"{number:032x}",
        "url": f"https://api.github.com/users/{login}", "avatar_url": f"https://avatars.example.org/{number:032x}?s=48",
    }  # fmt: skip
    return {
        "id": str(1652857000 + number),
        "type": ("PushEvent", "IssuesEvent", "IssueCommentEvent", "WatchEvent")[number % 4],
        "actor": user,
        "repo": {"id": 5000 + number, "name": name, "url": f"https://api.github.com/repos/{name}"},
        "payload": (pushed(number), issue(number), issue(number) | comment(number), {"action": "started"})[number % 4],
        "public": True,
        "created_at": f"2013-01-10T07:58:{number:02}Z",
    }


def pushed(number: int) -> dict[str, Any]:
    commits = [
        {
            "sha": f"{number * 10 + i:040x}", "author": {"email": "someone@example.org", "name": "Someone"},
            "message": f"Change {i}: “naïve” retries are gone\n\nThey hid what was wrong.", "distinct": True,
            "url": f"https://api.github.com/repos/example/commits/{number * 10 + i:040x}",
        }
        for i in range(1 + number % 3)
    ]  # fmt: skip
    return {"push_id": number, "size": len(commits), "ref": "refs/heads/main", "head": f"{number:040x}",
            "commits": commits}  # fmt: skip


def issue(number: int) -> dict[str, Any]:
    labels = [{"name": name, "color": "5319e7", "url": f"https://example.org/labels/{name}"} for name in ("bug", "ui")]
    return {"action": "opened", "issue": {
        "id": number, "number": number, "title": f"It stops after {number} messages", "state": "open",
        "labels": labels, "assignee": None, "milestone": None, "comments": number % 4,
        "body": "What I did, what I saw, and what I had expected to see.\r\n" * 8,
    }}  # fmt: skip


def comment(number: int) -> dict[str, Any]:
    return {"action": "created", "comment": {"id": number, "body": "The same here, since the last release. " * 6}}


def content(event: Event) -> str:
    details = event.payload
    if details.commits:
        return details.commits[0].message
    if details.comment:
        return details.comment.body
    if details.issue:
        return details.issue.title
    return event.type if details.description is None else details.description


def by_hand(data: bytes) -> bytes:
    event = typed(data)
    details = event.payload
    metadata = {"type": event.type, "repo.id": str(event.repo.id)}
    if details.ref is not None:
        metadata["ref"] = details.ref
    if details.action is not None:
        metadata["action"] = details.action
    message = MESSAGE(
        signal_id=str(uuid5(NAMESPACE_DNS, event.id)),
        batch_id=str(uuid5(NAMESPACE_DNS, event.repo.name)),
        from_neuron=event.actor.login,
        to_neuron=event.repo.name,
        layer_from=1,
        layer_to=1,
        propagation_type=1,
        metadata=metadata,
    )
    message.timestamp.FromDatetime(event.created_at)
    activation = message.payload.activation
    activation.content = content(event)
    activation.strength = STRENGTHS.get(event.type, 0.3)
    if details.size is not None:
        activation.features["commits"] = details.size
    return bytes(message.SerializeToString())


def contestants() -> tuple[str, int, dict[str, Callable[[], Any]]]:
    """Ours first; each call does all events."""
    events = messages()
    plan = translator.compile("json", "neuron:NeuronSignal", mapping=MAPPING)
    batch = plan.translate_many(events)
    assert not batch.errors
    for i, event in enumerate(events):
        ours, theirs = MESSAGE.FromString(batch[i]), MESSAGE.FromString(by_hand(event))
        ours.signal_id, ours.batch_id = theirs.signal_id, theirs.batch_id  # ids of another namespace
        assert ours == theirs, (ours, theirs)
    runs = {
        "translate_many": lambda: plan.translate_many(events),
        "msgspec typed, uuid5, upb": lambda: [by_hand(event) for event in events],
        "msgspec typed decode": lambda: [typed(event) for event in events],
        "orjson.loads": lambda: [orjson.loads(event) for event in events],
    }
    kind = "GitHub event" if EVENTS.is_file() else "event like GitHub's"
    return f"{kind} ({sum(map(len, events)) // len(events)} bytes) to signal", len(events), runs
