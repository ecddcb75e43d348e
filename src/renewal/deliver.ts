/**
 * States `issued`, `verified` and `deployed`: is the certificate good, is it in place, is it served. Issuing and
 * deploying are apart: whatever fails here is tried again without ordering anything.
 */
import type { Effects, RenewalPatch } from '../contracts/store.ts';
import type { DeployTarget, ManagedCertificate, ProbeEndpoint, SecretSource } from '../core/certificate.ts';
import { dayMs, hourMs, secondMs } from '../core/durations.ts';
import { RenewdError, toRenewdError } from '../core/errors.ts';
import type { Renewal } from '../core/renewal.ts';
import type { CertificateFacts } from '../pki/certificate.ts';
import { deploySet, pruneSets, restoreSet } from './deploy/deploy-set.ts';
import { layoutOf } from './deploy/layout.ts';
import { reload, type ReloadReport } from './deploy/reload.ts';
import { readCrt } from './expiry/read-crt.ts';
import { need, setInput, setInputFor } from './set-input.ts';
import { ledgerEntry, type StageOutcome } from './outcome.ts';
import { renewalMoments } from './plan/lead.ts';
import { pollDelayMs } from './poll/follow.ts';
import { receiptOf } from './receipt.ts';
import type { StageContext } from './stage-context.ts';
import { permittedNames } from './verify/permitted-names.ts';
import { verifyIssued, type RefusedCertificate } from './verify/verify-issued.ts';
import type { EndpointSight } from './watchlist.ts';
import { windowState } from './windows.ts';

export interface Delivery {
  /** Asks every address of every endpoint until all serve the leaf, or `timeoutMs` has passed; then says how it stands. */
  look(
    endpoints: readonly ProbeEndpoint[],
    names: readonly string[],
    fingerprint256: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<readonly EndpointSight[]>;
  /** PEM texts of the trust anchors that a chain may end at. */
  anchors(managed: ManagedCertificate): Promise<readonly string[]>;
  /** The secret itself. Rejects with RenewdError `secret-unreadable`. */
  secret(source: SecretSource): Promise<string>;
}

/** Each attempt disturbs the service: 30 s doubling to an hour. */
function undoneDelayMs(attempts: number): number {
  return Math.min(30 * secondMs * 2 ** Math.min(attempts, 10), hourMs);
}

/** A provider that shows an earlier certificate has this long to catch up before a person is asked. */
const staleForMs = hourMs;

export async function verifyCertificate(
  renewal: Renewal,
  context: StageContext,
  delivery: Delivery,
): Promise<StageOutcome> {
  const now = context.clock.now();
  const { managed } = context;
  const onDisk = readCrt(managed.crt, context.files).leaf;
  const result = verifyIssued({
    leafPem: need(renewal.leafPem, 'certificate'),
    caPems: renewal.chainPem === null ? [] : [renewal.chainPem],
    trustAnchors: await delivery.anchors(managed),
    expected: {
      spkiSha256: need(renewal.spkiSha256, 'key'),
      names: renewal.names,
      alsoPermitted: permittedNames(renewal, context.capabilities(), [
        ...(onDisk?.names ?? []),
        ...managed.names,
      ]),
    },
    ...(onDisk === undefined || isItself(onDisk, renewal) ? {} : { previousNotAfter: onDisk.notAfter }),
    // A change of names or key is wanted even where it does not make the certificate last longer.
    forced: renewal.forced || !renewal.reason.startsWith('due-'),
    now,
  });
  if (!result.ok) return refusedCertificate(renewal, result, now);
  const { facts } = result;
  return {
    event: 'certificate-verified',
    text: `the certificate is ours, covers ${facts.names.length} name(s), and its chain ends at ${result.root}; valid until ${facts.notAfter.toISOString().slice(0, 10)}`,
    patch: {
      leafPem: result.leafPem,
      chainPem: result.chainPem,
      fingerprint256: facts.fingerprint256,
      notBefore: facts.notBefore,
      notAfter: facts.notAfter,
    },
    detail: {
      serial: facts.serialHex,
      fingerprint256: facts.fingerprint256,
      issuer: facts.issuer,
      anchored: result.anchored,
    },
  };
}

/** CAs date `notBefore` back. */
const backdatedMs = 2 * dayMs;

/**
 * What this renewal ordered is in place already: the store is from before that, out of a backup. A kept key alone does not
 * say so, but the certificate's age does.
 */
function isItself(onDisk: CertificateFacts, { spkiSha256, createdAt }: Renewal): boolean {
  return onDisk.spkiSha256 === spkiSha256 && onDisk.notBefore.getTime() >= createdAt.getTime() - backdatedMs;
}

function refusedCertificate(renewal: Renewal, result: RefusedCertificate, now: Date): StageOutcome {
  const sentences = result.failures.map(({ sentence }) => sentence).join('; ');
  const failure = new RenewdError(
    'certificate-unacceptable',
    `the issued certificate is refused: ${sentences}`,
  );
  const { message: text } = failure;
  if (result.retryAt !== undefined) return { event: 'hold', text, failure, nextAt: result.retryAt };
  const stale = result.failures.every(({ code }) => code === 'foreign-key' || code === 'ends-no-later');
  const waitedMs = now.getTime() - (renewal.orderedAt ?? renewal.createdAt).getTime();
  if (stale && waitedMs < staleForMs) {
    return {
      event: 'certificate-stale',
      text,
      failure,
      nextAt: new Date(now.getTime() + pollDelayMs(waitedMs, undefined)),
    };
  }
  // Only our own clock says that it has ended, and the inventory can take names in: putting that right is to be enough.
  const mendable = result.failures.every(({ code }) => code === 'expired' || code === 'names-extra');
  const nextAt = mendable ? new Date(now.getTime() + hourMs) : null;
  return { event: 'needs-person', text, failure, nextAt, detail: { failures: result.failures } };
}

/** Undefined: now. Deploying has its own windows; an emergency or an operator's word overrides them. */
function deployNotBefore(renewal: Renewal, context: StageContext, now: Date): Date | null | undefined {
  const { managed } = context;
  const state = windowState(managed.windows.deploy, now);
  if (state.open || renewal.forced || context.condemned) return undefined;
  const onDisk = readCrt(managed.crt, context.files).leaf;
  if (onDisk === undefined) return undefined;
  const { emergencyAt } = renewalMoments(onDisk, 0, managed.leadMs);
  if (now >= emergencyAt) return undefined;
  return state.opensAt === null || emergencyAt < state.opensAt ? emergencyAt : state.opensAt;
}

/** Sortable, and the same for every attempt of this renewal. */
function setVersion(renewal: Renewal): string {
  const stamp = renewal.createdAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${stamp}Z-${need(renewal.fingerprint256, 'fingerprint').slice(0, 12)}`;
}

interface Trouble {
  readonly directory: string;
  readonly failure: RenewdError;
  readonly report?: ReloadReport;
}

export async function deploySets(
  renewal: Renewal,
  context: StageContext,
  delivery: Delivery,
): Promise<StageOutcome> {
  const now = context.clock.now();
  const notBefore = deployNotBefore(renewal, context, now);
  if (notBefore !== undefined) {
    const text = `outside the maintenance window for deploying${notBefore === null ? '' : ` until ${notBefore.toISOString()}`}`;
    return { event: 'hold', text, nextAt: notBefore };
  }
  const { deploy } = context.managed;
  const base = setInput(renewal, context);
  const version = setVersion(renewal);
  const done: string[] = [];
  for (const target of deploy) {
    try {
      const set = await setInputFor(target, base, context, delivery);
      const deployment = deploySet(target, set, context.files, version, context.logger);
      const report = await reloadTarget(target, context);
      if (report !== undefined && !report.ok) {
        await putBack(target, deployment.previousVersion, context);
        const output = (report.stderr || report.stdout).trim().slice(0, 300);
        const failure = new RenewdError(
          'reload-failed',
          `${report.sentence}${output === '' ? '' : `: ${output}`}`,
        );
        return undone(renewal, now, { directory: target.directory, failure, report });
      }
      done.push(`${target.directory}${report === undefined ? '' : ` (${report.sentence})`}`);
    } catch (thrown) {
      return undone(renewal, now, { directory: target.directory, failure: toRenewdError(thrown) });
    }
  }
  const text = done.length === 0 ? 'nothing to deploy to' : `set ${version} is in place: ${done.join(', ')}`;
  return {
    event: 'set-deployed',
    text,
    detail: { version, directories: deploy.map(({ directory }) => directory) },
  };
}

async function reloadTarget(target: DeployTarget, context: StageContext): Promise<ReloadReport | undefined> {
  if (target.reload === undefined) return undefined;
  return reload(target.reload, target.reloadTimeoutMs, context.processes, context.signal);
}

/**
 * The set before, and the service made to read it, unless it ended meanwhile: an expired certificate is no refuge.
 * Returns whether something was put back.
 */
async function putBack(
  target: DeployTarget,
  version: string | undefined,
  context: StageContext,
): Promise<boolean> {
  if (version === undefined) return false;
  const before = readCrt(`${layoutOf(target.directory).sets}/${version}/cert.pem`, context.files).leaf;
  if (before === undefined || before.notAfter <= context.clock.now()) return false;
  restoreSet(target, version, context.files, context.logger);
  const report = await reloadTarget(target, context);
  if (report !== undefined && !report.ok) {
    context.logger.error(
      { directory: target.directory, report },
      'the reload after putting the previous set back failed too',
    );
  }
  return true;
}

function undone(renewal: Renewal, now: Date, trouble: Trouble): StageOutcome {
  const { directory, failure, report } = trouble;
  const text = `${directory}: ${failure.message}`;
  const effects: Effects = {
    ledger: [
      ledgerEntry(renewal, now, {
        kind: 'outcome',
        subject: 'deploy',
        text,
        detail: { directory, ...(report === undefined ? {} : { report }) },
      }),
    ],
  };
  const nextAt = new Date(now.getTime() + undoneDelayMs(renewal.attempts));
  return { event: 'deployment-undone', text, failure, effects, nextAt };
}

/** Every endpoint of a certificate, asked once: for the hourly look. */
export async function lookAtEndpoints(
  managed: ManagedCertificate,
  fingerprint256: string,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<readonly EndpointSight[]> {
  const endpoints = managed.deploy.flatMap(({ probe }) => probe);
  return delivery.look(endpoints, managed.names, fingerprint256, 0, signal);
}

export async function lookAtService(
  renewal: Renewal,
  context: StageContext,
  delivery: Delivery,
): Promise<StageOutcome> {
  const { managed } = context;
  const fingerprint = need(renewal.fingerprint256, 'fingerprint');
  const looks = await Promise.all(
    managed.deploy.map(async (target) => ({
      target,
      rows: await delivery.look(
        target.probe,
        managed.names,
        fingerprint,
        target.probeTimeoutMs,
        context.signal,
      ),
      at: context.clock.now(),
    })),
  );
  const now = context.clock.now();
  const rows = looks.flatMap((look) => look.rows);
  const unserved = looks.filter((look) => look.rows.some(({ matches }) => !matches));
  if (unserved.length > 0) return notServed(renewal, context, delivery, unserved, now);
  for (const target of managed.deploy) prune(target, context);
  const text =
    rows.length === 0
      ? 'in place; no endpoint is configured to look at'
      : `served by ${rows.map(({ endpoint, address }) => `${endpoint} (${address})`).join(', ')}`;
  const { receipt, entry } = await receiptOf(renewal, context, looks, now);
  return {
    event: 'served-seen',
    text,
    patch: discardAfter(renewal, context),
    effects: { receipt, ledger: [entry] },
    detail: { endpoints: rows, fingerprint256: fingerprint },
  };
}

/** Where replaced certificates stay in the order, the one that this renewal replaced can go now. */
function discardAfter(renewal: Renewal, context: StageContext): RenewalPatch {
  const { action, previousCertificateId, certificateId } = renewal;
  const replaced =
    action === 'reissue' && previousCertificateId !== null && previousCertificateId !== certificateId;
  return replaced && context.capabilities().discardsSuperseded === true ? { discard: 'due' } : {};
}

async function notServed(
  renewal: Renewal,
  context: StageContext,
  delivery: Delivery,
  unserved: readonly { readonly target: DeployTarget; readonly rows: readonly EndpointSight[] }[],
  now: Date,
): Promise<StageOutcome> {
  const restored: string[] = [];
  for (const { target } of unserved) {
    const { previousVersion } = deploySet(
      target,
      await setInputFor(target, setInput(renewal, context), context, delivery),
      context.files,
      setVersion(renewal),
    );
    if (await putBack(target, previousVersion, context)) restored.push(target.directory);
  }
  const wrong = unserved.flatMap(({ rows }) => rows.filter(({ matches }) => !matches));
  const seen = wrong.slice(0, 4).map(({ endpoint, address, detail }) => `${endpoint} (${address}) ${detail}`);
  const after = restored.length > 0 ? 'the previous set is back in place' : 'the new set stays in place';
  const failure = new RenewdError('not-served', `not served: ${seen.join('; ')}; ${after}`);
  const nextAt = new Date(now.getTime() + undoneDelayMs(renewal.attempts));
  return {
    event: 'deployment-undone',
    text: failure.message,
    failure,
    nextAt,
    detail: { endpoints: wrong, restored },
  };
}

/** Old sets are only disk space: trouble with them must not undo a finished renewal. */
function prune(target: DeployTarget, context: StageContext): void {
  try {
    pruneSets(target, target.keepSets, context.files);
  } catch (thrown) {
    context.logger.warn(
      { directory: target.directory, err: thrown },
      'old certificate sets could not be removed',
    );
  }
}
