/** What CAs said about the certificates in use, keys that are lost, and what is still to be revoked because of that. */
export const sql = `
CREATE TABLE revocations (
  fingerprint256 TEXT NOT NULL PRIMARY KEY,
  certificate TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('good', 'revoked', 'unknown')),
  reason TEXT,
  revoked_at INTEGER,
  source TEXT,
  detail TEXT NOT NULL,
  checked_at INTEGER NOT NULL,
  answered_at INTEGER,
  next_at INTEGER NOT NULL,
  not_after INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX revocations_ended ON revocations (not_after);

CREATE TABLE compromised_keys (
  spki_sha256 TEXT NOT NULL PRIMARY KEY,
  certificate TEXT NOT NULL,
  at INTEGER NOT NULL,
  reported_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A key that was lost stays lost.
CREATE TRIGGER compromised_keys_no_update BEFORE UPDATE ON compromised_keys
BEGIN SELECT RAISE(ABORT, 'compromised keys are remembered for ever'); END;
CREATE TRIGGER compromised_keys_no_delete BEFORE DELETE ON compromised_keys
BEGIN SELECT RAISE(ABORT, 'compromised keys are remembered for ever'); END;

CREATE TABLE revocations_due (
  fingerprint256 TEXT NOT NULL PRIMARY KEY,
  spki_sha256 TEXT NOT NULL,
  certificate TEXT NOT NULL,
  provider TEXT NOT NULL,
  order_id TEXT,
  certificate_id TEXT,
  serial_hex TEXT NOT NULL,
  not_after INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('due', 'sent', 'person', 'done')),
  at INTEGER NOT NULL,
  requested_by TEXT NOT NULL,
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  detail TEXT,
  next_at INTEGER
) STRICT, WITHOUT ROWID;
`;
