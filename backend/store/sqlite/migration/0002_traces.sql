-- Files of routing. They come slowly, so their parts are written one by one, and count
-- once a row of traces names their upload. Parts of an upload that nothing names were
-- left by a crash.

CREATE TABLE uploads (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never again the number of one that was forgotten
  at INTEGER NOT NULL -- of its last part, microseconds since 1970
);

CREATE TABLE parts (
  upload INTEGER NOT NULL,
  number INTEGER NOT NULL,
  data   BLOB NOT NULL,
  PRIMARY KEY (upload, number)
);

CREATE TABLE traces (
  sha256 TEXT PRIMARY KEY,
  upload INTEGER NOT NULL UNIQUE,
  size   INTEGER NOT NULL,
  at     INTEGER NOT NULL
);
CREATE INDEX traces_at ON traces (at);
