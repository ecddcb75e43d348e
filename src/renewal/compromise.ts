/** What it means that a key is lost: which keys, and which certificates are to be revoked because of them. */
import type { LedgerEntry, Store } from '../contracts/store.ts';
import type { Renewal } from '../core/renewal.ts';
import type { CompromisedKey, RevocationDue } from '../core/revocation.ts';
import { certificateFacts, parseCertificate, type CertificateFacts } from '../pki/certificate.ts';
import { readPem } from '../pki/pem.ts';
import type { Entry } from './watchlist.ts';

export interface Compromise {
  readonly keys: readonly CompromisedKey[];
  readonly due: readonly RevocationDue[];
  readonly ledger: readonly LedgerEntry[];
}

/** What is to be revoked of an issued certificate; undefined when the renewal has none that can be read. */
export function revocationDueOf(renewal: Renewal, lost: CompromisedKey): RevocationDue | undefined {
  const facts = factsOf(renewal);
  if (facts === undefined) return undefined;
  const { serialHex, notAfter, fingerprint256 } = facts;
  const { certificate, provider, orderId, certificateId } = renewal;
  return newlyDue(
    { fingerprint256, serialHex, notAfter, certificate, provider, orderId, certificateId },
    lost,
  );
}

function factsOf({ leafPem }: Renewal): CertificateFacts | undefined {
  const der = leafPem === null ? undefined : readPem(leafPem).blocks[0]?.der;
  try {
    return der === undefined ? undefined : certificateFacts(parseCertificate(der));
  } catch {
    // What a provider sent and no check has passed may be anything; then there is nothing to revoke.
    return undefined;
  }
}

type Subject = Pick<
  RevocationDue,
  'fingerprint256' | 'serialHex' | 'notAfter' | 'certificate' | 'provider' | 'orderId' | 'certificateId'
>;

function newlyDue(subject: Subject, { spkiSha256, at, by }: CompromisedKey): RevocationDue {
  return { ...subject, spkiSha256, state: 'due', at, by, attempts: 0, detail: null, nextAt: null };
}

/** Every key that lies in a deploy directory of the certificate; without any, that of the newest issued one. */
function keysOf({ observation, otherTargets, issued }: Entry): ReadonlySet<string> {
  const deployed = [observation, ...otherTargets].flatMap((one) => one?.spkiSha256 ?? []);
  if (deployed.length > 0) return new Set(deployed);
  return new Set(issued?.spkiSha256 == null ? [] : [issued.spkiSha256]);
}

/** On disk somewhere, whoever ordered it: also under another name of the inventory. */
function onDisk(entries: readonly Entry[], lost: CompromisedKey): RevocationDue[] {
  return entries.flatMap(({ observation, managed, record }): RevocationDue[] => {
    if (observation?.look.state !== 'ok' || observation.spkiSha256 !== lost.spkiSha256) return [];
    const { fingerprint256, notAfter } = observation.look.certificate;
    const known = record?.provider === managed.provider ? record : undefined;
    const subject = {
      fingerprint256,
      notAfter,
      serialHex: observation.serialHex ?? '',
      certificate: managed.name,
      provider: managed.provider,
      orderId: known?.orderId ?? null,
      certificateId: known?.certificateId ?? null,
    };
    return [newlyDue(subject, lost)];
  });
}

/** `undefined`: no key of this certificate is known. Only reads. */
export async function compromiseOf(
  entry: Entry,
  entries: readonly Entry[],
  store: Pick<Store, 'issuedWithKey'>,
  by: string,
  at: Date,
): Promise<Compromise | undefined> {
  const { name } = entry.managed;
  const keys = [...keysOf(entry)].map((spkiSha256) => ({ spkiSha256, certificate: name, at, by }));
  if (keys.length === 0) return undefined;
  const due = new Map<string, RevocationDue>();
  for (const lost of keys) {
    const issued = await store.issuedWithKey(lost.spkiSha256);
    // What the store knows names its order for certain, so it comes last and wins.
    const known = issued.flatMap((renewal) => revocationDueOf(renewal, lost) ?? []);
    for (const row of [...onDisk(entries, lost), ...known])
      if (row.notAfter > at) due.set(row.fingerprint256, row);
  }
  const serials = [...due.values()].map(({ serialHex }) => serialHex);
  const text = `${by} said that the key of ${name} is compromised; once a certificate with a fresh key is served, ${serials.length} certificate(s) are revoked: ${serials.join(', ')}`;
  const note: LedgerEntry = {
    at,
    certificate: name,
    renewalId: null,
    kind: 'note',
    subject: 'compromise',
    text: text.slice(0, 1000),
    provider: entry.managed.provider,
    charged: null,
    paid: false,
    detail: { by, keys: keys.map(({ spkiSha256 }) => spkiSha256), serials },
  };
  return { keys, due: [...due.values()], ledger: [note] };
}
