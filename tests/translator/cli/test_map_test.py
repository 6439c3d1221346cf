"""`translator map test`: a mapping's own examples, and what is said where they fail."""

from __future__ import annotations

import base64
import io
import json

import fastavro
import pytest

SOURCE = {"type": "record", "name": "S", "fields": [
    {"name": "id", "type": "string"}, {"name": "n", "type": "long"},
    {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "L", "fields": [
        {"name": "sku", "type": "string"}]}}}]}  # fmt: skip
PART = {"type": "object", "title": "P", "properties": {"sku": {"type": "string"}}}
TARGET = {"title": "T", "type": "object", "required": ["text"], "properties": {
    "text": {"type": "string"}, "number": {"type": "integer"}, "random": {"type": "string"},
    "parts": {"type": "array", "items": PART}}}  # fmt: skip
RULES = """version = 1
[schemas]
source = "s.avsc"
target = "../t.json"
[fields]
text = "id"
number = "n"
random = { generate = "uuid4" }
parts = "lines"
"""
GOOD = """[[examples]]
name = "whole"
input = '{"id": "A", "n": 1, "lines": [{"sku": "x"}]}'
output = { text = "A", number = 1, parts = [{ sku = "x" }] }
ignore = ["random"]
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes the mapping m/m.toml with examples, beside its schemas."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m").mkdir()
    (tmp_path / "m/s.avsc").write_text(json.dumps(SOURCE))
    (tmp_path / "t.json").write_text(json.dumps(TARGET))

    def act(examples: str, rules: str = RULES):
        (tmp_path / "m/m.toml").write_text(rules + examples)
        return "m/m.toml"

    return act


def binary() -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SOURCE, {"id": "A", "n": 1, "lines": [{"sku": "x"}]})
    return out.getvalue()


def example(outcome: str, given: str = """'{"id": "A", "n": 1, "lines": []}'""", key: str = "input") -> str:
    return f'[[examples]]\nname = "e"\n{key} = {given}\n{outcome}\nignore = ["random"]\n'


class TestInputs:
    """A message may be JSON, a table, a file, or the bytes of the source's format."""

    @pytest.mark.parametrize(
        ("key", "given"),
        [
            ("input", """'{"id": "A", "n": 1, "lines": [{"sku": "x"}]}'"""),
            ("input", '{ id = "A", n = 1, lines = [{ sku = "x" }] }'),
            ("input_file", '"message.json"'),
            ("input_file", '"message.bin"'),
            ("input_hex", f'"{binary().hex(" ")}"'),
            ("input_base64", f'"{base64.b64encode(binary()).decode()}"'),
        ],
    )
    def test_each_way(self, run, write, tmp_path, key, given):
        """Files are named as from the mapping's folder."""
        (tmp_path / "m/message.json").write_text('{"id": "A", "n": 1, "lines": [{"sku": "x"}]}')
        (tmp_path / "m/message.bin").write_bytes(binary())
        (tmp_path / "m/out.json").write_text('{"text": "A", "number": 1, "parts": [{"sku": "x"}]}')
        outcomes = ('output_file = "out.json"', 'output = { text = "A", number = 1, parts = [{ sku = "x" }] }')
        ran = run("map", "test", write("".join(example(each, given, key) for each in outcomes)))
        assert (ran.code, ran.out) == (0, "ok      e\nok      e\n2 examples, none failed\n")

    def test_several_mappings(self, run, write, tmp_path):
        """Each with its own schemas; a pattern names them."""
        write(GOOD)
        (tmp_path / "m/other.toml").write_text(RULES + GOOD.replace("whole", "other"))
        ran = run("map", "test", "m/*.toml")
        assert ran.out == "ok      whole\nok      other\n2 examples, none failed\n"

    def test_a_binary_target(self, run, write, tmp_path):
        """What comes out is compared as JSON, whatever the target's format."""
        rules = RULES.replace('"../t.json"', '"t.avsc"').replace(
            'random = { generate = "uuid4" }\nparts = "lines"\n', ""
        )
        (tmp_path / "m/t.avsc").write_text(json.dumps({"type": "record", "name": "T", "fields": [
            {"name": "text", "type": "string"}, {"name": "number", "type": "double"}]}))  # fmt: skip
        ran = run("map", "test", write(example('output = { text = "A", number = 1 }'), rules))
        assert ran.out == "ok      e\n1 example, none failed\n"


class TestFailures:
    """What differs is told by its place."""

    @pytest.mark.parametrize(
        ("output", "told"),
        [
            ('{ text = "B", number = 1, parts = [] }', [("text", '"B"', '"A"')]),
            ('{ text = "A", number = true, parts = [] }', [("number", "true", "1")]),
            ('{ text = "A", parts = [{ sku = "x" }] }',
             [("parts[0]", '{"sku": "x"}', "(absent)"), ("number", "(absent)", "1")]),
            ('[]', [("[0]", "(absent)", '{"text": "A", "number": 1, ')]),
            ('"text"', None),
        ],
    )  # fmt: skip
    def test_places(self, run, write, output, told):
        ran = run("map", "test", write(example(f"output = {output}")), "--json")
        if told is None:
            assert ran.code == 2
            return
        assert ran.code == 1
        (result,) = ran.json["examples"]
        found = [(each["path"], each["expected"], each["actual"]) for each in result["differences"]]
        assert [pair[:2] for pair in found] == [pair[:2] for pair in told]
        assert all(has[2].startswith(wanted[2]) for has, wanted in zip(found, told, strict=True))

    def test_as_text(self, run, write):
        ran = run("map", "test", write(GOOD + example('output = { text = "B", number = 1, parts = [] }')))
        assert ran.code == 1
        assert ran.out == (
            'ok      whole\nFAILED  e\n    text\n      expected "B"\n      actual   "A"\n2 examples, 1 failed\n'
        )

    def test_long_lists_are_cut(self, run, write):
        lines = json.dumps([{"sku": str(n)} for n in range(30)])
        given = "'" + json.dumps({"id": "A", "n": 1, "lines": json.loads(lines)}) + "'"
        ran = run("map", "test", write(example('output = { text = "A", number = 1, parts = [] }', given)))
        assert "… and 10 more (--json lists all)" in ran.out

    @pytest.mark.parametrize(
        ("outcome", "given", "ok"),
        [
            ('error = "TYPE"', '{ id = 5 }', True),
            ('error = "RANGE"', '{ id = 5 }', False),
            ('error = "TYPE"', '{ id = "A", n = 1, lines = [] }', False),
            ('output = { text = "5" }', '{ id = 5 }', False),
        ],
    )  # fmt: skip
    def test_refusals(self, run, write, outcome, given, ok):
        """An example may want a refusal, by its code; one that isn't wanted is a failure, with its place."""
        ran = run("map", "test", write(example(outcome, given)))
        assert ran.code == (0 if ok else 1)
        if not ok and "5" in given:
            assert "actual   TYPE: a value of another kind than the schema's in id" in ran.out

    def test_what_comes_out_can_be_shown(self, run, write):
        """To be pasted into a new example."""
        ran = run("map", "test", write(GOOD), "--show")
        shown = json.loads(ran.out.partition("\n")[2].rpartition("1 example")[0])
        assert (shown["text"], shown["parts"]) == ("A", [{"sku": "x"}])


class TestMany:
    """A mapping that makes several messages of one."""

    RULES = """version = 1
for_each = "line in lines"
[schemas]
source = "s.avsc"
target = "../t.json"
[fields]
text = { path = "line.sku", required = true }
number = { path = "n", required = true }
"""

    def test_all_of_them(self, run, write):
        """`output` is a list; each is compared, and told by its number."""
        given = """'{"id": "A", "n": 1, "lines": [{"sku": "x"}, {"sku": "y"}]}'"""
        good = 'output = [{ text = "x", number = 1 }, { text = "y", number = 1 }]'
        assert run("map", "test", write(example(good, given), self.RULES)).code == 0
        ran = run("map", "test", write(example(good.replace('"y"', '"z"'), given), self.RULES))
        assert ran.code == 1
        assert '    [1].text\n      expected "z"\n      actual   "y"' in ran.out
        assert run("map", "test", write(example("output = []"), self.RULES)).code == 0


class TestUsage:
    """What is wrong with a document is told by its key."""

    @pytest.mark.parametrize(
        ("text", "key", "said"),
        [
            ('[[examples]]\ninput = "{}"\n', "examples[0]", "has one of output, output_file, error"),
            ('[[examples]]\noutput = "{}"\n', "examples[0]", "has one of input, input_file, input_hex, input_base64"),
            ('[[examples]]\ninput = "{}"\ninput_hex = "00"\nerror = "X"\n', "examples[0]", "not 2"),
            ('[[examples]]\ninput_hex = "0"\nerror = "X"\n', "examples[0].input_hex", "isn't hex"),
            ('[[examples]]\ninput_base64 = "*"\nerror = "X"\n', "examples[0].input_base64", "isn't base64"),
            ('[[examples]]\ninput_file = "none"\nerror = "X"\n', "examples[0].input_file", "can't be read"),
            ('[[examples]]\ninput = { t = 2026-01-01 }\nerror = "X"\n', "examples[0].input", "write times as texts"),
            ('[[examples]]\ninput = "{}"\noutput = "{"\n', "examples[0].output", "isn't JSON"),
            ('[[examples]]\ninput = "{}"\nerror = "X"\nignored = []\n', "examples[0].ignored", 'did you mean "ignore"'),
        ],
    )
    def test_documents(self, run, write, text, key, said):
        ran = run("map", "test", write(text))
        assert ran.code == 2
        assert f"{key}: " in ran.err
        assert said in ran.err

    def test_no_examples(self, run, write):
        ran = run("map", "test", write(""))
        assert ran.code == 2
        assert "has no examples" in ran.err

    def test_no_schema(self, run, write):
        """It isn't guessed; an option names it."""
        rules = RULES.replace('source = "s.avsc"\n', "")
        ran = run("map", "test", write(GOOD, rules))
        assert ran.code == 2
        assert "the source's schema isn't named" in ran.err
        assert run("map", "test", "m/m.toml", "--source", "m/s.avsc").code == 0
        assert run("map", "test", "m/m.toml", "--from", "json").code == 0

    def test_no_plan(self, run, write):
        ran = run("map", "test", write(GOOD, RULES.replace('"id"', '"idd"')))
        assert ran.code == 2
        assert "fields.text" in ran.err

    def test_no_mapping_is_named(self, run):
        assert run("map", "test").code == 2


def test_a_path_that_no_example_has(run, write):
    """S36: is told with what is there instead; in JSON by mapping."""
    rules = RULES.replace('source = "s.avsc"', 'source_format = "json"').replace('"n"', '"N"')
    given = write(GOOD.replace("number = 1, ", "").replace('parts = [{ sku = "x" }]', 'parts = [{ sku = "x" }]'), rules)
    done = run("map", "test", given)
    assert (done.code, 'never found in any record: N (did you mean "n"?)' in done.out) == (0, True)
    assert run("map", "test", given, "--json").json["never_found"] == {given: {"N": 1}}
    assert run("map", "test", write(GOOD), "--json").json["never_found"] == {}
