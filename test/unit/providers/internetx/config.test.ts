import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../../../src/core/certificate.ts';
import { configSchema, orderSchema } from '../../../../src/providers/internetx/config.ts';
import { manifest } from '../../../../src/providers/internetx/index.ts';
import { dependenciesAt, startOfTime } from './support.ts';

const smallest = { user: 'robot', password: { env: 'PASSWORD' } };

describe('account settings', () => {
  test('defaults', () => {
    expect(configSchema.parse(smallest)).toEqual({
      ...smallest,
      context: 9,
      encoding: 'json',
      language: 'en',
      routes: 'underscore',
      foreignEvents: 'acknowledge',
      requestsPerSecond: 2.5,
    });
  });

  test.each([
    ['a password in the open', { password: 'secret' }],
    ['no user', { user: '' }],
    ['more requests than the provider allows', { requestsPerSecond: 3.01 }],
    ['no requests', { requestsPerSecond: 0 }],
    ['a context in words', { context: 'live' }],
    ['another scheme', { url: 'ftp://api.autodns.com/v1' }],
    ['other routes', { routes: 'camel' }],
    ['another encoding', { encoding: 'yaml' }],
    ['another language', { language: 'fr' }],
    ['a contact that is no id', { adminContact: 'admin' }],
    ['a setting that does not exist', { colour: 'red' }],
  ])('refused: %s', (_, extra) => {
    expect(configSchema.safeParse({ ...smallest, ...extra }).success).toBe(false);
  });

  test('contact ids may be numbers or text', () => {
    expect(configSchema.parse({ ...smallest, adminContact: 100, technicalContact: '200' })).toMatchObject({
      adminContact: '100',
      technicalContact: '200',
    });
  });
});

describe('order settings', () => {
  test('defaults; parsing what was parsed changes nothing', () => {
    const parsed = orderSchema.parse({ adminContact: 5 });
    expect(parsed).toEqual({
      adminContact: '5',
      lifetimeMonths: 12,
      software: 'APACHE2',
      provisioning: false,
      checkCaa: false,
      realtime: false,
    });
    expect(orderSchema.parse(parsed)).toEqual(parsed);
  });

  test.each([
    { lifetimeMonths: 0 },
    { lifetimeMonths: 1.5 },
    { software: 'apache 2' },
    { transparency: 'SOME' },
    { surprise: 1 },
  ])('refused: %j', (extra) => {
    expect(orderSchema.safeParse(extra).success).toBe(false);
  });
});

test.each([
  ['account', configSchema],
  ['order', orderSchema],
])('every %s setting is described', (_, schema) => {
  const json = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
  const properties = Object.entries(json.properties ?? {});
  expect(properties.length).toBeGreaterThan(5);
  for (const [name, property] of properties) {
    expect([name, typeof property === 'object' ? property.description : undefined]).toEqual([
      name,
      expect.stringMatching(/\.$/),
    ]);
  }
});

describe('manifest', () => {
  test('capabilities as documented', () => {
    const { capabilities } = manifest;
    expect(manifest.id).toBe('internetx');
    expect(capabilities).toMatchObject({
      dcvMethods: ['dns', 'file', 'email'],
      findBy: 'public-key',
      renewWindowDays: 90,
      reissueKeepsDcvMethod: true,
      termDays: 365,
      pricePreview: false,
      verbs: {
        create: { invoice: 'charged', paidUntil: 'new', certificateId: 'new' },
        renew: { invoice: 'charged', paidUntil: 'new', certificateId: 'unchanged' },
        reissue: { invoice: 'free', paidUntil: 'unchanged', certificateId: 'unchanged' },
      },
    });
    // Products are an open set; some are known to be for wildcards, or not to be.
    expect(capabilities.products).toBeUndefined();
    expect(capabilities.knownProducts?.SSL123WILDCARD?.wildcard).toBe(true);
    expect(capabilities.knownProducts?.SSL123?.wildcard).toBe(false);
  });

  test.each([
    ['QUICKSSLPREMIUM', 'digicert'],
    ['basic_ssl', 'digicert'],
    ['COMODO_SSL', 'sectigo'],
    ['SECTIGO_SSL', 'sectigo'],
    ['GLOBALSIGN_DV', 'globalsign'],
  ])('%s follows the rules of %s', (product, ca) => {
    expect(manifest.capabilities.ca(product)).toBe(ca);
  });

  test('creates a provider from resolved settings, without asking the network', async () => {
    const config = { ...configSchema.parse(smallest), password: new Secret('x') };
    const provider = await manifest.create(config, dependenciesAt(startOfTime));
    expect(provider.prepare).toBeDefined();
    expect(provider.preview).toBeUndefined();
    await provider.close();
  });

  test('loads nothing but data until then', () => {
    const folder = new URL('../../../../src/providers/internetx/', import.meta.url);
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const imports = readFileSync(new URL(file, folder), 'utf8').matchAll(
        /^import (?!type )[^;]*? from '([^']+)'/gm,
      );
      for (const [, target = ''] of imports) visit(target.replace(/^\.\//, ''));
    };
    visit('index.ts');
    expect([...seen].sort()).toEqual(['../../vendors/common/effects.ts', 'capabilities.ts', 'index.ts']);
  });
});
