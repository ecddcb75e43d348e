/** The other side: can providers be reached and do they let us in; would DNS servers take a change. Orders and changes nothing. */
import { toRenewdError } from '../../core/errors.ts';
import { notesOn, type Finding } from '../finding.ts';
import { offsetFindings } from './clock.ts';
import type { Machine } from '../../contracts/machine.ts';
import type { Clock } from '../../contracts/platform.ts';

export interface ProviderParty {
  readonly name: string;
  /** Where it is: "https://api.example.com/…", "epps://host:700". */
  readonly address: () => Promise<string>;
  /** A repeatable question that costs nothing and needs the login; undefined: it has none. */
  readonly question: (signal: AbortSignal) => Promise<string | undefined>;
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}

/** Without credentials: the network, TLS and the clock. */
export async function reachFindings(
  { name, address }: ProviderParty,
  machine: Machine,
  clock: Pick<Clock, 'now'>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const url = await address();
  const note = notesOn('provider', `${name} (${hostOf(url)})`);
  try {
    const { date } = await machine.greet(url, signal);
    return [
      note.ok('can be reached'),
      ...(date === undefined ? [] : offsetFindings(hostOf(url), date, clock.now())),
    ];
  } catch (thrown) {
    signal.throwIfAborted();
    return [
      note.fail(toRenewdError(thrown).message, {
        why: 'Nothing can be ordered or collected there.',
        fix: `curl -sSI ${URL.parse(url)?.protocol.startsWith('http') === true ? new URL(url).origin : hostOf(url)}; look at firewall, proxy, DNS, and the provider's status page`,
      }),
    ];
  }
}

export async function loginFindings(
  { name, question }: ProviderParty,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const note = notesOn('provider', name);
  try {
    const asked = await question(signal);
    if (asked === undefined) return [note.warn('it has no question that would try the login for free')];
    return [note.ok(`lets us in (${asked})`)];
  } catch (thrown) {
    signal.throwIfAborted();
    const error = toRenewdError(thrown);
    const refused = error.kind === 'authentication';
    return [
      note.fail(error.message, {
        why: refused
          ? 'The provider refuses this login or this address.'
          : 'Whether the login is right could not be found out.',
        fix: refused
          ? `check login and secret of \`providers.${name}\`, and the list of allowed addresses at the provider`
          : `renewd provider ${name}`,
      }),
    ];
  }
}

/** Removing a value that nobody can have put there: signed and judged like any change, and changes nothing. */
export async function publisherFindings(
  name: string,
  recordName: string,
  withdraw: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const note = notesOn('publisher', `${name} (${recordName})`);
  try {
    await withdraw(signal);
    return [note.ok('would take a change of this name; the login or key is right')];
  } catch (thrown) {
    signal.throwIfAborted();
    return [
      note.fail(toRenewdError(thrown).message, {
        why: 'The proof of control could not be put there, so nothing would be issued.',
        fix: `correct \`publishers.${name}\`, or what the server allows this key`,
      }),
    ];
  }
}
