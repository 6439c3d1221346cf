"""`translator map new`: what it guesses, what it asks, and that it can be used as it is."""

from __future__ import annotations

import json
import tomllib

import pytest

import translator
from tests.translator.cli.support import DATA, ROOT, ndjson, needs_data
from translator.cli.shared.leaves import leaves, loops, words
from translator.mapping import load

STRING = {"type": "string"}
TARGET = {"title": "T", "type": "object", "required": ["text", "id"], "properties": {
    "text": STRING, "id": {"type": "string", "format": "uuid"}, "when": {"type": "string", "format": "date-time"},
    "number": {"type": "number"}, "userName": STRING, "kind": {"enum": ["a", "b"]}, "sensorId": STRING,
    "inner": {"title": "I", "type": "object", "properties": {"depth": {"type": "integer"}, "odd name": STRING}},
    "tags": {"type": "array", "items": STRING}}}  # fmt: skip
SOURCE = {"type": "record", "name": "S", "fields": [
    {"name": "text", "type": "long"}, {"name": "user_name", "type": ["null", "string"]},
    {"name": "sensor", "type": {"type": "record", "name": "X", "fields": [{"name": "id", "type": "string"}]}},
    {"name": "deep", "type": {"type": "record", "name": "D", "fields": [{"name": "depth", "type": "int"}]}},
    {"name": "odd name", "type": "string"} | {"name": "odd_name"}, {"name": "when", "type": "string"},
    {"name": "kind", "type": "string"}, {"name": "tags", "type": {"type": "array", "items": "string"}},
    {"name": "choice", "type": ["null", "string", "long"]},
    {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "L", "fields": [
        {"name": "number", "type": "double"}, {"name": "text", "type": "string"}]}}}]}  # fmt: skip


@pytest.fixture
def ends(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.avsc").write_text(json.dumps(SOURCE))
    (tmp_path / "t.json").write_text(json.dumps(TARGET))
    return "s.avsc", "t.json"


def drafted(run, *argv) -> dict[str, str]:
    """The lines of a draft that are rules or questions, by what they say of which field."""
    ran = run("map", "new", *argv)
    assert ran.code == 0, ran.err
    load(ran.out)
    assert set(tomllib.loads(ran.out)["schemas"]) <= {"source", "target", "source_format", "target_format"}
    lines = ran.out.partition("[fields]\n")[2].partition("\n\n")[0].splitlines()
    pairs = (line.partition("  # ")[0].rstrip().partition(" = ") for line in lines)
    return {key: value for key, _, value in pairs}


class TestGuesses:
    """What is a rule."""

    def test_by_names_and_types(self, run, ends):
        """The same name, other spellings, a name made of two, a record's last name; with a cast where one is needed."""
        found = drafted(run, *ends)
        assert found["text"] == '{ path = "text", cast = "string" }'
        assert found["userName"] == '"user_name"'
        assert found["sensorId"] == '"sensor.id"'
        assert found['"inner.depth"'] == '"deep.depth"'
        assert found["when"] == '{ path = "when", time = "rfc3339" }'
        assert (found["kind"], found["tags"]) == ('"kind"', '"tags"')
        assert found["""'inner["odd name"]'"""] == '"odd_name"'

    def test_what_must_be_there_and_has_no_namesake(self, run, ends):
        """A UUID is a new one; the only time of the source is taken for one."""
        assert drafted(run, *ends)["id"] == '{ generate = "uuid4" }'
        found = drafted(run, ROOT / "examples/readings.avsc", "neuron:NeuronSignal")
        assert found["timestamp"] == '"at"'

    def test_a_guess_that_makes_no_plan_is_a_question(self, run, tmp_path, monkeypatch):
        """What is called the same but can't be read into it: asked, with the reason."""
        monkeypatch.chdir(tmp_path)
        fields = [{"name": "a", "type": {"type": "map", "values": "string"}}, {"name": "b", "type": "long"}]
        (tmp_path / "s.avsc").write_text(json.dumps({"type": "record", "name": "S", "fields": fields}))
        counts = {"type": "object", "additionalProperties": {"type": "integer"}}
        target = {"title": "T", "type": "object", "properties": {"a": counts, "b": {"type": "integer"}}}
        (tmp_path / "t.json").write_text(json.dumps(target))
        ran = run("map", "new", "s.avsc", "t.json")
        assert '# a = ?  # map of string to int64; "a"? string can\'t become int64' in ran.out
        assert 'b = "b"' in ran.out

    def test_a_draft_runs(self, run, ends, tmp_path):
        """With its own [schemas], written into another folder."""
        (tmp_path / "maps").mkdir()
        ran = run("map", "new", *ends, "maps/m.toml")
        assert ran.code == 0
        assert 'source = "../s.avsc"' in (tmp_path / "maps/m.toml").read_text()
        plan = translator.compile(("json", SOURCE), TARGET, tmp_path / "maps/m.toml", policies={"unions": "first"})
        message = {"text": 5, "user_name": None, "sensor": {"id": "x"}, "deep": {"depth": 3}, "odd_name": "o",
                   "when": "2026-01-01T00:00:00Z", "kind": "b", "tags": ["t"], "choice": None, "lines": []}  # fmt: skip
        made = json.loads(plan.translate(json.dumps(message).encode()))
        assert (made["text"], made["sensorId"], made["inner"]) == ("5", "x", {"depth": 3, "odd name": "o"})

    def test_a_target_of_which_nothing_is_known(self, run, tmp_path, ends):
        """One rule holds the place, so that it is a mapping."""
        fields = [{"name": "zzz", "type": "string"}, {"name": "yyy", "type": {"type": "array", "items": "int"}}]
        (tmp_path / "e.avsc").write_text(json.dumps({"type": "record", "name": "E", "fields": fields}))
        assert drafted(run, "s.avsc", "e.avsc") == {"zzz": '{ const = "TODO" }', "# yyy": "?"}


class TestQuestions:
    """What is a comment."""

    def test_each_tells_what_is_wanted_and_what_comes_near(self, run, ends):
        out = run("map", "new", ROOT / "examples/readings.avsc", "neuron:NeuronSignal").out
        assert "# from_neuron = ?  " in out
        assert 'propagation_type = ?                # hal9.neuron.v1.PropagationType {Forward, Backward}, required; ' \
               '{ const = "Forward" }' in out  # fmt: skip
        assert "#   quality  (map of string to float32)" in out
        assert "# number = ?" in run("map", "new", *ends).out

    def test_what_is_missing_is_told(self, run, tmp_path):
        """On stderr, and as data."""
        ran = run("map", "new", ROOT / "examples/readings.avsc", "neuron:NeuronSignal", tmp_path / "m.toml", "--json")
        assert {"path": "payload", "reason": "the target requires it, and no rule writes it"} in ran.json["missing"]
        assert "from_neuron" in ran.json["questions"]
        assert ran.json["guessed"] == 3

    def test_branches_of_unions(self, run, ends, tmp_path):
        """A value that may be of several types is offered by branch."""
        (tmp_path / "c.json").write_text(json.dumps({"title": "C", "type": "object", "properties": {
            "choice": {"type": "string"}, "user": {"type": "string"}}}))  # fmt: skip
        assert "choice:string" in run("map", "new", "s.avsc", "c.json").out


class TestSamples:
    """A source that is data."""

    def test_lines(self, run, ends, tmp_path):
        """The kinds are those of the samples; the source has no schema."""
        (tmp_path / "s.ndjson").write_bytes(ndjson([{"text": n, "user_name": "x", "number": 1.5} for n in range(3)]))
        ran = run("map", "new", "s.ndjson", "t.json")
        assert 'source_format = "json"' in ran.out
        found = drafted(run, "s.ndjson", "t.json")
        assert (found["text"], found["number"]) == ('{ path = "text", cast = "string" }', '"number"')

    def test_a_document_that_is_no_schema(self, run, ends, tmp_path):
        """A .json is a schema if it looks like one."""
        (tmp_path / "s.json").write_text(json.dumps({"type": "push", "text": "x"}))
        assert drafted(run, "s.json", "t.json")["text"] == '"text"'
        assert 'source = "t.json"' in run("map", "new", "t.json", "t.json").out

    def test_samples_that_are_refused(self, run, ends, tmp_path):
        (tmp_path / "s.ndjson").write_bytes(b'{"text": 1}\n{"text"\n')
        ran = run("map", "new", "s.ndjson", "t.json")
        assert ran.code == 3
        assert "s.ndjson: record 1 (at byte 12)" in ran.err
        assert run("map", "new", "s.ndjson", "t.json", "--samples", 1).code == 0


class TestLoops:
    """Lists whose items become messages."""

    def test_they_are_offered(self, run, ends):
        assert '# for_each = ["line in lines"]' in run("map", "new", *ends).out

    def test_one_is_taken(self, run, ends):
        """The item's own fields come first."""
        ran = run("map", "new", *ends, "--for-each", "lines")
        assert ran.code == 0
        assert tomllib.loads(ran.out)["for_each"] == ["line in lines"]
        found = drafted(run, *ends, "--for-each", "lines")
        assert (found["number"], found["userName"]) == ('"line.number"', '"user_name"')

    @needs_data
    def test_the_message_around_the_items(self, run):
        """Every list on the way is a loop; a list of keys and values is a map; what stands around can be read."""
        metrics = f"{DATA}/otlp/opentelemetry/proto/metrics/v1/metrics.proto#MetricsData"
        ran = run("map", "new", metrics, "neuron:NeuronSignal", "--for-each", "resource_metrics.scope_metrics.metrics")
        assert ran.code == 0, ran.err
        assert tomllib.loads(ran.out)["for_each"] == [
            "resource_metric in resource_metrics", "scope_metric in resource_metric.scope_metrics",
            "metric in scope_metric.metrics"]  # fmt: skip
        assert (
            'metadata = { for_each = "entry in metric.metadata", key = "entry.key", value = "entry.value" }' in ran.out
        )
        assert "#   resource_metric.resource.attributes  (list of" in ran.out
        assert "scope_metric.metrics  (" not in ran.out

    def test_one_that_is_not_there(self, run, ends):
        ran = run("map", "new", *ends, "--for-each", "line")
        assert ran.code == 2
        assert "there are: lines" in ran.err

    def test_lists_in_lists(self):
        """Each loop comes after the one whose items have its list; names don't clash."""
        item = {"type": "object", "title": "B", "properties": {"n": {"type": "integer"}}}
        inner = {"title": "A", "type": "object", "properties": {"entries": {"type": "array", "items": item}}}
        root = {"title": "R", "type": "object", "properties": {"entries": {"type": "array", "items": inner},
                "boxes": {"type": "array", "items": inner}}}  # fmt: skip
        plan = translator.compile(("json", root), ("json", root))
        found = [(each.path, each.lines) for each in loops(plan.source.root)]
        assert found[:3] == [
            ("entries", ("entry in entries",)),
            ("boxes", ("box in boxes",)),
            ("entries.entries", ("entry in entries", "entry_ in entry.entries")),
        ]


class TestUsage:
    """What can't be begun."""

    def test_a_file_that_is_there(self, run, ends):
        """A mapping that was worked on isn't overwritten."""
        assert run("map", "new", *ends, "m.toml").code == 0
        ran = run("map", "new", *ends, "m.toml")
        assert ran.code == 2
        assert "is there already" in ran.err

    @pytest.mark.parametrize(
        ("argv", "said"),
        [
            (("none.avsc", "t.json"), "no such file"),
            (("json", "t.json"), "is a format, not a schema"),
            (("s.avsc", "nothing"), "nothing"),
            (("s.avsc", "t.json", "--to", "jsn"), "did you mean 'json'?"),
        ],
    )
    def test_wrong_ends(self, run, ends, argv, said):
        ran = run("map", "new", *argv)
        assert ran.code == 2
        assert said in ran.err


@pytest.mark.parametrize("name", ["fromNeuron", "from_neuron", "FROM-NEURON", "From Neuron", "fromNEURON"])
def test_words(name):
    assert words(name) == ("from", "neuron")


def test_a_record_in_itself_ends():
    """A type without end has a place for itself."""
    node = {
        "type": "record",
        "name": "N",
        "fields": [{"name": "n", "type": "int"}, {"name": "next", "type": ["null", "N"]}],
    }
    plan = translator.compile(("json", node), ("json", node))
    assert [each.path for each in leaves(plan.source.root, branches=True)] == ["n", "next"]
