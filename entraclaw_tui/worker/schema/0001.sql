-- Each body is the whole row as JSON, sealed (HMAC-SHA256) with a key of the Keychain. The other
-- columns are only there to find it.
CREATE TABLE requests (
    id              TEXT PRIMARY KEY,
    grant_id        TEXT NOT NULL,
    state           TEXT NOT NULL,
    owner           TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    created_at      REAL NOT NULL,
    body            BLOB NOT NULL,
    seal            TEXT NOT NULL
) STRICT;
CREATE INDEX requests_by_age ON requests (created_at);
CREATE UNIQUE INDEX requests_once ON requests (owner, idempotency_key)
    WHERE idempotency_key <> '';
CREATE INDEX requests_of_grant ON requests (grant_id) WHERE grant_id <> '';

CREATE TABLE grants (
    id         TEXT PRIMARY KEY,
    live       INTEGER NOT NULL,
    created_at REAL NOT NULL,
    body       BLOB NOT NULL,
    seal       TEXT NOT NULL
) STRICT;

-- What is known of a token; its text is never here.
CREATE TABLE tokens (
    id        TEXT PRIMARY KEY,
    grant_id  TEXT NOT NULL,
    issued_at REAL NOT NULL,
    body      BLOB NOT NULL,
    seal      TEXT NOT NULL
) STRICT;

CREATE INDEX tokens_of_grant ON tokens (grant_id) WHERE grant_id <> '';

CREATE TABLE clients (
    identity TEXT PRIMARY KEY,
    seen_at  REAL NOT NULL,
    body     BLOB NOT NULL,
    seal     TEXT NOT NULL
) STRICT;

CREATE TABLE pin (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    body BLOB NOT NULL,
    seal TEXT NOT NULL
) STRICT;

CREATE TABLE policy (
    name TEXT PRIMARY KEY,
    body BLOB NOT NULL,
    seal TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      REAL NOT NULL,
    event   TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    chain   TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_event ON audit (event, at);

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
