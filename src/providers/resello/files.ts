/** The files of a certificate: what can be downloaded of it now, leaf and chain, and the key of its CSR. */
import { hasKind, RenewdError } from '../../core/errors.ts';
import { csrKeySha256 } from '../../vendors/common/csr-key.ts';
import type { DownloadFormat } from './client.ts';
import { leafAmong, readDownload, type Download, type Leaf } from './downloads.ts';
import type { Certificate } from './schema.ts';
import { quietOn, repeat, type Session } from './session.ts';

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

export interface Files {
  readonly leaf: Leaf;
  readonly caPems: readonly string[];
}

/** Leaf and CA certificates: from `crt` and `ca`, else from `pkcs7`, else from `zip`. Undefined: no leaf anywhere. */
export async function collect(
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
      if (!hasKind(thrown, 'protocol')) throw thrown;
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
    if (authorities.length > 0 || direct.length > 1)
      return { leaf, caPems: others([...direct, ...authorities], leaf) };
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
