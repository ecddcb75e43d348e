import { beforeAll, describe, expect, test } from 'vitest';
import type { OrderRequest } from '../../../../src/contracts/order.ts';
import { manifest } from '../../../../src/providers/rrpproxy-v1/index.ts';
import { thrownBy } from '../../vendors/support.ts';
import { csr } from '../rrpproxy/samples.ts';
import {
  indexed,
  keyMaterial,
  never,
  ok,
  reset,
  type Heard,
  type KeyMaterial,
  type Said,
} from '../rrpproxy/support.ts';
import { withProvider } from './support.ts';

const order = 'CZ00001';
const previous = { orderId: order, certificateId: 'CZ00001-002' };

function requestOf(changes: Partial<OrderRequest> = {}): OrderRequest {
  return {
    action: 'reissue',
    reference: 'rn-0123456789abcdefg',
    names: ['example.com'],
    product: 'SSL123',
    csrPem: csr,
    dcv: { method: 'dns', record: 'txt' },
    previous,
    options: {},
    ...changes,
  };
}

const reissued = `${ok}property[certificate][0] = CZ00001
property[status][0] = ACTIVE
property[sub][0] = CZ00001-003
property[sub status][0] = ORDER_REQUESTED
property[dnsauth name][0] = k5loo039okyyz1jlrde57ku091h1og39uv6enkzo1v265graqw
`;

/** The order with two active subs, as the document draws it. */
const twoSubs = `${ok}property[certificate][0] = CZ00001
property[status][0] = ACTIVE
property[sub][0] = CZ00001-001
property[sub][1] = CZ00001-002
property[sub id][0] = CZ00001-002
property[sub status][0] = ACTIVE
property[sub status][1] = ACTIVE
`;

function sub(id: string, status: string, more = ''): string {
  return `${ok}property[certificate][0] = CZ00001\nproperty[sub][0] = ${id}\nproperty[sub id][0] = ${id}\nproperty[sub status][0] = ${status}\n${more}`;
}

describe('verbs', () => {
  test('create and renew are closed, and say what to do', async () => {
    const { verbs } = manifest.capabilities;
    for (const verb of [verbs.create, verbs.renew]) {
      expect('closed' in verb && verb.closed).toMatch(/sells nothing any more.*migrate.*rrpproxy/);
    }
    expect(verbs.reissue).toMatchObject({
      invoice: 'free',
      paidUntil: 'unchanged',
      notAfter: 'unchanged',
      earlierCertificates: 'kept',
    });
    await withProvider(
      () => ok,
      async (provider, { heard }) => {
        for (const action of ['create', 'renew'] as const) {
          expect(await thrownBy(provider.submit(requestOf({ action }), never))).toMatchObject({
            kind: 'configuration',
          });
        }
        expect(heard).toEqual([]);
      },
    );
  });
});

describe('reissue', () => {
  test('names the sub, and comes back with the new one', async () => {
    await withProvider(
      () => reissued,
      async (provider, { heard }) => {
        const reading = await provider.submit(requestOf(), never);
        expect(reading).toMatchObject({
          handle: { orderId: order, certificateId: 'CZ00001-003' },
          status: 'pending',
          statusWord: 'ORDER_REQUESTED',
          challenges: [{ recordName: 'example.com', recordType: 'TXT' }],
        });
        expect(heard).toEqual([
          {
            COMMAND: 'ReissueCertificate',
            APIVERSION: '1',
            CERTIFICATE: order,
            SUB: 'CZ00001-002',
            CSR0: '-----BEGIN CERTIFICATE REQUEST-----',
            CSR1: 'MIIErDCCApQCAQAwZzELMAkGA1UEBhMCREUx',
            CSR2: '-----END CERTIFICATE REQUEST-----',
            AUTHMETHOD: 'DNS',
          },
        ]);
      },
    );
  });

  test('without a known sub the newest active one is looked up and named', async () => {
    await withProvider(
      (heard) => (heard['COMMAND'] === 'StatusCertificate' ? twoSubs : reissued),
      async (provider, { heard }) => {
        await provider.submit(requestOf({ previous: { orderId: order } }), never);
        expect(heard.map((one) => [one['COMMAND'], one['SUB']])).toEqual([
          ['StatusCertificate', undefined],
          ['ReissueCertificate', 'CZ00001-002'],
        ]);
      },
    );
  });

  test('an order without active subs cannot be reissued', async () => {
    await withProvider(
      () => twoSubs.replaceAll('= ACTIVE', '= REVOKED'),
      async (provider, { heard }) => {
        expect(
          await thrownBy(provider.submit(requestOf({ previous: { orderId: order } }), never)),
        ).toMatchObject({ kind: 'not-found' });
        expect(heard).toHaveLength(1);
      },
    );
  });

  test('by e-mail, with an approver and another hash', async () => {
    await withProvider(
      () => `${sub('CZ00001-003', 'ORDER_REQUESTED')}property[approveremail][0] = admin@example.com`,
      async (provider, { heard }) => {
        const dcv = { method: 'email', record: 'txt', approver: 'admin@example.com' } as const;
        const reading = await provider.submit(requestOf({ dcv, options: { algorithm: 'sha256' } }), never);
        expect(heard[0]).toMatchObject({
          REISSUEEMAIL: 'admin@example.com',
          AUTHMETHOD: 'EMAIL',
          ALGORITHM: 'sha256',
        });
        expect(reading.challenges).toEqual([
          { kind: 'email', identifier: 'example.com', addresses: ['admin@example.com'] },
        ]);
        expect(reading.waitsForPerson).toContain('admin@example.com');
      },
    );
  });

  test.each<[string, Said]>([
    ['a code that rules nothing out', 'code = 421\ndescription = try again'],
    ['a cut connection', reset],
    ['an empty body', ''],
    ['no new sub', `${ok}property[certificate][0] = CZ00001`],
    ['the sub that was reissued', sub('CZ00001-002', 'ACTIVE')],
    ['another order', reissued.replaceAll('CZ00001', 'CZ00002')],
    ['two orders', `${reissued}property[certificate][1] = CZ00002`],
  ])('%s leaves the reissue unknown, and it is sent once', async (_, said) => {
    await withProvider(
      () => said,
      async (provider, { heard }) => {
        expect(await thrownBy(provider.submit(requestOf(), never))).toMatchObject({
          kind: 'outcome-unknown',
        });
        expect(heard).toHaveLength(1);
      },
    );
  });

  test.each([
    [545, 'provider-object-missing'],
    [547, 'provider-conflict'],
    [549, 'provider-rejected'],
  ])('a clean %i was not applied: %s', async (resultCode, code) => {
    await withProvider(
      () => `code = ${resultCode}\ndescription = no`,
      async (provider) => {
        expect(await thrownBy(provider.submit(requestOf(), never))).toMatchObject({ code });
      },
    );
  });
});

describe('read', () => {
  let key: KeyMaterial;
  beforeAll(async () => {
    key = await keyMaterial();
  });

  test('asks for the sub and answers with its certificate', async () => {
    const text = sub(
      'CZ00001-002',
      'ACTIVE',
      `${indexed('csr', key.csrPem)}\n${indexed('crt', key.leafPem)}\nproperty[certificate expiration date][0] = 2027-01-18 13:33:32.0\nproperty[domain][0] = example.com\n`,
    );
    await withProvider(
      () => text,
      async (provider, { heard }) => {
        expect(await provider.read(previous, never)).toMatchObject({
          handle: previous,
          status: 'issued',
          leafPem: key.leafPem,
          spkiSha256: key.spkiSha256,
          names: ['example.com'],
        });
        expect(heard).toEqual([
          { COMMAND: 'StatusCertificate', APIVERSION: '1', CERTIFICATE: order, SUB: 'CZ00001-002' },
        ]);
      },
    );
  });

  test('the term ended with the certificate that was bought; later ones do not tell it', async () => {
    const dated = (id: string): string =>
      sub(
        id,
        'ACTIVE',
        `${indexed('crt', key.leafPem)}\nproperty[certificate expiration date][0] = 2027-01-18 13:33:32.0`,
      );
    for (const [certificateId, paidUntil] of [
      ['CZ00001-001', new Date('2027-01-18T13:33:32Z')],
      ['CZ00001-002', undefined],
    ] as const) {
      await withProvider(
        () => dated(certificateId),
        async (provider) => {
          expect((await provider.read({ orderId: order, certificateId }, never)).paidUntil).toEqual(
            paidUntil,
          );
        },
      );
    }
  });

  test('the state is that of the sub, in its own row', async () => {
    const text = twoSubs
      .replace('status][1] = ACTIVE', 'status][1] = PROCESSING')
      .replace('sub id][0] = CZ00001-002', 'sub id][0] = CZ00001-001\nproperty[sub id][1] = CZ00001-002');
    await withProvider(
      () => text,
      async (provider) => {
        expect(await provider.read(previous, never)).toMatchObject({
          handle: previous,
          statusWord: 'PROCESSING',
          status: 'pending',
        });
      },
    );
  });

  test('an order id that is missing is taken from the sub', async () => {
    await withProvider(
      () => sub('CZ00001-002', 'ACTIVE'),
      async (provider, { heard }) => {
        await provider.read({ certificateId: 'CZ00001-002' }, never);
        expect(heard[0]).toMatchObject({ CERTIFICATE: order, SUB: 'CZ00001-002' });
      },
    );
  });

  test('an answer about another sub is not believed', async () => {
    await withProvider(
      () => sub('CZ00001-001', 'ACTIVE'),
      async (provider) => {
        expect(await thrownBy(provider.read(previous, never))).toMatchObject({ code: 'provider-protocol' });
      },
    );
  });

  test('what was moved to API 2 waits for a person', async () => {
    const text = sub('CZ00001-002', 'MIGRATED', 'property[MIGRATED_TO_CERTIFICATE][0] = SC12345678');
    await withProvider(
      () => text,
      async (provider) => {
        const reading = await provider.read(previous, never);
        expect(reading.status).toBe('pending');
        expect(reading.waitsForPerson).toMatch(/SC12345678.*rrpproxy/);
      },
    );
  });

  test('an instruction outside the names is an error', async () => {
    const text = sub(
      'CZ00001-002',
      'PROCESSING',
      'property[domain][0] = example.com\nproperty[dnsauth name][0] = _x.victim.example.  CNAME  a.comodoca.com.',
    );
    await withProvider(
      () => text,
      async (provider) => {
        expect(await thrownBy(provider.read(previous, never))).toMatchObject({ code: 'dcv-unsafe' });
      },
    );
  });
});

describe('ending a sub', () => {
  const key = keyMaterial();
  const superseded = { orderId: order, certificateId: 'CZ00001-001' };

  async function active(): Promise<(heard: Heard) => Said> {
    const text = sub('CZ00001-001', 'ACTIVE', indexed('crt', (await key).leafPem));
    return (heard) => (heard['COMMAND'] === 'StatusCertificate' ? text : ok);
  }

  test('discard deletes exactly this sub', async () => {
    await withProvider(await active(), async (provider, { heard }) => {
      await provider.discard?.(superseded, previous, never);
      expect(heard.at(-1)).toEqual({
        COMMAND: 'DeleteCertificate',
        APIVERSION: '1',
        CERTIFICATE: order,
        SUB: 'CZ00001-001',
      });
    });
  });

  test.each([
    ['no sub', { orderId: order }],
    ['the order in place of a sub', { orderId: order, certificateId: order }],
    ['only the order, in the wrong place', { certificateId: order }],
    ['nothing', {}],
  ])('with %s nothing is sent', async (_, handle) => {
    await withProvider(await active(), async (provider, { heard }) => {
      const calls = [
        provider.discard?.(handle, previous, never),
        provider.revoke(handle, '0a1b2c', 'superseded', never),
        provider.cancel(handle, never),
      ];
      for (const call of calls) {
        expect(await thrownBy(call ?? Promise.resolve())).toMatchObject({ kind: 'not-found' });
      }
      expect(heard).toEqual([]);
    });
  });

  test('the certificate in use is not discarded', async () => {
    await withProvider(await active(), async (provider, { heard }) => {
      expect(
        await thrownBy(provider.discard?.(superseded, superseded, never) ?? Promise.resolve()),
      ).toMatchObject({
        kind: 'conflict',
      });
      expect(heard).toEqual([]);
    });
  });

  test.each([
    ['REVOKED', sub('CZ00001-001', 'REVOKED')],
    ['EXPIRED', sub('CZ00001-001', 'EXPIRED')],
    ['gone', 'code = 545\ndescription = Entity reference not found'],
  ])('discarding what is %s is quiet', async (_, text) => {
    await withProvider(
      () => text,
      async (provider, { heard }) => {
        await provider.discard?.(superseded, previous, never);
        expect(heard.map((one) => one['COMMAND'])).toEqual(['StatusCertificate']);
      },
    );
  });

  test('a refusal is quiet when the sub has ended meanwhile', async () => {
    let looks = 0;
    await withProvider(
      (heard) => {
        if (heard['COMMAND'] === 'DeleteCertificate') return 'code = 547\ndescription = wrong state';
        looks += 1;
        return sub('CZ00001-001', looks === 1 ? 'ACTIVE' : 'REVOKED');
      },
      async (provider) => {
        await provider.discard?.(superseded, previous, never);
        expect(looks).toBe(2);
      },
    );
  });

  test('what was moved to API 2 is not deleted here', async () => {
    await withProvider(
      () => sub('CZ00001-001', 'MIGRATED'),
      async (provider, { heard }) => {
        expect(
          await thrownBy(provider.discard?.(superseded, previous, never) ?? Promise.resolve()),
        ).toMatchObject({
          kind: 'conflict',
        });
        expect(heard).toHaveLength(1);
      },
    );
  });

  test('revoke compares the serial number first', async () => {
    await withProvider(await active(), async (provider, { heard }) => {
      await provider.revoke(superseded, '00:0A:1B:2C', 'keyCompromise', never);
      expect(heard.map((one) => one['COMMAND'])).toEqual(['StatusCertificate', 'DeleteCertificate']);
      expect(await thrownBy(provider.revoke(superseded, 'ff', 'superseded', never))).toMatchObject({
        kind: 'conflict',
      });
      expect(heard).toHaveLength(3);
    });
  });

  test('cancel withdraws a pending sub, and refuses an issued one', async () => {
    await withProvider(
      (heard) => (heard['COMMAND'] === 'StatusCertificate' ? sub('CZ00001-001', 'ORDER_REQUESTED') : ok),
      async (provider, { heard }) => {
        await provider.cancel(superseded, never);
        expect(heard.at(-1)).toMatchObject({ COMMAND: 'DeleteCertificate', SUB: 'CZ00001-001' });
      },
    );
    await withProvider(await active(), async (provider, { heard }) => {
      expect(await thrownBy(provider.cancel(superseded, never))).toMatchObject({ kind: 'conflict' });
      expect(heard).toHaveLength(1);
    });
  });
});

test('retryValidation resends for the sub', async () => {
  await withProvider(
    () => ok,
    async (provider, { heard }) => {
      await provider.retryValidation(previous, never);
      expect(heard).toEqual([
        { COMMAND: 'ResendNotification', TYPE: 'CERTIFICATE', OBJECT: order, SUB: 'CZ00001-002' },
      ]);
    },
  );
});
