/**
 * PKCS #10 requests (RFC 2986). All names stand in the SAN; the first is the common name too, where it fits.
 * The library is loaded on the first order only: idle daemons do without its memory.
 */
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { RenewdError } from '../core/errors.ts';

/** RFC 5280 appendix A.1, ub-common-name. */
const commonNameLengthMax = 64;

type SigningAlgorithm =
  | { readonly name: 'ECDSA'; readonly namedCurve: 'P-256' | 'P-384'; readonly hash: 'SHA-256' | 'SHA-384' }
  | { readonly name: 'RSASSA-PKCS1-v1_5'; readonly hash: 'SHA-256' };

/** PEM. `names` are A-labels, at least one. Throws RenewdError `key-unusable` for a key that cannot sign requests. */
export async function createCsr(keyPem: string, names: readonly string[]): Promise<string> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const algorithm = signingAlgorithm(keyPem);
  const keys = await importPair(keyPem, algorithm);
  const commonName = names[0] !== undefined && names[0].length <= commonNameLengthMax ? names[0] : undefined;
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      // As a typed string: the library would search a plain one for quotes and "#" notation.
      name: new x509.Name(commonName === undefined ? [] : [{ CN: [{ utf8String: commonName }] }]),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value }))),
      ],
    },
    webcrypto,
  );
  return `${request.toString('pem')}\n`;
}

function signingAlgorithm(keyPem: string): SigningAlgorithm {
  const key = readKey(keyPem);
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  if (curve === 'prime256v1') return { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  if (curve === 'secp384r1') return { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };
  throw new RenewdError(
    'key-unusable',
    `a key of type ${key.asymmetricKeyType ?? 'unknown'} cannot sign requests here`,
  );
}

async function importPair(keyPem: string, algorithm: SigningAlgorithm): Promise<webcrypto.CryptoKeyPair> {
  const privateKey = readKey(keyPem);
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
}

function readKey(keyPem: string): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(keyPem);
  } catch (error) {
    throw new RenewdError('key-unusable', 'the private key for the request cannot be read', { cause: error });
  }
}
