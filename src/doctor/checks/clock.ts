/** Clocks: ours against others', and against itself. TSIG, TLS and every due moment lean on it. */
import { formatDuration, secondMs } from '../../core/durations.ts';
import { notesOn, type Finding } from '../finding.ts';

/** TSIG allows 300 s (RFC 8945 §10); a Date header is whole seconds and may be a moment old. */
const offsetWarnMs = 30 * secondMs;
const offsetFailMs = 240 * secondMs;
const jumpMs = 1000;

const fix = 'timedatectl set-ntp true; timedatectl status';

export function offsetFindings(where: string, theirs: Date, ours: Date): readonly Finding[] {
  const note = notesOn('clock', where);
  const offsetMs = ours.getTime() - theirs.getTime();
  const size = Math.abs(offsetMs);
  if (size < offsetWarnMs) return [note.ok('its clock and that of this host agree within half a minute')];
  const what = `the clock of this host is ${formatDuration(size)} ${offsetMs > 0 ? 'ahead of' : 'behind'} its clock`;
  const why = 'TSIG refuses more than 5 minutes; due moments and validity are judged by this clock.';
  return [size < offsetFailMs ? note.warn(what, { why, fix }) : note.fail(what, { why, fix })];
}

export interface ClockSample {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Taken at the beginning and at the end of the examination. */
export function stepFindings(first: ClockSample, last: ClockSample): readonly Finding[] {
  const note = notesOn('clock', 'this host');
  const stepMs = last.wallMs - first.wallMs - (last.monotonicMs - first.monotonicMs);
  if (Math.abs(stepMs) < jumpMs) return [note.ok('runs evenly')];
  return [
    note.warn(
      `was set ${stepMs > 0 ? 'forward' : 'back'} by ${formatDuration(Math.abs(stepMs))} while it was looked at`,
      {
        why: 'Something sets it instead of slewing it.',
        fix,
      },
    ),
  ];
}
