"""`translator explain`: what an error code or a rule means, as docs/rules has it: `translator/rules` is that folder."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated, Any, Final

from cyclopts import Parameter

from translator.cli.shared.exits import DONE, UsageError
from translator.cli.shared.output import Report

PAGES: Final = {
    "errors": "error codes",
    "semantics": "what a translation means",
    "bad-input": "bad input",
    "faults": "faults that a server survives",
}
_SECTION = re.compile(r"^### (\w+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```\w*\n(.*?)^```\n?", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_LEAD = re.compile(r"\*\*(.*?)\*\*|(.*?\.)(?=\s|$)", re.DOTALL)
_GAP = re.compile(r"^- (Not yet(?: in full)?): (.*)", re.MULTILINE | re.DOTALL)
_LEGEND = (
    "In the examples: a format, the type of the message's field `a`, a message; after the arrow what becomes of it."
)
_SHOWN = 3
"""Codes that an unknown one is close to."""


@dataclass(frozen=True)
class Explanation:
    """What the pages say of a code. `text` is the page's own."""

    code: str
    page: str
    text: str

    @property
    def title(self) -> str:
        """The first words: a rule's are in bold, an error's are a sentence."""
        found = _LEAD.match(self.text)
        lead = (found[1] or found[2]) if found else self.text
        return _plain(lead).replace("\n", " ").rstrip(".")

    @property
    def examples(self) -> list[str]:
        """The lines of its examples."""
        return [line for body in _FENCE.findall(self.text) for line in body.splitlines()]

    @property
    def gap(self) -> tuple[str, str] | None:
        """`Not yet` or `Not yet in full`, and what is missing; None: nothing."""
        found = _GAP.search(self.text)
        return (found[1], " ".join(found[2].split())) if found else None

    def lines(self) -> list[str]:
        """As text: examples indented, links without their targets."""
        shown = _FENCE.sub(
            lambda found: re.sub(r"^", "    ", found[1].rstrip("\n"), flags=re.MULTILINE) + "\n", self.text
        )
        return [self.code, "", *_plain(shown).splitlines(), *(["", _LEGEND] if self.examples else [])]

    def facts(self) -> dict[str, Any]:
        """As data."""
        more = {"missing": self.gap[1]} if self.gap else {}
        text = _plain(_FENCE.sub("", self.text)).strip()
        return {**self.summary(), "text": re.sub(r"\n{3,}", "\n\n", text), "examples": self.examples, **more}

    def summary(self) -> dict[str, Any]:
        return {"code": self.code, "kind": PAGES[self.page], "title": self.title}


def explain(
    code: Annotated[str | None, Parameter(name="CODE", show_default=False)] = None,
    /,
    *,
    json: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
) -> int:
    """Say what an error code or a rule means, with examples; without a code, list them all.

    Parameters
    ----------
    code
        An error's code as a refusal has it, or a rule's name as the documentation has it; in any case.
    json
        As one JSON document.
    """
    report = Report(json=json)

    def act() -> int:
        if code is None:
            _list(report)
        else:
            _tell(_entry(code), report)
        return DONE

    return report.guard(act)


def entries() -> Iterator[Explanation]:
    """Every code, page by page, in the pages' order."""
    folder = files("translator") / "rules"
    for page in PAGES:
        for code, text in _SECTION.findall((folder / f"{page}.md").read_text(encoding="utf-8")):
            yield Explanation(code, page, text.strip())


def _entry(code: str) -> Explanation:
    known = {each.code: each for each in entries()}
    wanted = code.strip().upper()
    if wanted in known:
        return known[wanted]
    close = difflib.get_close_matches(wanted, known, _SHOWN)
    asked = f"; did you mean {' or '.join(close)}?" if close else ""
    raise UsageError(f"there is no code {code!r}{asked}", "`translator explain` lists them")


def _tell(entry: Explanation, report: Report) -> None:
    if report.json:
        report.document({"ok": True, "exit": DONE, **entry.facts()})
        return
    for line in entry.lines():
        report.line(line)


def _list(report: Report) -> None:
    every = list(entries())
    if report.json:
        report.document({"ok": True, "exit": DONE, "codes": [each.summary() for each in every]})
        return
    for page, title in PAGES.items():
        report.table((title, ""), [(each.code, each.title) for each in every if each.page == page])
        report.line()


def _plain(text: str) -> str:
    return _LINK.sub(r"\1", text).replace("**", "")
