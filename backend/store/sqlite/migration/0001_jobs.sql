-- Jobs and their pieces, results by content, and links.

PRAGMA application_id = 1299140164; -- "MoND"

-- What lists and limits go by is beside the record; finished is null while a job goes on.
CREATE TABLE jobs (
  id       TEXT PRIMARY KEY,
  client   TEXT NOT NULL,
  key      TEXT, -- null: none
  kind     TEXT NOT NULL,
  finished INTEGER, -- microseconds since 1970
  revision INTEGER NOT NULL DEFAULT 0,
  record   BLOB NOT NULL
);
CREATE UNIQUE INDEX jobs_key ON jobs (client, key) WHERE key IS NOT NULL;
CREATE INDEX jobs_client ON jobs (client, id);
CREATE INDEX jobs_kind ON jobs (kind, id);
CREATE INDEX jobs_live ON jobs (id) WHERE finished IS NULL;
CREATE INDEX jobs_finished ON jobs (finished, id) WHERE finished IS NOT NULL;

-- data is last, so that a tally reads the heads of rows only.
CREATE TABLE pieces (
  job    TEXT NOT NULL,
  number INTEGER NOT NULL,
  points INTEGER NOT NULL,
  bad    INTEGER NOT NULL,
  reused INTEGER NOT NULL,
  data   BLOB NOT NULL,
  PRIMARY KEY (job, number)
);

CREATE TABLE results (
  key  BLOB PRIMARY KEY,
  at   INTEGER NOT NULL, -- microseconds since 1970
  data BLOB NOT NULL
);
CREATE INDEX results_at ON results (at);

CREATE TABLE links (
  id  TEXT PRIMARY KEY,
  doc BLOB NOT NULL
);
