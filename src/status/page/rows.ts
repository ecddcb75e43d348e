/** Certificates as the list shows them: how pressing each is, which are wanted, in which order. Pure. */
import { setImmediate as othersFirst } from 'node:timers/promises';
import { rankOf, conditionOf } from '../../notices/conditions.ts';
import type { CertificateStatus } from '../source.ts';
import { stateWord, type StateWord } from '../state-word.ts';
import type { ListQuery } from './query.ts';

/** Most pressing first: needs somebody or runs late; fails but has time; under way, due or waiting; nothing to do. */
const groups = ['problem', 'trouble', 'work', 'well'] as const;
export type Group = (typeof groups)[number];

export interface Row {
  readonly status: CertificateStatus;
  readonly state: StateWord;
  readonly group: Group;
  /** By group, then by how bad it is within: lower is more pressing. */
  readonly rank: number;
  /** Without a certificate there is no slack left. */
  readonly slackMs: number;
}

/** What only gets worse: no time left, or worthless already. */
const worst: ReadonlySet<string> = new Set(['expired', 'revoked', 'compromised']);

/** Steps between two groups: more than there are levels. */
const groupStep = 100;

function classify(
  status: CertificateStatus,
  state: StateWord,
  now: Date,
): { readonly group: Group; readonly severity: number } {
  if (worst.has(state.word)) return { group: 'problem', severity: 10 };
  const { troubles } = conditionOf(status, now);
  let level = -1;
  for (const trouble of troubles) if (trouble.level !== null) level = Math.max(level, rankOf(trouble.level));
  if (level >= 0 || state.style === 'bad') return { group: 'problem', severity: level };
  if (troubles.length > 0) return { group: 'trouble', severity: 0 };
  return { group: state.style === 'good' ? 'well' : 'work', severity: 0 };
}

export function rowOf(status: CertificateStatus, now: Date): Row {
  const state = stateWord(status);
  const { group, severity } = classify(status, state, now);
  const rank = groups.indexOf(group) * groupStep - severity;
  return { status, state, group, rank, slackMs: status.slackMs ?? Number.NEGATIVE_INFINITY };
}

/** Certificates between two moments at which everything else in the process gets its turn. */
const slice = 500;

export async function rowsOf(all: readonly CertificateStatus[], now: Date): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let from = 0; from < all.length; from += slice) {
    if (from > 0) await othersFirst();
    for (const status of all.slice(from, from + slice)) rows.push(rowOf(status, now));
  }
  return rows;
}

function byName(a: Row, b: Row): number {
  return a.status.name < b.status.name ? -1 : a.status.name > b.status.name ? 1 : 0;
}

function bySlack(a: Row, b: Row): number {
  return a.slackMs === b.slackMs ? byName(a, b) : a.slackMs - b.slackMs;
}

function byUrgency(a: Row, b: Row): number {
  return a.rank - b.rank || bySlack(a, b);
}

const comparisons: Readonly<Record<ListQuery['order'], (a: Row, b: Row) => number>> = {
  urgency: byUrgency,
  name: byName,
  end: bySlack,
};

function matches({ status }: Row, words: readonly string[]): boolean {
  return words.every(
    (word) =>
      status.name.toLowerCase().includes(word) ||
      status.provider.toLowerCase().includes(word) ||
      status.product.toLowerCase().includes(word) ||
      status.names.some((name) => name.includes(word)),
  );
}

export const rowsPerPage = 100;

export interface StateCount {
  readonly word: string;
  readonly style: StateWord['style'];
  readonly count: number;
}

export interface Selection {
  /** Those of this page. */
  readonly rows: readonly Row[];
  /** All that are wanted. */
  readonly wanted: readonly Row[];
  /** Place of the first of `rows`, from 0. */
  readonly from: number;
  /** The page that is shown; the last one where a later one was asked for. */
  readonly page: number;
  readonly pages: number;
  /** Of everything that the search finds, whatever its state. */
  readonly found: number;
  readonly problems: number;
  /** Worst first. */
  readonly counts: readonly StateCount[];
}

const styleRank = { bad: 0, warn: 1, good: 2 } as const;

function countStates(rows: readonly Row[]): readonly StateCount[] {
  const counts = new Map<string, { word: string; style: StateWord['style']; count: number }>();
  for (const { state } of rows) {
    const known = counts.get(state.word);
    if (known === undefined) counts.set(state.word, { ...state, count: 1 });
    else known.count += 1;
  }
  return [...counts.values()].sort(
    (a, b) => styleRank[a.style] - styleRank[b.style] || b.count - a.count || (a.word < b.word ? -1 : 1),
  );
}

export function select(rows: readonly Row[], query: ListQuery): Selection {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length === 0 ? rows : rows.filter((row) => matches(row, words));
  const wanted =
    query.state === ''
      ? found
      : found.filter(({ group, state }) =>
          query.state === 'problem' ? group === 'problem' : state.word === query.state,
        );
  const sorted = wanted.toSorted(comparisons[query.order]);
  const pages = Math.max(1, Math.ceil(sorted.length / rowsPerPage));
  const page = Math.min(query.page, pages);
  const from = (page - 1) * rowsPerPage;
  return {
    rows: sorted.slice(from, from + rowsPerPage),
    wanted: sorted,
    from,
    page,
    pages,
    found: found.length,
    problems: found.filter(({ group }) => group === 'problem').length,
    counts: countStates(found),
  };
}
