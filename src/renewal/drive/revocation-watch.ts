/**
 * Asks about the revocation of every certificate on disk, about once a day each. What a look finds is stored and makes the
 * entry be decided anew; a look that finds nothing out only warns. Never holds up a pass: it only notes whom to ask about.
 */
import type { RevocationAnswer } from '../../contracts/revocation.ts';
import type { LedgerEntry } from '../../contracts/store.ts';
import { hourMs, minuteMs } from '../../core/durations.ts';
import { toRenewdError } from '../../core/errors.ts';
import type { RevocationRecord } from '../../core/revocation.ts';
import type { Entry } from '../watchlist.ts';
import type { DriverDependencies } from './dependencies.ts';
import { inLane, refreshCondemnation, type DriverState } from './state.ts';

export interface RevocationWatch {
  /** Costs a look into a map; called for every certificate at every pass. */
  consider(entry: Entry, now: Date): void;
  /** Begins to ask about those that were due. */
  begin(): void;
}

/** Looks at the same time; each waits for the network nearly all the time. */
const widthMax = 16;
/** Results that are stored together: ten thousand certificates are not ten thousand transactions. */
const batchMax = 64;
/** After a look that found nothing out although somebody should know. */
const retryMs = hourMs;
/** Spreads what a start asked about all at once over a quarter of the interval. */
const spread = 1 / 4;
const pemBytesMax = 1024 * 1024;
const clockStepMs = minuteMs;

export function createRevocationWatch(
  state: DriverState,
  dependencies: Pick<DriverDependencies, 'store' | 'clock' | 'random' | 'files' | 'logger' | 'revocation'>,
): RevocationWatch {
  const { store, clock, random, files, logger, revocation } = dependencies;
  const waiting = new Map<string, Entry>();
  const found: RevocationRecord[] = [];
  const notes: LedgerEntry[] = [];

  function isDue(entry: Entry, now: Date): boolean {
    const look = entry.observation?.look;
    if (look?.state !== 'ok' || look.certificate.notAfter <= now) return false;
    const known = state.revocations.get(look.certificate.fingerprint256);
    if (known === undefined) return true;
    // A clock that was set back must not keep an old word for longer.
    return known.nextAt <= now || known.checkedAt.getTime() > now.getTime() + clockStepMs;
  }

  function read(path: string): readonly Uint8Array[] {
    try {
      const bytes = files.read(path, pemBytesMax);
      return bytes === undefined ? [] : [bytes];
    } catch {
      // What is wrong with the file is said where certificates are looked at.
      return [];
    }
  }

  async function ask(entry: Entry): Promise<void> {
    const { managed, observation } = entry;
    if (observation?.look.state !== 'ok') return;
    const { fingerprint256, notAfter } = observation.look.certificate;
    const directory = managed.crt.slice(0, managed.crt.lastIndexOf('/'));
    const pems = [...read(managed.crt), ...read(`${directory}/chain.pem`)];
    const answer = await revocation.reader.look({ fingerprint256, pems }, state.stopping.signal);
    if (state.stopping.signal.aborted) return;
    const before = state.revocations.get(fingerprint256);
    const record = recordOf(answer, { fingerprint256, notAfter, certificate: managed.name }, before);
    tell(record, before, answer);
    found.push(record);
    if (found.length >= batchMax) await save();
  }

  function recordOf(
    answer: RevocationAnswer,
    subject: Pick<RevocationRecord, 'fingerprint256' | 'notAfter' | 'certificate'>,
    before: RevocationRecord | undefined,
  ): RevocationRecord {
    const now = clock.now();
    const { everyMs } = revocation.settings();
    const { status, reason, revokedAt, source, detail } = answer;
    const isFailure = status === 'unknown' && answer.offered;
    const pauseMs = isFailure ? Math.min(retryMs, everyMs) : everyMs * (1 - spread * random.fraction());
    const schedule = { checkedAt: now, nextAt: new Date(now.getTime() + pauseMs) };
    // What the CA has signed is not taken back by silence; only a certificate on hold is ever released, by a word of its own.
    if (isFailure && before?.status === 'revoked') return { ...before, ...schedule };
    const answeredAt = status === 'unknown' ? (before?.answeredAt ?? null) : now;
    return { ...subject, status, reason, revokedAt, source, detail, answeredAt, ...schedule };
  }

  /** A change is worth a line; the same again is not. */
  function tell(
    record: RevocationRecord,
    before: RevocationRecord | undefined,
    { offered }: RevocationAnswer,
  ): void {
    const { certificate, status, detail, reason, revokedAt, source } = record;
    const fields = { certificate, status, reason, revokedAt, source, detail };
    if (status === before?.status) {
      logger.debug(fields, 'revocation looked up');
    } else if (status === 'revoked') {
      logger.error(fields, 'the certificate is revoked');
    } else if (status === 'unknown' && offered) {
      logger.warn(fields, 'whether the certificate is revoked could not be found out');
    } else {
      logger.debug(fields, 'revocation looked up');
    }
    const wasRevoked = before?.status === 'revoked';
    if (status === before?.status || (status !== 'revoked' && !wasRevoked)) return;
    notes.push({
      at: record.checkedAt,
      certificate,
      renewalId: null,
      kind: 'note',
      subject: 'revocation',
      text: `${status}${reason === null ? '' : ` (${reason})`}: ${detail}`,
      provider: null,
      charged: null,
      paid: false,
      detail: { status, reason, revokedAt, source, fingerprint256: record.fingerprint256 },
    });
  }

  async function save(): Promise<void> {
    const records = found.splice(0);
    if (records.length === 0) return;
    await store.saveRevocations(records, notes.splice(0));
    const changed = new Map<string, RevocationRecord>();
    for (const record of records) {
      const before = state.revocations.get(record.fingerprint256);
      state.revocations.set(record.fingerprint256, record);
      changed.set(record.fingerprint256, record);
      if (before?.status === 'revoked' && record.status === 'revoked') changed.delete(record.fingerprint256);
    }
    show(changed);
  }

  function show(changed: ReadonlyMap<string, RevocationRecord>): void {
    for (const entry of state.entries.values()) {
      const look = entry.observation?.look;
      const record = look?.state === 'ok' ? changed.get(look.certificate.fingerprint256) : undefined;
      if (record === undefined) continue;
      refreshCondemnation(entry, state);
      if (record.status === 'revoked') entry.dirty = true;
    }
  }

  async function work(): Promise<void> {
    const workers = Array.from({ length: widthMax }, async () => {
      for (let next = take(); next !== undefined; next = take()) {
        await ask(next);
        // Looks that need no network would otherwise follow each other without a gap.
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    try {
      await Promise.all(workers);
      await save();
    } catch (thrown) {
      // They are asked about again: what was not stored is not remembered either.
      found.length = 0;
      notes.length = 0;
      const { code, message: reason } = toRenewdError(thrown);
      logger.warn({ code, reason, err: thrown }, 'what was found out about revocation could not be stored');
    }
  }

  function take(): Entry | undefined {
    if (state.stopping.signal.aborted) return undefined;
    for (const [name, entry] of waiting) {
      waiting.delete(name);
      return entry;
    }
    return undefined;
  }

  return {
    consider(entry, now) {
      if (revocation.settings().check && isDue(entry, now)) waiting.set(entry.managed.name, entry);
    },
    begin() {
      if (waiting.size > 0) inLane(state, 'revocation', 'revocation', work);
    },
  };
}
