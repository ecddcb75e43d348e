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

/** Every readable certificate in the texts; what cannot be read is no anchor. */
export function parseAnchors(pems: readonly string[]): readonly Certificate[] {
  return pems.flatMap((pem) =>
    readPem(pem).blocks.flatMap(({ label, der }) => {
      if (label !== 'CERTIFICATE') return [];
      try {
        return [parseCertificate(der)];
      } catch (error) {
        if (error instanceof DerError) return [];
        throw error;
      }
    }),
  );
}
