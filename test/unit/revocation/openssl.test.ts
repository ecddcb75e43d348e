/** The reader against what OpenSSL makes: `openssl ca -gencrl` behind a web server, `openssl ocsp` as the responder. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { plainHttp } from '../../../src/platform/plain-http.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createRevocationReader } from '../../../src/revocation/reader.ts';
import { startLoopback } from '../../builders/loopback.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';

const signal = new AbortController().signal;

interface Place {
  readonly directory: string;
  readonly openssl: (...words: readonly string[]) => void;
  /** PEM of a new leaf with these pointers. */
  issue(name: string): string;
}

/** A CA on disk whose leaves name these addresses. */
function aCa(listUrl: string, ocspUrl: string, keyWords: readonly string[]): Place {
  const directory = tempDirectory();
  const openssl = (...words: readonly string[]): void =>
    void execFileSync('openssl', [...words], { cwd: directory, stdio: 'pipe' });
  mkdirSync(`${directory}/new`);
  writeFileSync(`${directory}/index.txt`, '');
  writeFileSync(`${directory}/serial`, '1000\n');
  writeFileSync(`${directory}/crlnumber`, '01\n');
  writeFileSync(
    `${directory}/ca.cnf`,
    `[ca]
default_ca = it
[it]
dir = .
database = index.txt
new_certs_dir = new
serial = serial
crlnumber = crlnumber
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_crl_days = 3
policy = any
[any]
commonName = supplied
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
crlDistributionPoints = URI:${listUrl}
authorityInfoAccess = OCSP;URI:${ocspUrl}
[responder]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = OCSPSigning
[req]
distinguished_name = dn
[dn]
`,
  );
  const root = ['-x509', '-days', '30', '-subj', '/CN=openssl CA', '-config', 'ca.cnf'];
  const usage = [
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  ];
  openssl('req', '-new', ...keyWords, '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', ...root, ...usage);
  const issue = (name: string, section: string): string => {
    const request = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${name}`,
    ];
    openssl('req', '-new', '-config', 'ca.cnf', ...request, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    openssl(
      'ca',
      '-batch',
      '-config',
      'ca.cnf',
      '-extensions',
      section,
      '-days',
      '20',
      '-notext',
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
    );
    return readFileSync(`${directory}/${name}.pem`, 'utf8');
  };
  issue('responder', 'responder');
  return { directory, openssl, issue: (name) => issue(name, 'leaf') };
}

/** What OpenSSL's responder answers to a request; it listens nowhere itself. */
function ocspAnswer({ directory, openssl }: Place, request: Buffer, signer: readonly string[]): Buffer {
  writeFileSync(`${directory}/request.der`, request);
  const words = [
    '-index',
    'index.txt',
    '-CA',
    'ca.pem',
    '-ndays',
    '1',
    '-reqin',
    'request.der',
    '-respout',
    'answer.der',
  ];
  openssl('ocsp', ...words, ...signer);
  return readFileSync(`${directory}/answer.der`);
}

const kinds: readonly (readonly [string, readonly string[]])[] = [
  ['ECDSA', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
  ['RSA', ['-newkey', 'rsa:2048']],
];

describe.each(kinds)('a CA of OpenSSL with %s', (_, keyWords) => {
  test('says good, then revoked, by list and by responder', async () => {
    let signer: readonly string[] | undefined;
    const web = await startLoopback((request, response, body) => {
      if (request.url === '/list.crl') response.end(readFileSync(`${place.directory}/list.crl`));
      else if (signer === undefined) response.writeHead(503).end();
      else response.end(ocspAnswer(place, body, signer));
    });
    const ocspUrl = `${web.url}/ocsp`;
    const place = aCa(`${web.url}/list.crl`, ocspUrl, keyWords);
    const [shop, mail] = [place.issue('shop'), place.issue('mail')];
    const list = (): void => {
      place.openssl('ca', '-config', 'ca.cnf', '-gencrl', '-out', 'list.pem');
      place.openssl('crl', '-in', 'list.pem', '-outform', 'DER', '-out', 'list.crl');
    };
    list();
    const caPem = readFileSync(`${place.directory}/ca.pem`, 'utf8');
    const look = (leaf: string) => {
      const reader = createRevocationReader({ http: plainHttp, clock: systemClock, signal });
      const fingerprint256 = new X509Certificate(leaf).fingerprint256.replaceAll(':', '').toLowerCase();
      return reader.look({ fingerprint256, pems: [caPem + leaf] }, signal);
    };

    // The list alone: the responder has nobody who signs yet.
    expect(await look(shop)).toMatchObject({ status: 'good', source: `${web.url}/list.crl`, offered: true });
    place.openssl('ca', '-config', 'ca.cnf', '-revoke', 'shop.pem', '-crl_reason', 'keyCompromise');
    list();
    expect(await look(shop)).toMatchObject({ status: 'revoked', reason: 'keyCompromise' });
    expect((await look(shop)).revokedAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(await look(mail)).toMatchObject({ status: 'good' });

    // The responder alone, as an appointed one and as the CA itself.
    writeFileSync(`${place.directory}/list.crl`, 'no list');
    expect(await look(mail)).toMatchObject({ status: 'unknown', source: null, offered: true });
    for (const who of ['responder', 'ca']) {
      signer = ['-rsigner', `${who}.pem`, '-rkey', `${who}.key`];
      expect(await look(mail)).toMatchObject({ status: 'good', source: ocspUrl });
      expect(await look(shop)).toMatchObject({ status: 'revoked', reason: 'keyCompromise' });
    }
  });
});
