/** What was told to whom: one row for each channel, certificate (or "(configuration)") and cause, until it is over. */
export const sql = `
CREATE TABLE notices (
  channel TEXT NOT NULL,
  subject TEXT NOT NULL,
  cause TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('person', 'warning', 'urgent', 'expired')),
  since INTEGER NOT NULL,
  told_at INTEGER NOT NULL,
  PRIMARY KEY (channel, subject, cause)
) STRICT, WITHOUT ROWID;
`;
