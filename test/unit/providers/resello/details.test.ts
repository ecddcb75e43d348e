import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DcvMethod } from '../../../../src/core/certificate.ts';
import { methodOf, readDetails } from '../../../../src/providers/resello/details.ts';
import { parseJson } from '../../../../src/providers/resello/wire.ts';
import { cpuTimeMs } from '../../../builders/cpu-time.ts';

const domain = 'shop.example.com';
const record = (recordName: string, recordType: string, value: string, identifier = domain): object => ({
  kind: 'dns',
  identifier,
  recordName,
  recordType,
  value,
});

describe('a DNS record', () => {
  const wanted = [record('_dnsauth.shop.example.com', 'TXT', 'abc123')];

  test.each<[string, unknown]>([
    ['name, type, value', { name: '_dnsauth.shop.example.com', type: 'TXT', value: 'abc123' }],
    ['host, content', { dcv: { host: '_dnsauth.shop.example.com.', type: 'txt', content: '"abc123"' } }],
    ['relative to the domain', [{ record_name: '_dnsauth', record_type: 'TXT', record_value: 'abc123' }]],
    ['in camel case', { recordName: '_dnsauth', recordType: 'TXT', recordValue: 'abc123' }],
    ['a zone line', { dns: { instruction: '_dnsauth.shop.example.com. 60 IN TXT "abc123"' } }],
    ['a line with a relative owner', ['_dnsauth\tIN\tTXT\tabc123']],
    ['said twice', [{ name: '_dnsauth', type: 'TXT', value: 'abc123' }, '_dnsauth TXT "abc123"']],
    [
      'beside other words',
      { method: 'DNS', help: 'See our manual.', steps: [{ n: 1 }], record: '_dnsauth TXT abc123' },
    ],
  ])('%s', (_, details) => {
    expect(readDetails(details, domain, 'dns')).toEqual({ challenges: wanted, unrecognised: false });
  });

  test('CNAME', () => {
    const details = { name: '_AB12.shop.example.com', type: 'CNAME', target: 'X.Comodoca.com.' };
    expect(readDetails(details, domain, 'dns').challenges).toEqual([
      record('_ab12.shop.example.com', 'CNAME', 'x.comodoca.com'),
    ]);
  });

  test('of each domain, named above it', () => {
    const details = [
      { domain: 'shop.example.com', dns: { name: '@', type: 'TXT', value: 'one' } },
      { domain: '*.other.example.com', dns: { name: '_v', type: 'TXT', value: 'two' } },
    ];
    expect(readDetails(details, undefined, 'dns').challenges).toEqual([
      record('shop.example.com', 'TXT', 'one'),
      record('_v.other.example.com', 'TXT', 'two', '*.other.example.com'),
    ]);
  });

  test.each<[string, unknown]>([
    ['another type', { name: 'a', type: 'MX', value: 'b' }],
    ['no value', { name: '_dnsauth', type: 'TXT' }],
    ['a bare word', ['abc123']],
    ['a sentence', { text: 'Please add a TXT record to your zone' }],
  ])('%s is none', (_, details) => {
    expect(readDetails(details, domain, 'dns')).toEqual({ challenges: [], unrecognised: true });
  });

  test('a relative name without a domain is not guessed', () => {
    expect(readDetails(['@ TXT abc'], undefined, 'dns').challenges).toEqual([]);
  });
});

describe('a file', () => {
  const wanted = (path: string, host = domain): unknown => [
    { kind: 'file', identifier: domain, host, path, content: 'abc\n123' },
  ];
  const content = 'abc\n123';

  test.each<[string, object, string, string?]>([
    ['path', { path: '/.well-known/pki-validation/f.txt', content }, '/.well-known/pki-validation/f.txt'],
    [
      'URL',
      { file_url: 'http://shop.example.com/.well-known/f.txt', file_content: content },
      '/.well-known/f.txt',
    ],
    [
      'host and path',
      { location: 'www.shop.example.com/a/f.txt', body: content },
      '/a/f.txt',
      'www.shop.example.com',
    ],
    ['name alone', { filename: 'f.txt', contents: content }, '/.well-known/pki-validation/f.txt'],
    ['name of a FILE', { type: 'FILE', name: 'f.txt', content }, '/.well-known/pki-validation/f.txt'],
  ])('%s', (_, details, path, host) => {
    expect(readDetails({ dcv: [details] }, domain, 'file')).toEqual({
      challenges: wanted(path, host),
      unrecognised: false,
    });
  });

  test.each([{ path: 'a b', content }, { name: 'f.txt', content }, { path: '/f.txt' }])(
    '%j is none',
    (details) => {
      expect(readDetails(details, domain, 'file').challenges).toEqual([]);
    },
  );
});

test('addresses', () => {
  const details = {
    approvers: ['admin@example.com', 'no address', 'webmaster@example.com'],
    email: 'admin@example.com',
  };
  expect(readDetails(details, domain, 'email').challenges).toEqual([
    { kind: 'email', identifier: domain, addresses: ['admin@example.com', 'webmaster@example.com'] },
  ]);
});

describe('several methods at once', () => {
  const details = {
    dns: { name: '_v', type: 'TXT', value: 'one' },
    file: { path: '/.well-known/pki-validation/f.txt', content: 'one' },
    mail: { approver_email: 'admin@example.com' },
  };

  test.each<[DcvMethod | undefined, string]>([
    ['dns', 'dns'],
    ['file', 'file'],
    ['email', 'email'],
    [undefined, 'dns'],
  ])('chosen: %s', (method, kind) => {
    expect(readDetails(details, domain, method).challenges.map((one) => one.kind)).toEqual([kind]);
  });

  test('a word on the method in the details themselves', () => {
    expect(methodOf({ dcv_type: 'file' })).toBe('file');
    expect(methodOf({ method: 'carrier pigeon' })).toBeUndefined();
    expect(methodOf('dns')).toBeUndefined();
  });
});

test('any JSON: challenges or none, soon, and nothing polluted', () => {
  const keys = fc.constantFrom(
    'name',
    'type',
    'value',
    'content',
    'path',
    'email',
    'domain',
    '__proto__',
    'constructor',
    'x',
  );
  const texts = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.constantFrom(
      'TXT',
      'CNAME',
      '_dnsauth',
      'a TXT "b',
      '"',
      '&lt;',
      'x@y.z',
      '/a/../b',
      '\u0000',
      'ａ．ｂ',
    ),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      texts,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 5 }),
      fc.dictionary(keys, tie('tree'), { maxKeys: 6 }),
    ),
  }));
  fc.assert(
    fc.property(tree, fc.option(texts, { nil: undefined }), (value, name) => {
      const json = parseJson(JSON.stringify(value));
      const { challenges } = readDetails(json, name, undefined);
      const odd = challenges.filter(
        (one) =>
          (one.kind === 'dns' && one.recordType !== 'TXT' && one.recordType !== 'CNAME') ||
          (one.kind === 'file' && !one.path.startsWith('/')),
      );
      expect(odd).toEqual([]);
    }),
    { numRuns: 500 },
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('a long text costs no more than its length', () => {
  const long = [' TXT '.repeat(200_000), `${'a.'.repeat(200_000)} TXT x`, '"'.repeat(500_000)];
  expect(cpuTimeMs(() => void readDetails(long, domain, 'dns'))).toBeLessThan(1000);
});
