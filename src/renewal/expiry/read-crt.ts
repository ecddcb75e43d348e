/**
 * Reads a CRT file into facts. Cheap enough for every changed file of a large inventory: no
 * library, and not OpenSSL either, which would cost several times as much as all the rest.
 * The chain is not verified here; that happened before the file was deployed.
 */
import type { Files } from '../../contracts/platform.ts';
import { hasKind } from '../../core/errors.ts';
import { certificateFacts } from '../../pki/certificate.ts';
import { DerError, elementAt } from '../../pki/der.ts';
import { basicConstraints } from '../../pki/extensions.ts';
import { keySpkiSha256 } from '../../pki/keys.ts';
import { looksLikeDer, readPem, type PemReading } from '../../pki/pem.ts';
import { spkiHashOf } from '../../pki/public-key.ts';
import { readCertificate, type CertificateFields } from '../../pki/x509.ts';
import type { CrtFacts, CrtState } from './crt-facts.ts';

/** A full chain with a key beside it has some 15 KiB. */
export const crtBytesMax = 1024 * 1024;

/** One text for all: ten thousand of them are kept. */
const readable = 'the file holds a certificate';

const problemStates: Readonly<Record<NonNullable<PemReading['problem']>['code'], CrtState>> = {
  'too-large': 'too-large',
  'too-many': 'too-large',
  truncated: 'truncated',
  'not-base64': 'malformed',
};

/** `keyPem`: the key that should belong to it. Never throws, never blocks on pipes. */
export function readCrt(path: string, files: Files, keyPem?: string | Uint8Array): CrtFacts {
  try {
    const stat = files.stat(path);
    if (stat === undefined) return without('missing', `there is no file ${path}`);
    if (stat.kind !== 'file') return without('not-a-file', `${path} is not a regular file`);
    if (stat.size === 0) return without('empty', `${path} is empty`);
    if (stat.size > crtBytesMax) return without('too-large', `${path} is larger than ${crtBytesMax} bytes`);
    const bytes = files.read(path, crtBytesMax);
    if (bytes === undefined) return without('missing', `there is no file ${path}`);
    return parseCrt(path, bytes, keyPem);
  } catch (error) {
    if (hasKind(error, 'local')) return without('unreadable', error.message);
    throw error;
  }
}

function parseCrt(path: string, bytes: Uint8Array, keyPem: string | Uint8Array | undefined): CrtFacts {
  const reading = readPem(bytes);
  const ders = reading.blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ der }) => der);
  if (ders.length === 0) return noCertificate(path, reading);
  try {
    const keySha256 = keyPem === undefined ? undefined : (keySpkiSha256(keyPem) ?? 'unreadable');
    const all = ders.map((der) => readCertificate(der));
    const index = leafIndex(all, keySha256);
    const fields = all[index];
    if (fields === undefined) throw new DerError('there is no certificate');
    const leaf = certificateFacts({ fields });
    const { state, reason } = verdict(path, reading, index);
    return {
      state,
      reason,
      leaf,
      certificates: all.length,
      leafFirst: index === 0,
      keyMatches: keySha256 === undefined ? undefined : keySha256 === leaf.spkiSha256,
    };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    if (ders.some(isCutShort)) return without('truncated', `${path} ends in the middle of a certificate`);
    if (looksLikeDer(bytes))
      return without('not-a-certificate', `${path} is binary and no X.509 certificate`);
    return without('malformed', `${path} holds no valid certificate: ${error.message}`);
  }
}

/** The certificate of our key; else the first that is no CA; else the first. */
function leafIndex(certificates: readonly CertificateFields[], keySha256: string | undefined): number {
  const ours =
    keySha256 === undefined ? -1 : certificates.findIndex(({ spki }) => spkiHashOf(spki) === keySha256);
  if (ours !== -1) return ours;
  return Math.max(
    0,
    certificates.findIndex((fields) => basicConstraints(fields)?.ca !== true),
  );
}

function verdict(path: string, { problem }: PemReading, index: number): { state: CrtState; reason: string } {
  if (problem !== undefined)
    return { state: problemStates[problem.code], reason: `${path} is damaged: ${problem.sentence}` };
  if (index > 0)
    return { state: 'ok', reason: `the leaf is certificate ${index + 1} in ${path}, not the first` };
  return { state: 'ok', reason: readable };
}

function noCertificate(path: string, { blocks, problem }: PemReading): CrtFacts {
  if (problem !== undefined)
    return without(problemStates[problem.code], `${path} cannot be used: ${problem.sentence}`);
  const [first] = blocks;
  if (first === undefined)
    return without('not-a-certificate', `${path} holds no PEM block and no certificate`);
  if (first.label.endsWith('PRIVATE KEY')) {
    return without('private-key', `${path} holds a private key where a certificate should be`);
  }
  return without('not-a-certificate', `${path} holds a ${first.label} block and no certificate`);
}

/** Whether the outermost length promises more than there is. */
function isCutShort(der: Uint8Array): boolean {
  try {
    return elementAt(der, 0, Number.MAX_SAFE_INTEGER).end > der.length;
  } catch {
    return true;
  }
}

function without(state: CrtState, reason: string): CrtFacts {
  return { state, reason, leaf: undefined, certificates: 0, leafFirst: false, keyMatches: undefined };
}
