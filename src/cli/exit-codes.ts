/** Exit codes, documented in `renewd help` and docs/cli.md. */
export const exitCodes = {
  /** Nothing to do, or done. */
  ok: 0,
  failed: 1,
  usage: 2,
  /** Certificates were renewed or deployed. */
  changed: 10,
  /** Something needs a person. */
  needsPerson: 11,
} as const;
