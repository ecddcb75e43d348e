import { describe, expect, test } from 'vitest';
import type { DcvMethod } from '../../../../src/core/certificate.ts';
import { authenticationFor, challengesOf } from '../../../../src/providers/internetx/challenges.ts';
import { parseAs, preparedSchema } from '../../../../src/providers/internetx/schema.ts';

function challenges(authentication: unknown, method: DcvMethod, name = 'example.com'): unknown {
  const prepared = parseAs(preparedSchema, { name, authentication }, 'test');
  const element = authenticationFor(prepared.authentication, method);
  return element === undefined ? undefined : challengesOf(element, name);
}

describe('DNS lines', () => {
  const token = '2018092608362142n4sbul8rv8ttv7zkhjgzvyim8n1kpa9lys0uqdszxzs0pa0l';
  const txt = (recordName: string, value = token): object[] => [
    { kind: 'dns', identifier: 'example.com', recordName, recordType: 'TXT', value },
  ];
  const cname = (recordName: string, value: string): object[] => [
    { kind: 'dns', identifier: 'example.com', recordName, recordType: 'CNAME', value },
  ];

  test.each([
    [
      'runs of tabs (reissue walkthrough, prepare)',
      `example.com.\t\t300\tIN\tTXT\t\t"${token}"`,
      txt('example.com'),
    ],
    ['single tabs (reissue walkthrough, info)', `example.com.\t300\tIN\tTXT\t"${token}"`, txt('example.com')],
    ['blanks (XML)', `example.com. 300 IN TXT "${token}"`, txt('example.com')],
    [
      'a line break before the closing quote (prose)',
      `example.com. 300 IN TXT "${token}\n"`,
      txt('example.com'),
    ],
    [
      'owner below the name (2020)',
      `_dnsauth.example.com.\t300\tIN\tTXT\t"${token}"`,
      txt('_dnsauth.example.com'),
    ],
    ['no TTL, no class, upper case owner', `Example.COM. TXT ${token}`, txt('example.com')],
    [
      'CNAME',
      '_ab12.example.com.\t300\tIN\tCNAME\tCd34.Validation.example.net.',
      cname('_ab12.example.com', 'cd34.validation.example.net'),
    ],
  ])('%s', (_, dns, expected) => {
    expect(challenges([{ method: 'DNS', dns }], 'dns')).toEqual(expected);
  });

  test('a line that cannot be understood is an error, not a guess', () => {
    expect(() => challenges([{ method: 'DNS', dns: 'put a record, please' }], 'dns')).toThrow(
      /not understood/,
    );
  });
});

describe('files', () => {
  const content = '2020031110071149hu0i9pe92wgypcio2rl527857rtqakhmlm7qn1decuse9lus';
  test.each([
    ['host and path (2020)', 'junkdragons.de/.well-known/pki-validation/fileauth.txt', 'junkdragons.de'],
    ['a whole URL (XML)', 'http://example.com/.well-known/pki-validation/fileauth.txt', 'example.com'],
    ['https', 'https://WWW.example.com/.well-known/pki-validation/fileauth.txt', 'www.example.com'],
    ['a path alone', '/.well-known/pki-validation/fileauth.txt', 'example.com'],
  ])('%s', (_, fileName, host) => {
    expect(challenges([{ method: 'FILE', fileName, fileContent: content }], 'file')).toEqual([
      {
        kind: 'file',
        identifier: 'example.com',
        host,
        path: '/.well-known/pki-validation/fileauth.txt',
        content,
      },
    ]);
  });

  test('a method without data (reissue walkthrough) asks for nothing yet', () => {
    expect(challenges([{ method: 'FILE' }], 'file')).toEqual([]);
    expect(challenges([{ method: 'FILE', fileName: null, fileContent: null }], 'file')).toEqual([]);
  });

  test('a name without a path, or with a query, is an error', () => {
    for (const fileName of ['fileauth.txt', 'example.com/a?b=c', 'example.com/a b']) {
      expect(() => challenges([{ method: 'FILE', fileName, fileContent: content }], 'file')).toThrow(
        /not understood/,
      );
    }
  });

  test('the content is kept byte for byte', () => {
    const fileContent = ' two\r\nlines \n';
    expect(challenges([{ method: 'FILE', fileName: '/x', fileContent }], 'file')).toMatchObject([
      { content: fileContent },
    ]);
  });
});

describe('e-mail', () => {
  test('addresses as a list, as one, or none', () => {
    const email = (addresses: string[]): object[] => [
      { kind: 'email', identifier: 'example.com', addresses },
    ];
    expect(challenges([{ method: 'EMAIL', approverEmails: ['a@x.de', 'b@x.de'] }], 'email')).toEqual(
      email(['a@x.de', 'b@x.de']),
    );
    expect(challenges([{ method: 'EMAIL', approverEmails: 'a@x.de' }], 'email')).toEqual(email(['a@x.de']));
    expect(challenges([{ method: 'EMAIL' }], 'email')).toEqual(email([]));
  });
});

describe('several names', () => {
  const line = (owner: string, value: string): string => `${owner}.\t300\tIN\tTXT\t"${value}"`;

  test('nested domains, the outer record repeated, methods left out', () => {
    const nested = {
      name: 'example.com',
      method: 'DNS',
      dns: line('_dnsauth.example.com', 'one'),
      domains: [
        { name: 'example.com', method: 'DNS', dns: line('_dnsauth.example.com', 'one') },
        { name: 'www.example.net', dns: line('_dnsauth.www.example.net', 'two') },
        { name: 'done.example.com', method: 'DNS' },
      ],
    };
    const expected = [
      {
        kind: 'dns',
        identifier: 'example.com',
        recordName: '_dnsauth.example.com',
        recordType: 'TXT',
        value: 'one',
      },
      {
        kind: 'dns',
        identifier: 'www.example.net',
        recordName: '_dnsauth.www.example.net',
        recordType: 'TXT',
        value: 'two',
      },
    ];
    expect(challenges([nested], 'dns')).toEqual(expected);
    expect(challenges(nested, 'dns')).toEqual(expected);
  });

  test('one element of the method per name', () => {
    const flat = [
      { name: 'a.example.com', method: 'DNS', dns: line('_dnsauth.a.example.com', 'one') },
      { name: 'a.example.com', method: 'FILE', fileName: '/f', fileContent: 'x' },
      { name: 'b.example.com', method: 'DNS', dns: line('_dnsauth.b.example.com', 'two') },
    ];
    expect(challenges(flat, 'dns')).toMatchObject([
      { identifier: 'a.example.com' },
      { identifier: 'b.example.com' },
    ]);
  });

  test('a wildcard keeps its star as identifier, not in the owner', () => {
    expect(challenges([{ name: '*.example.com', method: 'DNS', dns: '"token"' }], 'dns')).toMatchObject([
      { identifier: '*.example.com', recordName: 'example.com', value: 'token' },
    ]);
  });
});

test('methods that are not wanted, unknown or without anything to publish', () => {
  expect(challenges([{ method: 'FILE' }], 'dns')).toBeUndefined();
  expect(challenges(undefined, 'dns')).toBeUndefined();
  const organisation = parseAs(preparedSchema, { authentication: { method: 'ORG' } }, 'test')
    .authentication?.[0];
  expect(organisation === undefined ? undefined : challengesOf(organisation, 'example.com')).toEqual([]);
});
