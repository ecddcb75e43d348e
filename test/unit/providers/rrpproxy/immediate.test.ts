/** Immediate issuance, service tags and server types: what the order options do. */
import { describe, expect, test } from 'vitest';
import type { OrderRequest } from '../../../../src/contracts/order.ts';
import {
  digicertServerTypes,
  sectigoServerTypes,
  serverTypeOf,
} from '../../../../src/providers/rrpproxy/server-types.ts';
import { thrownBy } from '../../vendors/support.ts';
import * as samples from './samples.ts';
import { indexed, keyMaterial, never, ok, withProvider } from './support.ts';

const token = 'bk5yp3dh9xrb94byhhny76dhxt0wdkn4';
const checked = `${ok}property[dcv token][0] = ${token}`;

function requestOf(changes: Partial<OrderRequest> = {}): OrderRequest {
  return {
    action: 'create',
    reference: 'rn-0123456789abcdefg',
    names: ['example.com', '*.example.com', 'www.example.com'],
    product: 'ssl123dv',
    csrPem: samples.csr,
    dcv: { method: 'dns', record: 'txt' },
    options: { immediate: true },
    ...changes,
  };
}

describe('prepare', () => {
  test('asks nothing for an order that is validated in the usual way', async () => {
    await withProvider(
      () => checked,
      async (provider, { heard }) => {
        expect(await provider.prepare?.(requestOf({ options: {} }), never)).toEqual({
          challenges: [],
          token: {},
        });
        expect(heard).toEqual([]);
      },
    );
  });

  test.each([
    [
      { method: 'dns', record: 'txt' } as const,
      ['example.com TXT', 'www.example.com TXT'].map((place) => `${place} ${token}`),
    ],
    [
      { method: 'dns', record: 'cname' } as const,
      ['example.com', 'www.example.com'].map((name) => `${token}.${name} CNAME dcv.digicert.com`),
    ],
    [
      { method: 'file', record: 'txt' } as const,
      ['example.com', 'www.example.com'].map(
        (name) => `${name}/.well-known/pki-validation/fileauth.txt ${token}`,
      ),
    ],
  ])('%j: the token at every name, shown before the order', async (dcv, places) => {
    await withProvider(
      () => checked,
      async (provider) => {
        const prepared = await provider.prepare?.(requestOf({ dcv }), never);
        expect(prepared).toMatchObject({ publishFirst: true, token: { dcvToken: token } });
        expect(
          prepared?.challenges.map((one) => {
            if (one.kind === 'dns') return `${one.recordName} ${one.recordType} ${one.value}`;
            return one.kind === 'file' ? `${one.host}${one.path} ${one.content}` : one.kind;
          }),
        ).toEqual(places);
      },
    );
  });

  test.each<[string, Partial<OrderRequest>]>([
    ['e-mail validation', { dcv: { method: 'email', record: 'txt' } }],
    ['a class of Sectigo', { product: 'positivessldv' }],
    ['a class that is not issued at once', { product: 'webserverov' }],
  ])('refuses %s before anything is sent', async (_, changes) => {
    await withProvider(
      () => checked,
      async (provider, { heard }) => {
        expect(
          await thrownBy(provider.prepare?.(requestOf(changes), never) ?? Promise.resolve()),
        ).toMatchObject({
          kind: 'configuration',
        });
        expect(heard).toEqual([]);
      },
    );
  });

  test.each([
    ['no token', ok],
    ['two tokens', `${checked}\nproperty[dcv token][1] = another-token-0123456789`],
    ['a token with a dot', `${ok}property[dcv token][0] = a.victim.example`],
    ['a token of many words', `${ok}property[dcv token][0] = v=spf1 include:evil.example`],
    ['an endless token', `${ok}property[dcv token][0] = ${'a'.repeat(64)}`],
  ])('does not trust %s', async (_, text) => {
    await withProvider(
      () => text,
      async (provider) => {
        expect(await thrownBy(provider.prepare?.(requestOf(), never) ?? Promise.resolve())).toMatchObject({
          code: 'provider-protocol',
        });
      },
    );
  });
});

describe('submit with a prepared token', () => {
  const prepared = { challenges: [], publishFirst: true, token: { dcvToken: token } } as const;
  const previous = { certificateId: 'DK12345678', orderId: 'DK012345678' };

  test.each(['create', 'renew', 'reissue'] as const)(
    '%s sends it, and reads the certificate',
    async (action) => {
      const key = await keyMaterial();
      const text = `${ok}property[certificate][0] = DK87654321
property[order][0] = DK012345678
property[status][0] = active
${indexed('csr', key.csrPem)}
${indexed('cert', key.leafPem)}`;
      await withProvider(
        () => text,
        async (provider, { heard }) => {
          const reading = await provider.submit(requestOf({ action, previous, prepared }), never);
          expect(heard[0]).toMatchObject({ DCVTOKEN: token });
          expect(reading).toMatchObject({
            status: 'issued',
            leafPem: key.leafPem,
            spkiSha256: key.spkiSha256,
          });
        },
      );
    },
  );

  test('a CA that does not see the proof yet has taken no order', async () => {
    const refusal = () => 'code = 549\ndescription = Command failed; DCV token not found';
    await withProvider(refusal, async (provider, { heard }) => {
      const thrown = await thrownBy(provider.submit(requestOf({ prepared }), never));
      expect(thrown).toMatchObject({ code: 'dcv-not-visible', kind: 'dcv-failed' });
      expect(heard).toHaveLength(1);
    });
    await withProvider(refusal, async (provider) => {
      expect(await thrownBy(provider.submit(requestOf({ options: {} }), never))).toMatchObject({
        code: 'provider-rejected',
      });
    });
  });

  test('a stored preparation that is none is a bug', async () => {
    await withProvider(
      () => ok,
      async (provider, { heard }) => {
        const broken = { challenges: [], token: { dcvToken: 1 } };
        expect(await thrownBy(provider.submit(requestOf({ prepared: broken }), never))).toMatchObject({
          kind: 'invariant',
        });
        expect(heard).toEqual([]);
      },
    );
  });
});

describe('order options', () => {
  test('service tags stand behind our reference', async () => {
    await withProvider(
      () => samples.orderedByDns,
      async (provider, { heard }) => {
        await provider.submit(requestOf({ options: { serviceTags: ['team-a', 'shop'] } }), never);
        expect(heard[0]).toMatchObject({
          SERVICETAG0: 'rn-0123456789abcdefg',
          SERVICETAG1: 'team-a',
          SERVICETAG2: 'shop',
        });
      },
    );
  });

  test.each([
    ['NGINX', 'nginx'],
    [' apache ', 'apache'],
    ['novellnetwork', 'novellnetware'],
    ['novellnetworkware', 'novellnetware'],
    ['exchange2013', 'exchange.*2013'],
    ['exchange.*2016', 'exchange.*2016'],
  ])('server type %j is sent as %s', (text, word) => {
    expect(serverTypeOf(text)).toBe(word);
  });

  test.each(['', 'iis', 'caddy', '__proto__'])('server type %j is none', (text) => {
    expect(serverTypeOf(text)).toBeUndefined();
  });

  test('the lists are those of the manual (9.2.1, 9.2.2)', () => {
    expect(new Set(digicertServerTypes).size).toBe(33);
    expect(sectigoServerTypes.filter((word) => !digicertServerTypes.includes(word))).toEqual([]);
    expect(sectigoServerTypes).toHaveLength(8);
  });

  test('Sectigo takes fewer', async () => {
    await withProvider(
      () => samples.orderedByDns,
      async (provider, { heard }) => {
        const request = requestOf({ product: 'positivessldv', options: { serverType: 'lighttpd' } });
        expect(await thrownBy(provider.submit(request, never))).toMatchObject({ code: 'config-invalid' });
        expect(heard).toEqual([]);
        await provider.submit(requestOf({ options: { serverType: 'lighttpd' } }), never);
        expect(heard[0]).toMatchObject({ SERVERTYPE: 'lighttpd' });
      },
    );
  });
});

describe('productFacts', () => {
  test('the provider’s word first, the matrix for what it leaves out', async () => {
    await withProvider(
      () =>
        `${ok}property[class][0] = positivessldv\nproperty[wildcard][0] = 0\nproperty[periods][0] = 1y,365d`,
      async (provider, { heard }) => {
        expect(await provider.productFacts?.('POSITIVSSLDV', never)).toEqual({
          wildcard: false,
          maxNames: 2,
          validation: 'dv',
          includedNames: 1,
          freeAlternatives: true,
          contacts: ['tech'],
          periods: ['1y', '365d'],
          refundDays: 0,
          immediateIssuance: false,
          dcv: ['dns', 'file', 'email'],
          recordTypes: ['cname'],
        });
        expect(heard).toEqual([{ COMMAND: 'GetCertificateInfo', APIVERSION: '2', CLASS: 'positivessldv' }]);
      },
    );
  });

  test('a class that nobody knows is undefined, a refusal for a known one an error', async () => {
    await withProvider(
      () => 'code = 541\ndescription = Invalid attribute value; CLASS',
      async (provider) => {
        expect(await provider.productFacts?.('nonesuch', never)).toBeUndefined();
        expect(await thrownBy(provider.productFacts?.('ssl123dv', never) ?? Promise.resolve())).toMatchObject(
          { code: 'provider-rejected' },
        );
      },
    );
  });
});
