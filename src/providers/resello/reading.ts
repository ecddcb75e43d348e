/** One look at a certificate: its status, what is asked for while it waits, its files once it is there. */
import type { OrderHandle, OrderReading } from '../../contracts/order.ts';
import type { Challenge } from '../../core/challenge.ts';
import { RenewdError } from '../../core/errors.ts';
import { bounded } from '../../vendors/common/text.ts';
import { isAddress, methodOf, readDetails } from './details.ts';
import { collect, csrKeyOf } from './files.ts';
import { dcvMethod, orderStatus } from './mapping.ts';
import type { Certificate } from './schema.ts';
import { certificateOf, quietOn, repeat, type Session } from './session.ts';
import { paidUntilOf } from './terms.ts';

/** Throws `provider-object-missing` when the provider does not know it. */
export async function readOrder(
  session: Session,
  handle: OrderHandle,
  signal: AbortSignal,
): Promise<OrderReading> {
  const id = handle.certificateId;
  if (id === undefined) {
    throw new RenewdError('provider-object-missing', 'Resello: no certificate id is known for this order');
  }
  return readCertificate(session, await certificateOf(session, id, signal), signal);
}

/** The reading of a certificate that was just seen. */
export async function readCertificate(
  session: Session,
  certificate: Certificate,
  signal: AbortSignal,
): Promise<OrderReading> {
  const status = orderStatus(certificate.status);
  if (status === undefined) {
    const fields = { certificateId: certificate.id, status: bounded(certificate.status, 80) };
    session.logger.warn(
      fields,
      'Resello shows a status that is not known; the certificate is read again later',
    );
  }
  const base: Pick<OrderReading, 'handle' | 'statusWord' | 'createdAt'> = {
    handle: { certificateId: certificate.id },
    statusWord: bounded(certificate.status, 80),
    ...(certificate.createdAt === undefined ? {} : { createdAt: certificate.createdAt }),
  };
  if (status === undefined || status === 'pending') return pending(session, certificate, base, signal);
  if (status === 'issued') return issued(session, certificate, base, signal);
  const message = certificate.message === undefined ? {} : { message: bounded(certificate.message) };
  return { ...base, status, challenges: [], ...message };
}

type Base = Pick<OrderReading, 'handle' | 'statusWord' | 'createdAt'>;

async function pending(
  session: Session,
  certificate: Certificate,
  base: Base,
  signal: AbortSignal,
  message = certificate.message,
): Promise<OrderReading> {
  const spki = await csrKeyOf(session, certificate, signal);
  const asked = await askedFor(session, certificate, signal);
  const said = asked.raw ?? message;
  return {
    ...base,
    status: 'pending',
    challenges: asked.challenges,
    ...(spki === undefined ? {} : { spkiSha256: spki }),
    ...(asked.person === undefined ? {} : { waitsForPerson: asked.person }),
    ...(said === undefined ? {} : { message: bounded(said) }),
  };
}

interface Asked {
  readonly challenges: readonly Challenge[];
  readonly person?: string;
  /** Details that were not understood, as they came. */
  readonly raw?: string;
}

async function askedFor(session: Session, certificate: Certificate, signal: AbortSignal): Promise<Asked> {
  const { id, domain } = certificate;
  // Right after an order there may be none yet.
  const details = await quietOn(
    ['not-found', 'conflict', 'rejected'],
    repeat(session, signal, () => session.client.validationDetails(id, signal)),
  );
  const method = dcvMethod(certificate.dcvType) ?? methodOf(details);
  const { challenges, unrecognised } = readDetails(details, domain, method);
  if (method === 'email' && challenges.length === 0) return mailed(certificate);
  const [mail] = challenges.flatMap((one) => (one.kind === 'email' ? [one.addresses] : []));
  if (mail !== undefined) return { challenges, person: mailSentence(mail) };
  if (!unrecognised) return { challenges };
  return {
    challenges: [],
    person: `what the vendor wants validated is not understood; read \`renewd provider NAME validation-details --certificate ${id}\`, do what it says and ask for validation (\`renewd provider NAME validate\`)`,
    raw: `validation details: ${JSON.stringify(details)}`,
  };
}

function mailed({ approverEmail, domain }: Certificate): Asked {
  const addresses = approverEmail !== undefined && isAddress(approverEmail) ? [approverEmail] : [];
  const challenges: readonly Challenge[] =
    domain === undefined ? [] : [{ kind: 'email', identifier: domain, addresses }];
  return { challenges, person: mailSentence(addresses) };
}

function mailSentence(addresses: readonly string[]): string {
  const to = addresses.length === 0 ? 'the approver' : addresses.slice(0, 5).join(', ');
  return `mail went to ${to}; somebody must follow its link`;
}

/**
 * An active certificate counts only when the leaf that can be downloaded has the key of the CSR: right after a renew or
 * reissue the object still shows what was before (the document says that answers tell the present state).
 */
async function issued(
  session: Session,
  certificate: Certificate,
  base: Base,
  signal: AbortSignal,
): Promise<OrderReading> {
  const csrKey = await csrKeyOf(session, certificate, signal);
  const files = await collect(session, certificate.id, csrKey, signal);
  if (files === undefined) {
    return pending(session, certificate, base, signal, 'active, but there is no certificate to download yet');
  }
  const { leaf, caPems } = files;
  if (csrKey !== undefined && leaf.spkiSha256 !== csrKey) {
    return pending(session, certificate, base, signal, 'active, but it is still the earlier certificate');
  }
  const paidUntil = await paidUntilOf(session, certificate, leaf, signal);
  return {
    ...base,
    status: 'issued',
    challenges: [],
    leafPem: leaf.pem,
    caPems,
    spkiSha256: leaf.spkiSha256,
    names: leaf.names,
    ...(paidUntil === undefined ? {} : { paidUntil }),
  };
}
