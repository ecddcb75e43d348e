import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { Secret } from '../../../../src/core/certificate.ts';
import { configSchema, orderSchema } from '../../../../src/providers/rrpproxy-v1/config.ts';
import { manifest } from '../../../../src/providers/rrpproxy-v1/index.ts';
import { thrownBy } from '../../vendors/support.ts';
import { dependenciesOf, newWatch } from '../rrpproxy/support.ts';

const minimal = { login: 'acme', password: { env: 'RRPPROXY_PASSWORD' } };

test('settings fill in defaults, and refuse what does not fit', () => {
  expect(configSchema.parse(minimal)).toEqual({ ...minimal, environment: 'live', requestsPerSecond: 1 });
  for (const config of [
    { ...minimal, password: 'hunter2' },
    { ...minimal, currency: 'EUR' },
    { ...minimal, environment: 'ote', url: 'https://api.rrpproxy.net/api/call' },
  ]) {
    expect(configSchema.safeParse(config).success).toBe(false);
  }
  expect(orderSchema.parse({})).toEqual({});
  expect(orderSchema.safeParse({ period: '1y' }).success).toBe(false);
});

test('settings that do not fit are refused without showing values', async () => {
  const config = { login: 'a\nhunter2', password: new Secret('hunter2') };
  const thrown = await thrownBy(manifest.create(config, dependenciesOf(newWatch())));
  expect(thrown).toMatchObject({ code: 'config-invalid', message: expect.stringContaining('login') });
  expect(String(thrown)).not.toContain('hunter2');
});

test.each([
  ['PositiveSSL', 'sectigo'],
  ['INSTANTSSL', 'sectigo'],
  ['SSL123', 'digicert'],
  ['RapidSSLWC', 'digicert'],
  ['__proto__', 'digicert'],
])('the caps of %s are those of %s', (product, ca) => {
  expect(manifest.capabilities.ca(product)).toBe(ca);
});

test.each(['providers/rrpproxy-v1', 'publishers/rrpproxy-keydns'])(
  '%s loads nothing heavy before a client is created',
  (folder) => {
    const index = import.meta.resolve(`../../../../src/${folder}/index.ts`);
    const script = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
      await import(${JSON.stringify(index)});
      console.log(loaded.filter((url) => url.includes('node_modules')).join(' '));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(output.trim()).toBe('');
  },
);
