/** What `renewd init` found on this machine or by asking servers: the raw material of an inventory. */
import type { CertificateFacts } from '../pki/certificate.ts';

/** How control is proved now, as far as it is written somewhere. */
export type Proof =
  | { readonly method: 'file'; readonly path: string }
  | {
      readonly method: 'dns';
      readonly server: string;
      readonly keyName: string;
      readonly algorithm: 'hmac-sha256' | 'hmac-sha512';
    };

export interface FoundPair {
  /** Absolute paths. */
  readonly certificate: string;
  readonly key: string;
  /** Certificate and chain in one file; absent: the chain was not found beside it. */
  readonly fullchain?: string;
  /** The directory is laid out as renewd does: regular files privkey.pem and fullchain.pem, nobody else's links. */
  readonly inPlace?: string;
}

export interface Found {
  /** What it was called where it was found; becomes the name of the entry. */
  readonly label: string;
  readonly facts: CertificateFacts;
  readonly pair?: FoundPair;
  /** "host:port" that showed it. */
  readonly endpoints: readonly string[];
  readonly proof?: Proof;
  /** One line for people each. */
  readonly notes: readonly string[];
}

/** Something that was looked at and left out, and why. */
export interface Refused {
  readonly where: string;
  readonly why: string;
}

export interface Survey {
  readonly found: readonly Found[];
  readonly refused: readonly Refused[];
}

/** Where a certificate was found twice, by file and by server, it is one. The newest of a name set counts. */
export function merged(surveys: readonly Survey[]): Survey {
  const byPrint = new Map<string, Found>();
  for (const one of surveys.flatMap(({ found }) => found)) {
    const { fingerprint256 } = one.facts;
    const known = byPrint.get(fingerprint256);
    byPrint.set(fingerprint256, known === undefined ? one : joined(known, one));
  }
  const refused = surveys.flatMap((survey) => survey.refused);
  const newest = new Map<string, Found>();
  for (const one of byPrint.values()) {
    const names = one.facts.names.toSorted().join(' ');
    const kind = `${names} ${one.facts.keyType.replace(/-.*/, '')} ${one.pair?.inPlace ?? ''}`;
    const known = newest.get(kind);
    const [kept, older] =
      known === undefined || one.facts.notAfter > known.facts.notAfter ? [one, known] : [known, one];
    newest.set(
      kind,
      older === undefined ? kept : { ...kept, endpoints: unique([...kept.endpoints, ...older.endpoints]) },
    );
    if (older !== undefined)
      refused.push({
        where: older.pair?.certificate ?? older.endpoints[0] ?? older.label,
        why: `a newer certificate for the same names was found: ${kept.pair?.certificate ?? kept.endpoints[0] ?? kept.label}`,
      });
  }
  return { found: [...newest.values()].toSorted((a, b) => (a.label < b.label ? -1 : 1)), refused };
}

function joined(one: Found, other: Found): Found {
  const pair = one.pair ?? other.pair;
  const proof = one.proof ?? other.proof;
  return {
    ...one,
    label: one.pair === undefined ? other.label : one.label,
    ...(pair === undefined ? {} : { pair }),
    ...(proof === undefined ? {} : { proof }),
    endpoints: unique([...one.endpoints, ...other.endpoints]),
    notes: unique([...one.notes, ...other.notes]),
  };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
