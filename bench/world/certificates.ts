/** A throw-away CA, and certificates of it laid out in directories as renewd deploys them. */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { bits, boolean, der, octets, oid, sequence, text, utcTime } from './der.ts';

const dayMs = 86_400_000;
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

export interface Authority {
  readonly commonName: string;
  readonly key: KeyObject;
  readonly keyId: Buffer;
  readonly pem: string;
}

interface Pair {
  readonly keyPem: string;
  readonly certificatePem: string;
}

function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

const named = (commonName: string): Buffer =>
  sequence(der(0x31, sequence(oid('2.5.4.3'), text(0x0c, commonName))));

function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function certificate(
  subject: string,
  issuer: { readonly commonName: string; readonly key: KeyObject },
  spki: Uint8Array,
  validity: readonly [Date, Date],
  extensions: readonly Uint8Array[],
): string {
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([0x11]), randomBytes(15)])),
    ecdsaWithSha256,
    named(issuer.commonName),
    sequence(utcTime(validity[0]), utcTime(validity[1])),
    named(subject),
    spki,
    der(0xa3, sequence(...extensions)),
  );
  return pem(
    'CERTIFICATE',
    sequence(toBeSigned, ecdsaWithSha256, bits(sign('sha256', toBeSigned, issuer.key))),
  );
}

function newAuthority(now: Date): Authority {
  const commonName = 'Benchmark Issuing CA';
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha1').update(spki).digest();
  const years = (count: number): Date => new Date(now.getTime() + count * 365 * dayMs);
  const own = { commonName, key: privateKey };
  const text = certificate(
    commonName,
    own,
    spki,
    [years(-1), years(9)],
    [
      extension('2.5.29.19', sequence(boolean(true), der(0x02, Buffer.from([0]))), true),
      extension('2.5.29.15', bits(Buffer.from([0x06]), 1), true),
      extension('2.5.29.14', octets(keyId)),
    ],
  );
  return { ...own, keyId, pem: text };
}

/** With what certificates of public CAs carry, so that size and parsing cost are theirs: about 1.1 KB of DER. */
function newLeaf(authority: Authority, names: readonly string[], validity: readonly [Date, Date]): Pair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const access = (id: string, url: string): Buffer => sequence(oid(id), text(0x86, url));
  const certificatePem = certificate(names[0] ?? '', authority, publicKey, validity, [
    extension('2.5.29.15', bits(Buffer.from([0x80]), 7), true),
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))),
    extension('2.5.29.19', sequence(), true),
    extension('2.5.29.14', octets(createHash('sha1').update(publicKey).digest())),
    extension('2.5.29.35', sequence(der(0x80, authority.keyId))),
    extension(
      '1.3.6.1.5.5.7.1.1',
      sequence(
        access('1.3.6.1.5.5.7.48.1', 'http://ocsp.benchmark.test'),
        access('1.3.6.1.5.5.7.48.2', 'http://crt.benchmark.test/issuing.crt'),
      ),
    ),
    extension('2.5.29.17', sequence(...names.map((name) => text(0x82, name)))),
    extension('2.5.29.32', sequence(sequence(oid('2.23.140.1.2.1')))),
    // As long as a list of two signed certificate timestamps.
    extension('1.3.6.1.4.1.11129.2.4.2', octets(randomBytes(240))),
  ]);
  return { keyPem: privateKey, certificatePem };
}

export const namesOf = (index: number): readonly [string, string] => [
  `c${index}.bench.test`,
  `www.c${index}.bench.test`,
];

export const directoryOf = (root: string, index: number): string => `${root}/c${index}`;

/** Sets as renewd deploys them, healthy for months. Returns the paths of the full chain files. */
export function deploySets(root: string, count: number, now: Date): readonly string[] {
  const authority = newAuthority(now);
  const written = new Date(now.getTime() - dayMs);
  const paths: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const daysLeft = 60 + (index % 130);
    const notAfter = new Date(now.getTime() + daysLeft * dayMs);
    const { keyPem, certificatePem } = newLeaf(authority, namesOf(index), [
      new Date(notAfter.getTime() - 199 * dayMs),
      notAfter,
    ]);
    const directory = directoryOf(root, index);
    const set = `${directory}/.sets/1`;
    mkdirSync(set, { recursive: true });
    writeFileSync(`${set}/privkey.pem`, keyPem, { mode: 0o600 });
    writeFileSync(`${set}/fullchain.pem`, certificatePem + authority.pem);
    // A file that was written just now is read again at the next look; these were deployed yesterday.
    utimesSync(`${set}/fullchain.pem`, written, written);
    symlinkSync('.sets/1', `${directory}/.current`);
    for (const file of ['fullchain.pem', 'privkey.pem'])
      symlinkSync(`.current/${file}`, `${directory}/${file}`);
    paths.push(`${directory}/fullchain.pem`);
  }
  return paths;
}
