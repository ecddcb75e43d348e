/** What happens to an order after it was taken: on to the CA, and back with a certificate or without. */
import type { CaCertificate } from '../contract.ts';
import { messageOf } from '../guards.ts';
import { refundLast } from './invoices.ts';
import type { Account, Certificate, OpenOrder, World } from './world.ts';

/** Brings what the CA has done since the last look into the certificates. */
export function catchUp(world: World): void {
  const now = world.clock.now();
  for (const account of world.accounts) {
    for (const certificate of account.certificates.values()) {
      const { open } = certificate;
      if (open === undefined) continue;
      if (open.caOrderId === undefined && now.getTime() >= submittedFrom(world, open)) submit(world, open);
      if (open.refusal !== undefined) {
        fail(account, certificate, open, open.refusal, now);
        continue;
      }
      const order = open.caOrderId === undefined ? undefined : world.ca.get(open.caOrderId);
      if (order === undefined || order.status === 'pending') continue;
      if (order.certificate === undefined) {
        fail(account, certificate, open, order.failure ?? 'The CA did not issue.', order.updatedAt);
      } else if (now.getTime() >= order.updatedAt.getTime() + heldFor(world, open)) {
        finish(world, certificate, open, order.certificate, order.updatedAt);
      }
    }
  }
}

const submittedFrom = (world: World, open: OpenOrder): number =>
  open.createdAt.getTime() + world.options.provisioningMs;

/** "slow-…": the vendor is slow to tell what the CA has done. */
const heldFor = (world: World, open: OpenOrder): number =>
  open.details.names[0]?.startsWith('slow-') === true ? world.options.slowMs : 0;

/** Puts the order before the CA; one that the CA does not take will fail, as the vendor has taken it already. */
export function submit(world: World, open: OpenOrder): void {
  const { details } = open;
  const order = {
    csrPem: details.csrPem,
    names: details.names,
    notAfterAtMost: open.paidUntil,
    requirements: details.items.map(({ requirement }) => requirement),
  };
  try {
    open.caOrderId = (submitWithoutProof(world, open, order) ?? world.ca.submit(order)).id;
    if (details.names[0]?.startsWith('fail-') === true) {
      world.ca.fail(open.caOrderId, 'The certificate authority failed this name.');
    }
  } catch (error) {
    open.refusal = messageOf(error);
  }
}

type CaRequest = Parameters<World['ca']['submit']>[0];

/** Undefined: the CA wants to see evidence. */
function submitWithoutProof(
  world: World,
  open: OpenOrder,
  order: CaRequest,
): ReturnType<World['ca']['submit']> | undefined {
  const { reusesValidation } = world.options;
  if (reusesValidation === 'never' || (reusesValidation === 'reissue' && open.kind !== 'reissue')) {
    return undefined;
  }
  try {
    return world.ca.submit({ ...order, requirements: [] });
  } catch {
    return undefined; // the names were not validated lately
  }
}

function fail(account: Account, certificate: Certificate, open: OpenOrder, reason: string, at: Date): void {
  delete certificate.open;
  certificate.failure = { at, reason };
  certificate.updatedAt = at;
  if (open.kind !== 'reissue') refundLast(account, certificate, at);
}

function finish(
  world: World,
  certificate: Certificate,
  open: OpenOrder,
  issued: CaCertificate,
  at: Date,
): void {
  delete certificate.open;
  // A reissue ends the earlier certificate; a renewal leaves it alone.
  if (open.kind === 'reissue') revokeAll(world, certificate, 'superseded');
  certificate.details = open.details;
  certificate.paidUntil = open.paidUntil;
  certificate.issued = issued;
  certificate.serials.push({ serialHex: issued.serialHex, revoked: false });
  certificate.updatedAt = at;
}

export function revokeAll(world: World, certificate: Certificate, reason: string): void {
  for (const serial of certificate.serials) {
    if (serial.revoked) continue;
    serial.revoked = true;
    try {
      world.ca.revoke(serial.serialHex, reason);
    } catch {
      // Revoked behind the vendor's back: there is nothing left to do.
    }
  }
}
