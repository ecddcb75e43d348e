/** Sources of trust anchors: PEM files of the configuration, and the roots that Node carries. */
import { parseCertificate, type Certificate } from './certificate.ts';
import { DerError } from './der.ts';
import { readPem } from './pem.ts';

/**
 * Mozilla's roots as compiled into Node, in PEM. Providers often leave the root out of the chain; with these the end of
 * a public chain is known. Loaded on the first call: about 150 certificates.
 */
export async function publicRoots(): Promise<readonly string[]> {
  const { rootCertificates } = await import('node:tls');
  return rootCertificates;
}

/** The same texts come with every order, and OpenSSL takes longer over 150 roots than over the rest of an order. */
const parsed = new Map<string, readonly Certificate[]>();
const parsedMax = 1000;

/** Every readable certificate in the texts; what cannot be read is no anchor. */
export function parseAnchors(pems: readonly string[]): readonly Certificate[] {
  if (parsed.size > parsedMax) parsed.clear();
  return pems.flatMap((pem) => {
    const known = parsed.get(pem) ?? parseText(pem);
    parsed.set(pem, known);
    return known;
  });
}

function parseText(pem: string): readonly Certificate[] {
  return readPem(pem).blocks.flatMap(({ label, der }) => {
    if (label !== 'CERTIFICATE') return [];
    try {
      return [parseCertificate(der)];
    } catch (error) {
      if (error instanceof DerError) return [];
      throw error;
    }
  });
}
