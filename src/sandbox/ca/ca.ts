import { randomBytes as nodeRandomBytes } from 'node:crypto';
import type {
  CaCertificate,
  CaCheck,
  CaOrder,
  CaOrderRequest,
  DcvRequirement,
  SandboxCa,
  SandboxClock,
} from '../contract.ts';
import { createAuthority, DEFAULT_ROOT_NAME, systemSignatures, wholeSeconds } from './authority.ts';
import type { Signatures } from './authority.ts';
import { readCsr } from './csr.ts';
import type { ReadCsr } from './csr.ts';
import { checkRequirement } from './dcv.ts';
import type { DcvEyes, DcvResolver } from './dcv.ts';
import type { FetchFile } from './file-fetcher.ts';
import {
  checkKey,
  checkNames,
  checkRequirements,
  covers,
  SandboxCaRefusal,
  withoutWildcard,
} from './rules.ts';

/**
 * The throw-away CA's books: which orders wait, what was seen for them, what was issued and revoked. It keeps them in
 * memory only. What it does not do: sell anything (vendor simulators do) or decide when to look (whoever calls `tick`).
 */

export interface SandboxCaOptions {
  readonly clock: SandboxClock;
  readonly resolver: DcvResolver;
  readonly fetchFile: FetchFile;
  readonly rootName?: string;
  /** How long after its submission an order is looked at by `tick`, and the earliest it is issued; default 0. */
  readonly delayMs?: number;
  readonly randomBytes?: (length: number) => Buffer;
  readonly signatures?: Signatures;
}

export interface Revocation {
  readonly serialHex: string;
  readonly reason: string;
  readonly at: Date;
}

/** What the control API and tests may do besides what simulators may. */
export interface SteerableSandboxCa extends SandboxCa {
  /** See `SandboxCaOptions.delayMs`; holds for orders that already wait too. */
  delayMs: number;
  readonly rootPem: string;
  readonly intermediatePem: string;
  orders(): CaOrder[];
  certificates(): CaCertificate[];
  revocations(): readonly Revocation[];
  snapshot(): Record<string, unknown>;
}

/** Ballot SC-081v3: 200 days from 15 March 2026; one less, as CAs do. */
const MAX_VALIDITY_DAYS = 199;
/** Ballot SC-081v3: a validation may be used again for 200 days. */
const VALIDATION_REUSE_DAYS = 200;
/** CAs date back a little, because clocks of relying parties lag. */
const BACKDATE_MS = 5 * 60_000;
const DAY_MS = 86_400_000;
/** How many orders one tick looks at side by side: a name server that does not answer costs seconds each. */
const ORDERS_AT_ONCE = 8;

interface StoredOrder {
  readonly id: string;
  readonly request: CaOrderRequest;
  readonly csr: ReadCsr;
  readonly createdAt: Date;
  status: CaOrder['status'];
  checks: readonly CaCheck[];
  emailApproved: boolean;
  updatedAt: Date;
  serialHex?: string;
  failure?: string;
}

export function createSandboxCa(options: SandboxCaOptions): SteerableSandboxCa {
  const { clock } = options;
  const eyes: DcvEyes = { resolver: options.resolver, fetchFile: options.fetchFile };
  const authority = createAuthority({
    now: clock.now(),
    rootName: options.rootName ?? DEFAULT_ROOT_NAME,
    randomBytes: options.randomBytes ?? nodeRandomBytes,
    signatures: options.signatures ?? systemSignatures,
  });
  const orders = new Map<string, StoredOrder>();
  const certificates = new Map<string, CaCertificate>();
  const revocations: Revocation[] = [];
  const validatedAt = new Map<string, Date>();
  let runningTick: Promise<void> | undefined;
  let queuedTick: Promise<void> | undefined;

  function orderOf(id: string): StoredOrder {
    const order = orders.get(id);
    if (order === undefined) throw new Error(`The CA has no order "${id}".`);
    return order;
  }

  function pendingOrderOf(id: string, what: string): StoredOrder {
    const order = orderOf(id);
    if (order.status !== 'pending') {
      throw new Error(`The CA's order "${id}" is ${order.status}; only a pending one can be ${what}.`);
    }
    return order;
  }

  function view(order: StoredOrder): CaOrder {
    const certificate = order.serialHex === undefined ? undefined : certificates.get(order.serialHex);
    return {
      id: order.id,
      status: order.status,
      request: order.request,
      checks: order.checks,
      createdAt: order.createdAt,
      updatedAt: order.updatedAt,
      ...(certificate === undefined ? {} : { certificate }),
      ...(order.failure === undefined ? {} : { failure: order.failure }),
    };
  }

  function end(order: StoredOrder, status: CaOrder['status'], failure?: string): void {
    order.status = status;
    order.updatedAt = clock.now();
    if (failure !== undefined) order.failure = failure;
  }

  function recentlyValidated(name: string): boolean {
    const youngEnough = clock.now().getTime() - VALIDATION_REUSE_DAYS * DAY_MS;
    return (validatedAt.get(withoutWildcard(name))?.getTime() ?? Number.NEGATIVE_INFINITY) >= youngEnough;
  }

  function rememberValidation(name: string, at: Date): void {
    const known = validatedAt.get(withoutWildcard(name));
    if (known === undefined || known < at) validatedAt.set(withoutWildcard(name), at);
  }

  function sign(csr: ReadCsr, names: readonly string[], notBefore: Date, notAfter: Date): CaCertificate {
    const issued = authority.issue({
      spkiDer: csr.spkiDer,
      keyAlgorithm: csr.parsed.keyAlgorithm,
      names,
      notBefore,
      notAfter,
    });
    const certificate: CaCertificate = {
      leafPem: issued.pem,
      intermediatePem: authority.intermediatePem,
      rootPem: authority.rootPem,
      serialHex: issued.serialHex,
      notBefore,
      notAfter,
      names: [...names],
    };
    certificates.set(issued.serialHex, certificate);
    return certificate;
  }

  /** The earliest of the CA's cap, the order's own limit, and the issuing certificate's end. */
  function notAfterFor(notBefore: Date, notAfterAtMost: Date): Date {
    // Both ends belong to the validity (RFC 5280 §4.1.2.5): a second less, or it would be a second too long.
    const cap = notBefore.getTime() + ca.maxValidityDays * DAY_MS - 1_000;
    return wholeSeconds(Math.min(cap, notAfterAtMost.getTime(), authority.intermediateNotAfter.getTime()));
  }

  async function look(order: StoredOrder): Promise<void> {
    const checks = await Promise.all(
      order.checks.map(async (check): Promise<CaCheck> => {
        // What was seen once stays seen, as with real CAs: the buyer may clear up while other names still wait.
        if (check.fulfilled) return check;
        if (check.requirement.kind !== 'email') return checkRequirement(check.requirement, eyes);
        return emailCheck(check.requirement, order.emailApproved);
      }),
    );
    // It may have been cancelled or issued while we were looking.
    if (order.status !== 'pending') return;
    order.checks = checks;
    order.updatedAt = clock.now();
    if (checks.every((check) => check.fulfilled) && delayPassed(order)) issue(order);
  }

  const delayPassed = (order: StoredOrder): boolean =>
    order.createdAt.getTime() + ca.delayMs <= clock.now().getTime();

  function issue(order: StoredOrder): void {
    const now = clock.now();
    const notBefore = wholeSeconds(now.getTime() - BACKDATE_MS);
    const notAfter = notAfterFor(notBefore, order.request.notAfterAtMost);
    if (notAfter.getTime() <= now.getTime()) {
      end(order, 'failed', `The certificate would have ended at ${notAfter.toISOString()}, before it began.`);
      return;
    }
    order.serialHex = sign(order.csr, order.request.names, notBefore, notAfter).serialHex;
    // Names that were let in by an older validation do not become younger by it.
    for (const name of order.request.names) {
      if (order.checks.some((check) => covers(check.requirement, name))) rememberValidation(name, now);
    }
    end(order, 'issued');
  }

  async function tickOnce(): Promise<void> {
    const due = [...orders.values()].filter((order) => order.status === 'pending' && delayPassed(order));
    for (let start = 0; start < due.length; start += ORDERS_AT_ONCE) {
      await Promise.all(due.slice(start, start + ORDERS_AT_ONCE).map(look));
    }
  }

  const ca: SteerableSandboxCa = {
    maxValidityDays: MAX_VALIDITY_DAYS,
    delayMs: options.delayMs ?? 0,
    rootPem: authority.rootPem,
    intermediatePem: authority.intermediatePem,

    parseCsr: (pem) => readCsr(pem).parsed,

    /** Throws `SandboxCaRefusal` for what no CA would take, and a plain Error for what is no request at all. */
    submit(request) {
      const csr = readCsr(request.csrPem);
      checkKey(csr.parsed);
      checkNames(request.names, csr.parsed);
      checkRequirements(request, recentlyValidated);
      const now = clock.now();
      const order: StoredOrder = {
        id: `ca-${String(orders.size + 1).padStart(6, '0')}`,
        request: structuredClone(request),
        csr,
        createdAt: now,
        updatedAt: now,
        status: 'pending',
        checks: request.requirements.map((requirement) => ({
          requirement,
          fulfilled: false,
          detail: 'not looked at yet',
        })),
        emailApproved: false,
      };
      orders.set(order.id, order);
      return view(order);
    },

    get(id) {
      const order = orders.get(id);
      return order === undefined ? undefined : view(order);
    },

    async recheck(id) {
      const order = orderOf(id);
      if (order.status === 'pending') await look(order);
      return view(order);
    },

    approveByEmail(id) {
      const order = pendingOrderOf(id, 'approved');
      if (!order.request.requirements.some((requirement) => requirement.kind === 'email')) {
        throw new Error(`The CA's order "${id}" does not wait for an approval by mail.`);
      }
      order.emailApproved = true;
      order.updatedAt = clock.now();
    },

    cancel: (id) => end(pendingOrderOf(id, 'cancelled'), 'cancelled'),
    fail: (id, reason) => end(pendingOrderOf(id, 'failed'), 'failed', reason),

    revoke(serialHex, reason) {
      const serial = serialHex.toUpperCase();
      const certificate = certificates.get(serial);
      if (certificate === undefined) throw new Error(`The CA never issued a certificate ${serial}.`);
      if (certificate.revokedAt !== undefined)
        throw new Error(`The certificate ${serial} is revoked already.`);
      const at = clock.now();
      certificates.set(serial, { ...certificate, revokedAt: at });
      revocations.push({ serialHex: serial, reason, at });
    },

    issueNow(request) {
      const csr = readCsr(request.csrPem);
      checkKey(csr.parsed);
      checkNames(request.names, csr.parsed);
      const notBefore = wholeSeconds(request.notBefore.getTime());
      const notAfter = wholeSeconds(request.notAfter.getTime());
      if (notAfter.getTime() <= notBefore.getTime()) {
        throw new SandboxCaRefusal(
          `A certificate from ${notBefore.toISOString()} to ${notAfter.toISOString()} would end before it began.`,
        );
      }
      // In the story the seed tells, its names were validated when it began.
      for (const name of request.names) rememberValidation(name, notBefore);
      return sign(csr, request.names, notBefore, notAfter);
    },

    tick() {
      // A caller who has just published something needs a look that begins after now: one more tick is queued behind the
      // running one, and everybody who asks meanwhile shares it.
      if (runningTick === undefined) {
        runningTick = tickOnce().finally(() => {
          runningTick = undefined;
        });
        return runningTick;
      }
      queuedTick ??= runningTick
        // How the running tick ended is told to those who asked for it.
        .catch(() => undefined)
        .then(() => {
          queuedTick = undefined;
          return ca.tick();
        });
      return queuedTick;
    },

    orders: () => [...orders.values()].map(view),
    certificates: () => [...certificates.values()],
    revocations: () => revocations,
    snapshot: () => ({
      rootName: options.rootName ?? DEFAULT_ROOT_NAME,
      maxValidityDays: ca.maxValidityDays,
      delayMs: ca.delayMs,
      orders: ca.orders(),
      certificates: ca.certificates(),
      revocations: [...revocations],
    }),
  };
  return ca;
}

function emailCheck(requirement: DcvRequirement & { kind: 'email' }, approved: boolean): CaCheck {
  return {
    requirement,
    fulfilled: approved,
    detail: approved
      ? `approved by the mail to ${requirement.address}`
      : `nobody followed the link in the mail to ${requirement.address} yet`,
  };
}
