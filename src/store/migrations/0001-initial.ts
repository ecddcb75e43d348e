/**
 * The first schema. Moments are INTEGER milliseconds since 1970 (UTC), yes/no is 0 or 1, lists and evidence are JSON
 * text. STRICT tables refuse a value of another type, so that a wrong write fails instead of a later read.
 */
export const sql = `
CREATE TABLE certificates (
  name TEXT NOT NULL PRIMARY KEY,
  jitter REAL NOT NULL CHECK (jitter >= 0 AND jitter < 1),
  jitter_fingerprint TEXT,
  provider TEXT,
  product TEXT,
  order_id TEXT,
  certificate_id TEXT,
  paid_until INTEGER,
  order_read_at INTEGER,
  failures INTEGER NOT NULL CHECK (failures >= 0),
  last_failure_at INTEGER,
  served_matches INTEGER CHECK (served_matches IN (0, 1)),
  served_checked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE renewals (
  id TEXT NOT NULL PRIMARY KEY,
  certificate TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('create', 'reissue', 'renew', 'deploy')),
  reason TEXT NOT NULL,
  sentence TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN (
    'planned', 'ordering', 'order-unconfirmed', 'awaiting-dcv', 'awaiting-issuance', 'issued', 'verified', 'deployed',
    'served', 'blocked', 'failed', 'superseded'
  )),
  revision INTEGER NOT NULL CHECK (revision >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  next_at INTEGER,
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  failure_code TEXT,
  failure_kind TEXT,
  failure_message TEXT,
  failure_at INTEGER,
  provider TEXT NOT NULL,
  product TEXT NOT NULL,
  names TEXT NOT NULL,
  dcv_method TEXT NOT NULL,
  reference TEXT NOT NULL,
  key_id TEXT,
  csr_pem TEXT,
  spki_sha256 TEXT,
  previous_order_id TEXT,
  previous_certificate_id TEXT,
  order_id TEXT,
  certificate_id TEXT,
  job_id TEXT,
  prepared TEXT,
  paid_until INTEGER,
  price_hundredths INTEGER,
  price_currency TEXT,
  ordered_at INTEGER,
  leaf_pem TEXT,
  chain_pem TEXT,
  fingerprint256 TEXT,
  not_before INTEGER,
  not_after INTEGER,
  forced INTEGER NOT NULL CHECK (forced IN (0, 1)),
  CHECK ((failure_code IS NULL) = (failure_at IS NULL)),
  CHECK ((price_hundredths IS NULL) = (price_currency IS NULL))
) STRICT;

-- Nothing is bought twice: whoever comes second, in whatever process, is refused by the database itself.
CREATE UNIQUE INDEX renewals_one_open ON renewals (certificate) WHERE state NOT IN ('served', 'failed', 'superseded');
-- A redeployment orders nothing and may go without a reference.
CREATE UNIQUE INDEX renewals_reference ON renewals (reference) WHERE reference <> '';
CREATE INDEX renewals_of_certificate ON renewals (certificate, created_at DESC, id DESC);
-- Covers the summaries of all certificates, so that a start does not read every PEM there ever was.
CREATE INDEX renewals_issued ON renewals (certificate, created_at DESC, id DESC, fingerprint256, not_after)
  WHERE leaf_pem IS NOT NULL AND key_id IS NOT NULL AND state IN ('verified', 'deployed', 'served');

CREATE TABLE challenges (
  renewal_id TEXT NOT NULL REFERENCES renewals (id),
  position INTEGER NOT NULL CHECK (position >= 0),
  challenge TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('wanted', 'published', 'withdrawn')),
  publisher TEXT,
  target_name TEXT,
  visible_at INTEGER,
  PRIMARY KEY (renewal_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX challenges_published ON challenges (renewal_id) WHERE state = 'published';

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  ours INTEGER NOT NULL CHECK (ours IN (0, 1)),
  raw TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  acknowledged_at INTEGER,
  UNIQUE (provider, event_id)
) STRICT;

CREATE INDEX events_unacknowledged ON events (provider, sequence) WHERE acknowledged_at IS NULL;

-- No foreign keys: what was done must be written down even when the rest is in disorder.
-- Rows are never deleted, so the next sequence is always the largest yet.
CREATE TABLE ledger (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  certificate TEXT NOT NULL,
  renewal_id TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('intent', 'outcome', 'transition', 'note')),
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  provider TEXT,
  charged_hundredths INTEGER,
  charged_currency TEXT,
  paid INTEGER NOT NULL CHECK (paid IN (0, 1)),
  detail TEXT NOT NULL,
  CHECK ((charged_hundredths IS NULL) = (charged_currency IS NULL))
) STRICT;

CREATE INDEX ledger_of_certificate ON ledger (certificate, sequence);
CREATE INDEX ledger_of_renewal ON ledger (renewal_id, sequence) WHERE renewal_id IS NOT NULL;
-- Two small covering indexes, so that the spend gate never reads the ledger itself.
CREATE INDEX ledger_paid ON ledger (provider, at, kind) WHERE paid = 1;
CREATE INDEX ledger_charges ON ledger (provider, at, charged_hundredths) WHERE charged_hundredths IS NOT NULL;

CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- INSERT OR REPLACE deletes without firing the trigger above.
CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger
WHEN EXISTS (SELECT 1 FROM ledger WHERE sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE requests (
  id TEXT NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  certificate TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('renew', 'resolve')),
  options TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX requests_pending ON requests (certificate) WHERE done = 0;

CREATE TABLE leases (
  name TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
