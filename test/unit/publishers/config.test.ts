import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { configSchema as responderSchema } from '../../../src/publishers/responder/config.ts';
import { configSchema as rfc2136Schema } from '../../../src/publishers/rfc2136/config.ts';
import { configSchema as webrootSchema } from '../../../src/publishers/webroot/config.ts';

const secret = { file: '/run/key' };
const smallest = { server: '192.0.2.53', zones: ['Example.COM.'], key: { name: 'renewd.', secret } };

function messages(schema: z.ZodType, value: unknown): string[] {
  const result = schema.safeParse(value);
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('rfc2136', () => {
  test('fills in what is usual', () => {
    expect(rfc2136Schema.parse(smallest)).toEqual({
      server: '192.0.2.53',
      zones: ['example.com'],
      key: { name: 'renewd', algorithm: 'hmac-sha256', secret },
      ttlSeconds: 60,
      timeout: 5000,
    });
  });

  test('takes every form of server and durations with units', () => {
    for (const server of ['ns1.example.com', 'ns1.example.com:5353', '[2001:db8::53]:53', '2001:db8::53']) {
      expect(messages(rfc2136Schema, { ...smallest, server, timeout: '1500ms' })).toEqual([]);
    }
  });

  test.for<[string, object, string]>([
    ['server', { server: 'ns1:0' }, 'server: not a server'],
    ['no zone', { zones: [] }, 'zones: '],
    ['root zone', { zones: ['.'] }, 'zones.0: the root zone is not yours'],
    ['zone with a space', { zones: ['exa mple'] }, 'zones.0: not a domain name: "exa mple"'],
    ['algorithm', { key: { ...smallest.key, algorithm: 'hmac-md5' } }, 'key.algorithm: '],
    [
      'secret in place',
      { key: { ...smallest.key, secret: 'c2VjcmV0' } },
      'key.secret: a secret does not stand',
    ],
    ['no key name', { key: { name: '.', secret } }, 'key.name: a TSIG key has a name'],
    ['timeout', { timeout: '5h' }, 'timeout: between 100ms and 60s'],
    ['unknown setting', { zone: 'example.com' }, 'zone'],
  ])('refuses a wrong %s', ([, change, complaint]) => {
    expect(messages(rfc2136Schema, { ...smallest, ...change }).join('\n')).toContain(complaint);
  });
});

describe('webroot', () => {
  test('takes an absolute path and hosts', () => {
    expect(
      webrootSchema.parse({ path: '/var/www/html', hosts: ['WWW.Example.com.', 'münchen.example'] }),
    ).toEqual({
      path: '/var/www/html',
      hosts: ['www.example.com', 'xn--mnchen-3ya.example'],
    });
    expect(webrootSchema.parse({ path: '/srv' })).toEqual({ path: '/srv', hosts: [] });
  });

  test('refuses a relative path, a wildcard and what is no host', () => {
    expect(messages(webrootSchema, { path: 'html' })).toEqual([
      'path: an absolute path is needed, e.g. /var/www/html',
    ]);
    expect(messages(webrootSchema, { path: '/srv', hosts: ['*.example.com', 'http://x'] })).toHaveLength(2);
  });
});

describe('responder', () => {
  test('takes an address with a port', () => {
    expect(responderSchema.parse({ listen: '[::]:80' })).toEqual({
      listen: { host: '::', port: 80 },
      hosts: [],
    });
    expect(messages(responderSchema, { listen: '127.0.0.1' })).toHaveLength(1);
    expect(messages(responderSchema, {})).toHaveLength(1);
  });

  test.for([
    ['systemd', { passed: null }],
    ['systemd:responder', { passed: 'responder' }],
    ['systemd:renewd-responder.socket', { passed: 'renewd-responder.socket' }],
    ['systemd:80', { host: 'systemd', port: 80 }],
  ] as const)('takes %s', ([text, listen]) => {
    expect(responderSchema.parse({ listen: text })).toEqual({ listen, hosts: [] });
  });

  test.for(['systemd:', 'systemd:a b', 'systemd:a/b', 'Systemd', `systemd:${'x'.repeat(300)}`])(
    'does not take %s',
    (text) => {
      expect(messages(responderSchema, { listen: text })).toHaveLength(1);
    },
  );
});

test('every schema becomes a JSON Schema', () => {
  for (const schema of [responderSchema, rfc2136Schema, webrootSchema]) {
    expect(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })).toMatchObject({ type: 'object' });
  }
});
