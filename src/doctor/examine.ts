/** Runs the checks side by side: each for itself, each within its time; one that fails or hangs stops no other. */
import type { Clock } from '../contracts/platform.ts';
import { secondMs } from '../core/durations.ts';
import { toRenewdError } from '../core/errors.ts';
import { areas, notesOn, type Area, type Finding } from './finding.ts';

export interface Check {
  readonly area: Area;
  readonly where: string;
  run(signal: AbortSignal): Promise<readonly Finding[]> | readonly Finding[];
}

const checkTimeoutMs = 10 * secondMs;
/** Against a provider or a name server more at once would look like an attack. */
const parallelMax = 16;

export interface ExamineOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly timeoutMs?: number;
  /** Called after each check with how many are done. */
  readonly progress?: (done: number, all: number) => void;
}

async function within(check: Check, { clock, timeoutMs = checkTimeoutMs }: ExamineOptions) {
  const note = notesOn(check.area, check.where);
  const limit = new AbortController();
  const waiting = new AbortController();
  const late = clock.sleep(timeoutMs, waiting.signal).then(
    () => {
      limit.abort(new Error('time is up'));
      return [
        note.fail(`no answer within ${timeoutMs / secondMs} s`, {
          why: 'What takes that long now will hold up renewals.',
        }),
      ];
    },
    () => [],
  );
  try {
    // A check that ignores its signal is left behind.
    return await Promise.race([Promise.resolve(check.run(limit.signal)), late]);
  } catch (thrown) {
    if (limit.signal.aborted) return await late;
    return [note.fail(toRenewdError(thrown).message)];
  } finally {
    waiting.abort();
  }
}

/** Findings in the order of the checks. Never rejects. */
export async function examine(
  checks: readonly Check[],
  options: ExamineOptions,
): Promise<readonly Finding[]> {
  const found: (readonly Finding[])[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < checks.length; index = next++) {
      const check = checks[index];
      if (check === undefined) return;
      found[index] = await within(check, options);
      done += 1;
      options.progress?.(done, checks.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelMax, checks.length) }, work));
  return found.flat();
}

/** By area; within one as they were found. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => areas.indexOf(a.area) - areas.indexOf(b.area));
}
