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
    """Each event by itself, as a webhook would bring it."""
    return [json.dumps(event, ensure_ascii=False).encode() for event in json.loads(EVENTS.read_text())]


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
    return f"GitHub event ({sum(map(len, events)) // len(events)} bytes) to signal", len(events), runs
