"""Draws house.svg and message.svg, beside this file: `.venv/bin/python docs/drawings/draw.py`.

The house is the picture in tests/test_imports.py, and its arrows are the imports that are there (in the C core, the
includes): it shows what is, not what was meant. Sections that the picture names and nobody has built yet are left out.
So is an arrow that follows from others, since nearly everything imports the lowest sections.

In a room each section stands above all that it imports. A line that passes a row has a place of its own in it, like a
narrow section, so it never crosses a box (Sugiyama, Tagawa, Toda, "Methods for Visual Understanding of Hierarchical
System Structures", 1981).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests import test_imports as imports  # noqa: E402  (found by the path above)

SIZE: Final = 13
LETTER: Final = 0.602 * SIZE
"""The width of a letter; names are in a font of one width."""
INK, LINE = "#1f2933", "#5b6b7b"
PROSE: Final = ' font-family="Helvetica, Arial, sans-serif"'
BOLD: Final = f'{PROSE} font-weight="bold"'
Point = tuple[float, float]
Arrow = tuple[str, str]
"""Who imports, and what."""

# --- SVG ---


def text(x: float, y: float, said: str, *, size: int = SIZE, anchor: str = "middle", style: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}"{style}>{escape(said)}</text>'


def rectangle(x: float, y: float, width: float, height: float, fill: str = "white", style: str = "") -> str:
    place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    return f'<rect {place} rx="5" fill="{fill}" stroke="{LINE}"{style}/>'


def curve(points: Sequence[Point]) -> str:
    """An arrow that leaves and reaches each of its points upright."""
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x, y), (to_x, to_y) in pairwise(points):
        middle = (y + to_y) / 2
        path += f" C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}"
    return f'<path d="{path}" fill="none" stroke="{LINE}" marker-end="url(#head)"/>'


def line(*points: Point, style: str = "") -> str:
    """An arrow of straight pieces."""
    path = " L".join(f"{x:g} {y:g}" for x, y in points)
    return f'<path d="M{path}" fill="none" stroke="{LINE}" marker-end="url(#head)"{style}/>'


def document(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    names = f'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" fill="{INK}"'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {names}>',
        f"<title>{escape(title)}</title>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0.5L8 4L0 7.5Z" fill="{LINE}"/></marker></defs>',
        f'<rect width="{width:g}" height="{height:g}" fill="white"/>',
        *parts,
        "</svg>\n",
    ])  # fmt: skip


# --- what there is ---


@dataclass
class Room:
    """`rows`: its sections, the lowest row first; every arrow leads to a lower row. `inside`: the sections that a
    section has in it."""

    name: str
    rows: list[list[str]]
    arrows: list[Arrow]
    inside: Mapping[str, str] = field(default_factory=dict)


def reduced(arrows: Iterable[Arrow]) -> list[Arrow]:
    """The arrows that don't follow from others."""
    graph = imports.graph(sorted(arrows))
    beyond = {name: imports.reachable(graph, name) for name in graph}
    return [
        (one, other)
        for one in sorted(graph)
        for other in sorted(graph[one])
        if not any(other in beyond[each] for each in graph[one] - {other})
    ]


def split(rows: Iterable[Sequence[str]], arrows: Iterable[Arrow]) -> list[list[str]]:
    """The rows that aren't empty; one whose sections import one another becomes several."""
    arrows, made = set(arrows), []
    for row in rows:
        left = list(row)
        while left:
            made.append([each for each in left if not any((each, other) in arrows for other in left)])
            left = [each for each in left if each not in made[-1]]
    return made


INSIDE = ("translator.mapping", "translator.streams", "translator.cli")
"""Sections whose own rows fit on a line."""


def there(package: str) -> list[list[str]]:
    """The rows of the picture, with what is there of them."""
    names = {imports.section(package, name) for name in imports.MODULES if f"{name}.".startswith(f"{package}.")}
    return [[each for each in row.split() if each in names] for row in imports.PICTURE[package]]


def inner(package: str) -> set[Arrow]:
    """The arrows between the sections of a package."""
    pairs = {(imports.section(package, one), imports.section(package, other)) for one, other in imports.within(package)}
    return {(one, other) for one, other in pairs if one != other}


def python_room(package: str) -> Room:
    arrows = inner(package)
    inside = {
        name.removeprefix(f"{package}."): " ← ".join(" ".join(row) for row in there(name) if set(row) - {imports.FACE})
        for name in INSIDE
        if name.startswith(f"{package}.")
    }
    return Room(package, split(there(package), arrows), reduced(arrows), inside)


def native_room() -> Room:
    """The rooms of the C core, and the files of Python's that are installed with it; binding.py alone calls it."""
    source, public = ROOT / "native" / "src", ROOT / "native" / "include"
    python = {(f"{one}.py", f"{other}.py") for one, other in inner("native") if imports.FACE not in (one, other)}
    arrows = {("binding.py", "include"), *python}
    for path in sorted(source.rglob("*.[ch]")):
        home = path.relative_to(source).parts[0]
        for name in re.findall(r'^#include "(.*)"', path.read_text(), re.MULTILINE):
            if (public / name).exists():
                arrows.add((home, "include"))
            elif "/" in name and not name.startswith(f"{home}/"):
                arrows.add((home, name.partition("/")[0]))
    names = sorted({name for pair in arrows for name in pair} - {"binding.py"})
    return Room("native", split([names, ["binding.py"]], arrows), reduced(arrows))


# --- where it stands ---

BOX, MORE, GAP, NARROW, APART = 26, 16, 26, 10, 14
"""A box's height, what a second line adds, between rows, a passing line's width, between neighbours."""


@dataclass
class Place:
    """A section, or a line that passes its row; `x` is its middle."""

    name: str
    width: float
    row: int
    x: float = 0
    above: list[Place] = field(default_factory=list)
    below: list[Place] = field(default_factory=list)


class Layout:
    """The sections of a room with a place each."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.rows: list[list[Place]] = [
            [Place(name, self._width(name), i) for name in row] for i, row in enumerate(room.rows)
        ]
        self.of = {each.name: each for row in self.rows for each in row}
        self.lines = [self._joined(self.of[one], self.of[other]) for one, other in room.arrows]
        self._order()
        self._settle()

    def _width(self, name: str) -> float:
        return max(len(name), len(self.room.inside.get(name, ""))) * LETTER + 16

    def _joined(self, one: Place, other: Place) -> list[Place]:
        """A line's places, from the top."""
        way = [one, *(Place("", NARROW, row) for row in range(one.row - 1, other.row, -1)), other]
        for each in way[1:-1]:
            self.rows[each.row].append(each)
        for high, low in pairwise(way):
            high.below.append(low)
            low.above.append(high)
        return way

    def _order(self) -> None:
        """Neighbours of neighbours come together, from below and from above in turn."""
        for turn in range(24):
            for row in self.rows if turn % 2 else reversed(self.rows):
                at = {id(each): i for other in self.rows for i, each in enumerate(other)}
                for each in row:
                    others = (each.below if turn % 2 else each.above) or [each]
                    each.x = sum(at[id(other)] / len(self.rows[other.row]) for other in others) / len(others)
                row.sort(key=lambda each: each.x)

    def _settle(self) -> None:
        """Each to the middle of its neighbours, as far as those beside it let it."""
        for row in self.rows:
            put(row, [0.0] * len(row))
        for turn in range(60):
            for row in self.rows if turn % 2 else reversed(self.rows):
                put(row, [middle(each, turn) for each in row])
        left = min(each.x - each.width / 2 for row in self.rows for each in row)
        for row in self.rows:
            for each in row:
                each.x = round(each.x - left)

    @property
    def width(self) -> float:
        return max(each.x + each.width / 2 for row in self.rows for each in row)

    def tall(self, row: int) -> int:
        """A row's height."""
        return BOX + MORE * any(each.name in self.room.inside for each in self.rows[row])

    def top(self, row: int) -> int:
        """Where a row begins, below the room's."""
        return sum(self.tall(each) + GAP for each in range(row + 1, len(self.rows)))

    @property
    def height(self) -> int:
        return self.top(0) + self.tall(0)


def middle(each: Place, turn: int) -> float:
    others = each.below + each.above if turn < 40 else (each.below if turn % 2 else each.above)
    return sum(other.x for other in others) / len(others) if others else each.x


def put(row: Sequence[Place], wanted: Sequence[float]) -> None:
    """Each as near as can be to where it is wanted, in this order and without touching (by least squares)."""
    offsets, at = [], 0.0
    for i, each in enumerate(row):
        at += (row[i - 1].width + each.width) / 2 + APART if i else 0
        offsets.append(at)
    blocks: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, count = (mean * count + before * many) / (count + many), count + many
        blocks.append((mean, count))
    means = [mean for mean, count in blocks for _ in range(count)]
    for each, mean, offset in zip(row, means, offsets, strict=True):
        each.x = mean + offset


# --- the house ---

SIDE, HEAD, FOOT, APART_ROOMS = 18, 50, 16, 40
THICK: Final = ' stroke-width="2.5"'
CAPTION: Final = "An arrow leads from who imports to what is imported. One that follows from others is left out."
COLOURS: Final = {"native": "#fdf3e1", "schemas": "#e8f4ea", "translator": "#e6f0fb", "registry": "#f5ecf8"}
SAID: Final = {
    "native": "bytes into bytes, by a plan",
    "schemas": "types, whatever the language",
    "translator": "plans, and all that uses them",
    "registry": "schemas kept and served",
}


def ports(each: Place, others: Sequence[Place]) -> dict[int, float]:
    """Where the lines to `others` leave its edge."""
    step = min(14, (each.width - 16) / max(len(others), 1)) if each.name else 0
    ordered = sorted(others, key=lambda other: other.x)
    return {id(other): each.x + (i - (len(ordered) - 1) / 2) * step for i, other in enumerate(ordered)}


def drawn(layout: Layout, x: float, y: float) -> Iterator[str]:
    """A room's sections and arrows; (x, y) is the corner above left of them."""
    for each in layout.of.values():
        top, inside = y + layout.top(each.row), layout.room.inside.get(each.name)
        yield rectangle(x + each.x - each.width / 2, top, each.width, layout.tall(each.row))
        yield text(x + each.x, top + 17, each.name)
        if inside:
            yield text(x + each.x, top + 34, inside, size=12)
    for way in layout.lines:
        yield curve([(x + at, y + down) for at, down in bends(layout, way)])


def bends(layout: Layout, way: Sequence[Place]) -> Iterator[Point]:
    """Where a line begins, passes rows, and ends."""
    first, last = way[0], way[-1]
    yield ports(first, first.below)[id(way[1])], layout.top(first.row) + layout.tall(first.row)
    for each in way[1:-1]:
        yield each.x, layout.top(each.row)
        yield each.x, layout.top(each.row) + layout.tall(each.row)
    yield ports(last, last.above)[id(way[-2])], layout.top(last.row)


def framed(layout: Layout, x: float, y: float, width: float) -> Iterator[str]:
    """A room with its name."""
    name = layout.room.name
    yield rectangle(x, y, width, layout.height + HEAD + FOOT, COLOURS[name])
    yield text(x + SIDE, y + 26, name, size=17, anchor="start", style=BOLD)
    yield text(x + SIDE + 11 * len(name) + 14, y + 26, SAID[name], anchor="start", style=PROSE)
    yield from drawn(layout, x + (width - layout.width) / 2, y + HEAD)


def between() -> list[Arrow]:
    """The arrows between rooms."""
    pairs = {(one.partition(".")[0], other.partition(".")[0]) for one, other in imports.all_arrows()}
    return reduced((one, other) for one, other in pairs if one != other)


def house() -> str:
    """The registry stands on the translator, which leans on the schemas, which stand on the core."""
    rooms = [native_room(), *(python_room(name) for name in imports.ROOMS[1:])]
    native, schemas, translator, registry = (Layout(room) for room in rooms)
    left, right = (max(one.width, other.width) + 2 * SIDE for one, other in [(registry, translator), (schemas, native)])
    tall = {each.room.name: each.height + HEAD + FOOT for each in (native, schemas, translator, registry)}
    bottom = max(tall["registry"] + tall["translator"], tall["schemas"] + tall["native"]) + APART_ROOMS + SIDE
    other = SIDE + left + APART_ROOMS
    y_translator, y_native = bottom - tall["translator"], bottom - tall["native"]
    y_registry = y_translator - APART_ROOMS - tall["registry"]
    y_schemas = y_native - APART_ROOMS - tall["schemas"]
    meeting = max(y_translator, y_schemas) + 60
    ways = {
        ("registry", "translator"): [(SIDE + left / 2, y_translator - APART_ROOMS), (SIDE + left / 2, y_translator)],
        ("translator", "schemas"): [(SIDE + left, meeting), (other, meeting)],
        ("schemas", "native"): [(other + right / 2, y_native - APART_ROOMS), (other + right / 2, y_native)],
    }
    parts = [
        *framed(registry, SIDE, y_registry, left),
        *framed(translator, SIDE, y_translator, left),
        *framed(schemas, other, y_schemas, right),
        *framed(native, other, y_native, right),
        *(line(*ways[arrow], style=THICK) for arrow in between()),
        text(SIDE, bottom + 28, CAPTION, anchor="start", style=PROSE),
    ]
    return document(other + right + SIDE, bottom + 46, "The house: rooms, sections, imports", parts)


# --- a message's way ---


def box(x: float, y: float, width: float, lines: Sequence[str], fill: str = "white", style: str = "") -> Iterator[str]:
    """A box with a name, and lines below it."""
    yield rectangle(x, y, width, 22 + 17 * len(lines), fill, style)
    for i, each in enumerate(lines):
        yield text(x + width / 2, y + 24 + 17 * i, each, size=12 if i else 14, style=PROSE if i else BOLD)


def formats() -> list[str]:
    """The core's formats: each is a folder."""
    return sorted(path.name for path in (ROOT / "native" / "src" / "formats").iterdir() if path.is_dir())


def message() -> str:
    """From bytes to bytes; above it how the plan is made, below it where a refusal goes."""
    return document(980, 560, "The way of one message", [*compiled(), *translated(), *refused()])


def compiled() -> Iterator[str]:
    yield text(20, 30, "once for a pair of schemas, in Python", anchor="start", style=PROSE)
    yield from box(20, 44, 190, ["schemas", "S, as it was written", "T, as it is wanted"], COLOURS["schemas"])
    yield from box(20, 130, 190, ["mapping, policies", "where there are any"], COLOURS["translator"])
    yield from box(280, 70, 190, ["compiler", "translator/plan", "translator/mapping"], COLOURS["translator"])
    yield from box(540, 70, 190, ["image", "flat tables, as bytes", "native/include/hal9_image.h"])
    yield from box(800, 70, 160, ["loader", "checks every index,", "so that running needn't"], COLOURS["native"])
    yield line((210, 85), (280, 100))
    yield line((210, 155), (280, 125))
    yield line((470, 108), (540, 108))
    yield line((730, 108), (800, 108))


def translated() -> Iterator[str]:
    names = ", ".join(formats())
    yield text(20, 236, "for each message, in C", anchor="start", style=PROSE)
    yield rectangle(130, 250, 720, 124, COLOURS["native"])
    yield from box(20, 278, 80, ["bytes"])
    yield from box(150, 265, 140, ["reader of F", "converts, checks,", "refuses"])
    yield from box(330, 265, 130, ["frame", "slots and presence,", "in T's order"])
    yield from box(
        500, 265, 150, ["instructions", "of a mapping,", "from frame to frame"], style=' stroke-dasharray="5 3"'
    )
    yield from box(690, 265, 140, ["writer of G", "never refuses", "a value"])
    yield from box(880, 278, 80, ["bytes"])
    for start, end in [(100, 150), (290, 330), (460, 500), (650, 690), (830, 880)]:
        yield line((start, 300), (end, 300))
    yield text(830, 362, f"F and G: {names}", size=12, anchor="end", style=PROSE)
    yield line((880, 143), (880, 200), (490, 200), (490, 250))
    yield text(690, 192, "plan: immutable, shared by all threads", style=PROSE)


def refused() -> Iterator[str]:
    yield from box(150, 420, 220, ["refusal", "code, offset, places", "noted on the way out"], COLOURS["native"])
    yield from box(
        440, 420, 240, ["DataError", "words and path, made in Python", "native/binding.py"], COLOURS["native"]
    )
    yield line((220, 338), (220, 420))
    yield line((540, 338), (540, 395), (300, 395), (300, 420))
    yield line((370, 457), (440, 457))
    yield text(150, 520, "A refused message gives no bytes; its neighbours in the batch don't notice.", anchor="start",
               style=PROSE)  # fmt: skip


DRAWINGS: Final = {"house.svg": house, "message.svg": message}

if __name__ == "__main__":
    for name, draw in DRAWINGS.items():
        (HERE / name).write_text(draw(), encoding="utf-8")
