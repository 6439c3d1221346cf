"""The command line as a whole: help, completion, commands that plug in."""

from __future__ import annotations


def test_help_says_the_exit_codes(run):
    """The codes stand at the end of the help."""
    assert "130  interrupted" in run("--help").out
    assert run("convert", "--help").out.startswith("Usage: translator convert IN... [OUT]")


def test_completion(run):
    """Each shell's script knows the commands."""
    for shell in ("bash", "zsh", "fish"):
        assert "convert" in run("completion", shell).out
    assert run("completion", "tcsh").code == 2


def test_commands_plug_in(run, monkeypatch):
    """Entry points of `translator.commands` are commands; one that can't be loaded hurts only itself."""
    from importlib.metadata import EntryPoint

    points = [EntryPoint("hello", "tests.translator.cli.plugin:hello", "translator.commands"),
              EntryPoint("gone", "no.such.module:gone", "translator.commands")]  # fmt: skip
    monkeypatch.setattr("translator.cli.app.entry_points", lambda group: points)
    assert run("hello", "you").out == "hello you\n"
    assert "hello" in run("--help").out
    gone = run("gone")
    assert gone.code == 2
    assert "no.such.module" in gone.err


def test_no_command_shows_the_help(run):
    assert "Commands" in run().out
