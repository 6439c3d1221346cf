"""What a mapped plan loses: a verdict for every rule's target, for the fields that no rule writes, and for the source's
fields that none reads. Nothing of the view shows."""

from __future__ import annotations

from schemas.model import MISSING, Field
from translator.mapping import model
from translator.mapping.target import Branch, needed
from translator.mapping.terms import Term, may_refuse, optional
from translator.mapping.wants import View
from translator.plan.losses import Loss, Losses


def within(path: str, root: str) -> bool:
    """Whether a path is `root` or in it."""
    return path == root or path.startswith((f"{root}.", f"{root}[", f"{root}{{"))


class Report:
    """Puts the verdicts of one mapping together. `reading`: of the source's fields; `rules`: by the document's keys;
    `target`: of the fields that no rule writes."""

    def __init__(self, view: View, reading: Losses, rules: Losses, target: Losses) -> None:
        self._view = view
        self._reading = reading
        self._rules = rules
        self._target = target
        self.fields: dict[str, Field] = {}
        """The target's field of each rule that writes one, by the rule's key."""
        self.paths: dict[str, str] = {}
        """The target's path of each rule, by its key."""

    def losses(self, tree: Branch) -> Losses:
        """The report."""
        found = Losses()
        self._branch(tree, found)
        for loss in self._target:
            found.add(loss.path, loss.verdict, loss.reason)
        for loss in self._reading.of("dropped"):
            found.add(loss.path, "dropped", "no rule reads it")
        return found

    def _branch(self, branch: Branch, found: Losses) -> None:
        if branch.rule is not None and branch.term is not None:
            reason = self._reason(branch.rule, branch.term)
            found.add(self.paths[branch.rule.key], "checked" if reason else "exact", reason)
        for child in branch.members.values():
            self._branch(child, found)

    def _reason(self, rule: model.Rule, term: Term) -> str:
        """What may be refused of a rule's value, "" where nothing may."""
        field = self.fields.get(rule.key)
        missing = field is not None and needed(field) and field.default is MISSING and optional(term)
        reasons = [loss.reason for loss in self._inside(rule)]
        if missing or may_refuse(term):
            reasons.append("refused where absent")
        if field is not None and field.oneof:
            reasons.append(f"refused where another member of {field.oneof} is there")
        return "; ".join(dict.fromkeys(reasons))

    def _inside(self, rule: model.Rule) -> list[Loss]:
        reads = [want.source_path for want in self._view.wants if within(want.key, rule.key)]
        read = [loss for loss in self._reading.of("checked") if any(within(loss.path, path) for path in reads)]
        return [loss for loss in self._rules.of("checked") if within(loss.path, rule.key)] + read
