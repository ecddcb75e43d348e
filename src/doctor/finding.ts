/** What `renewd doctor` says: one value for each thing that was looked at. Plain JSON data. */

/** In the order in which they are shown. */
export const areas = [
  'node',
  'config',
  'permissions',
  'store',
  'disk',
  'clock',
  'dns',
  'publisher',
  'provider',
  'reload',
  'listener',
  'systemd',
  'security',
] as const;
export type Area = (typeof areas)[number];

export interface Finding {
  readonly area: Area;
  /** `fail`: something that renewd has to do will not work. `warn`: it works, or cannot be told, and somebody should look. */
  readonly level: 'ok' | 'warn' | 'fail';
  /** A path, a zone, a server, a unit: what it is about. */
  readonly where: string;
  /** What was seen, one sentence without its full stop. */
  readonly what: string;
  /** What follows from it. */
  readonly why?: string;
  /** A command, or a line to write. */
  readonly fix?: string;
}

/** The findings of one place. */
export interface Notes {
  ok(what: string): Finding;
  warn(what: string, rest?: Pick<Finding, 'why' | 'fix'>): Finding;
  fail(what: string, rest?: Pick<Finding, 'why' | 'fix'>): Finding;
}

export function notesOn(area: Area, where: string): Notes {
  return {
    ok: (what) => ({ area, level: 'ok', where, what }),
    warn: (what, rest = {}) => ({ area, level: 'warn', where, what, ...rest }),
    fail: (what, rest = {}) => ({ area, level: 'fail', where, what, ...rest }),
  };
}
