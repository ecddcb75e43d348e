/**
 * What lies in a download, by its first bytes and never by what it is called: PEM, DER, PKCS #7 (either) or ZIP. The
 * document gives every download the type application/octet-stream.
 */
import { X509Certificate } from 'node:crypto';
import { RenewdError } from '../../core/errors.ts';
import { certificateKeySha256, csrKeySha256 } from '../../vendors/common/csr-key.ts';
import { encodePem, splitPemBlocks } from '../../vendors/common/text.ts';

export interface Download {
  /** Normalised PEM, in the order of the file. */
  readonly certificates: readonly string[];
  readonly csrs: readonly string[];
}

const nothing: Download = { certificates: [], csrs: [] };

/** Certificates of one download; more are nobody's chain. */
const certificatesMax = 32;

/**
 * Throws `provider-protocol` for what is none of these. An empty file is an empty download: that is how some answer
 * before the certificate is there.
 */
export async function readDownload(bytes: Uint8Array): Promise<Download> {
  const result = await readAny(bytes, true);
  if (result.certificates.length > certificatesMax) {
    throw new RenewdError('provider-protocol', `a download holds more than ${certificatesMax} certificates`);
  }
  return result;
}

async function readAny(bytes: Uint8Array, mayBeArchive: boolean): Promise<Download> {
  if (bytes.length === 0) return nothing;
  if (mayBeArchive && isZip(bytes)) return readArchive(bytes);
  if (bytes[0] === 0x30) return readDer(bytes);
  return readPem(bytes);
}

/** "PK" and the mark of a file or of the end (APPNOTE 4.3.7, 4.3.16). */
function isZip(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  return head === 'PK\x03\x04' || head === 'PK\x05\x06';
}

async function readArchive(bytes: Uint8Array): Promise<Download> {
  const { readZip } = await import('../../vendors/common/zip.ts');
  const parts: Download[] = [];
  for (const file of await readZip(bytes)) {
    // Archives come with a note for the reader; only what is a certificate counts, and an archive in it does not.
    const part = await readAny(file.bytes, false).catch(() => nothing);
    parts.push(part);
  }
  return {
    certificates: parts.flatMap((part) => part.certificates),
    csrs: parts.flatMap((part) => part.csrs),
  };
}

async function readDer(bytes: Uint8Array): Promise<Download> {
  const certificate = encodePem('CERTIFICATE', bytes);
  if (isCertificate(certificate)) return { certificates: [certificate], csrs: [] };
  const csr = encodePem('CERTIFICATE REQUEST', bytes);
  // ContentInfo begins with its type, CertificationRequest with a SEQUENCE (RFC 5652 §3, RFC 2986 §4.2).
  if (!beginsWithOid(bytes) && csrKeySha256(csr) !== undefined) return { certificates: [], csrs: [csr] };
  return readPkcs7(bytes);
}

function beginsWithOid(bytes: Uint8Array): boolean {
  const lengthByte = bytes[1] ?? 0;
  return bytes[2 + (lengthByte > 0x80 ? lengthByte & 0x7f : 0)] === 0x06;
}

async function readPem(bytes: Uint8Array): Promise<Download> {
  const blocks = splitPemBlocks(Buffer.from(bytes).toString('latin1'));
  const of = (...labels: readonly string[]): string[] =>
    blocks.filter(({ label }) => labels.includes(label)).map(({ pem }) => pem);
  const messages = of('PKCS7', 'CMS');
  const certificates = of('CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE');
  const csrs = of('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST');
  if (blocks.length === 0) throw unknownForm();
  const inner: string[] = [];
  for (const message of messages.slice(0, 4))
    inner.push(...(await readPkcs7(Buffer.from(message))).certificates);
  for (const pem of certificates) if (!isCertificate(pem)) throw unknownForm();
  if (certificates.length + inner.length + csrs.length === 0) throw unknownForm();
  return { certificates: [...certificates, ...inner], csrs };
}

async function readPkcs7(bytes: Uint8Array): Promise<Download> {
  const { certificatesOfPkcs7 } = await import('../../vendors/common/pkcs7.ts');
  const certificates = certificatesOfPkcs7(bytes).map((der) => encodePem('CERTIFICATE', der));
  for (const pem of certificates) if (!isCertificate(pem)) throw unknownForm();
  return { certificates, csrs: [] };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    // Whatever Node cannot read is not a certificate that could be deployed.
    return false;
  }
}

function unknownForm(): RenewdError {
  return new RenewdError(
    'provider-protocol',
    'Resello: a download is neither PEM, DER, PKCS #7 nor ZIP with certificates',
  );
}

export interface Leaf {
  readonly pem: string;
  readonly spkiSha256: string;
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The certificate with the key, else the first that is no CA's; undefined when there is none. */
export function leafAmong(certificates: readonly string[], spkiSha256: string | undefined): Leaf | undefined {
  const own = certificates.find(
    (pem) => spkiSha256 !== undefined && certificateKeySha256(pem) === spkiSha256,
  );
  const pem = own ?? certificates.find((one) => !new X509Certificate(one).ca);
  const key = pem === undefined ? undefined : certificateKeySha256(pem);
  if (pem === undefined || key === undefined) return undefined;
  const certificate = new X509Certificate(pem);
  return {
    pem,
    spkiSha256: key,
    // Node prints the extension as "DNS:a.example, DNS:b.example, IP Address:192.0.2.1".
    names: (certificate.subjectAltName ?? '')
      .split(', ')
      .filter((entry) => entry.startsWith('DNS:'))
      .map((entry) => entry.slice('DNS:'.length).toLowerCase()),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
  };
}
