/** What a renewal waits for from a person, and whether the certificate that it replaced is still to be deleted. */
export const sql = `
ALTER TABLE renewals ADD COLUMN waits_for TEXT;
ALTER TABLE renewals ADD COLUMN waits_since INTEGER;
ALTER TABLE renewals ADD COLUMN discard TEXT CHECK (discard IN ('due', 'done'));

CREATE INDEX renewals_discard_due ON renewals (updated_at, id) WHERE discard = 'due';
`;
