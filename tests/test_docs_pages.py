"""The documentation is whole: every public name and format has its place, every link leads somewhere."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import translator
from translator import containers, formats
from translator.containers import detect
from translator.engine.plan import Plan
from translator.policies import choices
from translator.streams.schema_ids.adapter import Adapter

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
API = (DOCS / "python.md").read_text()
SECTIONS = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^#)", API, re.MULTILINE | re.DOTALL))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def bare(text: str) -> str:
    """A page without its code, in which brackets are not links and `#` not headings."""
    return re.sub(r"^```.*?^```$|`[^`\n]*`(?=\()", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """What can come after a link's `#`, as GitHub makes it of headings."""
    found: set[str] = set()
    seen: Counter[str] = Counter()
    for title in re.findall(r"^#+ (.*)$", bare(text), re.MULTILINE):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()
        slug = re.sub(r"[^\w\- ]", "", shown).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    lost = []
    for link in LINK.findall(bare(page.read_text())):
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        if re.match(r"\w+:", link):
            continue
        if not path.exists() or (anchor and anchor not in anchors(path.read_text())):
            lost.append(link)
    return lost


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    """To a file that is there, and to a heading in it."""
    assert broken(page) == []


def test_broken_links_are_seen(tmp_path: Path) -> None:
    """A file or a heading that isn't there; what is code is not a link."""
    page = tmp_path / "a.md"
    page.write_text(
        "# One two\n## `x.y` z\n[a](#one-two) [b](#xy-z) [c](b.md) [d](#three) [e](https://x/y)\n```\n[](f.md)\n```\n"
    )
    assert broken(page) == ["b.md", "#three"]


def test_every_page_is_in_the_index() -> None:
    """From docs/README.md one gets to each."""
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in LINK.findall((DOCS / "README.md").read_text())}
    assert {name(page) for page in PAGES if page.parent != ROOT and page not in linked} == {"docs/README.md"}


def test_every_public_name_is_told() -> None:
    """Under a heading of its own, or in the table of errors; and no other is."""
    errors = {each for each in translator.__all__ if each.endswith("Error")}
    assert set(SECTIONS) == set(translator.__all__) - errors
    assert {each for each in errors if f"| `{each}` |" not in API} == set()


@pytest.mark.parametrize("function", ["compile", "adapter"])
def test_every_parameter_is_told(function: str) -> None:
    """In the signature that is shown, defaults too."""
    shown = re.search(rf"`translator\.{function}\((.*?)\)` gives", SECTIONS[function], re.DOTALL)
    assert shown
    parameters = inspect.signature(getattr(translator, function)).parameters.values()
    wanted = [str(each.replace(annotation=inspect.Parameter.empty)).replace("'", '"') for each in parameters]
    assert [each.replace(" = ", "=") for each in re.split(r",\s+", shown[1]) if each != "*"] == wanted


@pytest.mark.parametrize(
    "type_",
    [Plan, Adapter, translator.Made, translator.Messages, translator.MessageTranslator, translator.NeuronSignal],
)
def test_every_member_is_told(type_: Any) -> None:
    """Of the types that users hold, every public method and attribute, but for what its base has."""
    inherited = set(dir(type_.__mro__[1]))
    members = {each for each in dir(type_) if not each.startswith("_") and each not in inherited}
    members -= set(getattr(type_, "__struct_fields__", ()))  # docs/formats/neuron.md has them
    assert {each for each in members if not re.search(rf"\b{each}\b", SECTIONS[type_.__name__])} == set()


@pytest.mark.parametrize("format_", formats.NAMES)
def test_every_format_has_its_page(format_: str) -> None:
    """It tells what the format loses, item by item, as the format's file has it."""
    text = (DOCS / "formats" / f"{format_}.md").read_text().partition("## Loses")[2].replace("`", "")
    assert tuple(re.findall(r"^- (.*)$", text, re.MULTILINE)) == formats.get(format_).loses


@pytest.mark.parametrize("format_", formats.NAMES)
def test_a_page_names_the_format_s_containers(format_: str) -> None:
    """Where it lists them: the usual one first, and no other than those that take it."""
    line = re.search(
        r"^Containers: (?!as )(.*?)\. ?(?:Schemas|Framing|$)", (DOCS / "formats" / f"{format_}.md").read_text(), re.M
    )
    if line is not None:
        named = [each for each in re.findall(r"`([\w-]+)`", line[1]) if each in containers.NAMES]
        assert named[0] == formats.get(format_).container
        assert set(named) == set(detect.containers_of(format_)) - {"dead-letter"}


def test_policies_are_real() -> None:
    """Every NAME=VALUE that a page calls a policy is one."""
    known = {f"{policy}={value}" for policy, values in choices().items() for value in values}
    for page in PAGES:
        named = set(re.findall(r"(?:policy|--policy|or) `?(\w+=\w+)`?", page.read_text()))
        assert named <= known, page
