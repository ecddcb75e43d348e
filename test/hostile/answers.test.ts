/**
 * Certificates and challenges that no honest reseller sends, in answers that are otherwise right. Each certificate of one
 * world is lied to in its own way; one is told the truth, so that a refusal has no other reason than the lie.
 */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { OrderReading, OrderRequest } from '../../src/contracts/order.ts';
import type { Provider } from '../../src/contracts/provider.ts';
import type { Challenge } from '../../src/core/challenge.ts';
import {
  daysFromNow,
  newCa,
  newKey,
  newLeaf,
  x509,
  type TestCertificate,
  type TestKey,
} from '../builders/pki.ts';
import { createWorld } from '../builders/world.ts';
import { zone } from '../builders/world/zones.ts';
import type { World } from '../builders/world/contract.ts';
import {
  expectCleanLogs,
  filesBelow,
  good,
  march,
  newest,
  renewable,
  stateOf,
  marchUntilGood,
} from './kit.ts';

interface Issuer {
  readonly root: TestCertificate;
  readonly intermediate: TestCertificate;
}

type Issued = Pick<OrderReading, 'leafPem' | 'caPems'>;

interface CertificateLie {
  readonly name: string;
  readonly says: RegExp;
  /** It may be the certificate of before, which some resellers show until the new one is there: looked at again. */
  readonly waits?: true;
  readonly issue: (own: { names: readonly string[]; key: TestKey }, issuer: Issuer) => Promise<Issued>;
}

const chainOf = (leaf: TestCertificate, ...cas: readonly TestCertificate[]): Issued => ({
  leafPem: leaf.pem,
  caPems: cas.map(({ pem }) => pem),
});

const certificateLies: readonly CertificateLie[] = [
  {
    name: 'somebody-elses',
    says: /key/,
    issue: async (_, { intermediate }) =>
      chainOf(await newLeaf(intermediate, { names: ['bank.example.com'] }), intermediate),
  },
  {
    name: 'another-key',
    waits: true,
    says: /key/,
    issue: async ({ names }, { intermediate }) =>
      chainOf(await newLeaf(intermediate, { names }), intermediate),
  },
  {
    name: 'other-names',
    says: /does not cover|names/,
    issue: async ({ key }, { intermediate }) =>
      chainOf(await newLeaf(intermediate, { key, names: ['bank.example.com'] }), intermediate),
  },
  {
    name: 'more-names',
    says: /it also covers bank\.example\.com, which nobody ordered/,
    issue: async ({ names, key }, { intermediate }) =>
      chainOf(await newLeaf(intermediate, { key, names: [...names, 'bank.example.com'] }), intermediate),
  },
  {
    name: 'expired',
    says: /expired|ended|valid/,
    issue: async (own, { intermediate }) =>
      chainOf(await newLeaf(intermediate, { ...own, notAfter: daysFromNow(5) }), intermediate),
  },
  {
    name: 'ends-no-later',
    waits: true,
    says: /later/,
    issue: async (own, { intermediate }) =>
      chainOf(await newLeaf(intermediate, { ...own, notAfter: daysFromNow(12) }), intermediate),
  },
  {
    name: 'no-server',
    says: /serverAuth|server/,
    issue: async (own, { intermediate }) => {
      const extendedKeyUsage = [x509.ExtendedKeyUsage.clientAuth];
      return chainOf(await newLeaf(intermediate, { ...own, extendedKeyUsage }), intermediate);
    },
  },
  {
    name: 'loop',
    says: /loop|circle|neither|issuer/,
    async issue(own) {
      const [keyA, keyB] = [await newKey(), await newKey()];
      const a = await newCa('loop a', undefined, { key: keyA, issuerName: 'CN=loop b', signer: keyB });
      const b = await newCa('loop b', undefined, { key: keyB, issuerName: 'CN=loop a', signer: keyA });
      return chainOf(await newLeaf(a, own), a, b);
    },
  },
  {
    name: 'leaf-as-ca',
    says: /CA/,
    async issue(own, { intermediate }) {
      const leaf = await newLeaf(intermediate, { names: ['mallory.example.com'] });
      return chainOf(await newLeaf(leaf, own), leaf, intermediate);
    },
  },
  {
    name: 'too-long-path',
    says: /permits 0 intermediates/,
    async issue(own, { intermediate }) {
      const below = await newCa('below', intermediate);
      return chainOf(await newLeaf(below, own), below, intermediate);
    },
  },
  {
    name: 'wrong-signature',
    says: /sign/,
    issue: async (own, { intermediate }) =>
      chainOf(await newLeaf(intermediate, { ...own, signer: await newKey() }), intermediate),
  },
  {
    name: 'unknown-root',
    says: /anchor/,
    async issue(own) {
      const intermediate = await newCa('rogue intermediate', await newCa('rogue root'));
      return chainOf(await newLeaf(intermediate, own), intermediate);
    },
  },
  {
    name: 'expired-ca',
    says: /valid|expired|ended/,
    async issue(own, { root }) {
      const old = await newCa('old intermediate', root, { notAfter: daysFromNow(1) });
      return chainOf(await newLeaf(old, own), old);
    },
  },
  {
    name: 'names-without-end',
    says: /larger than/,
    async issue({ names, key }, { intermediate }) {
      const more = Array.from({ length: 9999 }, (_, index) => `n${index}.example.com`);
      return chainOf(await newLeaf(intermediate, { key, names: [...names, ...more] }), intermediate);
    },
  },
  {
    name: 'many-certificates',
    says: /more than/,
    async issue(own, { intermediate }) {
      const leaf = await newLeaf(intermediate, own);
      return { leafPem: leaf.pem, caPems: Array.from({ length: 1000 }, () => intermediate.pem) };
    },
  },
  {
    name: 'no-pem',
    says: /no certificate|read/,
    issue: () => Promise.resolve({ leafPem: '<html>\r\n\u001b[2Jlog in</html>', caPems: [] }),
  },
  {
    name: 'endless-pem',
    says: /read|large|long|no certificate/,
    issue: () =>
      Promise.resolve({ leafPem: `-----BEGIN CERTIFICATE-----\n${'QUJD'.repeat(3_000_000)}`, caPems: [] }),
  },
];

interface ChallengeLie {
  readonly name: string;
  readonly method?: 'file';
  readonly challenges: (host: string) => readonly Challenge[];
}

const dns = (host: string, more: Partial<Extract<Challenge, { kind: 'dns' }>>): Challenge => ({
  kind: 'dns',
  identifier: host,
  recordName: `_dnsauth.${host}`,
  recordType: 'TXT',
  value: 'token',
  ...more,
});
const file = (
  host: string,
  path: string,
  more: Partial<Extract<Challenge, { kind: 'file' }>> = {},
): Challenge => ({
  kind: 'file',
  identifier: host,
  host,
  path,
  content: 'token',
  ...more,
});
const usual = '/.well-known/pki-validation';

const challengeLies: readonly ChallengeLie[] = [
  { name: 'anothers-record', challenges: (host) => [dns(host, { recordName: `_dnsauth.victim.${zone}` })] },
  {
    name: 'anothers-name',
    challenges: () => [dns(`victim.${zone}`, {})],
  },
  { name: 'looks-alike', challenges: (host) => [dns(host, { recordName: `_dnsauth.${host}.evil.test` })] },
  { name: 'suffix', challenges: (host) => [dns(host, { recordName: `evil${host}` })] },
  { name: 'nul-record', challenges: (host) => [dns(host, { recordName: `_dns\u0000auth.${host}` })] },
  { name: 'endless-value', challenges: (host) => [dns(host, { value: 'x'.repeat(1_000_000) })] },
  { name: 'line-in-value', challenges: (host) => [dns(host, { value: 'a\r\nvictim IN A 192.0.2.1' })] },
  {
    name: 'many-challenges',
    challenges: (host) => Array.from({ length: 10_000 }, (_, index) => dns(host, { value: `t${index}` })),
  },
  {
    name: 'good-and-bad',
    challenges: (host) => [dns(host, {}), dns(host, { recordName: `victim.${zone}` })],
  },
  { name: 'climbs', method: 'file', challenges: (host) => [file(host, `${usual}/../../../climbed.txt`)] },
  {
    name: 'climbs-coded',
    method: 'file',
    challenges: (host) => [file(host, `${usual}/%2e%2e/%2e%2e/climbed.txt`)],
  },
  { name: 'backslash', method: 'file', challenges: (host) => [file(host, `${usual}\\..\\climbed.txt`)] },
  { name: 'front-page', method: 'file', challenges: (host) => [file(host, '/index.html')] },
  { name: 'hidden', method: 'file', challenges: (host) => [file(host, `${usual}/.htaccess`)] },
  { name: 'nul-path', method: 'file', challenges: (host) => [file(host, `${usual}/a\u0000.txt`)] },
  { name: 'header', method: 'file', challenges: (host) => [file(host, `${usual}/a\r\nSet-Cookie: x`)] },
  {
    name: 'another-host',
    method: 'file',
    challenges: (host) => [file(host, `${usual}/a.txt`, { host: `victim.${zone}` })],
  },
  {
    name: 'endless-file',
    method: 'file',
    challenges: (host) => [file(host, `${usual}/a.txt`, { content: 'x'.repeat(5_000_000) })],
  },
];

const truth = 'truth';

async function ownKey(csrPem: string): Promise<TestKey> {
  const publicKey = await new x509.Pkcs10CertificateRequest(csrPem).publicKey.export();
  const { pair } = await newKey();
  return { pair: { ...pair, publicKey }, pem: '' };
}

interface Books {
  /** By every id of the order. */
  readonly requests: Map<string, OrderRequest>;
  /** By the name of the row. */
  readonly answers: Map<string, Issued>;
}

/** Answers of `cnr` as each certificate's own lie has it. */
function liar(real: Provider, issuer: Issuer, { requests, answers }: Books): Provider {
  const rowOf = ({ names }: OrderRequest): string => (names[0] ?? '').split('.')[0] ?? '';
  async function twisted(request: OrderRequest, reading: OrderReading): Promise<OrderReading> {
    const row = rowOf(request);
    const challenges = challengeLies.find(({ name }) => name === row)?.challenges(request.names[0] ?? '');
    if (challenges !== undefined) return { ...reading, status: 'pending', challenges };
    let issued = answers.get(row);
    if (issued === undefined) {
      const own = { names: request.names, key: await ownKey(request.csrPem) };
      const lie = certificateLies.find(({ name }) => name === row);
      issued =
        lie === undefined
          ? chainOf(await newLeaf(issuer.intermediate, own), issuer.intermediate)
          : await lie.issue(own, issuer);
      answers.set(row, issued);
    }
    return { ...reading, status: 'issued', challenges: [], ...issued };
  }
  return new Proxy(real, {
    get(target, property) {
      if (property === 'submit')
        return async (request: OrderRequest, signal: AbortSignal) => {
          const reading = await target.submit(request, signal);
          for (const id of Object.values(reading.handle)) requests.set(String(id), request);
          return twisted(request, reading);
        };
      if (property === 'read')
        return async (handle: OrderReading['handle'], signal: AbortSignal) => {
          const reading = await target.read(handle, signal);
          const request = Object.values(handle).flatMap((id) => requests.get(String(id)) ?? [])[0];
          return request === undefined ? reading : twisted(request, reading);
        };
      // Evidence before the order would be asked for honestly.
      if (property === 'prepare') return undefined;
      return Reflect.get(target, property);
    },
  });
}

async function besieged(lies: readonly (CertificateLie | ChallengeLie)[]): Promise<World> {
  const root = await newCa('test root');
  const intermediate = await newCa('test intermediate', root, {
    basicConstraints: { ca: true, pathLength: 0 },
  });
  const books: Books = { requests: new Map(), answers: new Map() };
  const world = await createWorld({
    wrapProvider: (name, provider) =>
      name === 'cnr' ? liar(provider, { root, intermediate }, books) : provider,
  });
  const rootPath = `${world.directory}/test-root.pem`;
  writeFileSync(rootPath, root.pem);
  for (const { name } of [...lies, { name: truth }]) await world.seed({ name, ...renewable });
  await world.seed({ name: good, provider: 'inx', ...renewable });
  await world.configure([
    ...lies.map((lie) => ({
      name: lie.name,
      trustAnchors: [`${world.directory}/root.pem`, rootPath],
      ...('method' in lie ? { dcv: { method: 'file' as const, publisher: 'web' } } : {}),
    })),
    { name: truth, trustAnchors: [`${world.directory}/root.pem`, rootPath] },
    { name: good, provider: 'inx' },
  ]);
  return world;
}

async function refused(
  world: World,
  lies: readonly { readonly name: string }[],
  code: string,
): Promise<void> {
  await marchUntilGood(world);
  await march(world, async () => {
    if ((await stateOf(world, truth)) !== 'served') return false;
    const codes = await Promise.all(lies.map(async ({ name }) => (await newest(world, name))?.failure?.code));
    return codes.every((one) => one !== undefined);
  });
  const codes = await Promise.all(
    lies.map(async ({ name }) => [name, (await newest(world, name))?.failure?.code]),
  );
  expect(codes).toEqual(lies.map(({ name }) => [name, code]));
}

test('certificates that are not ours, not good or not there: refused, each with its reason', async () => {
  const world = await besieged(certificateLies);
  const before = new Map(
    certificateLies.map(({ name }) => [name, filesBelow(`${world.directory}/tls/${name}`)]),
  );
  await refused(world, certificateLies, 'certificate-unacceptable');
  for (const { name, says, waits } of certificateLies) {
    const renewal = await newest(world, name);
    expect.soft(renewal?.state, name).toBe(waits === true ? 'awaiting-issuance' : 'blocked');
    expect.soft(renewal?.failure?.message, name).toMatch(says);
    expect.soft(renewal?.failure?.message.length, name).toBeLessThan(2000);
    expect.soft(filesBelow(`${world.directory}/tls/${name}`), name).toEqual(before.get(name));
  }
  await expectCleanLogs(world);
});

test('challenges outside the names, outside the paths, or without end: nothing of them is published', async () => {
  const world = await besieged(challengeLies);
  const before = new Map(
    challengeLies.map(({ name }) => [name, filesBelow(`${world.directory}/tls/${name}`)]),
  );
  await refused(world, challengeLies, 'dcv-unsafe');
  await march(world, () => Promise.resolve(world.records().length === world.recordsBefore.length));
  expect(world.records()).toEqual(world.recordsBefore);
  expect([...filesBelow(world.webroot).keys()]).toEqual([]);
  const published = (await world.store.ledger({ limit: 1000 })).filter(
    ({ subject }) => subject === 'publish',
  );
  expect(new Set(published.map(({ certificate }) => certificate))).toEqual(new Set([good]));
  for (const { name } of challengeLies)
    expect.soft(filesBelow(`${world.directory}/tls/${name}`), name).toEqual(before.get(name));
  await expectCleanLogs(world);
});
