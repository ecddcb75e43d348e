/**
 * One receipt for each renewal that reached `served`, in one chain over all certificates (core/receipt.ts). What begins
 * here is written for renewals from now on; earlier ones have none. `certificate`, `renewal_id` and `hash` say again what
 * the content says: they are there to find receipts by, and the verifier compares them.
 */
export const sql = `
CREATE TABLE receipts (
  sequence INTEGER PRIMARY KEY,
  certificate TEXT NOT NULL,
  renewal_id TEXT NOT NULL UNIQUE,
  content TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE INDEX receipts_of_certificate ON receipts (certificate, sequence);

CREATE TRIGGER receipts_no_update BEFORE UPDATE ON receipts
BEGIN SELECT RAISE(ABORT, 'receipts are append-only'); END;
CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts
BEGIN SELECT RAISE(ABORT, 'receipts are append-only'); END;
-- Also against INSERT OR REPLACE, which deletes without firing the trigger above.
CREATE TRIGGER receipts_in_order BEFORE INSERT ON receipts
WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM receipts)
  OR EXISTS (SELECT 1 FROM receipts WHERE renewal_id = NEW.renewal_id)
BEGIN SELECT RAISE(ABORT, 'receipts are append-only'); END;
`;
