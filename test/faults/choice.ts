/**
 * Which faults of the whole product run. By default a share that is the same each time: each provider call × injury at
 * each account, each part × injury at each account, and each other write point × injury at one account or two. `RENEWD_FAULTS=all` runs
 * everything, `RENEWD_FAULTS=3/9` the third ninth of it, `RENEWD_FAULT="…"` the one with that label.
 */
import { accountNames, type ProviderName } from '../builders/accounts.ts';
import { injuries, type Injection } from '../builders/write-points.ts';
import type { Flow } from './flows.ts';
import type { Recording } from './run.ts';

export interface Cell extends Injection {
  readonly flow: Flow;
  /** "cnr renew dns: files rename 3 crashed" */
  readonly label: string;
}

const publisherNames: readonly string[] = ['ns1', 'ns2', 'web', 'responder'];

/** The point without the name that its account or publisher happens to have: "provider submit". */
export function methodOf(point: string): string {
  const [name = '', ...rest] = point.split(' ');
  const isProvider = accountNames.some((one) => one === name);
  const part = isProvider ? 'provider' : publisherNames.includes(name) ? 'publisher' : name;
  return [part, ...rest].join(' ');
}

/** FNV-1a, 32 bits: nothing but a fixed scattering. */
function scatter(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash ^= character.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}

function cellsOf({ flow, calls }: Pick<Recording, 'flow' | 'calls'>): readonly Cell[] {
  return calls.flatMap(({ point, call }) =>
    injuries.map((injury) => {
      const label = `${flow.title}: ${point} ${call} ${injury}`;
      return { flow, point, call, injury, label };
    }),
  );
}

/** Calls that only some accounts make of parts that all have: never left to chance. */
const rare = /^store (appendLedger|saveEvents|makeDue|markEventAcknowledged)$/;
/** Each write point that is no provider's is injured at one account of so many. */
const ownersOf = 5;

function groupsOf({ point, injury }: Cell, account: ProviderName): readonly string[] {
  const method = methodOf(point);
  const [part] = method.split(' ');
  const ofMethod = `${method} ${injury}`;
  const isOwner = scatter(ofMethod) % ownersOf === accountNames.indexOf(account) % ownersOf;
  const must = part === 'provider' || isOwner || rare.test(method);
  return [...(must ? [ofMethod] : []), `${part} ${injury}`];
}

/** The smallest share in which each group of the account is there; most demanding groups first. */
function share(cells: readonly Cell[], account: ProviderName): readonly Cell[] {
  const scattered = cells.toSorted((left, right) => scatter(left.label) - scatter(right.label));
  const covered = new Set<string>();
  const chosen: Cell[] = [];
  for (const level of [0, 1]) {
    for (const cell of scattered) {
      const groups = groupsOf(cell, account);
      const wanted = groups[groups.length - 2 + level];
      if (wanted === undefined || covered.has(wanted)) continue;
      for (const group of groups) covered.add(group);
      chosen.push(cell);
    }
  }
  return chosen;
}

const only = process.env['RENEWD_FAULT'];
const turn = process.env['RENEWD_FAULTS'] ?? '';

/** Runs of one kind of fault, of which a default run takes a part: true when this one is to run. */
export function isChosen(label: string, oneOf: number): boolean {
  if (only !== undefined) return label === only;
  if (turn === 'all') return true;
  const [mine = 1, of = oneOf] = turn === '' ? [] : turn.split('/').map(Number);
  return scatter(label) % of === mine - 1;
}

/** What of these flows need not even be recorded. */
export function isWanted(flow: Flow): boolean {
  return only === undefined || only.startsWith(`${flow.title}: `);
}

/** The faults to run at this account, of all that its recorded flows allow. */
export function choose(
  recordings: readonly Pick<Recording, 'flow' | 'calls'>[],
  account: ProviderName,
): readonly Cell[] {
  const cells = recordings.flatMap(cellsOf);
  return only === undefined && turn === ''
    ? share(cells, account)
    : cells.filter(({ label }) => isChosen(label, 1));
}

/** Of real time; a run takes a second, and several times that on a machine that has other work. */
const hangsAfterMs = 300_000;

/** What was wrong with one fault, and how to see it again; undefined when nothing was. */
export async function troubleWith(
  label: string,
  file: string,
  run: () => Promise<void>,
): Promise<string | undefined> {
  let alarm: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => {
    alarm = setTimeout(() => reject(new Error('it hangs')), hangsAfterMs);
  });
  try {
    await Promise.race([run(), hangs]);
    return undefined;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return `${label}: ${why}\n  RENEWD_FAULT='${label}' npx vitest run test/faults/${file}.test.ts`;
  } finally {
    clearTimeout(alarm);
  }
}
