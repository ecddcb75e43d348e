/** Further files of a set, read by programs that share nothing with what wrote them: openssl, and keytool where there is one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeFiles } from '../../../src/platform/files.ts';
import { pkcs12Profiles, type FurtherFile } from '../../../src/core/certificate.ts';
import { proofOf } from '../../../src/pki/file-proof.ts';
import { deploySet, pruneSets, restoreSet } from '../../../src/renewal/deploy/deploy-set.ts';
import { setContent, type SetInput } from '../../../src/renewal/deploy/set-content.ts';
import { newChain, newKey, newLeaf } from '../../builders/pki.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';
import { targetOf } from './world.ts';

const chain = await newChain();
const rsaLeaf = await newLeaf(chain.intermediate, { key: await newKey('rsa2048') });
const password = 'a password, "quoted" & 20 € long';

const store = { password: { env: 'UNUSED' }, profile: 'modern', alias: 'shop' } as const;
const every: readonly FurtherFile[] = [
  { name: 'site.key', format: 'key' },
  { name: 'site.crt', format: 'certificate' },
  { name: 'ca.crt', format: 'chain' },
  { name: 'bundle.crt', format: 'fullchain' },
  { name: 'site.pem', format: 'combined' },
  { name: 'key.der', format: 'key-der' },
  { name: 'site.der', format: 'certificate-der' },
  { ...store, name: 'modern.p12', format: 'pkcs12' },
  { ...store, name: 'legacy.p12', format: 'pkcs12', profile: 'legacy' },
  { ...store, name: 'modern-trust.p12', format: 'truststore' },
  { ...store, name: 'legacy-trust.p12', format: 'truststore', profile: 'legacy' },
];

function inputOf(leaf: typeof chain.leaf, secret = password): SetInput {
  return {
    keyPem: leaf.key.pem,
    leafPem: leaf.pem,
    chainPem: chain.intermediate.pem,
    rootPem: chain.root.pem,
    passwords: new Map(every.map(({ name }) => [name, secret])),
  };
}

function run(
  program: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const { status, stdout, stderr } = spawnSync(program, parameters, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', ...env },
  });
  if (status !== 0)
    throw new Error(`${program} ${parameters.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout + stderr;
}

function deployed(leaf: typeof chain.leaf = chain.leaf, secret = password): string {
  const directory = tempDirectory();
  deploySet(targetOf(directory, { files: every }), inputOf(leaf, secret), nodeFiles, 'v1');
  return directory;
}

const pemOf = (text: string): string => text.replaceAll(/\s+/g, '');

describe.each([
  ['ECDSA', chain.leaf],
  ['RSA', rsaLeaf],
])('read by openssl, %s', (_kind, leaf) => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'renewd-formats-'));
    deploySet(targetOf(directory, { files: every }), inputOf(leaf), nodeFiles, 'v1');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');

  test('PEM under the names that were chosen', () => {
    expect(read('site.key')).toBe(leaf.key.pem);
    expect(read('site.crt')).toBe(leaf.pem);
    expect(read('ca.crt')).toBe(chain.intermediate.pem);
    expect(read('bundle.crt')).toBe(leaf.pem + chain.intermediate.pem);
    expect(read('site.pem')).toBe(leaf.key.pem + leaf.pem + chain.intermediate.pem);
  });

  test('DER: leaf and PKCS #8', () => {
    const certificate = run('openssl', ['x509', '-inform', 'der', '-in', join(directory, 'site.der')]);
    expect(pemOf(certificate)).toBe(pemOf(leaf.pem));
    const key = run('openssl', ['pkey', '-inform', 'der', '-in', join(directory, 'key.der')]);
    expect(pemOf(key)).toBe(pemOf(leaf.key.pem));
  });

  test.each([
    ['modern', [], 'PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256', 'MAC: sha256'],
    ['legacy', ['-legacy'], 'pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2048', 'MAC: sha1'],
  ] as const)('PKCS #12, %s', (profile, flags, algorithm, mac) => {
    const ask = (name: string, ...more: string[]): string =>
      run(
        'openssl',
        [
          'pkcs12',
          '-in',
          join(directory, name),
          '-info',
          '-nodes',
          '-passin',
          'env:PASSWORD',
          ...flags,
          ...more,
        ],
        { PASSWORD: password },
      );
    const text = ask(`${profile}.p12`);
    expect(text).toContain(`Shrouded Keybag: ${algorithm}`);
    expect(text).toContain(`PKCS7 Encrypted data: ${algorithm}`);
    expect(text).toContain(mac);
    expect(text).toContain('friendlyName: shop');
    expect(pemOf(ask(`${profile}.p12`, '-nocerts'))).toContain(pemOf(leaf.key.pem));
    expect(pemOf(ask(`${profile}.p12`, '-clcerts', '-nokeys'))).toContain(pemOf(leaf.pem));
    expect(pemOf(ask(`${profile}.p12`, '-cacerts', '-nokeys'))).toContain(pemOf(chain.intermediate.pem));
    const trusted = ask(`${profile}-trust.p12`);
    expect(pemOf(trusted)).toContain(pemOf(chain.root.pem));
    expect(pemOf(trusted)).toContain(pemOf(chain.intermediate.pem));
    expect(pemOf(trusted)).not.toContain(pemOf(leaf.pem));
    expect(trusted).not.toContain('PRIVATE KEY');
    const file = join(directory, `${profile}.p12`);
    const wrong = spawnSync('openssl', [
      'pkcs12',
      '-in',
      file,
      '-nodes',
      '-passin',
      'pass:another',
      ...flags,
    ]);
    expect(wrong.status).not.toBe(0);
  });
});

const keytool = spawnSync('keytool', ['-help'], { stdio: 'ignore' }).error === undefined;
if (!keytool) process.stderr.write('skipped: what keytool reads: it (a Java runtime) is not installed\n');

describe.skipIf(!keytool)('read by keytool', () => {
  test.each(pkcs12Profiles)(
    '%s: a key with its chain, and trusted certificates',
    (profile) => {
      const plain = 'changeit-2026';
      const directory = deployed(rsaLeaf, plain);
      const list = (name: string): string =>
        run('keytool', ['-list', '-v', '-keystore', join(directory, name), '-storepass', plain]);
      const keys = list(`${profile}.p12`);
      expect(keys).toContain('Alias name: shop\n');
      expect(keys).toContain('Entry type: PrivateKeyEntry');
      expect(keys).toContain('Certificate chain length: 2');
      const trusted = list(`${profile}-trust.p12`);
      expect(trusted.match(/Entry type: trustedCertEntry/g)).toHaveLength(2);
      expect(trusted).toContain('Alias name: shop-1\n');
      expect(trusted).toContain('Alias name: shop-2\n');
    },
    60_000,
  );
});

describe('as part of the set', () => {
  test('the same input gives the same bytes: nothing is written again, and nothing reloaded', () => {
    const directory = tempDirectory();
    const target = targetOf(directory, { files: every });
    expect(deploySet(target, inputOf(chain.leaf), nodeFiles, 'v1').changed).toBe(true);
    expect(deploySet(target, inputOf(chain.leaf), nodeFiles, 'v2')).toEqual({
      version: 'v1',
      previousVersion: undefined,
      changed: false,
    });
    expect(readdirSync(join(directory, '.sets'))).toEqual(['v1']);
  });

  test('another key, password, profile or alias: other salts, another set', () => {
    const target = targetOf('/unused', { files: every });
    const [first, second, third] = [inputOf(chain.leaf), inputOf(rsaLeaf), inputOf(chain.leaf, 'other')].map(
      (input) => setContent(input, target).get('modern-trust.p12'),
    );
    expect(new Set([first, second, third]).size).toBe(3);
    const directory = deployed();
    const files = every.map((file): FurtherFile => ('alias' in file ? { ...file, alias: 'other' } : file));
    expect(deploySet(targetOf(directory, { files }), inputOf(chain.leaf), nodeFiles, 'v2')).toMatchObject({
      version: 'v2',
      changed: true,
    });
  });

  test('modes: keyMode where the key is in it, else mode; a file may have its own', () => {
    const directory = tempDirectory();
    const files = every.map((file): FurtherFile =>
      file.name === 'modern.p12' ? { ...file, mode: 0o600 } : file,
    );
    deploySet(targetOf(directory, { files }), inputOf(chain.leaf), nodeFiles, 'v1');
    const modes = Object.fromEntries(
      files.map(({ name }) => [name, (statSync(join(directory, name)).mode & 0o777).toString(8)]),
    );
    expect(modes).toEqual({
      'site.key': '640',
      'site.crt': '644',
      'ca.crt': '644',
      'bundle.crt': '644',
      'site.pem': '640',
      'key.der': '640',
      'site.der': '644',
      'modern.p12': '600',
      'legacy.p12': '640',
      'modern-trust.p12': '644',
      'legacy-trust.p12': '644',
    });
    const open = targetOf(directory, { files: [{ name: 'site.key', format: 'key', mode: 0o644 }] });
    expect(() => deploySet(open, inputOf(chain.leaf), nodeFiles, 'v2')).toThrow(
      'mode 0644 of site.key would open the private key to others',
    );
  });

  test('an owner and a group of its own', { skip: process.getuid?.() !== 0 }, () => {
    const directory = tempDirectory();
    const files: readonly FurtherFile[] = [{ name: 'site.key', format: 'key', owner: '1234', group: '5678' }];
    deploySet(targetOf(directory, { files, group: '4321' }), inputOf(chain.leaf), nodeFiles, 'v1');
    expect(statSync(join(directory, 'site.key'))).toMatchObject({ uid: 1234, gid: 5678 });
    expect(statSync(join(directory, 'privkey.pem'))).toMatchObject({ gid: 4321 });
  });

  test('a file that was there before is kept for a way back', () => {
    const directory = tempDirectory();
    writeFileSync(join(directory, 'site.pem'), 'made by hand');
    const target = targetOf(directory, { files: every });
    deploySet(target, inputOf(chain.leaf), nodeFiles, 'v1');
    expect(readFileSync(join(directory, 'site.pem'), 'utf8')).toContain('PRIVATE KEY');
    restoreSet(target, '0-adopted', nodeFiles);
    expect(readFileSync(join(directory, 'site.pem'), 'utf8')).toBe('made by hand');
  });

  test('a name that is no longer wanted goes with the next set, after it was served', () => {
    const directory = deployed();
    const target = targetOf(directory, { files: [{ name: 'new.key', format: 'key' }] });
    deploySet(target, inputOf(rsaLeaf), nodeFiles, 'v2');
    expect(readdirSync(directory)).toContain('site.key');
    writeFileSync(join(directory, 'notes.txt'), 'of somebody else');
    pruneSets(target, 2, nodeFiles);
    expect(readdirSync(directory).toSorted()).toEqual(
      ['.current', '.previous', '.sets', 'cert.pem', 'chain.pem', 'combined.pem', 'fullchain.pem'].concat([
        'new.key',
        'notes.txt',
        'privkey.pem',
      ]),
    );
  });

  test('a trust store without anything to trust is refused', () => {
    const { rootPem: _root, ...rest } = inputOf(chain.leaf);
    const target = targetOf(tempDirectory(), { files: every });
    expect(() => deploySet(target, { ...rest, chainPem: '' }, nodeFiles, 'v1')).toThrow(
      'modern-trust.p12 would be empty: there is no intermediate and no known root',
    );
  });

  test('a receipt holds nothing made from the key', () => {
    const directory = deployed();
    const proof = (name: string) => proofOf(name, readFileSync(join(directory, name)));
    const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(proof('key.der').sha256).toBe(nothing);
    expect(proof('key.der').keySpkiSha256).toBe(proof('site.key').keySpkiSha256);
    expect(proof('site.der').keySpkiSha256).toBeNull();
    expect(proof('site.der').sha256).not.toBe(nothing);
    for (const name of ['modern.p12', 'legacy.p12'])
      expect(proof(name)).toEqual({ name, sha256: nothing, keySpkiSha256: null });
    for (const name of ['modern-trust.p12', 'legacy-trust.p12']) expect(proof(name).sha256).not.toBe(nothing);
  });
});
