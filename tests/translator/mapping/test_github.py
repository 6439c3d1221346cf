"""Real data becomes neuron signals: GitHub's events, with a schema and without, Avro's weather, a page of tweets."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import fastavro
import msgspec
import pytest

import translator
from tests.translator.mapping.support import TEXT, mapping, objects

INTEGER = {"type": "integer"}
SCHEMA = objects(
    ("id", "type", "actor", "repo", "created_at"),
    id=TEXT, type=TEXT, created_at={"type": "string", "format": "date-time"}, public={"type": "boolean"},
    actor={**objects(("login", "id"), login=TEXT, id=INTEGER), "title": "Actor"},
    repo={**objects(("name",), name=TEXT, id=INTEGER), "title": "Repo"},
    payload={"title": "Payload", "type": "object", "properties": {
        "size": INTEGER, "ref": {"type": ["string", "null"]},
        "commits": {"type": "array", "items": {**objects(message=TEXT, sha=TEXT), "title": "Commit"}},
    }},
)  # fmt: skip
FIELDS: dict[str, Any] = {
    "signal_id": {"uuid5": ["id"]}, "batch_id": {"uuid5": ["repo.name"]}, "from_neuron": "actor.login",
    "to_neuron": "repo.name", "layer_from": {"const": "L1"},
    "layer_to": {"path": "type", "enum": {"PushEvent": "L2"}, "otherwise": "L1"},
    "propagation_type": {"const": "Forward"}, "timestamp": "created_at",
    "payload.activation.content": {"first": ["payload.commits[0].message", "payload.ref", "type"]},
    'payload.activation.features["size"]': "payload.size", 'metadata["type"]': "type",
    'metadata["public"]': {"const": "yes", "when": "public"},
    'metadata["actor"]': {"path": "actor.id", "cast": "string"},
}  # fmt: skip


@pytest.mark.parametrize("typed", [True, False], ids=["schema", "no schema"])
@pytest.mark.parametrize("format_", ["json", "msgpack"])
def test_events(data: Path, typed: bool, format_: str) -> None:
    """Every event is a signal, the same with a schema and without, from JSON and from MessagePack."""
    events = json.loads((data / "json/github_events.json").read_text())
    plan = translator.compile((format_, SCHEMA) if typed else format_, mapping=mapping(FIELDS))
    encode = msgspec.json.encode if format_ == "json" else msgspec.msgpack.encode
    batch = plan.translate_many([encode(event) for event in events])
    assert batch.errors == []
    reference = translator.compile(("json", SCHEMA), mapping=mapping(FIELDS)).translate_many(
        [msgspec.json.encode(e) for e in events]
    )
    assert [*batch] == [*reference]
    signals = translator.compile("neuron", ("json", "neuron:NeuronSignal"))
    for event, message in zip(events, batch, strict=True):
        signal = signals.decode(message, translator.NeuronSignal)
        assert (signal.from_neuron, signal.to_neuron, signal.timestamp) == (
            event["actor"]["login"], event["repo"]["name"], event["created_at"])  # fmt: skip
        expected = {"type": event["type"], "actor": str(event["actor"]["id"])} | (
            {"public": "yes"} if event["public"] else {}
        )
        assert signal.metadata == expected
        payload = event["payload"]
        commits = payload.get("commits") or [{}]
        assert signal.payload.activation.content == (commits[0].get("message") or payload.get("ref") or event["type"])
        assert signal.payload.activation.features == ({"size": payload["size"]} if "size" in payload else {})
        assert UUID(str(signal.signal_id)).version == 5
        signal.validate()
    assert len(set(batch)) == len(events)


@pytest.mark.parametrize("name", ["weather.avro", "weather-deflate.avro", "weather-snappy.avro"])
def test_weather(data: Path, name: str) -> None:
    """Avro's own example, in each codec: tenths of a degree, milliseconds of 1950."""
    content = (data / "avro/data" / name).read_bytes()
    reader = fastavro.reader(io.BytesIO(content))
    assert reader.writer_schema is not None
    fields = {
        **{key: FIELDS[key] for key in ("layer_from", "propagation_type")}, "layer_to": {"const": "L1"},
        "signal_id": {"uuid5": ["station", "time"]}, "batch_id": {"uuid5": ["station"]}, "from_neuron": "station",
        "to_neuron": {"const": "weather"}, "timestamp": {"path": "time", "time": "ms"},
        "payload.activation.content": {"join": [{"path": "temp", "scale": 0.1}, {"const": " °C"}]},
        "payload.activation.strength": {"path": "temp", "scale": 0.1, "cast": "float32", "rounding": "round"},
    }  # fmt: skip
    plan = translator.compile(("avro", reader.writer_schema), mapping=mapping(fields))
    records: list[Any] = [*reader]
    out = [plan.decode(encoded(reader.writer_schema, each), translator.NeuronSignal) for each in records]
    truth = [json.loads(line) for line in (data / "avro/data/weather.json").read_text().splitlines()]
    assert [(s.from_neuron, round(s.payload.activation.strength * 10)) for s in out] == [
        (t["station"], t["temp"]) for t in truth
    ]
    assert [round(s.time.timestamp() * 1000) for s in out] == [t["time"] for t in truth]
    assert out[1].payload.activation.content == "2.2 °C"


def encoded(schema: Any, value: Any) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), value)
    return out.getvalue()


TWEETS: dict[str, Any] = {
    "version": 1,
    "for_each": "tweet in statuses",
    "where": {"path": "tweet.retweeted_status", "present": False},
    "fields": {
        "signal_id": {"uuid5": ["tweet.id_str"]}, "batch_id": {"uuid5": ["search_metadata.query"]},
        "from_neuron": "tweet.user.screen_name", "to_neuron": {"const": "timeline"}, "layer_from": {"const": "L1"},
        "layer_to": {"const": "L1"}, "propagation_type": {"const": "Forward"},
        "timestamp": {"const": "2026-01-01T00:00:00Z"}, "payload.activation.content": "tweet.text",
        "metadata": {"merge": [
            {"entries": {"raw": {"path": "tweet.entities", "cast": "string"}, "lang": "tweet.lang"}},
            {"for_each": "m in tweet.entities.user_mentions", "key": {"join": [{"const": "@"}, "m.screen_name"]},
             "value": "m.name"},
        ]},
    },
    "policies": {"duplicates": "last"},
}  # fmt: skip


@pytest.mark.parametrize("format_", ["json", "msgpack"])
def test_tweets(data: Path, format_: str) -> None:
    """One page of tweets is a signal for each that is not a retweet, as a reading in Python has it."""
    page = json.loads((data / "json/twitter.json").read_text())
    encode = msgspec.json.encode if format_ == "json" else msgspec.msgpack.encode
    batch = translator.compile(format_, mapping=TWEETS).translate_each(encode(page))
    assert batch.errors == []
    signals = translator.compile("neuron", ("json", "neuron:NeuronSignal"))
    found = [signals.decode(bytes(each), translator.NeuronSignal) for each in batch]
    wanted = [each for each in page["statuses"] if "retweeted_status" not in each]
    assert 0 < len(wanted) < len(page["statuses"])
    assert [each.payload.activation.content for each in found] == [each["text"] for each in wanted]
    for signal, tweet in zip(found, wanted, strict=True):
        mentions = {f"@{each['screen_name']}": each["name"] for each in tweet["entities"]["user_mentions"]}
        assert json.loads(signal.metadata["raw"]) == tweet["entities"]
        assert {key: value for key, value in signal.metadata.items() if key != "raw"} == {
            "lang": tweet["lang"],
            **mentions,
        }
