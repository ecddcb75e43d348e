/** Brings what the CA has done since the last look into certificates, orders and events. */
import type { CaCertificate } from '../contract.ts';
import { legacyChanges } from './legacy/progress.ts';
import { lateBy } from './steering.ts';
import { addEvent, orderOf, refund, revokeAtCa } from './world.ts';
import type { Account, Certificate, World } from './world.ts';

/** Something that happened at a moment, to be applied in the order of those. */
export interface Change {
  readonly at: Date;
  apply(): void;
}

/** Oldest first. */
export function catchUp(world: World): void {
  const now = world.clock.now();
  for (const account of world.accounts.values()) {
    const changes: Change[] = legacyChanges(world, account);
    for (const certificate of account.certificates.values()) {
      if (certificate.status === 'processing') {
        const order = world.ca.get(certificate.caOrderId);
        if (order !== undefined && order.status !== 'pending') {
          const at = new Date(order.updatedAt.getTime() + lateBy(certificate.names, world.options));
          if (at > now) continue;
          changes.push({
            at,
            apply: () => settle(world, account, certificate, order.certificate, order.failure, at),
          });
        }
      } else if (certificate.closesAt !== undefined && certificate.closesAt <= now) {
        const at = certificate.closesAt;
        changes.push({ at, apply: () => finishClosing(world, account, certificate, at) });
      }
    }
    changes.sort((a, b) => a.at.getTime() - b.at.getTime());
    for (const change of changes) change.apply();
  }
}

function settle(
  world: World,
  account: Account,
  certificate: Certificate,
  issued: CaCertificate | undefined,
  failure: string | undefined,
  at: Date,
): void {
  const order = orderOf(account, certificate);
  const word = certificate.kind === 'request' ? 'REQUEST' : 'REISSUE';
  certificate.updatedAt = at;
  order.updatedAt = at;
  if (issued === undefined) {
    certificate.status = 'failed';
    if (certificate.kind === 'request') refund(account, order, at);
  } else {
    certificate.status = 'active';
    certificate.issued = issued;
  }
  addEvent(world, account, {
    eventClass: `CERTIFICATE_${word}`,
    subclass: `${word}_${issued === undefined ? 'FAILED' : 'SUCCESSFUL'}`,
    objectId: certificate.id,
    info:
      issued === undefined
        ? (failure ?? 'The CA did not issue.')
        : `Issued for ${certificate.names.join(', ')}`,
    at,
  });
}

/** Ends a revocation or cancellation, at once or when its delay has passed. */
export function finishClosing(world: World, account: Account, certificate: Certificate, at: Date): void {
  const order = orderOf(account, certificate);
  if (certificate.issued !== undefined) {
    revokeAtCa(world, certificate.issued);
    certificate.status = 'revoked';
  } else {
    certificate.status = 'canceled';
  }
  delete certificate.closesAt;
  certificate.updatedAt = at;
  order.updatedAt = at;
  addEvent(world, account, {
    eventClass: 'CERTIFICATE_CLOSE',
    subclass: 'CLOSE_SUCCESSFUL',
    objectId: certificate.id,
    info: `Certificate ${certificate.id} is ${certificate.status}`,
    at,
  });
}
