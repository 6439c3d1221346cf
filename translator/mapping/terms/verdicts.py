"""What a mapped plan loses: a verdict for every rule's target, for the fields that no rule writes, and for the source's
fields that none reads. Nothing of the view shows."""

from __future__ import annotations

from bisect import bisect_left

from schemas.model import MISSING
from translator.losses import Losses
from translator.mapping.terms.scopes import SourceViews
from translator.mapping.terms.structures import Targets
from translator.mapping.terms.terms import TargetTree, Term, may_refuse, needed, optional


def within(path: str, root: str) -> bool:
    """Whether a path is `root` or in it."""
    return path == root or path.startswith((f"{root}.", f"{root}[", f"{root}{{"))


class Verdicts:
    """Puts the verdicts of one mapping together. `reading`: of the source's fields; `rules`: by the document's keys;
    `target`: of the fields that no rule writes."""

    def __init__(self, views: SourceViews, targets: Targets, reading: Losses, rules: Losses, target: Losses) -> None:
        self._views = views
        self._targets = targets
        self._reading = reading
        self._rules = rules
        self._target = target

    def losses(self, trees: list[TargetTree]) -> Losses:
        """The report of a mapping whose messages are made as `trees` say."""
        found, inside = Losses(), self._inside()
        reasons: dict[str, list[str]] = {}
        for tree in trees:
            for key, term in tree.terms():
                reasons.setdefault(self._targets.paths[key], []).extend(self._reasons(key, term, inside))
        for path, each in reasons.items():
            found.add(path, "checked" if each else "exact", "; ".join(dict.fromkeys(each)))
        for loss in self._target:
            found.add(loss.path, loss.verdict, loss.reason)
        for loss in self._reading.of("dropped"):
            found.add(loss.path, "dropped", "no rule reads it")
        return found

    def _reasons(self, key: str, term: Term, inside: dict[str, list[str]]) -> list[str]:
        """What may be refused of a rule's value."""
        field = self._targets.fields.get(key)
        missing = field is not None and needed(field) and field.default is MISSING and optional(term)
        reasons = list(inside.get(key, ()))
        if missing or may_refuse(term):
            reasons.append("refused where absent")
        if field is not None and field.oneof:
            reasons.append(f"refused where another member of {field.oneof} is there")
        return reasons

    def _inside(self) -> dict[str, list[str]]:
        """Why values may be refused, by the rules that have them: in conversions, then where they are read."""
        found: dict[str, list[str]] = {}
        for loss in self._rules.of("checked"):
            found.setdefault(self._rule(loss.path), []).append(loss.reason)
        checked = sorted((loss.path, loss.reason) for loss in self._reading.of("checked"))
        for want in self._views.wants:
            key = self._rule(want.key)
            start = want.source_path
            at = bisect_left(checked, (start, ""))
            while at < len(checked) and checked[at][0].startswith(start):
                if within(checked[at][0], start):
                    found.setdefault(key, []).append(checked[at][1])
                at += 1
        return found

    def _rule(self, key: str) -> str:
        """The rule that has the value with a key: the longest part of it that is one's."""
        while key and key not in self._targets.paths:
            key = key[: max(key.rfind("."), key.rfind("["), 0)]
        return key
