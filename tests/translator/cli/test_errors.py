"""Every error on the command line is told in one way: what was found and wanted, then what to do; JSON when asked."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint

import pytest

WRONG = {
    ("convert", "a.ndjson", "x.avro", "--mapp", "m"): ("no option --mapp; did you mean --map?", "translator conv"),
    ("inspect", "--nope"): ("no option --nope", "translator inspect [FILE]"),
    ("check",): ("S is missing", "translator check S T [OPTIONS]"),
    ("check", "a", "b", "c"): ("'c' is one argument too many", "translator check S T [OPTIONS]"),
    ("convrt",): ("no command 'convrt'; did you mean convert?", "the commands are check, "),
    ("convert", "a.ndjson", "--limit", "x"): ("--limit x: a number is wanted", "translator convert IN"),
    ("convert", "a.ndjson", "--limit"): ("--limit wants a value", "translator convert IN"),
    ("convert", "a.ndjson", "--quiet=3"): ("--quiet takes no value", "translator convert IN"),
    ("convert", "a.ndjson", "--max-record", "9q"): ("--max-record 9q: '9q' is not a size", "translator convert IN"),
    ("convert", "a.ndjson", "--quiet", "--quiet"): ("--quiet is given twice", "name it once"),
    ("completion", "fishy"): ("SHELL fishy: one of bash, zsh, fish is wanted; did you mean fish?", "`translator comp"),
    ("registry", "serv"): ("no command 'serv'; did you mean serve?", "the commands are serve"),
    ("registry", "serve", "--nope"): ("no option --nope", "`translator registry serve --help`"),
    ("convert", "a.ndjson", "x.json", "--map", "none.toml"): ("none.toml: No such file or directory", "check the name"),
    ("schema", "convert", "a.ndjson", "x.jsn"): ("x.jsn: the name doesn't tell the language", "say --to avro, "),
    ("schema", "show", "a.jsn"): ("a.jsn: the suffix '.jsn' doesn't tell a schema's language; did you mean .json?", ""),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A file of one record; the folder is the current."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.ndjson").write_bytes(b'{"a":1}\n')
    return tmp_path


class TestOneStyle:
    """Whether it is the parser of arguments, a file or a schema that fails."""

    @pytest.mark.parametrize("argv", WRONG, ids=" ".join)
    def test_as_text(self, run, folder, argv):
        """A line of what is wrong, a line of what to do, nothing else, and exit code 2."""
        message, hint = WRONG[argv]
        ran = run(*argv)
        assert (ran.code, ran.out) == (2, "")
        first, *rest = ran.err.splitlines()
        assert first.startswith(f"translator: {message}")
        assert [line.startswith(f"  → {hint}") for line in rest] == ([True] if hint else [])

    @pytest.mark.parametrize("argv", WRONG, ids=" ".join)
    def test_as_json(self, run, folder, argv):
        """One document on stdout, and nothing on stderr."""
        message, hint = WRONG[argv]
        ran = run(*argv, "--json")
        assert (ran.code, ran.err) == (2, "")
        assert (ran.json["ok"], ran.json["exit"]) == (False, 2)
        error = ran.json["error"]
        said = message if "no option" in message or "serve" not in argv else "no option --json"
        assert error["message"].startswith(said)
        assert error.get("hint", "").startswith(hint if said == message else "`translator registry serve --help`")

    def test_after_two_dashes_no_option_stands(self, run, folder):
        assert "a value" in run("convert", "a.ndjson", "--limit").err
        assert not run("check", "--", "--json").out


class TestMissingModule:
    """A command of a package that isn't whole."""

    @pytest.fixture
    def points(self, monkeypatch):
        def plug_in(value: str) -> None:
            point = EntryPoint("gone", value, "translator.commands")
            monkeypatch.setattr("translator.cli.app.entry_points", lambda group: [point])

        return plug_in

    def test_ours_say_the_extra(self, run, monkeypatch, tmp_path):
        """`registry serve` without the extra's modules."""
        monkeypatch.setitem(sys.modules, "uvicorn", None)
        monkeypatch.delitem(sys.modules, "registry.server", raising=False)
        monkeypatch.delattr("registry.server", raising=False)
        ran = run("registry", "serve", "--database", tmp_path / "r.db", "--port", "0")
        assert ran.code == 2
        assert "uvicorn" in ran.err
        assert "→ pip install 'hal9-translator[registry]'" in ran.err

    def test_others_say_what_is_gone(self, run, points):
        points("no.such.module:gone")
        assert run("gone", "--json").json["error"]["message"].endswith("No module named 'no'")
        assert "Can't be used: No module named 'no'" in run("--help").out


def test_commands_that_plug_in_say_what_they_do(run):
    assert "The schema registry: Confluent's REST API" in run("--help").out
