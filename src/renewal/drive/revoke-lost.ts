/**
 * Revokes, with reason keyCompromise, the certificates of a lost key: once a certificate with another key is served in
 * their place, and not before. Works from the store alone; what a crash leaves half done is asked again, and every
 * provider looks whether it is revoked already before it revokes.
 */
import { effectOf } from '../../contracts/capabilities.ts';
import type { OrderHandle } from '../../contracts/order.ts';
import type { LedgerEntry } from '../../contracts/store.ts';
import { dayMs, minuteMs, secondMs } from '../../core/durations.ts';
import { toRenewdError, type RenewdError } from '../../core/errors.ts';
import type { RevocationDue } from '../../core/revocation.ts';
import type { Renewal } from '../../core/renewal.ts';
import { entryFor } from '../second-provider.ts';
import type { Entry } from '../watchlist.ts';
import type { DriverDependencies } from './dependencies.ts';
import { inLane, refreshCondemnation, type DriverState } from './state.ts';

/** The k-th pause after failures, the last one for all further ones. */
const pausesMs = [minuteMs, 5 * minuteMs, 15 * minuteMs, 30 * minuteMs] as const;
/** How often it is looked whether a person has had it revoked. */
const personPauseMs = dayMs;
/** How soon it is looked again whether what was deployed is served by now. */
const servedPauseMs = 5 * secondMs;

/** Returns what is called at each turn of the loop. */
export function createLostKeyRevoker(
  state: DriverState,
  dependencies: Pick<DriverDependencies, 'store' | 'clock' | 'logger' | 'providers' | 'revocation'>,
): () => void {
  const { store, clock, logger, providers, revocation } = dependencies;
  const notServedUntilMs = new Map<string, number>();

  async function put(
    due: RevocationDue,
    change: Partial<RevocationDue>,
    entry?: Pick<LedgerEntry, 'kind' | 'text'>,
  ) {
    const next = { ...due, ...change };
    const { certificate, provider, serialHex, fingerprint256, by } = next;
    const common = {
      at: clock.now(),
      certificate,
      renewalId: null,
      subject: 'revoke',
      provider,
      charged: null,
      paid: false,
    };
    const detail = { serialHex, fingerprint256, reason: 'keyCompromise', by };
    await store.updateRevocationDue(next, entry === undefined ? [] : [{ ...common, ...entry, detail }]);
    state.revocationsDue.set(next.fingerprint256, next);
    const owner = state.entries.get(certificate);
    if (owner !== undefined) refreshCondemnation(owner, state);
    return next;
  }

  async function finish(due: RevocationDue, text: string): Promise<void> {
    await put(due, { state: 'done', detail: null, nextAt: null, attempts: 0 }, { kind: 'outcome', text });
    logger.info(
      { certificate: due.certificate, serialHex: due.serialHex, what: text },
      'certificate of a lost key settled',
    );
  }

  /** Something with another key is deployed, as far as is known here. */
  function isReplaced({ certificate }: RevocationDue): boolean {
    const entry = state.entries.get(certificate);
    if (entry?.observation?.look.state !== 'ok' || entry.record?.servedMatches === false) return false;
    return hasOtherKeys(entry);
  }

  /** The renewal whose certificate is served in its place; null: something else is; undefined: not yet. */
  async function successorOf(due: RevocationDue): Promise<Renewal | null | undefined> {
    const entry = state.entries.get(due.certificate);
    const look = entry?.observation?.look;
    if (entry === undefined || look?.state !== 'ok' || !isReplaced(due)) return undefined;
    const newest = entry.issued === undefined ? undefined : await store.renewal(entry.issued.renewalId);
    if (newest?.state === 'served' && newest.fingerprint256 === look.certificate.fingerprint256)
      return newest;
    // On disk by a deployment that is not over: the sight below may be of what was served before.
    if (entry.open?.fingerprint256 === look.certificate.fingerprint256) return undefined;
    // Replaced by hand: seen to be served since.
    const { servedMatches, servedCheckedAt } = entry.record ?? {};
    return servedMatches === true && servedCheckedAt != null && servedCheckedAt > due.at ? null : undefined;
  }

  /** In every deploy directory. */
  function hasOtherKeys({ observation, otherTargets }: Entry): boolean {
    return [observation, ...otherTargets].every(
      (one) => one?.spkiSha256 !== undefined && !state.compromisedKeys.has(one.spkiSha256),
    );
  }

  async function handleOf(due: RevocationDue): Promise<OrderHandle | undefined> {
    const { orderId, certificateId, spkiSha256 } = due;
    if (certificateId !== null) return { certificateId, ...(orderId === null ? {} : { orderId }) };
    const managed = state.entries.get(due.certificate)?.managed;
    if (managed === undefined) return undefined;
    const { provider } = await providers.handle(due.provider);
    const { names, product } = entryFor(managed, due.provider);
    const { matches } = await provider.find(
      { reference: '', spkiSha256, names, product },
      state.stopping.signal,
    );
    return matches.find(({ handle }) => handle.certificateId !== undefined)?.handle;
  }

  async function revoke(due: RevocationDue): Promise<void> {
    const successor = await successorOf(due);
    if (successor === undefined) {
      notServedUntilMs.set(due.fingerprint256, clock.now().getTime() + servedPauseMs);
      return;
    }
    const { provider: name, serialHex } = due;
    if (successor !== null && endedByReissue(due, successor)) {
      await finish(due, `${name} made ${serialHex} invalid when the order was reissued; it says no reason`);
      return;
    }
    let sent = due;
    try {
      const handle = await handleOf(due);
      if (handle === undefined) {
        await leaveToPerson(due, `${name} knows no order behind it`);
        return;
      }
      const { provider } = await providers.handle(name);
      const text = `${serialHex} is about to be revoked at ${name}: keyCompromise, said by ${due.by}; its successor is served`;
      sent = await put(due, { state: 'sent' }, { kind: 'intent', text });
      await provider.revoke(handle, serialHex, 'keyCompromise', state.stopping.signal);
      await finish(sent, `${name} took the revocation of ${serialHex}: keyCompromise`);
    } catch (thrown) {
      await failed(sent, toRenewdError(thrown));
    }
  }

  /** Where a reissue ends the certificate before it, nothing is left to revoke. */
  function endedByReissue(due: RevocationDue, successor: Renewal): boolean {
    if (successor.provider !== due.provider || successor.action !== 'reissue') return false;
    const effect = effectOf(providers.capabilities(due.provider), 'reissue');
    return effect?.earlierCertificates === 'revoked' && successor.previousCertificateId === due.certificateId;
  }

  async function failed(due: RevocationDue, failure: RenewdError): Promise<void> {
    if (state.stopping.signal.aborted) return;
    switch (failure.kind) {
      case 'rejected':
      case 'conflict':
      case 'not-found':
      case 'configuration':
        await leaveToPerson(due, failure.message);
        return;
      default: {
        const ownMs = pausesMs[Math.min(due.attempts, pausesMs.length - 1)] ?? minuteMs;
        const nextAt = new Date(clock.now().getTime() + Math.max(failure.retryAfterMs ?? 0, ownMs));
        const { certificate, provider, serialHex } = due;
        await put(due, { attempts: due.attempts + 1, detail: failure.message.slice(0, 500), nextAt });
        const fields = {
          certificate,
          provider,
          serialHex,
          code: failure.code,
          reason: failure.message,
          nextAt,
        };
        logger.warn(fields, 'the certificate of a lost key is not revoked yet');
      }
    }
  }

  /** What no program can do here, said so that it can be done. */
  async function leaveToPerson(due: RevocationDue, why: string): Promise<void> {
    if (await isRevoked(due)) {
      await finish(due, `${due.serialHex} is revoked, says its CA`);
      return;
    }
    const { certificate, provider, serialHex } = due;
    const detail = `${why.slice(0, 400)}. Have serial number ${serialHex} revoked with reason keyCompromise by the support of ${provider} or by the CA's problem report address, then say \`renewd compromise ${certificate} --revoked\``;
    const nextAt = new Date(clock.now().getTime() + personPauseMs);
    const isNew = due.state !== 'person';
    await put(
      due,
      { state: 'person', detail, nextAt },
      isNew ? { kind: 'outcome', text: `not revoked: ${detail}` } : undefined,
    );
    if (isNew)
      logger.error(
        { certificate, provider, serialHex, what: detail },
        'a person has to have a certificate revoked',
      );
  }

  /** A person may have done it, or the CA by itself. */
  async function isRevoked({ spkiSha256, fingerprint256 }: RevocationDue): Promise<boolean> {
    if (!revocation.settings().check) return false;
    const renewal = (await store.issuedWithKey(spkiSha256)).find(
      (one) => one.fingerprint256 === fingerprint256,
    );
    if (renewal?.leafPem == null) return false;
    const pems = [renewal.leafPem, renewal.chainPem ?? ''];
    const { status } = await revocation.reader.look({ fingerprint256, pems }, state.stopping.signal);
    return status === 'revoked';
  }

  async function work(due: RevocationDue): Promise<void> {
    try {
      if (due.notAfter <= clock.now()) await finish(due, `${due.serialHex} has ended by itself`);
      else if (due.state !== 'person') await revoke(due);
      else if (await isRevoked(due)) await finish(due, `${due.serialHex} is revoked, says its CA`);
      else await put(due, { nextAt: new Date(clock.now().getTime() + personPauseMs) });
    } catch (thrown) {
      // Not stored: the store says what is due, and says it again at the next turn.
      const { code, message: reason } = toRenewdError(thrown);
      state.stale = true;
      const { fingerprint256 } = due;
      state.revocationsDue.set(fingerprint256, {
        ...due,
        nextAt: new Date(clock.now().getTime() + minuteMs),
      });
      logger.error(
        { certificate: due.certificate, code, reason, err: thrown },
        'a revocation could not be recorded',
      );
    }
  }

  /** Each piece of work that ends wakes the loop: none is begun for what cannot go on yet. */
  function waitsForSuccessor(due: RevocationDue, now: Date): boolean {
    if (due.state === 'person' || due.notAfter <= now) return false;
    const untilMs = notServedUntilMs.get(due.fingerprint256) ?? Number.NEGATIVE_INFINITY;
    // A pause that the clock cannot have begun was drawn before it was set back.
    const pauses = now.getTime() < untilMs && now.getTime() >= untilMs - servedPauseMs;
    return pauses || !isReplaced(due);
  }

  return () => {
    const now = clock.now();
    for (const due of state.revocationsDue.values()) {
      if (due.state === 'done' || (due.nextAt !== null && due.nextAt > now)) continue;
      if (waitsForSuccessor(due, now)) continue;
      inLane(state, `provider ${due.provider}`, `revoke ${due.fingerprint256}`, () => work(due));
    }
  };
}
