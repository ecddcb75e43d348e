/** Brings what the provider asks for now together with what is stored. Pure. */
import type { Challenge } from '../../core/challenge.ts';
import type { StoredChallenge } from '../../core/renewal.ts';

/** Two challenges that want the same thing at the same place: apex and www often share one record. */
function sameEvidence(a: Challenge, b: Challenge): boolean {
  if (a.kind === 'dns' && b.kind === 'dns') {
    return a.recordName === b.recordName && a.recordType === b.recordType && a.value === b.value;
  }
  if (a.kind === 'file' && b.kind === 'file')
    return a.host === b.host && a.path === b.path && a.content === b.content;
  return a.kind === 'email' && b.kind === 'email' && a.identifier === b.identifier;
}

export interface Merged {
  /** New rows, to be stored as `wanted`. */
  readonly added: readonly StoredChallenge[];
  /** Stored rows that are (still) asked for. */
  readonly wanted: readonly StoredChallenge[];
}

/**
 * An empty list says nothing: providers stop showing challenges once they are fulfilled, so what is stored stays wanted.
 */
export function mergeChallenges(
  renewalId: string,
  stored: readonly StoredChallenge[],
  asked: readonly Challenge[],
): Merged {
  if (asked.length === 0) return { added: [], wanted: stored.filter((row) => row.state !== 'withdrawn') };
  const added: StoredChallenge[] = [];
  const wanted: StoredChallenge[] = [];
  for (const challenge of asked) {
    const known = [...stored, ...added].find(
      (row) => row.state !== 'withdrawn' && sameEvidence(row.challenge, challenge),
    );
    if (known !== undefined) {
      if (!wanted.includes(known)) wanted.push(known);
      continue;
    }
    const index = Math.max(-1, ...stored.map((row) => row.index), ...added.map((row) => row.index)) + 1;
    const row: StoredChallenge = {
      renewalId,
      index,
      challenge,
      state: 'wanted',
      publisher: null,
      targetName: null,
      visibleAt: null,
    };
    added.push(row);
    wanted.push(row);
  }
  return { added, wanted };
}
