/**
 * Words that become labels: bounded in form and in number, whatever a transport hands over, so that neither a peer nor a
 * mistake of ours can fill Prometheus with series.
 */

/** Names of commands ("AddSSLCert", "PUT /certificate/{id}") and of outcomes; no text of an answer looks like that for long. */
const wordForm = /^[A-Za-z][A-Za-z0-9 ._:/{}-]{0,63}$/;
/** Pairs of command and outcome for each provider; the largest API in use has 24 commands and 13 outcomes. */
export const pairsMax = 200;
/** What stands for everything that does not fit. */
export const otherWord = 'other';

export interface RequestWords {
  readonly command: string;
  readonly outcome: string;
}

/** Remembers which pairs each provider has had; what comes after `pairsMax` of them is counted as other/other. */
export function createLabelWords(): (provider: string, command: string, outcome: string) => RequestWords {
  const seen = new Map<string, Set<string>>();
  return (provider, command, outcome) => {
    const words = { command: formed(command), outcome: formed(outcome) };
    const pair = `${words.command}\n${words.outcome}`;
    const pairs = seen.get(provider) ?? new Set();
    seen.set(provider, pairs);
    if (!pairs.has(pair) && pairs.size >= pairsMax) return { command: otherWord, outcome: otherWord };
    pairs.add(pair);
    return words;
  };
}

function formed(word: string): string {
  return wordForm.test(word) ? word : otherWord;
}

/** Codes, kinds and transport words with which a provider that works says no. */
const refusals: ReadonlySet<string> = new Set([
  'ok',
  'refused',
  'http-4xx',
  'provider-rejected',
  'provider-funds',
  'provider-object-missing',
  'provider-conflict',
  'rejected',
  'funds',
  'not-found',
  'conflict',
]);

/** Whether the outcome of a request shows a provider that works, also one that refuses what was asked. */
export function isAnswer(outcome: string): boolean {
  return refusals.has(outcome);
}
