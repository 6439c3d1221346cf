"""Every SQL statement of the registry, by what it is for. Used inside of a transaction (store.py)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from registry.domain.model import Config, Json, Mode, Page, Reference, Schema, SchemaType, Version

GLOBAL: Final = ""
"""The subject that stands for all, in configs and modes."""

_SCHEMA: Final = "s.id, s.guid, s.type, s.text, s.metadata, s.rules, s.identity"
_VERSIONS: Final = (
    f"SELECT v.subject, v.number, v.deleted, v.created, {_SCHEMA} FROM versions v JOIN schemas s ON s.id = v.schema_id"
)
_USED: Final = "EXISTS (SELECT 1 FROM versions v WHERE v.schema_id = s.id AND v.deleted < 2)"


class Tables:
    """The database inside of one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute

    # --- schemas ---

    def schema(self, id_: int) -> Schema | None:
        return self._one_schema(f"id = ? AND {_USED}", id_)

    def schema_by_guid(self, guid: str) -> Schema | None:
        return self._one_schema(f"guid = ? AND {_USED}", guid)

    def kept_schema(self, id_: int) -> Schema | None:
        """A schema that has this id, also if it is only kept for what refers to it."""
        return self._one_schema("id = ?", id_)

    def same_schema(self, identity: bytes) -> Schema | None:
        """The schema of this identity, the oldest where an import made several."""
        return self._one_schema("identity = ?", identity)

    def add_schema(
        self, type_: SchemaType, text: str, references: Sequence[Reference], metadata: Json | None, rules: Json | None,
        guid: str, identity: bytes, id_: int | None = None,
    ) -> Schema:  # fmt: skip
        row = (id_, guid, type_, text, _encoded(metadata), _encoded(rules), identity)
        cursor = self._run(
            "INSERT INTO schemas (id, guid, type, text, metadata, rules, identity) VALUES (?,?,?,?,?,?,?)", row
        )
        given = int(cursor.lastrowid or 0)
        self._run("DELETE FROM former_ids WHERE id = ?", (given,))
        for position, each in enumerate(references):
            self._run("INSERT INTO refs VALUES (?,?,?,?,?)", (given, position, each.name, each.subject, each.version))
        return Schema(id=given, guid=guid, type=type_, text=text, references=tuple(references), metadata=metadata,
                      rules=rules, identity=identity)  # fmt: skip

    def describe(self, id_: int, metadata: Json | None, rules: Json | None, guid: str, identity: bytes) -> None:
        """Gives a schema other metadata and rules."""
        self._run(
            "UPDATE schemas SET metadata = ?, rules = ?, guid = ?, identity = ? WHERE id = ?",
            (_encoded(metadata), _encoded(rules), guid, identity, id_),
        )

    def highest_id(self) -> int:
        """The highest id ever given."""
        found = self._run("SELECT seq FROM sqlite_sequence WHERE name = 'schemas'").fetchone()
        return int(found[0]) if found else 0

    def _one_schema(self, condition: str, value: object) -> Schema | None:
        row = self._run(f"SELECT {_SCHEMA} FROM schemas s WHERE {condition} ORDER BY id LIMIT 1", (value,)).fetchone()
        return self._made(row) if row else None

    def _made(self, row: Sequence[object]) -> Schema:
        id_, guid, type_, text, metadata, rules, identity = row
        found = self._run("SELECT name, subject, version FROM refs WHERE schema_id = ? ORDER BY position", (id_,))
        references = tuple(Reference(*each) for each in found)
        return msgspec.convert(
            {"id": id_, "guid": guid, "type": type_, "text": text, "references": references, "identity": identity,
             "metadata": _decoded(metadata), "rules": _decoded(rules)},
            Schema,
        )  # fmt: skip

    # --- versions ---

    def versions(self, subject: str) -> list[Version]:
        """All versions of a subject, also the deleted, oldest first."""
        return self._versions("WHERE v.subject = ? AND v.deleted < 2 ORDER BY v.number", (subject,))

    def version(self, subject: str, number: int, *, erased: bool = False) -> Version | None:
        """A version, also a deleted one. `erased`: also one that is only kept for what refers to it."""
        found = self._versions(
            "WHERE v.subject = ? AND v.number = ? AND v.deleted <= ?", (subject, number, 2 if erased else 1)
        )
        return found[0] if found else None

    def latest(self, subject: str, *, deleted: bool = False) -> Version | None:
        """The newest version that is not deleted (or: of all)."""
        found = self._versions(
            "WHERE v.subject = ? AND v.deleted <= ? ORDER BY v.number DESC LIMIT 1", (subject, deleted)
        )
        return found[0] if found else None

    def versions_of(self, schema_id: int) -> list[Version]:
        """Where a schema is used, also deleted."""
        return self._versions("WHERE v.schema_id = ? AND v.deleted < 2 ORDER BY v.subject, v.number", (schema_id,))

    def all_versions(self, prefix: str, page: Page, *, deleted: bool, latest: bool) -> list[Version]:
        """The versions of all subjects that begin with `prefix`; `latest`: only the newest of each."""
        condition = "WHERE substr(v.subject, 1, ?) = ? AND v.deleted <= ?"
        if latest:
            condition += (" AND v.number = (SELECT max(o.number) FROM versions o"
                          " WHERE o.subject = v.subject AND o.deleted <= ?)")  # fmt: skip
        values = (len(prefix), prefix, deleted, *((deleted,) if latest else ()), page.limit, page.offset)
        return self._versions(f"{condition} ORDER BY v.subject, v.number LIMIT ? OFFSET ?", values)

    def add_version(self, subject: str, number: int, schema_id: int, created: int) -> None:
        """Adds a version; an import may put one in the place of another."""
        self._run(
            "INSERT INTO versions (subject, number, schema_id, created) VALUES (?, ?, ?, ?) ON CONFLICT"
            " DO UPDATE SET schema_id = excluded.schema_id, created = excluded.created, deleted = 0",
            (subject, number, schema_id, created),
        )

    def next_number(self, subject: str) -> int:
        found = self._run("SELECT max(number) FROM versions WHERE subject = ?", (subject,)).fetchone()[0]
        return int(found or 0) + 1

    def hide(self, subject: str, numbers: Iterable[int]) -> None:
        """Soft deletion."""
        for each in numbers:
            self._run("UPDATE versions SET deleted = 1 WHERE subject = ? AND number = ?", (subject, each))

    def erase(self, subject: str, numbers: Iterable[int]) -> None:
        """Permanent deletion, of the schemas too that no version uses any more.

        A version that a deleted schema still refers to is kept for that schema alone, until it goes too.
        """
        for each in numbers:
            self._run("UPDATE versions SET deleted = 2 WHERE subject = ? AND number = ?", (subject, each))
        gone = "deleted = 2 AND NOT EXISTS (SELECT 1 FROM refs r WHERE r.subject = v.subject AND r.version = v.number)"
        while found := self._run(f"DELETE FROM versions AS v WHERE {gone} RETURNING schema_id").fetchall():
            for (id_,) in found:
                self.drop_unused(id_)

    def drop_unused(self, id_: int) -> None:
        """Deletes a schema that no version uses, and remembers its id."""
        gone = "id = ?1 AND NOT EXISTS (SELECT 1 FROM versions WHERE schema_id = ?1)"
        row = self._run(f"DELETE FROM schemas WHERE {gone} RETURNING identity, id", (id_,)).fetchone()
        if row:
            self._run("INSERT OR IGNORE INTO former_ids VALUES (?, ?)", row)

    def former_id(self, identity: bytes) -> int | None:
        """The id that a schema had until it was deleted permanently."""
        row = self._run("SELECT id FROM former_ids WHERE identity = ?", (identity,)).fetchone()
        return int(row[0]) if row else None

    def _versions(self, condition: str, values: Sequence[object]) -> list[Version]:
        rows = self._run(f"{_VERSIONS} {condition}", tuple(values)).fetchall()
        return [Version(row[0], row[1], self._made(row[4:]), bool(row[2]), row[3]) for row in rows]

    # --- subjects ---

    def subjects(self, prefix: str, page: Page, *, deleted: bool, only_deleted: bool) -> list[str]:
        """The subjects that begin with `prefix`, in order. `only_deleted`: those that have no version left."""
        having = "min(deleted) = 1" if only_deleted else "1" if deleted else "min(deleted) = 0"
        rows = self._run(
            "SELECT subject FROM versions WHERE substr(subject, 1, ?) = ? AND deleted < 2 GROUP BY subject"
            f" HAVING {having} ORDER BY subject LIMIT ? OFFSET ?",
            (len(prefix), prefix, page.limit, page.offset),
        )
        return [each[0] for each in rows]

    def any_version(self, subject: str) -> bool:
        """Whether there is a version that is not deleted: of a subject, or (GLOBAL) at all."""
        condition = "" if subject == GLOBAL else " AND subject = :subject"
        row = self._run(f"SELECT 1 FROM versions WHERE deleted = 0{condition} LIMIT 1", {"subject": subject}).fetchone()
        return row is not None

    # --- references ---

    def referring(self, subject: str, number: int, *, deleted: bool) -> list[int]:
        """The ids of the schemas that refer to a version, those too that only deleted versions use if `deleted`."""
        rows = self._run(
            "SELECT DISTINCT r.schema_id FROM refs r JOIN versions v ON v.schema_id = r.schema_id"
            " WHERE r.subject = ? AND r.version = ? AND v.deleted <= ? ORDER BY 1",
            (subject, number, deleted),
        )
        return [each[0] for each in rows]

    # --- settings ---

    def config(self, subject: str) -> Config | None:
        row = self._run("SELECT level, normalize FROM configs WHERE subject = ?", (subject,)).fetchone()
        return msgspec.convert({"level": row[0], "normalize": row[1]}, Config, strict=False) if row else None

    def set_config(self, subject: str, config: Config) -> None:
        self._run("INSERT OR REPLACE INTO configs VALUES (?, ?, ?)", (subject, config.level, config.normalize))

    def drop_config(self, subject: str) -> None:
        self._run("DELETE FROM configs WHERE subject = ?", (subject,))

    def mode(self, subject: str) -> Mode | None:
        row = self._run("SELECT mode FROM modes WHERE subject = ?", (subject,)).fetchone()
        return row[0] if row else None

    def set_mode(self, subject: str, mode: Mode) -> None:
        self._run("INSERT OR REPLACE INTO modes VALUES (?, ?)", (subject, mode))

    def drop_mode(self, subject: str) -> None:
        self._run("DELETE FROM modes WHERE subject = ?", (subject,))


def _encoded(value: Json | None) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _decoded(text: object) -> Json | None:
    return None if text is None else msgspec.json.decode(str(text), type=Json)
