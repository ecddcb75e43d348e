import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../../../src/core/certificate.ts';
import { accountSchema, configSchema, orderSchema } from '../../../../src/providers/rrpproxy/config.ts';
import { accountUrl } from '../../../../src/vendors/rrpproxy/config.ts';

const minimal = { login: 'acme', password: { env: 'RRPPROXY_PASSWORD' } };

describe('configSchema', () => {
  test('fills in defaults', () => {
    expect(configSchema.parse(minimal)).toEqual({
      ...minimal,
      environment: 'live',
      currency: 'EUR',
      requestsPerSecond: 1,
    });
  });

  test.each([
    ['a password in the clear', { ...minimal, password: 'hunter2' }],
    ['an unknown key', { ...minimal, user: 'x' }],
    ['no login', { password: minimal.password }],
    ['a login of two lines', { ...minimal, login: 'a\nb' }],
    ['an address that is none', { ...minimal, url: 'nonsense' }],
    ['another scheme', { ...minimal, url: 'ftp://x.example' }],
    [
      'test account at the live address',
      { ...minimal, environment: 'ote', url: 'https://api.rrpproxy.net/api/call' },
    ],
    ['live account at the test address', { ...minimal, url: 'https://api-ote.rrpproxy.net/api/call' }],
    ['no rate at all', { ...minimal, requestsPerSecond: 0 }],
    ['a currency in words', { ...minimal, currency: 'Euro' }],
  ])('refuses %s', (_, config) => {
    const result = configSchema.safeParse(config);
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error)).not.toContain('hunter2');
  });

  test.each([
    [{}, 'https://api.rrpproxy.net/api/call.cgi'],
    [{ environment: 'ote' }, 'https://api-ote.rrpproxy.net/api/call.cgi'],
    [{ url: 'http://127.0.0.1:1/x' }, 'http://127.0.0.1:1/x'],
  ])('%j is at %s', (more, url) => {
    expect(accountUrl(accountSchema.parse({ ...minimal, password: new Secret('x'), ...more }))).toBe(url);
  });
});

describe('orderSchema', () => {
  test('needs nothing', () => {
    expect(orderSchema.parse({})).toEqual({
      noAutoFillDomains: true,
      fileOverHttps: false,
      immediate: false,
      serviceTags: [],
    });
  });

  test.each([
    [{ period: '1y' }],
    [{ period: '365d' }],
    [{ techContact: 'P-ABC123' }],
    [{ techContact: { firstName: 'A', lastName: 'B', phone: '+49.123456', email: 'a@b.example' } }],
    [{ organization: 'CC-12345678', evApprover: 'CC-23456789' }],
    [{ dcvScope: 'fqdn', language: 'en', caCertificate: 'X', algorithm: 'sha256', serverType: 'nginx' }],
  ])('takes %j', (order) => {
    expect(orderSchema.safeParse(order).success).toBe(true);
  });

  test.each([
    [{ period: '2y' }],
    [{ period: '0d' }],
    [{ techContact: 'a b' }],
    [
      {
        techContact: { firstName: 'A', lastName: 'B\nCOMMAND=x', phone: '+49.123456', email: 'a@b.example' },
      },
    ],
    [{ techContact: { firstName: 'A', lastName: 'B', phone: '0301234', email: 'a@b.example' } }],
    [{ organization: { name: 'x' } }],
    [{ dcvScope: 'all' }],
    [{ unknown: 1 }],
  ])('refuses %j', (order) => {
    expect(orderSchema.safeParse(order).success).toBe(false);
  });
});

test.each([
  ['account', configSchema],
  ['order', orderSchema],
])('every field of the %s says what it is for, in the JSON Schema too', (_, schema) => {
  const json = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
  const fields = Object.entries(json.properties ?? {});
  expect(fields.length).toBeGreaterThan(5);
  for (const [name, field] of fields) {
    expect([name, typeof field === 'object' && field.description]).toEqual([name, expect.any(String)]);
  }
});
