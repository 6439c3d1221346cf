"""`translator explain`: what codes and rules mean."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("asked", ["INEXACT", "inexact", " Inexact "])
def test_an_error_code(run, asked):
    """Its meaning, examples and what to do, in any case."""
    done = run("explain", asked)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "INEXACT"
    assert lines[2] == "The target can't hold the value exactly: it would be rounded or cut."
    assert any(line.startswith("    json ") and line.endswith("→  refused: INEXACT") for line in lines)
    assert any("rounding=round" in line for line in lines)


@pytest.mark.parametrize(
    ("asked", "title"),
    [("S6", "Into a float"), ("b27", "An array of nulls that counts 2⁴⁰"), ("f7", "The disk is full")],
)
def test_a_rule(run, asked, title):
    """Of each of the three pages; links are said without where they lead."""
    done = run("explain", asked)
    assert done.out.splitlines()[0] == asked.upper()
    assert done.out.splitlines()[2].startswith(title)
    assert "](" not in done.out
    assert "**" not in done.out


def test_as_data(run):
    """The text without the examples, which stand by themselves; what is missing, where something is."""
    found = run("explain", "s12", "--json").json
    assert (found["ok"], found["exit"], found["code"]) == (True, 0, "S12")
    assert (found["kind"], found["title"]) == ("what a translation means", "Null in ProtoJSON")
    assert all("→" in each for each in found["examples"])
    assert "→" not in found["text"]
    assert "missing" not in found
    assert run("explain", "b77", "--json").json["missing"].startswith("the registry has no metrics")


def test_all_of_them(run):
    """Page by page, each with its first words."""
    listed = run("explain").out.splitlines()
    assert listed[0] == "ERROR CODES"
    assert "INEXACT              The target can't hold the value exactly: it would be rounded or cut" in listed
    assert any(line.split(maxsplit=1) == ["S6", "Into a float"] for line in listed)
    codes = [each["code"] for each in run("explain", "--json").json["codes"]]
    assert {"TYPE", "S6", "B27", "F7"} <= set(codes)
    assert len(codes) == len(set(codes))
    assert all(any(line.split(" ", 1)[0] == code for line in listed) for code in codes)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("inexakt", "there is no code 'inexakt'; did you mean INEXACT?"),
        ("S006", "there is no code 'S006'; did you mean S6?"),
        ("container_", "there is no code 'container_'; did you mean CONTAINER_"),
        ("", "there is no code ''"),
        ("what", "there is no code 'what'"),
    ],
)
def test_an_unknown_code(run, asked, said):
    """Wrong usage, with those that are close to it."""
    done = run("explain", asked)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "→ `translator explain` lists them" in done.err
    found = run("explain", asked, "--json").json
    assert (found["ok"], found["exit"], found["error"]["code"]) == (False, 2, "USAGE")
