"""Commands at random, one after another and at once: a plain model of a registry explains what comes out (F18)."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from typing import Any

from registry.domain import names
from registry.domain.contracts import Store
from registry.domain.errors import RegistryError
from registry.domain.model import Config, Page
from tests.registry.support import Commands, Queries, avro, record

SUBJECTS, NAMES = ("a", "b"), ("R", "S", "T")
STEPS = 150


@dataclass
class Model:
    """Subjects with their versions: the number, the schema's name, and whether it is deleted softly."""

    ids: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, dict[int, list[Any]]] = field(default_factory=lambda: {each: {} for each in SUBJECTS})

    def register(self, subject: str, name: str) -> tuple[int, int]:
        versions = self.subjects[subject]
        id_ = self.ids.setdefault(name, len(self.ids) + 1)
        for number in sorted(versions, reverse=True):
            if versions[number] == [name, False]:
                return number, id_
        number = max(versions, default=0) + 1
        versions[number] = [name, False]
        return number, id_

    def delete(self, subject: str, number: int | None, permanent: bool) -> list[int] | str:
        """The numbers that go, or the code of the refusal."""
        versions = self.subjects[subject]
        live = [each for each in sorted(versions) if not versions[each][1]]
        if number is None:
            if not versions or (permanent and live) or not (permanent or live):
                return (
                    "SUBJECT_NOT_FOUND" if not versions else "SUBJECT_NOT_DELETED" if permanent else "SUBJECT_DELETED"
                )
            gone = sorted(versions) if permanent else live
        else:
            if number not in versions:
                return "VERSION_NOT_FOUND" if versions else "SUBJECT_NOT_FOUND"
            if versions[number][1] != permanent:
                return "VERSION_NOT_DELETED" if permanent else "VERSION_DELETED"
            gone = [number]
        for each in gone:
            if permanent:
                del versions[each]
            else:
                versions[each][1] = True
        return gone


def done(commands: Commands, subject: str, number: int | None, permanent: bool) -> list[int] | str:
    try:
        if number is None:
            return commands.delete_subject(subject, permanent=permanent)
        return [commands.delete_version(subject, number, permanent=permanent)]
    except RegistryError as error:
        return error.code


def test_one_after_another(store: Store) -> None:
    """Each answer is the model's, and so is all that is left in the end."""
    commands, queries, model, chance = Commands(store), Queries(store), Model(), random.Random(7)
    commands.set_config(names.ALL, Config("NONE"))
    for _ in range(STEPS):
        subject = chance.choice(SUBJECTS)
        if chance.random() < 0.5:
            name = chance.choice(NAMES)
            found = commands.register(subject, avro(record(name)))
            assert (found.number, found.schema.id) == model.register(subject, name)
        else:
            number = chance.choice([None, 1, 2, 3])
            permanent = chance.random() < 0.5
            assert done(commands, subject, number, permanent) == model.delete(subject, number, permanent)
        for each in SUBJECTS:
            rows = queries.all_versions(each, Page(), deleted=True, latest=False)
            assert {row.number: [row.schema.text, row.deleted] for row in rows} == {
                number: [record(name), deleted] for number, (name, deleted) in model.subjects[each].items()
            }


def test_at_once(store: Store) -> None:
    """Of many at once, each version that was given is there as it was acknowledged, unless somebody deleted it."""
    commands, queries = Commands(store), Queries(store)
    commands.set_config(names.ALL, Config("NONE"))
    given: list[tuple[int, str, int]] = []
    gone: list[int] = []

    def run(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(12):
            name = f"R{chance.randrange(6)}"
            if chance.random() < 0.7:
                found = commands.register("a", avro(record(name)))
                given.append((found.number, name, found.schema.id))
            else:
                answer = done(commands, "a", chance.randrange(1, 8), False)
                gone.extend(answer if isinstance(answer, list) else [])

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    rows = {row.number: row for row in queries.all_versions("a", Page(), deleted=True, latest=False)}
    assert sorted(rows) == list(range(1, len(rows) + 1))
    assert len(gone) == len(set(gone))
    assert {number for number, row in rows.items() if row.deleted} == set(gone)
    assert {(number, name, id_) for number, name, id_ in given} == {
        (number, name, row.schema.id)
        for number, row in rows.items()
        for name in NAMED
        if row.schema.text == record(name)
    }


NAMED = tuple(f"R{at}" for at in range(6))
