import { describe, expect, test } from 'vitest';
import { effectOf, isCharged } from '../../../../src/contracts/capabilities.ts';
import { commands } from '../../../../src/providers/hexonet/commands.ts';
import { configSchema, orderSchema } from '../../../../src/providers/hexonet/config.ts';
import { manifest } from '../../../../src/providers/hexonet/index.ts';
import { accountName, eppAddress, httpUrl } from '../../../../src/vendors/hexonet/config.ts';
import { account, dependenciesOf, newWatch, settings } from '../../vendors/hexonet/support.ts';
import { thrownBy } from '../../vendors/support.ts';

const minimal = { login: 'acme', password: { env: 'HEXONET_PASSWORD' } };

describe('account', () => {
  test('fills in defaults', () => {
    expect(configSchema.parse(minimal)).toEqual({
      ...minimal,
      transport: 'http',
      environment: 'live',
      requestsPerSecond: 1,
      keepAliveSeconds: 240,
    });
  });

  test.each<readonly [string, object, string]>([
    ['a password in the clear', { password: 'hunter2' }, 'password'],
    ['an unknown key', { entity: '54cd' }, ''],
    ['a login of two lines', { login: 'a\nb' }, 'login'],
    ['an address that is none', { url: 'nonsense' }, 'url'],
    ['another scheme', { url: 'ftp://x.example' }, 'url'],
    ['an EPP address with a path', { transport: 'epp', url: 'epps://x.example/path' }, 'url'],
    ['an EPP address with credentials', { transport: 'epp', url: 'epps://a:b@x.example' }, 'url'],
    ['an HTTP address for EPP', { transport: 'epp', url: 'https://api.ispapi.net/api/call.cgi' }, 'url'],
    ['a port beyond all ports', { transport: 'epp', url: 'x.example:70000' }, 'url'],
    [
      'test account at the live address',
      { environment: 'ote', url: 'https://api.ispapi.net/api/call.cgi' },
      'url',
    ],
    ['live account at the test address', { transport: 'epp', url: 'epps://epp-ote.ispapi.net' }, 'url'],
    ['a CA without EPP', { ca: '/etc/ssl/ca.pem' }, 'ca'],
    ['a relative CA path', { transport: 'epp', ca: 'ca.pem' }, 'ca'],
    ['a view over EPP', { transport: 'epp', user: 'sub' }, 'user'],
    ['no rate at all', { requestsPerSecond: 0 }, 'requestsPerSecond'],
    ['a keep-alive of half an eternity', { keepAliveSeconds: 86_400 }, 'keepAliveSeconds'],
  ])('refuses %s', (_, change, field) => {
    const result = configSchema.safeParse({ ...minimal, ...change });
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error)).not.toContain('hunter2');
    expect(result.error?.issues.map(({ path }) => path.join('.'))).toContain(field);
  });

  test.each([
    [{}, 'https://api.ispapi.net/api/call.cgi'],
    [{ environment: 'ote' }, 'https://api-ote.ispapi.net/api/call.cgi'],
    [{ url: 'http://127.0.0.1:1/x' }, 'http://127.0.0.1:1/x'],
  ])('HTTP %j is at %s', (more, url) => {
    expect(httpUrl(account(more))).toBe(url);
  });

  test.each([
    [{}, 'epp.ispapi.net', 700],
    [{ environment: 'ote' }, 'epp-ote.ispapi.net', 700],
    [{ url: 'epps://EPP.example.net' }, 'epp.example.net', 700],
    [{ url: 'epps://127.0.0.1:1700' }, '127.0.0.1', 1700],
    [{ url: 'epp.example.net:701' }, 'epp.example.net', 701],
    [{ url: 'epps://[::1]:701' }, '::1', 701],
  ])('EPP %j is at %s:%i', (more, host, port) => {
    expect(eppAddress(account({ transport: 'epp', ...more }))).toEqual({ host, port });
  });

  test('the account is named by vendor, host and login', () => {
    expect(accountName(account({ login: 'a' }))).toBe('hexonet api.ispapi.net a');
    expect(accountName(account({ login: 'a', transport: 'epp' }))).toBe('hexonet epp.ispapi.net:700 a');
  });

  test('settings that do not fit are named by field, never by value', async () => {
    const call = manifest.create(settings({ url: 'ftp://secret.example' }), dependenciesOf(newWatch()));
    const thrown = await thrownBy(call);
    expect(thrown).toMatchObject({ code: 'config-invalid', message: expect.stringMatching(/url$/) });
    expect(String(thrown)).not.toContain('secret.example');
  });
});

describe('order', () => {
  test('needs nothing', () => {
    expect(orderSchema.parse({})).toEqual({ internalDns: false });
  });

  test.each([
    { ownerContact: 'P-ABC123' },
    { ownerContact: { organization: 'Example GmbH', firstName: 'A', country: 'DE', phone: '+49.301234567' } },
    { period: 2, serverSoftware: 'APACHE2', keyLength: 4096, internalDns: true },
  ])('takes %j', (order) => {
    expect(orderSchema.safeParse(order).success).toBe(true);
  });

  test.each([
    { ownerContact: {} },
    { ownerContact: { country: 'Germany' } },
    { ownerContact: { street: 'a\nCOMMAND=x' } },
    { ownerContact: 'no handle' },
    { period: '1y' },
    { keyLength: 1024 },
    { keyLength: 16_384 },
    { serverSoftware: 'NGINX' },
    { csr: 'x' },
  ])('refuses %j', (order) => {
    expect(orderSchema.safeParse(order).success).toBe(false);
  });
});

describe('manifest', () => {
  const { capabilities, displayName } = manifest;

  test('says that it is legacy', () => {
    expect(displayName).toMatch(/legacy.*shutdown/);
  });

  test('what the verbs do', () => {
    expect(isCharged(capabilities, 'create')).toBe(true);
    expect(isCharged(capabilities, 'renew')).toBe(true);
    expect(effectOf(capabilities, 'renew')).toMatchObject({ certificateId: 'new', paidUntil: 'new' });
    expect(effectOf(capabilities, 'reissue')).toMatchObject({
      invoice: 'free',
      certificateId: 'unchanged',
      paidUntil: 'unchanged',
      notAfter: 'new',
    });
  });

  test.each([
    ['COMODO_UCC', 'sectigo', 100, false, 'dv'],
    ['comodo_wildcardssl', 'sectigo', 2, true, 'dv'],
    ['GEOTRUST_RAPIDSSL', 'digicert', 2, false, 'dv'],
    ['THAWTE_SSLWEBSERVER_WILDCARD', 'digicert', 2, true, 'ov'],
    ['SYMANTEC_SECURESITEPROEV', 'digicert', 2, false, 'ev'],
  ])('%s: %s, %i names, wildcard %s, %s', (product, ca, maxNames, wildcard, validation) => {
    expect(capabilities.ca(product)).toBe(ca);
    expect(capabilities.knownProducts?.[product.toUpperCase()]).toMatchObject({
      maxNames,
      wildcard,
      validation,
    });
  });

  test('brands that validate by e-mail only', () => {
    const mailOnly = Object.entries(capabilities.knownProducts ?? {}).filter(
      ([, facts]) => facts.dcv?.length === 1,
    );
    expect(mailOnly.map(([name]) => name.split('_')[0])).toEqual([
      ...Array.from({ length: 4 }, () => 'SYMANTEC'),
      ...Array.from({ length: 3 }, () => 'THAWTE'),
    ]);
  });

  test('only what makes another certificate is not repeatable', () => {
    expect(commands.filter(({ repeatable }) => !repeatable).map(({ command }) => command)).toEqual([
      'CreateSSLCert',
      'RenewSSLCert',
      'ReissueSSLCert',
    ]);
  });
});
