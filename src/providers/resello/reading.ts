/** One look at a certificate: its status, what is asked for while it waits, its files once it is there. */
import type { OrderHandle, OrderReading } from '../../contracts/provider.ts';
import { dayMs } from '../../core/durations.ts';
import type { Challenge } from '../../core/challenge.ts';
import { RenewdError } from '../../core/errors.ts';
import { csrKeySha256 } from '../../vendors/common/csr-key.ts';
import { bounded } from '../../vendors/common/text.ts';
import type { DownloadFormat } from './client.ts';
import { isAddress, methodOf, readDetails } from './details.ts';
import { leafAmong, readDownload, type Download, type Leaf } from './downloads.ts';
import { dcvMethod, orderStatus } from './mapping.ts';
import type { Certificate } from './schema.ts';
import { certificateOf, intervalOf, quietOn, repeat, type Session } from './session.ts';

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
    session.logger.warn(fields, 'Resello shows a status that is not known; the certificate is read again later');
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
 * reissue the object still shows what was before ("the response returns current state of the object").
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

/** SHA-256 of the CSR's public key: the certificate shows it, else it is downloaded; undefined where neither is. */
export async function csrKeyOf(
  session: Session,
  certificate: Certificate,
  signal: AbortSignal,
): Promise<string | undefined> {
  const own = certificate.csr === undefined ? undefined : csrKeySha256(certificate.csr);
  if (own !== undefined) return own;
  const [csr] = (await downloadOf(session, certificate.id, 'csr', signal))?.csrs ?? [];
  return csr === undefined ? undefined : csrKeySha256(csr);
}

/** Undefined when there is nothing yet: some answer 4xx, some with an empty file. */
export async function downloadOf(
  session: Session,
  id: string,
  format: DownloadFormat,
  signal: AbortSignal,
): Promise<Download | undefined> {
  const bytes = await quietOn(
    ['not-found', 'conflict', 'rejected'],
    repeat(session, signal, () => session.client.download(id, format, signal)),
  );
  return bytes === undefined || bytes.length === 0 ? undefined : readDownload(bytes);
}

interface Files {
  readonly leaf: Leaf;
  readonly caPems: readonly string[];
}

/** Leaf and CA certificates: from `crt` and `ca`, else from `pkcs7`, else from `zip`. Undefined: no leaf anywhere. */
async function collect(
  session: Session,
  id: string,
  spkiSha256: string | undefined,
  signal: AbortSignal,
): Promise<Files | undefined> {
  const failures: RenewdError[] = [];
  const certificatesIn = async (format: DownloadFormat): Promise<readonly string[]> => {
    try {
      return (await downloadOf(session, id, format, signal))?.certificates ?? [];
    } catch (thrown) {
      // Another form may be whole where this one is not.
      if (!(thrown instanceof RenewdError) || thrown.kind !== 'protocol') throw thrown;
      failures.push(thrown);
      return [];
    }
  };
  const direct = await certificatesIn('crt');
  const leaf = leafAmong(direct, spkiSha256);
  if (leaf !== undefined) {
    // The earlier leaf needs no chain: the caller only compares its key.
    if (spkiSha256 !== undefined && leaf.spkiSha256 !== spkiSha256) return { leaf, caPems: [] };
    const authorities = await certificatesIn('ca');
    if (authorities.length > 0 || direct.length > 1) return { leaf, caPems: others([...direct, ...authorities], leaf) };
  }
  for (const format of ['pkcs7', 'zip'] as const) {
    const bundle = await certificatesIn(format);
    const bundled = leafAmong(bundle, spkiSha256);
    const rest = bundled === undefined ? [] : others(bundle, bundled);
    if (bundled !== undefined && rest.length > 0) return { leaf: bundled, caPems: rest };
  }
  if (leaf !== undefined) return { leaf, caPems: [] };
  const [failure] = failures;
  if (failure !== undefined) throw failure;
  return undefined;
}

function others(certificates: readonly string[], leaf: Leaf): readonly string[] {
  return [...new Set(certificates)].filter((pem) => pem !== leaf.pem);
}

const toleranceMs = 3 * dayMs;

/**
 * End of the paid term. The object's expiry may be the term's end or the certificate's: one that ends after the leaf is
 * the term's. One that ends with the leaf is so only where whole terms of the plan lead there from the beginning; else
 * nothing is said, and the ledger's own date stays.
 */
async function paidUntilOf(
  session: Session,
  { expires, createdAt, plan }: Certificate,
  leaf: Leaf,
  signal: AbortSignal,
): Promise<Date | undefined> {
  if (expires === undefined) return undefined;
  const beyondMs = expires.getTime() - leaf.notAfter.getTime();
  if (beyondMs > toleranceMs) return expires;
  if (beyondMs < -toleranceMs || createdAt === undefined || plan === undefined) return undefined;
  const months = plan.interval ?? (await intervalOf(session, plan.id, signal));
  if (months === undefined) return undefined;
  for (let terms = 1; terms <= 20; terms += 1) {
    const end = new Date(createdAt);
    end.setUTCMonth(end.getUTCMonth() + months * terms);
    if (Math.abs(end.getTime() - expires.getTime()) <= toleranceMs) return expires;
  }
  return undefined;
}
