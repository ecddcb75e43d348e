/** What a provider may ask for, and what a hostile one must not get. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Challenge, DnsChallenge, FileChallenge } from '../../../src/core/challenge.ts';
import { checkChallenge } from '../../../src/renewal/dcv/safety.ts';

const names = ['shop.example.com', '*.wild.example.org'];
const random32 = 'm278fkyc6xmxyf1x2zwh6st7ch0866f9';

function txt(recordName: string, value = 'token-1'): DnsChallenge {
  return { kind: 'dns', identifier: 'shop.example.com', recordName, recordType: 'TXT', value };
}
function cname(recordName: string, value = 'dcv.digicert.com'): DnsChallenge {
  return { ...txt(recordName, value), recordType: 'CNAME' };
}
function file(path: string, content = 'token-1', host = 'shop.example.com'): FileChallenge {
  return { kind: 'file', identifier: 'shop.example.com', host, path, content };
}
const wellKnown = '/.well-known/pki-validation';

const safe: readonly (readonly [string, Challenge])[] = [
  ['TXT at the name', txt('shop.example.com')],
  ['TXT at the customary www', txt('www.shop.example.com')],
  ['CNAME below the customary www', cname(`${random32}.www.shop.example.com`)],
  ['a file on the customary www', file(`${wellKnown}/x`, 'x', 'www.shop.example.com')],
  ['TXT at the parent', txt('example.com')],
  ['TXT at the base of a wildcard', txt('wild.example.org')],
  ['TXT at the parent of a wildcard', txt('example.org')],
  ['TXT below an underscore label', txt('_dnsauth.shop.example.com')],
  ['TXT below an underscore label at the parent', txt('_dnsauth.example.com')],
  [
    'TXT as ACME asks',
    txt('_acme-challenge.shop.example.com', 'LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo'),
  ],
  ['TXT of GlobalSign', txt('example.com', '_globalsign-domain-verification=AbC-1')],
  ...['spf', 'ms', 'did', 'google'].map(
    (word) =>
      [`TXT of a token that begins with "${word}"`, txt('example.com', `${word}${random32}`)] as const,
  ),
  ['TXT with spaces and quotes inside', txt('example.com', 'a "quoted" value; with=signs')],
  ['TXT of the longest value', txt('example.com', 'x'.repeat(2048))],
  ['CNAME of DigiCert', cname(`${random32}.shop.example.com`)],
  ['CNAME of DigiCert at the parent', cname(`${random32}.example.com`)],
  ['CNAME of Sectigo', cname(`_${random32}.shop.example.com`, `${random32}.${random32}.sectigo.com`)],
  ['CNAME below two proof labels', cname(`${random32}._pki-validation.shop.example.com`)],
  ['CNAME in upper case', cname('_dnsauth.shop.example.com', 'DCV.DigiCert.com')],
  ['a file', file(`${wellKnown}/fileauth.txt`)],
  ['a file of Sectigo', file(`${wellKnown}/${random32.toUpperCase()}.txt`, 'ABC\r\nsectigo.com\r\n')],
  ['a file as ACME asks', file('/.well-known/acme-challenge/LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI', 'a.b')],
  ['a file of HEXONET at the root', file('/0123456789abcdef0123456789ABCDEF.txt')],
  ['a file at the parent', file(`${wellKnown}/a.html`, 'x', 'example.com')],
  ['a file at the base of a wildcard', file(`${wellKnown}/a.html`, 'x', 'wild.example.org')],
  ['a file with a tab', file(`${wellKnown}/a`, 'a\tb')],
  ['a file of the largest size', file(`${wellKnown}/a`, 'x'.repeat(65_536))],
  ['mail', { kind: 'email', identifier: 'shop.example.com', addresses: [] }],
];

const unsafe: readonly (readonly [string, Challenge])[] = [
  // Foreign names.
  ['TXT at another domain', txt('example.net')],
  ['TXT at a name that only ends alike', txt('notexample.com')],
  ['TXT at a look-alike of the name', txt('evilshop.example.com')],
  ['TXT at a sibling', txt('mail.example.com')],
  ['TXT below a sibling', txt('_dnsauth.mail.example.com')],
  ['TXT at the public suffix', txt('com')],
  ['TXT below the public suffix', txt('_dnsauth.com')],
  ['TXT at the root', txt('')],
  ['TXT at a dot', txt('.')],
  ['TXT at the name with a final dot', txt('shop.example.com.')],
  ['TXT in upper case', txt('_DNSAUTH.SHOP.EXAMPLE.COM')],
  ['TXT at the wildcard itself', txt('*.wild.example.org')],
  ['TXT below a star', txt('*.shop.example.com')],
  ['TXT with an empty label', txt('_dnsauth..shop.example.com')],
  ['TXT with a leading dot', txt('.shop.example.com')],
  ['TXT with a space', txt('_dns auth.shop.example.com')],
  ['TXT with a slash', txt('_dns/auth.shop.example.com')],
  ['TXT with a line feed', txt('_dnsauth\n.shop.example.com')],
  ['TXT with a NUL', txt('_dnsauth\u0000.shop.example.com')],
  ['TXT with a zone file comment', txt('_a;.shop.example.com')],
  ['TXT in another script', txt('_dnsаuth.shop.example.com')],
  ['TXT below three labels', txt('_a._b._c.shop.example.com')],
  [
    'TXT at a name of 254 characters',
    txt(`_${'a'.repeat(62)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.example.com`),
  ],
  ['TXT below a label of 64 characters', txt(`_${'a'.repeat(63)}.shop.example.com`)],

  // Hosts.
  ['CNAME in place of the name', cname('shop.example.com')],
  ['CNAME in place of the parent', cname('example.com')],
  ['CNAME in place of a wildcard base', cname('wild.example.org')],
  ['CNAME at www', cname('www.shop.example.com', 'evil.test')],
  ['CNAME at a host', cname('login.example.com', 'evil.test')],
  ['CNAME at a long host', cname('customerportal2026.example.com', 'evil.test')],
  ['CNAME at 31 characters', cname(`${random32.slice(1)}.example.com`, 'evil.test')],
  ['CNAME at a host below a proof', cname(`www._dnsauth.shop.example.com`, 'evil.test')],
  ['TXT at a host', txt('ftp.shop.example.com')],
  ['TXT at the www of a parent', txt('www.example.com')],
  ['TXT at the www of a www', txt('www.www.shop.example.com')],

  // What others look up.
  ['CNAME of a mail policy', cname('_dmarc.example.com', 'evil.test')],
  ['TXT of a mail policy', txt('_dmarc.example.com', 'anything')],
  ['CNAME of all DKIM keys', cname('_domainkey.example.com', 'evil.test')],
  ['TXT of a DKIM key', txt(`${random32}._domainkey.example.com`, 'token')],
  ['CNAME of a DKIM key', cname('_s1._domainkey.example.com', 'evil.test')],
  ['TXT of MTA-STS', txt('_mta-sts.example.com', 'anything')],
  ['TXT of TLS reports', txt('_smtp._tls.example.com', 'anything')],
  ['CNAME of a TLSA record', cname('_443._tcp.shop.example.com', 'evil.test')],
  ['CNAME of a service', cname('_sip._tcp.example.com', 'evil.test')],
  ['CNAME of a port', cname('_25.example.com', 'evil.test')],
  ['CNAME of later ACME proofs', cname('_acme-challenge.shop.example.com', 'evil.test')],
  ['CNAME of later ACME proofs of the parent', cname('_acme-challenge.example.com', 'evil.test')],
  ['TXT of a lasting proof', txt('_validation-persist.example.com', 'evil.test; accounturi=x')],
  ['TXT of a contact', txt('_validation-contactemail.example.com', 'evil@evil.test')],
  ['TXT of a handle', txt('_atproto.example.com', 'did=did:plc:evil')],
  ['TXT of a link', txt('_dnslink.example.com', 'dnslink=/ipfs/x')],

  // Values with another meaning.
  ['SPF', txt('example.com', 'v=spf1 +all')],
  ['SPF in upper case', txt('example.com', 'V=SPF1 +all')],
  ['SPF after spaces', txt('example.com', '  v=spf1 +all')],
  ['SPF with spaces inside', txt('example.com', 'v = spf1 +all')],
  ['the older SPF', txt('example.com', 'spf2.0/pra +all')],
  ['DMARC', txt('_dnsauth.example.com', 'v=DMARC1; p=none')],
  ['a DKIM key', txt('_dnsauth.example.com', 'k=rsa; p=MIGfMA0')],
  ['a bare DKIM key', txt('_dnsauth.example.com', 'p=MIGfMA0')],
  ['a claim at Google', txt('example.com', 'google-site-verification=abc')],
  ['a claim at Microsoft', txt('example.com', 'MS=ms12345678')],
  ['a claim at Facebook', txt('example.com', 'facebook-domain-verification=abc')],
  ['a claim at Apple', txt('example.com', 'apple-domain-verification=abc')],
  ['an empty TXT', txt('example.com', '')],
  ['an oversized TXT', txt('example.com', 'x'.repeat(2049))],
  ['a TXT with a line feed', txt('example.com', 'a\nb')],
  ['a TXT with a NUL', txt('example.com', 'a\u0000b')],
  ['a TXT with an escape', txt('example.com', 'a\u001b[31mb')],
  ['a TXT in another script', txt('example.com', 'tоken')],
  ['an empty target', cname('_dnsauth.shop.example.com', '')],
  ['a target with spaces', cname('_dnsauth.shop.example.com', 'evil test')],
  ['a target with a quote', cname('_dnsauth.shop.example.com', 'a"b.test')],
  ['a target of 254 characters', cname('_dnsauth.shop.example.com', `${'a'.repeat(249)}.test`)],

  // Files.
  ['a path that climbs', file(`${wellKnown}/../../etc/cron.d/x`)],
  ['a path that climbs at its end', file(`${wellKnown}/..`)],
  ['a path that hides', file(`${wellKnown}/.htaccess`)],
  ['dots in a name', file(`${wellKnown}/a..b`)],
  ['an encoded climb', file(`${wellKnown}/%2e%2e/x`)],
  ['a backslash', file(`${wellKnown}\\..\\x`)],
  ['a double slash', file('/.well-known//pki-validation/x')],
  ['a folder', file(`${wellKnown}/`)],
  ['a folder below', file(`${wellKnown}/a/b`)],
  ['another well-known folder', file('/.well-known/security.txt')],
  ['the web root', file('/index.html')],
  ['a script at the root', file('/0123456789abcdef0123456789abcdef.php')],
  ['31 digits at the root', file('/0123456789abcdef0123456789abcde.txt')],
  ['no slash', file('.well-known/pki-validation/x')],
  ['a query', file(`${wellKnown}/x?y`)],
  ['a NUL', file(`${wellKnown}/x\u0000.txt`)],
  ['a line feed at the end', file(`${wellKnown}/x\n`)],
  ['a name of 129 characters', file(`${wellKnown}/${'a'.repeat(129)}`)],
  ['a URL', file('http://evil.test/.well-known/pki-validation/x')],
  ['a foreign host', file(`${wellKnown}/x`, 'x', 'evil.test')],
  ['a sibling host', file(`${wellKnown}/x`, 'x', 'mail.example.com')],
  ['a host with a port', file(`${wellKnown}/x`, 'x', 'shop.example.com:8080')],
  ['a host in upper case', file(`${wellKnown}/x`, 'x', 'SHOP.example.com')],
  ['the public suffix as a host', file(`${wellKnown}/x`, 'x', 'com')],
  ['an empty host', file(`${wellKnown}/x`, 'x', '')],
  ['a climbing host', file(`${wellKnown}/x`, 'x', '../shop.example.com')],
  ['an empty file', file(`${wellKnown}/x`, '')],
  ['an oversized file', file(`${wellKnown}/x`, 'x'.repeat(65_537))],
  ['a binary file', file(`${wellKnown}/x`, 'a\u0000b')],
  ['a file in another script', file(`${wellKnown}/x`, 'tоken')],
];

describe('published', () => {
  test.each(safe)('%s', (_, challenge) => {
    expect(checkChallenge(challenge, names)).toBeUndefined();
  });
});

describe('refused', () => {
  test.each(unsafe)('%s', (_, challenge) => {
    const refusal = checkChallenge(challenge, names);
    expect(refusal).toMatchObject({ code: 'dcv-unsafe', kind: 'protocol' });
    expect(refusal?.message).toMatch(/nothing was published$/);
    expect(refusal?.message.length).toBeLessThan(600);
  });
});

test('whatever a provider sends: no throwing, and nothing outside the names', () => {
  const labels = fc.constantFrom(
    '_dnsauth',
    'www',
    random32,
    'shop',
    'example',
    'com',
    'org',
    'evil',
    '',
    '*',
    '..',
    'a\n',
  );
  const name = fc.oneof(
    fc.string(),
    fc.array(labels, { maxLength: 6 }).map((parts) => parts.join('.')),
  );
  const challenge: fc.Arbitrary<Challenge> = fc.oneof(
    fc
      .record({
        recordName: name,
        value: fc.string(),
        recordType: fc.constantFrom('TXT' as const, 'CNAME' as const),
      })
      .map((part) => ({ kind: 'dns' as const, identifier: 'x', ...part })),
    fc
      .record({
        host: name,
        path: fc.oneof(
          fc.string(),
          fc.string().map((s) => `${wellKnown}/${s}`),
        ),
        content: fc.string(),
      })
      .map((part) => ({ kind: 'file' as const, identifier: 'x', ...part })),
  );
  fc.assert(
    fc.property(challenge, (one) => {
      if (checkChallenge(one, ['shop.example.com']) !== undefined) return;
      const host = one.kind === 'dns' ? one.recordName : one.kind === 'file' ? one.host : 'example.com';
      expect(host).toMatch(/^([a-z0-9_-]+\.){0,3}example\.com$/);
      const path = one.kind === 'file' ? one.path : `${wellKnown}/x`;
      expect(path).toMatch(/^\/\.well-known\/pki-validation\/[A-Za-z0-9._-]+$/);
    }),
    { numRuns: 3000 },
  );
});

describe('a label that the provider declares', () => {
  const own = /^[a-z0-9]{10}$/;
  const cname = (recordName: string) =>
    ({
      kind: 'dns',
      identifier: 'shop.example.com',
      recordName,
      recordType: 'CNAME',
      value: 'vwxyz56789.shop.example.com',
    }) as const;

  test('may stand in front of a name, for a CNAME alone', () => {
    const proof = cname('abcde01234.shop.example.com');
    expect(checkChallenge(proof, ['shop.example.com'])?.code).toBe('dcv-unsafe');
    expect(checkChallenge(proof, ['shop.example.com'], own)).toBeUndefined();
    expect(checkChallenge({ ...proof, recordType: 'TXT' }, ['shop.example.com'], own)?.code).toBe(
      'dcv-unsafe',
    );
  });

  test.each([
    'abcde0123.shop.example.com',
    'abcde01234x.shop.example.com',
    'abcde01234.example.org',
    'www.shop.example.com',
  ])('%s stays refused', (recordName) => {
    expect(checkChallenge(cname(recordName), ['shop.example.com'], own)?.code).toBe('dcv-unsafe');
  });

  test('names a file at the root as well, and no other file', () => {
    const file = (path: string) =>
      ({
        kind: 'file',
        identifier: 'shop.example.com',
        host: 'shop.example.com',
        path,
        content: 'x',
      }) as const;
    const names = ['shop.example.com'];
    expect(checkChallenge(file('/abcde01234.txt'), names)?.code).toBe('dcv-unsafe');
    expect(checkChallenge(file('/abcde01234.txt'), names, own)).toBeUndefined();
    for (const path of ['/robots.txt', '/abcde01234.html', '/a/abcde01234.txt', '/../abcde01234.txt'])
      expect(checkChallenge(file(path), names, own)?.code).toBe('dcv-unsafe');
  });
});
