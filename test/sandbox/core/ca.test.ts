import { X509Certificate } from 'node:crypto';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type { DnsLook, SandboxCaOptions, SteerableSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type { CaCertificate, DcvRequirement } from '../../../src/sandbox/contract.ts';
import { handClock, opensslCsr, run, temporaryFolder, writeFiles } from './support.ts';

const DAY_MS = 86_400_000;
const NAMES = ['www.example.test', 'example.test'];

let clock = handClock();
let texts: Map<string, string[]>;
let ca: SteerableSandboxCa;
let csr: string;

function newCa(options: Partial<SandboxCaOptions> = {}): SteerableSandboxCa {
  return createSandboxCa({
    clock,
    resolver: {
      description: 'a map',
      look: async (name): Promise<DnsLook> => ({
        rcode: texts.has(name) ? 'NOERROR' : 'NXDOMAIN',
        aliases: new Map(),
        texts: new Map([[name, texts.get(name) ?? []]]),
      }),
    },
    fetchFile: () => Promise.reject(new Error('no web in this test')),
    ...options,
  });
}

beforeEach(() => {
  clock = handClock();
  texts = new Map([['_dcv.example.test', ['token']]]);
  ca = newCa();
});

const txt: DcvRequirement = {
  kind: 'dns-txt',
  identifier: 'example.test',
  recordName: '_dcv.example.test',
  value: 'token',
};
const farAway = (): Date => new Date(clock.now().getTime() + 1000 * DAY_MS);

async function issue(names = NAMES, key: Parameters<typeof opensslCsr>[1] = 'P-256'): Promise<CaCertificate> {
  const order = ca.submit({
    csrPem: opensslCsr(names, key),
    names,
    requirements: [txt],
    notAfterAtMost: farAway(),
  });
  await ca.tick();
  const certificate = ca.get(order.id)?.certificate;
  if (certificate === undefined) throw new Error(JSON.stringify(ca.get(order.id)));
  return certificate;
}

describe('chains', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  it.each(['RSA 2048', 'RSA 3072', 'P-256', 'P-384'] as const)(
    'openssl accepts a leaf for %s',
    async (key) => {
      const certificate = await issue(NAMES, key);
      writeFiles(folder.path, {
        'root.pem': certificate.rootPem,
        'intermediate.pem': certificate.intermediatePem,
        'leaf.pem': certificate.leafPem,
      });
      const file = (name: string): string => path.join(folder.path, name);
      const verdict = await run('openssl', [
        'verify',
        '-x509_strict',
        '-purpose',
        'sslserver',
        '-verify_hostname',
        'www.example.test',
        '-attime',
        String(Math.floor(clock.now().getTime() / 1000)),
        '-CAfile',
        file('root.pem'),
        '-untrusted',
        file('intermediate.pem'),
        file('leaf.pem'),
      ]);
      expect(verdict.output).toContain('leaf.pem: OK');
      const text = (await run('openssl', ['x509', '-in', file('leaf.pem'), '-noout', '-text'])).output;
      expect(text).toContain('Version: 3');
      expect(text).toMatch(
        /Issuer: O = renewd sandbox - NOT A CA, CN = renewd sandbox intermediate - NOT A CA/,
      );
      expect(text).toContain('Subject: CN = www.example.test');
      expect(text).toContain('DNS:www.example.test, DNS:example.test');
      expect(text).toContain('TLS Web Server Authentication');
      expect(text).toMatch(
        key.startsWith('RSA') ? /Digital Signature, Key Encipherment/ : /critical\s+Digital Signature\n/,
      );
      expect(text).toContain('CA:FALSE');
      const rootText = (await run('openssl', ['x509', '-in', file('intermediate.pem'), '-noout', '-text']))
        .output;
      expect(rootText).toContain('CA:TRUE, pathlen:0');
    },
  );

  it('gives PEM in 64 columns with a final newline, and the serial as X.509 prints it', async () => {
    const certificate = await issue();
    for (const pem of [certificate.leafPem, certificate.intermediatePem, certificate.rootPem]) {
      expect(pem).toMatch(
        /^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/=]{1,64}\n-----END CERTIFICATE-----\n$/,
      );
    }
    const parsed = new X509Certificate(certificate.leafPem);
    expect(certificate.serialHex).toBe(parsed.serialNumber);
    expect(certificate.serialHex).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(
      new X509Certificate(certificate.intermediatePem).checkIssued(new X509Certificate(certificate.rootPem)),
    ).toBe(true);
    expect(parsed.validToDate).toEqual(certificate.notAfter);
    expect(parsed.validFromDate).toEqual(certificate.notBefore);
  });

  it('puts a wildcard into subject and SAN as X.509 wants it', async () => {
    const { leafPem } = await issue(['*.example.test', 'example.test']);
    const file = path.join(folder.path, 'leaf.pem');
    writeFiles(folder.path, { 'leaf.pem': leafPem });
    // "*" is no character of a PrintableString (X.680 §41.4).
    const { output } = await run('openssl', ['asn1parse', '-in', file]);
    expect(output).toMatch(/UTF8STRING\s+:\*\.example\.test/);
    expect(new X509Certificate(leafPem).checkHost('any.example.test')).toBe('*.example.test');
  });

  it('leaves the common name out of the subject when it would be too long for one', async () => {
    const long = `${'a'.repeat(60)}.example.test`;
    const order = ca.submit({
      csrPem: opensslCsr([], 'P-256', ['-subj', '/O=nobody', '-addext', `subjectAltName=DNS:${long}`]),
      names: [long],
      requirements: [txt],
      notAfterAtMost: farAway(),
    });
    await ca.tick();
    const parsed = new X509Certificate(ca.get(order.id)?.certificate?.leafPem ?? '');
    expect(parsed.subject ?? '').toBe('');
    expect(parsed.checkHost(long)).toBe(long);
  });
});

describe('validity', () => {
  it('begins before now, ends at the cap of 199 days, and holds whole seconds', async () => {
    const { notBefore, notAfter } = await issue();
    expect(notBefore.getTime()).toBeLessThan(clock.now().getTime());
    expect(notBefore.getUTCMilliseconds()).toBe(0);
    expect(notAfter.getTime() - notBefore.getTime()).toBe(199 * DAY_MS - 1000);
  });

  it('follows a changed cap and an earlier end of the order', async () => {
    ca.maxValidityDays = 46;
    const capped = await issue();
    expect(capped.notAfter.getTime() - capped.notBefore.getTime()).toBe(46 * DAY_MS - 1000);
    const end = new Date(clock.now().getTime() + 10 * DAY_MS + 123);
    const order = ca.submit({
      csrPem: opensslCsr(NAMES),
      names: NAMES,
      requirements: [txt],
      notAfterAtMost: end,
    });
    await ca.tick();
    expect(ca.get(order.id)?.certificate?.notAfter).toEqual(
      new Date(Math.floor(end.getTime() / 1000) * 1000),
    );
  });

  it('fails an order whose certificate would have ended already', async () => {
    const order = ca.submit({
      csrPem: opensslCsr(NAMES),
      names: NAMES,
      requirements: [txt],
      notAfterAtMost: clock.now(),
    });
    await ca.tick();
    expect(ca.get(order.id)).toMatchObject({ status: 'failed' });
  });

  it('writes years from 2050 on in the other notation', async () => {
    const certificate = ca.issueNow({
      csrPem: opensslCsr(NAMES),
      names: NAMES,
      notBefore: new Date('2049-12-31T23:59:59Z'),
      notAfter: new Date('2050-01-01T00:00:00Z'),
    });
    const parsed = new X509Certificate(certificate.leafPem);
    expect(parsed.validFromDate).toEqual(new Date('2049-12-31T23:59:59Z'));
    expect(parsed.validToDate).toEqual(new Date('2050-01-01T00:00:00Z'));
  });
});

describe('requests', () => {
  beforeEach(() => {
    csr = opensslCsr(NAMES);
  });

  it('reads names, key and signature', () => {
    const parsed = ca.parseCsr(csr);
    expect(parsed).toMatchObject({
      commonName: 'www.example.test',
      names: NAMES,
      subject: { C: 'DE', CN: 'www.example.test' },
      keyAlgorithm: 'EC',
      keySize: 256,
      curve: 'P-256',
      signatureValid: true,
    });
    expect(parsed.spkiSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(ca.parseCsr(opensslCsr(NAMES, 'RSA 3072'))).toMatchObject({ keyAlgorithm: 'RSA', keySize: 3072 });
  });

  it('accepts every spelling in use', () => {
    const wanted = ca.parseCsr(csr);
    const body = csr.replace(/-----[^-]+-----/g, '').replace(/\s/g, '');
    for (const spelling of [
      csr.replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'),
      csr.replaceAll('\n', '\r\n'),
      csr.replaceAll('\n', ' '),
      `-----BEGIN CERTIFICATE REQUEST-----${body}-----END CERTIFICATE REQUEST-----`,
      body,
      `  \n${csr}\n\n`,
    ]) {
      expect(ca.parseCsr(spelling)).toEqual(wanted);
    }
  });

  it('says that a changed request is not signed by its key', () => {
    const der = Buffer.from(csr.replace(/-----[^-]+-----/g, ''), 'base64');
    const at = der.indexOf('www.example.test');
    der.write('xyz', at);
    const changed = der.toString('base64');
    expect(ca.parseCsr(changed)).toMatchObject({ commonName: 'xyz.example.test', signatureValid: false });
    expect(() =>
      ca.submit({
        csrPem: changed,
        names: ['xyz.example.test'],
        requirements: [txt],
        notAfterAtMost: farAway(),
      }),
    ).toThrow(/signature/);
  });

  it.each([
    ['nothing', '', /base64/],
    ['rubbish', '!!!', /base64/],
    ['base64 of rubbish', 'AAAA', /PKCS #10/],
    ['another PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', /CERTIFICATE REQUEST/],
  ])('refuses %s with a sentence', (_what, text, message) => {
    expect(() => ca.parseCsr(text)).toThrow(message);
  });

  it('refuses a request with bytes behind its end', () => {
    const der = Buffer.from(csr.replace(/-----[^-]+-----/g, ''), 'base64');
    expect(() => ca.parseCsr(Buffer.concat([der, Buffer.of(0)]).toString('base64'))).toThrow(
      /behind its end/,
    );
  });
});

describe('what is refused at once', () => {
  const submit = (
    names: readonly string[],
    requirements: readonly DcvRequirement[] = [txt],
    key: Parameters<typeof opensslCsr>[1] = 'P-256',
  ) => ca.submit({ csrPem: opensslCsr(names, key), names, requirements, notAfterAtMost: farAway() });

  it('weak and unusual keys', () => {
    expect(() => submit(NAMES, [txt], 'RSA 1024')).toThrow(/1024 bits/);
    expect(() => submit(NAMES, [txt], 'P-521')).toThrow(/P-521/);
    expect(() => submit(NAMES, [txt], 'Ed25519')).toThrow(/ed25519/);
  });

  it.each([
    ['EXAMPLE.test', /upper-case/],
    ['example.test.', /dot/],
    ['localhost', /one label/],
    ['a.*.example.test', /"\*"/],
    ['*.*.example.test', /"\*"/],
    ['-a.example.test', /label/],
    ['a_b.example.test', /label/],
    [`${'a'.repeat(64)}.example.test`, /label/],
    ['192.0.2.1', /IP/],
  ])('the name %s', (name, message) => {
    const csrPem = opensslCsr(NAMES);
    expect(() =>
      ca.submit({ csrPem, names: [NAMES[0] ?? '', name], requirements: [txt], notAfterAtMost: farAway() }),
    ).toThrow(message);
  });

  it('repeated names, no names, and a common name from elsewhere', () => {
    const csrPem = opensslCsr(NAMES);
    const order = { csrPem, requirements: [txt], notAfterAtMost: farAway() };
    expect(() => ca.submit({ ...order, names: [...NAMES, ...NAMES] })).toThrow(/twice/);
    expect(() => ca.submit({ ...order, names: [] })).toThrow(/no name/);
    expect(() => ca.submit({ ...order, names: ['example.test'] })).toThrow(/common name/);
  });

  it('names nobody would prove, requirements for others, and files for wildcards or other hosts', () => {
    const http = (identifier: string, host = identifier): DcvRequirement => ({
      kind: 'http',
      identifier,
      url: `http://${host}/.well-known/pki-validation/fileauth.txt`,
      content: 'x',
    });
    expect(() => submit(['example.test', 'other.test'])).toThrow(/"other.test"/);
    expect(() => submit(['other.test'], [txt])).toThrow(/proves none/);
    expect(() => submit(NAMES, [http('example.test')])).toThrow(/"www.example.test"/);
    expect(() => submit(['*.example.test'], [http('*.example.test')])).toThrow(/wildcard/);
    expect(() => submit(['*.example.test', 'example.test'], [http('example.test')])).toThrow(/wildcard/);
    expect(() => submit(['example.test'], [http('example.test', 'elsewhere.test')])).toThrow(
      /URL on that host/,
    );
  });
});

describe('orders', () => {
  const order = { names: NAMES, requirements: [txt] };

  it('stays pending with what was seen, and is issued when the evidence comes', async () => {
    texts.set('_dcv.example.test', ['something else']);
    const { id } = ca.submit({ ...order, csrPem: opensslCsr(NAMES), notAfterAtMost: farAway() });
    await ca.tick();
    expect(ca.get(id)).toMatchObject({ status: 'pending', checks: [{ fulfilled: false }] });
    expect(ca.get(id)?.checks[0]?.detail).toContain('"something else"; "token" would be right');
    texts.delete('_dcv.example.test');
    await ca.tick();
    expect(ca.get(id)?.checks[0]?.detail).toContain('NXDOMAIN');
    texts.set('_dcv.example.test', ['other', 'token']);
    await ca.tick();
    expect(ca.get(id)).toMatchObject({ status: 'issued', checks: [{ fulfilled: true }] });
  });

  it('waits for the delay, one millisecond before and after; a recheck looks but does not hurry', async () => {
    ca.delayMs = 60_000;
    const { id } = ca.submit({ ...order, csrPem: opensslCsr(NAMES), notAfterAtMost: farAway() });
    clock.advance(59_999);
    await ca.tick();
    expect(ca.get(id)).toMatchObject({ status: 'pending', checks: [{ fulfilled: false }] });
    expect(await ca.recheck(id)).toMatchObject({ status: 'pending', checks: [{ fulfilled: true }] });
    clock.advance(1);
    await ca.tick();
    expect(ca.get(id)).toMatchObject({ status: 'issued' });
  });

  it('recheck issues at once without a delay', async () => {
    const { id } = ca.submit({ ...order, csrPem: opensslCsr(NAMES), notAfterAtMost: farAway() });
    expect(await ca.recheck(id)).toMatchObject({ status: 'issued' });
  });

  it('waits for the mail', async () => {
    const { id } = ca.submit({
      names: NAMES,
      csrPem: opensslCsr(NAMES),
      requirements: [{ kind: 'email', identifier: 'example.test', address: 'admin@example.test' }],
      notAfterAtMost: farAway(),
    });
    await ca.tick();
    expect(ca.get(id)?.checks[0]?.detail).toContain('admin@example.test');
    ca.approveByEmail(id);
    await ca.tick();
    expect(ca.get(id)).toMatchObject({ status: 'issued' });
    expect(() => ca.approveByEmail(id)).toThrow(/issued/);
  });

  it('can be cancelled or failed while it waits, even in the middle of a look', async () => {
    let answer: (value: DnsLook) => void = () => undefined;
    ca = newCa({
      resolver: { description: 'slow', look: () => new Promise((resolve) => (answer = resolve)) },
    });
    const first = ca.submit({ ...order, csrPem: opensslCsr(NAMES), notAfterAtMost: farAway() });
    const ticking = ca.tick();
    ca.cancel(first.id);
    answer({ rcode: 'NOERROR', aliases: new Map(), texts: new Map([['_dcv.example.test', ['token']]]) });
    await ticking;
    expect(ca.get(first.id)).toMatchObject({ status: 'cancelled' });
    const second = ca.submit({ ...order, csrPem: opensslCsr(NAMES), notAfterAtMost: farAway() });
    ca.fail(second.id, 'bad day');
    expect(ca.get(second.id)).toMatchObject({ status: 'failed', failure: 'bad day' });
    expect(() => ca.cancel(second.id)).toThrow(/failed/);
    expect(() => ca.cancel('ca-999999')).toThrow(/no order/);
  });

  it('never ticks twice at once, and a tick asked for in the middle looks afresh', async () => {
    let looks = 0;
    let most = 0;
    let running = 0;
    ca = newCa({
      resolver: {
        description: 'counting',
        async look() {
          looks += 1;
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          return { rcode: 'NXDOMAIN', aliases: new Map(), texts: new Map() };
        },
      },
    });
    ca.submit({ ...order, csrPem: opensslCsr(NAMES), notAfterAtMost: farAway() });
    await Promise.all([ca.tick(), ca.tick(), ca.tick()]);
    expect({ looks, most }).toEqual({ looks: 2, most: 1 });
  });

  it('uses a validation again without new evidence, for 200 days', async () => {
    await issue();
    const again = { names: NAMES, csrPem: opensslCsr(NAMES), requirements: [], notAfterAtMost: farAway() };
    expect(() => ca.submit({ ...again, names: [...NAMES, 'new.test'] })).toThrow(/new.test/);
    clock.advance(200 * DAY_MS);
    const { id } = ca.submit(again);
    await ca.tick();
    expect(ca.get(id)).toMatchObject({ status: 'issued' });
    clock.advance(1);
    expect(() => ca.submit(again)).toThrow(/not validated lately/);
  });

  it('remembers revocations', async () => {
    const { serialHex } = await issue();
    ca.revoke(serialHex.toLowerCase(), 'keyCompromise');
    expect(ca.orders()[0]?.certificate?.revokedAt).toEqual(clock.now());
    expect(ca.revocations()).toEqual([{ serialHex, reason: 'keyCompromise', at: clock.now() }]);
    expect(() => ca.revoke(serialHex, 'again')).toThrow(/already/);
    expect(() => ca.revoke('00', 'x')).toThrow(/never issued/);
  });

  it('issues what existed before without any check', () => {
    const notBefore = new Date(clock.now().getTime() - 300 * DAY_MS);
    const notAfter = new Date(clock.now().getTime() + 5 * DAY_MS);
    const seeded = ca.issueNow({ csrPem: opensslCsr(NAMES), names: NAMES, notBefore, notAfter });
    const intermediate = new X509Certificate(seeded.intermediatePem);
    expect(new X509Certificate(seeded.leafPem).verify(intermediate.publicKey)).toBe(true);
    expect(intermediate.validFromDate.getTime()).toBeLessThan(notBefore.getTime());
    expect(() =>
      ca.issueNow({ csrPem: opensslCsr(NAMES), names: NAMES, notBefore: notAfter, notAfter }),
    ).toThrow(/before it began/);
  });
});
