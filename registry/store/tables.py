"""Every SQL statement of the registry, by what it is for: `contracts.Transaction`, which says what each means."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from registry.domain import names
from registry.domain.model import Config, Json, Mode, Page, Reference, StoredSchema, Version

_SCHEMA: Final = "s.id, s.guid, s.type, s.text, s.metadata, s.rules, s.identity"
_VERSIONS: Final = (
    f"SELECT v.subject, v.number, v.deleted, v.created, {_SCHEMA} FROM versions v JOIN schemas s ON s.id = v.schema_id"
)
_USED: Final = "EXISTS (SELECT 1 FROM versions v WHERE v.schema_id = s.id AND v.deleted < 2)"


class Tables:
    """The database within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute

    # --- schemas ---

    def schema(self, id_: int) -> StoredSchema | None:
        return self._one_schema(f"id = ? AND {_USED}", id_)

    def schema_by_guid(self, guid: str) -> StoredSchema | None:
        return self._one_schema(f"guid = ? AND {_USED}", guid)

    def kept_schema(self, id_: int) -> StoredSchema | None:
        return self._one_schema("id = ?", id_)

    def same_schema(self, identity: bytes) -> StoredSchema | None:
        return self._one_schema("identity = ?", identity)

    def add_schema(self, schema: StoredSchema) -> StoredSchema:
        cursor = self._run(
            "INSERT INTO schemas (id, guid, type, text, metadata, rules, identity) VALUES (?,?,?,?,?,?,?)",
            (schema.id or None, schema.guid, schema.type, schema.text, *_described(schema), schema.identity),
        )
        id_ = int(cursor.lastrowid or 0)
        self._run("DELETE FROM former_ids WHERE id = ?", (id_,))
        for position, each in enumerate(schema.references):
            self._run("INSERT INTO refs VALUES (?,?,?,?,?)", (id_, position, each.name, each.subject, each.version))
        return msgspec.structs.replace(schema, id=id_)

    def describe(self, schema: StoredSchema) -> None:
        self._run(
            "UPDATE schemas SET metadata = ?, rules = ?, guid = ?, identity = ? WHERE id = ?",
            (*_described(schema), schema.guid, schema.identity, schema.id),
        )

    def highest_id(self) -> int:
        found = self._run("SELECT seq FROM sqlite_sequence WHERE name = 'schemas'").fetchone()
        return int(found[0]) if found else 0

    def _one_schema(self, condition: str, value: object) -> StoredSchema | None:
        row = self._run(f"SELECT {_SCHEMA} FROM schemas s WHERE {condition} ORDER BY id LIMIT 1", (value,)).fetchone()
        return self._made(row) if row else None

    def _made(self, row: Sequence[object]) -> StoredSchema:
        id_, guid, type_, text, metadata, rules, identity = row
        found = self._run("SELECT name, subject, version FROM refs WHERE schema_id = ? ORDER BY position", (id_,))
        references = tuple(Reference(*each) for each in found)
        return msgspec.convert(
            {"id": id_, "guid": guid, "type": type_, "text": text, "references": references, "identity": identity,
             "metadata": _decoded(metadata), "rules": _decoded(rules)},
            StoredSchema,
        )  # fmt: skip

    # --- versions ---

    def versions(self, subject: str) -> list[Version]:
        return self._versions("WHERE v.subject = ? AND v.deleted < 2 ORDER BY v.number", (subject,))

    def version(self, subject: str, number: int, *, erased: bool = False) -> Version | None:
        found = self._versions(
            "WHERE v.subject = ? AND v.number = ? AND v.deleted <= ?", (subject, number, 2 if erased else 1)
        )
        return found[0] if found else None

    def latest(self, subject: str, *, deleted: bool = False) -> Version | None:
        found = self._versions(
            "WHERE v.subject = ? AND v.deleted <= ? ORDER BY v.number DESC LIMIT 1", (subject, deleted)
        )
        return found[0] if found else None

    def versions_of(self, schema_id: int) -> list[Version]:
        return self._versions("WHERE v.schema_id = ? AND v.deleted < 2 ORDER BY v.subject, v.number", (schema_id,))

    def all_versions(self, prefix: str, page: Page, *, deleted: bool, latest: bool) -> list[Version]:
        condition = "WHERE substr(v.subject, 1, ?) = ? AND v.deleted <= ?"
        if latest:
            condition += (" AND v.number = (SELECT max(o.number) FROM versions o"
                          " WHERE o.subject = v.subject AND o.deleted <= ?)")  # fmt: skip
        values = (len(prefix), prefix, deleted, *((deleted,) if latest else ()), page.limit, page.offset)
        return self._versions(f"{condition} ORDER BY v.subject, v.number LIMIT ? OFFSET ?", values)

    def add_version(self, subject: str, number: int, schema_id: int, created: int) -> None:
        self._run(
            "INSERT INTO versions (subject, number, schema_id, created) VALUES (?, ?, ?, ?) ON CONFLICT"
            " DO UPDATE SET schema_id = excluded.schema_id, created = excluded.created, deleted = 0",
            (subject, number, schema_id, created),
        )

    def next_number(self, subject: str) -> int:
        found = self._run("SELECT max(number) FROM versions WHERE subject = ?", (subject,)).fetchone()[0]
        return int(found or 0) + 1

    def hide(self, subject: str, numbers: Iterable[int]) -> None:
        for each in numbers:
            self._run("UPDATE versions SET deleted = 1 WHERE subject = ? AND number = ?", (subject, each))

    def erase(self, subject: str, numbers: Iterable[int]) -> None:
        for each in numbers:
            self._run("UPDATE versions SET deleted = 2 WHERE subject = ? AND number = ?", (subject, each))
        gone = "deleted = 2 AND NOT EXISTS (SELECT 1 FROM refs r WHERE r.subject = v.subject AND r.version = v.number)"
        while found := self._run(f"DELETE FROM versions AS v WHERE {gone} RETURNING schema_id").fetchall():
            for (id_,) in found:
                self.drop_unused(id_)

    def drop_unused(self, id_: int) -> None:
        gone = "id = ?1 AND NOT EXISTS (SELECT 1 FROM versions WHERE schema_id = ?1)"
        row = self._run(f"DELETE FROM schemas WHERE {gone} RETURNING identity, id", (id_,)).fetchone()
        if row:
            self._run("INSERT OR IGNORE INTO former_ids VALUES (?, ?)", row)

    def former_id(self, identity: bytes) -> int | None:
        row = self._run("SELECT id FROM former_ids WHERE identity = ?", (identity,)).fetchone()
        return int(row[0]) if row else None

    def _versions(self, condition: str, values: Sequence[object]) -> list[Version]:
        rows = self._run(f"{_VERSIONS} {condition}", tuple(values)).fetchall()
        return [Version(row[0], row[1], self._made(row[4:]), bool(row[2]), row[3]) for row in rows]

    # --- subjects ---

    def subjects(self, prefix: str, page: Page, *, deleted: bool, only_deleted: bool) -> list[str]:
        having = "min(deleted) = 1" if only_deleted else "1" if deleted else "min(deleted) = 0"
        rows = self._run(
            "SELECT subject FROM versions WHERE substr(subject, 1, ?) = ? AND deleted < 2 GROUP BY subject"
            f" HAVING {having} ORDER BY subject LIMIT ? OFFSET ?",
            (len(prefix), prefix, page.limit, page.offset),
        )
        return [each[0] for each in rows]

    def any_version(self, subject: str) -> bool:
        condition = "" if subject == names.ALL else " AND subject = :subject"
        row = self._run(f"SELECT 1 FROM versions WHERE deleted = 0{condition} LIMIT 1", {"subject": subject}).fetchone()
        return row is not None

    # --- references ---

    def referring(self, subject: str, number: int, *, deleted: bool) -> list[int]:
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


def _described(schema: StoredSchema) -> tuple[str | None, str | None]:
    return _encoded(schema.metadata), _encoded(schema.rules)


def _encoded(value: Json | None) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _decoded(text: object) -> Json | None:
    return None if text is None else msgspec.json.decode(str(text), type=Json)
