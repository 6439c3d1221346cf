"""The drawings in docs/drawings are what the code is: the script that draws them makes the files that are kept."""

from __future__ import annotations

import re
import runpy
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests import test_imports as imports

DRAWINGS = Path(__file__).resolve().parents[1] / "docs" / "drawings"
SCRIPT = runpy.run_path(str(DRAWINGS / "draw.py"))
NAMES = sorted(SCRIPT["DRAWINGS"])
SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float]


def boxes(name: str) -> list[Box]:
    """Left, top, right, bottom of every rectangle; the last ones of a drawing lie above the first."""
    found = ElementTree.parse(DRAWINGS / name).iter(f"{SVG}rect")
    sides = [[float(each.get(side, 0)) for side in ("x", "y", "width", "height")] for each in found]
    return [(x, y, x + width, y + height) for x, y, width, height in sides]


def apart(one: Box, other: Box) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def inside(one: Box, other: Box) -> bool:
    return one[0] >= other[0] and one[1] >= other[1] and one[2] <= other[2] and one[3] <= other[3]


def test_the_drawings_are_these() -> None:
    """Each SVG is drawn by the script, and each that the script draws is kept."""
    assert sorted(path.name for path in DRAWINGS.glob("*.svg")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_is_what_the_code_is(name: str) -> None:
    """Where it isn't: `.venv/bin/python docs/drawings/draw.py`, look at what it drew, and commit it."""
    assert (DRAWINGS / name).read_text(encoding="utf-8") == SCRIPT["DRAWINGS"][name]()


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_can_be_read(name: str) -> None:
    """On white, no letter smaller than 12 pixels, no box over the edge of another."""
    root = ElementTree.parse(DRAWINGS / name).getroot()
    assert root.findall(f"{SVG}rect")[0].get("fill") == "white"
    assert min(int(each.get("font-size", 0)) for each in root.iter(f"{SVG}text")) >= 12
    for one, other in combinations(boxes(name), 2):
        assert apart(one, other) or inside(one, other) or inside(other, one)


def test_every_section_is_drawn() -> None:
    """What the picture names and is there is in the house, by its name."""
    drawn = set(re.findall(r">([\w.]+)</text>", (DRAWINGS / "house.svg").read_text(encoding="utf-8")))
    for room in imports.ROOMS[1:]:
        there = {imports.section(room, each) for each in imports.MODULES if f"{each}.".startswith(f"{room}.")}
        assert there & set(imports.heights(room)) <= drawn
