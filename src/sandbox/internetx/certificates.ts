/** Reading certificates, and the two things done to one without a job: comment and revocation of an old serial. */
import { CommentBody, readBody, RevokeBody, SearchBody } from './bodies.ts';
import { certificateJson, printedSerial } from './certificate-json.ts';
import type { RouteContext } from './context.ts';
import { localTime } from './dates.ts';
import { wrongValue } from './envelope.ts';
import type { Envelope, JsonObject } from './envelope.ts';
import { certificateOf } from './lookup.ts';
import { keyOf, search } from './search.ts';
import type { Keys } from './search.ts';
import type { Certificate, User, World } from './world.ts';

export function certificateInfo({ world, user, id }: RouteContext): Envelope {
  const certificate = certificateOf(user, id, '400104');
  return {
    code: 'S400104',
    type: 'SUCCESS',
    object: { type: 'Certificate', value: certificate.details.name },
    data: [certificateJson(world, user, certificate, 'full')],
  };
}

const KEYS: Keys<Certificate> = {
  id: ({ id }) => String(id),
  name: ({ details }) => details.name,
  domain: ({ details }) => details.name,
  product: ({ details }) => details.product.name,
  technical: ({ details }) => String(details.technicalContact),
  admin: ({ details }) => String(details.adminContact),
  orderId: ({ orderId }) => orderId,
  created: ({ issued }) => localTime(issued.notBefore),
  updated: ({ updatedAt }) => localTime(updatedAt),
  expire: ({ issued }) => localTime(issued.notAfter),
  certificate_type: () => 'FQDN',
  comment: ({ details }) => details.comment,
  authentication: ({ details }) => details.authentication.method,
};

/** Search keys are not quite the names of the fields. */
const FIELDS: Readonly<Record<string, string>> = {
  technical: 'technicalContact',
  admin: 'adminContact',
  certificate_type: 'certificateType',
};

function sparseRow(world: World, user: User, certificate: Certificate, keys: readonly string[]): JsonObject {
  const full = certificateJson(world, user, certificate, 'full');
  const row: Record<string, JsonObject[string]> = { id: certificate.id, name: certificate.details.name };
  for (const key of keys) {
    const field = keyOf(FIELDS, key) ?? key;
    if (full[field] !== undefined) row[field] = full[field];
  }
  return row;
}

export function searchCertificates({ world, user, keys, body }: RouteContext): Envelope {
  const task = '400105';
  for (const key of keys) {
    if (keyOf(KEYS, key) === undefined) throw wrongValue(task, 'keys', key);
  }
  const { found, total } = search(
    [...user.certificates.values()],
    readBody(SearchBody, body, task, 'query'),
    KEYS,
    task,
  );
  return {
    code: 'S400105',
    type: 'SUCCESS',
    object: { type: 'Certificate', value: '', summary: total },
    data: found.map((certificate) => sparseRow(world, user, certificate, keys)),
  };
}

export function commentCertificate({ world, user, id, body }: RouteContext): Envelope {
  const certificate = certificateOf(user, id, '4001024');
  const { comment } = readBody(CommentBody, body, '4001024', 'certificate');
  certificate.details = { ...certificate.details, comment };
  certificate.updatedAt = world.clock.now();
  return {
    code: 'S4001024',
    type: 'SUCCESS',
    object: { type: 'Certificate', value: certificate.details.name },
  };
}

/** Only a serial that a reissue has replaced can be revoked. */
export function revokeSerial({ world, user, id, body }: RouteContext): Envelope {
  const task = '4001031';
  const certificate = certificateOf(user, id, task);
  const { serialNumber } = readBody(RevokeBody, body, task, 'certificate');
  const wanted = printedSerial(serialNumber);
  const old = certificate.histories.find(
    ({ serialHex, revokedAt }) => printedSerial(serialHex) === wanted && revokedAt === undefined,
  );
  if (old === undefined) throw wrongValue(task, 'certificate.serialNumber', serialNumber);
  world.ca.revoke(old.serialHex, 'superseded');
  old.revokedAt = world.clock.now();
  certificate.updatedAt = old.revokedAt;
  return {
    code: 'S4001031',
    type: 'SUCCESS',
    object: { type: 'Certificate', value: certificate.details.name },
  };
}
