/** From what was found to entries: names, products, proofs, text. Pure, by table; the real thing is test/interop/init.test.ts. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { merged, type Found } from '../../../src/init/found.ts';
import { readHost, readHosts, surveyHosts } from '../../../src/init/hosts.ts';
import { readIni } from '../../../src/init/letsencrypt.ts';
import { productFor, propose, zoneGuess, type Answers } from '../../../src/init/proposal.ts';
import { comment, inventoryText, mainText, scalar, takeOverText } from '../../../src/init/text.ts';
import { newChain } from '../../builders/pki.ts';

const now = new Date('2026-11-22T00:00:00Z');
const facts: Found['facts'] = {
  names: ['shop.example.com'],
  otherNames: [],
  subject: 'CN=shop.example.com',
  issuer: 'CN=issuer',
  serialHex: '01',
  notBefore: new Date('2026-10-01T00:00:00Z'),
  notAfter: new Date('2026-12-01T00:00:00Z'),
  fingerprint256: 'aa',
  spkiSha256: 'bb',
  keyType: 'rsa-2048',
  selfIssued: false,
};
const found = (fields: Partial<Found> = {}, about: Partial<Found['facts']> = {}): Found => ({
  label: 'shop',
  facts: { ...facts, ...about },
  endpoints: [],
  notes: [],
  ...fields,
});
const answers: Answers = {
  provider: 'rrpproxy',
  login: 'x',
  product: 'small',
  dcv: undefined,
  webroot: '/var/www/html',
  nameServer: '192.0.2.53',
  approver: 'a@example.com',
};
const products = {
  small: { wildcard: false, maxNames: 2 },
  star: { wildcard: true, maxNames: 2 },
  many: { wildcard: false, maxNames: 100 },
  vetted: { wildcard: true, maxNames: 100, validation: 'ov' as const },
};
const options = { answers, capabilities: { products }, uses: () => [], tls: '/etc/renewd/tls', now };

describe('products', () => {
  test.for([
    [['a.test'], 'small', false],
    [['a.test', 'www.a.test'], 'small', false],
    // Two names that are no twins.
    [['a.test', 'b.test'], 'many', true],
    [['*.a.test', 'a.test'], 'star', true],
    [['*.a.test', '*.b.test', 'c.test'], 'small', true],
  ] as const)('%j: %s', ([names, product, doubt]) => {
    expect(productFor(names, 'small', { products })).toEqual({ product, doubt });
  });
});

test.for([
  ['shop.example.com', 'example.com'],
  ['*.shop.example.co.uk', 'example.co.uk'],
  ['example.de', 'example.de'],
  ['www.example.de', 'example.de'],
] as const)('the zone of %s is perhaps %s', ([name, zone]) => {
  expect(zoneGuess(name)).toBe(zone);
});

test('names of entries are unique and allowed; a wildcard wants dns; one directory is one entry each', () => {
  const { entries, publishers } = propose(
    [
      found({ label: 'shop' }),
      found({ label: 'shop' }, { fingerprint256: 'cc' }),
      found({ label: '../../etc/päss wd' }, { names: ['*.example.org'], keyType: 'ed25519' }),
    ],
    options,
  );
  expect(entries.map(({ name }) => name)).toEqual(['shop', 'shop-2', 'etc-p-ss-wd']);
  expect(new Set(entries.map(({ directory }) => directory)).size).toBe(3);
  expect(entries.map(({ dcv }) => dcv.method)).toEqual(['file', 'file', 'dns']);
  expect(entries[2]).toMatchObject({ keyType: 'ecdsa-p256' });
  expect(publishers.map(({ name }) => name)).toEqual(['web', 'dns']);
});

test('hostile text stays text: in scalars, comments and the script', () => {
  for (const text of ['*.a.test', 'true', '1.10', 'a: b', '#x', '- x', "it's", 'a\nb', '"', '{', 'y', '0640'])
    expect(parse(`x: ${scalar(text)}`)).toEqual({ x: text });
  expect(comment('a\nhold: false\u001b[2J\u202e')).toBe('# a hold: false [2J ');
  const evil = "/srv/a'; rm -rf /; '$(reboot)";
  const pair = { certificate: `${evil}/c.pem`, key: `${evil}/k.pem` };
  const proposal = propose(
    [found({ pair, notes: ['x\n- name: injected'] }, { issuer: 'CN=a\nhold: false' })],
    options,
  );
  const text = inventoryText(proposal, answers, '/schema.json');
  expect(parse(text)).toMatchObject({ certificates: [{ name: 'shop', hold: true }] });
  const script = takeOverText(proposal) ?? '';
  expect(script).toContain(String.raw`install -m 0640 '/srv/a'\''; rm -rf /; '\''$(reboot)/k.pem' `);
  expect(
    parse(
      mainText(
        proposal,
        { ...answers, login: 'a: b # c' },
        { schema: '/s', state: '/var/lib/renewd', inventory: 'i.yaml' },
      ),
    ),
  ).toMatchObject({
    providers: { rrpproxy: { login: 'a: b # c', spend: { ordersPerDay: 0 } } },
  });
});

test('the same certificate by file and by server is one; the newest of the same names counts', () => {
  const pair = { certificate: '/c.pem', key: '/k.pem' };
  const { found: one } = merged([
    { found: [found({ pair })], refused: [] },
    { found: [found({ label: 'seen', endpoints: ['shop:443'] })], refused: [] },
  ]);
  expect(one).toMatchObject([{ label: 'shop', pair, endpoints: ['shop:443'] }]);
  const older = found({ endpoints: ['old:443'] }, { fingerprint256: 'cc', notAfter: now });
  const both = merged([{ found: [older, found({ pair })], refused: [] }]);
  expect(both.found).toMatchObject([{ pair, endpoints: ['old:443'] }]);
  expect(both.refused).toMatchObject([{ where: 'old:443' }]);
});

describe('servers', () => {
  test.for([
    ['Shop.example.com', { host: 'shop.example.com', port: 443 }],
    ['[2001:DB8::1]:8443', { host: '2001:db8::1', port: 8443 }],
    ['mail.test:587', { host: 'mail.test', port: 587, protocol: 'smtp' }],
    ['db.test:5432', { host: 'db.test', port: 5432, protocol: 'postgresql' }],
    ['a:0', undefined],
    ['a:65536', undefined],
    ['https://a', undefined],
    ['-a', undefined],
    ['', undefined],
  ] as const)('%s', ([text, expected]) => {
    expect(readHost(text)).toEqual(expected);
  });

  test('a list has an end', () => {
    const { hosts, refused } = readHosts('a.test\n'.repeat(3000), 'list');
    expect(hosts).toHaveLength(2000);
    expect(refused).toEqual([{ where: 'list:2001', why: expect.stringContaining('more than 2000') }]);
  });

  test('a protocol before TLS becomes one of the probe; addresses that differ are said', async () => {
    const [one, other] = await Promise.all([newChain(), newChain({ names: ['b.example.com'] })]);
    const leaves = [one.leaf.der, other.leaf.der];
    const look = () =>
      Promise.resolve(leaves.map((leafDer, at) => ({ address: `192.0.2.${at}`, leafDer, error: undefined })));
    const survey = await surveyHosts(
      [{ host: 'mail.test', port: 25, protocol: 'smtp' }],
      look,
      () => undefined,
    );
    expect(survey.refused).toMatchObject([
      { where: 'mail.test:25', why: expect.stringContaining('different') },
    ]);
    const text = inventoryText(propose(survey.found, options), answers, '/schema.json');
    expect(parse(text)).toMatchObject({
      certificates: [
        { deploy: [{ probe: [{ host: 'mail.test', port: 25, protocol: 'smtp' }] }] },
        { names: ['b.example.com'] },
      ],
    });
  });
});

test('INI files are read line by line, whatever else is in them', () => {
  const ini = readIni('# x\n[a]\nkey = value = more \n  other=1\nbroken\n__proto__ = x\n');
  expect(ini.get('key')).toBe('value = more');
  expect(ini.get('other')).toBe('1');
  expect(ini.get('broken')).toBeUndefined();
});
