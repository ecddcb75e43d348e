/**
 * PKCS #10 requests (RFC 2986). All names stand in the SAN; the first is the common name too, where it fits.
 * The library is loaded on the first order only: idle daemons do without its memory.
 */
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { RenewdError } from '../core/errors.ts';

/** RFC 5280 appendix A.1, ub-common-name. */
const commonNameLengthMax = 64;

/** For OV and EV orders whose CA reads the subject from the CSR. */
export interface CsrSubject {
  readonly organization?: string;
  readonly organizationalUnit?: string;
  readonly locality?: string;
  readonly state?: string;
  /** Two letters, ISO 3166. */
  readonly country?: string;
}

type SigningAlgorithm =
  | { readonly name: 'ECDSA'; readonly namedCurve: 'P-256' | 'P-384'; readonly hash: 'SHA-256' | 'SHA-384' }
  | { readonly name: 'RSASSA-PKCS1-v1_5'; readonly hash: 'SHA-256' };

/** PEM. `names` are A-labels, at least one. Throws RenewdError `key-unusable` for a key that cannot sign requests. */
export async function createCsr(
  keyPem: string,
  names: readonly string[],
  subject: CsrSubject = {},
): Promise<string> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const algorithm = signingAlgorithm(keyPem);
  const keys = await importPair(keyPem, algorithm);
  const commonName = names[0] !== undefined && names[0].length <= commonNameLengthMax ? names[0] : undefined;
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: new x509.Name(subjectAttributes(subject, commonName)),
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

/** Values as typed strings: plain ones would be searched for quotes and "#" notation by the library. */
type SubjectAttribute = Record<
  string,
  ({ readonly utf8String: string } | { readonly printableString: string })[]
>;

/** Most general first, as RFC 4514 §2.1 has it on the wire. */
function subjectAttributes(subject: CsrSubject, commonName: string | undefined): SubjectAttribute[] {
  const attributes: readonly (readonly [string, string | undefined])[] = [
    ['ST', subject.state],
    ['L', subject.locality],
    ['O', subject.organization],
    ['OU', subject.organizationalUnit],
    ['CN', commonName],
  ];
  return [
    // RFC 5280 appendix A.1: countryName is a PrintableString.
    ...(subject.country === undefined ? [] : [{ C: [{ printableString: subject.country }] }]),
    ...attributes.flatMap(([type, value]) =>
      value === undefined ? [] : [{ [type]: [{ utf8String: value }] }],
    ),
  ];
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
