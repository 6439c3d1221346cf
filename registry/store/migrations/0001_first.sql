-- Ids are never given twice: AUTOINCREMENT remembers the highest, also of what was deleted permanently.
CREATE TABLE schemas (
  id        INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
  guid      TEXT NOT NULL,
  type      TEXT NOT NULL CHECK (type IN ('AVRO', 'JSON', 'PROTOBUF')),
  text      TEXT NOT NULL,
  metadata  TEXT,
  rules     TEXT,
  identity  BLOB NOT NULL CHECK (length(identity) = 32)
) STRICT;
CREATE INDEX schemas_by_identity ON schemas (identity);
CREATE INDEX schemas_by_guid ON schemas (guid);

-- The ids of schemas that were deleted permanently: one that is registered again gets its id back.
CREATE TABLE former_ids (
  identity  BLOB PRIMARY KEY,
  id        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX former_ids_by_id ON former_ids (id);

-- A reference names a version that exists: the key makes a dangling one impossible.
CREATE TABLE refs (
  schema_id INTEGER NOT NULL REFERENCES schemas (id) ON DELETE CASCADE,
  position  INTEGER NOT NULL,
  name      TEXT NOT NULL,
  subject   TEXT NOT NULL,
  version   INTEGER NOT NULL,
  PRIMARY KEY (schema_id, position),
  FOREIGN KEY (subject, version) REFERENCES versions (subject, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX refs_by_version ON refs (subject, version);

-- `deleted`: 0 no; 1 softly; 2 permanently, and kept only for what still refers to it.
CREATE TABLE versions (
  subject   TEXT NOT NULL,
  number    INTEGER NOT NULL CHECK (number BETWEEN 1 AND 2147483647),
  schema_id INTEGER NOT NULL REFERENCES schemas (id),
  deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1, 2)),
  created   INTEGER NOT NULL,
  PRIMARY KEY (subject, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX versions_by_schema ON versions (schema_id);

-- The subject '' stands for all.
CREATE TABLE configs (
  subject   TEXT PRIMARY KEY,
  level     TEXT,
  normalize INTEGER CHECK (normalize IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE modes (
  subject   TEXT PRIMARY KEY,
  mode      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
