import { describe, expect, test } from 'vitest';
import type { OrderRequest } from '../../../../src/contracts/order.ts';
import { RenewdError } from '../../../../src/core/errors.ts';
import { thrownBy } from '../../vendors/support.ts';
import * as samples from './samples.ts';
import { indexed, keyMaterial, never, ok, password, reset, withProvider, type Said } from './support.ts';

function requestOf(changes: Partial<OrderRequest> = {}): OrderRequest {
  return {
    action: 'create',
    reference: 'rn-0123456789abcdefg',
    names: ['example.com', 'www.example.com'],
    product: 'SSL123DV',
    csrPem: samples.csr,
    dcv: { method: 'dns', record: 'txt' },
    options: {},
    ...changes,
  };
}

const previous = { certificateId: 'DK12345678', orderId: 'DK012345678' };

describe('submit', () => {
  test('a first order carries reference, names and method, and nothing the operator did not say', async () => {
    await withProvider(
      () => samples.orderedByDns,
      async (provider, { heard, forms }) => {
        const reading = await provider.submit(requestOf({ options: { techContact: 'P-ABC123' } }), never);
        expect(reading.handle).toEqual({ certificateId: 'DK72503814', orderId: 'DK090768788' });
        expect(heard).toEqual([
          {
            COMMAND: 'AddCertificate',
            APIVERSION: '2',
            CLASS: 'ssl123dv',
            TECHCONTACT0: 'P-ABC123',
            DCVMETHOD: 'DNS-TXT',
            DOMAIN0: 'example.com',
            DOMAIN1: 'www.example.com',
            CSR0: '-----BEGIN CERTIFICATE REQUEST-----',
            CSR1: 'MIIErDCCApQCAQAwZzELMAkGA1UEBhMCREUx',
            CSR2: '-----END CERTIFICATE REQUEST-----',
            NOAUTOFILLDOMAINS: '1',
            SERVICETAG0: 'rn-0123456789abcdefg',
          },
        ]);
        expect(forms[0]?.get('s_login')).toBe('acme:robot');
        expect(forms[0]?.get('s_pw')).toBe(password);
        expect(forms[0]?.has('s_opmode')).toBe(false);
      },
    );
  });

  test('the default contact and the test environment are sent when configured', async () => {
    await withProvider(
      () => samples.orderedByDns,
      async (provider, { heard, forms }) => {
        await provider.submit(requestOf(), never);
        expect(heard[0]?.['TECHCONTACT0']).toBe('CC-12345678');
        expect(forms[0]?.get('s_opmode')).toBe('OTE');
      },
      { defaultTechContact: 'CC-12345678', environment: 'ote' },
    );
  });

  test.each([
    [{ method: 'dns', record: 'cname' }, {}, 'DNS-CNAME', undefined],
    [{ method: 'file', record: 'txt' }, {}, 'HTTP', undefined],
    [{ method: 'file', record: 'txt' }, { fileOverHttps: true }, 'HTTPS', undefined],
    [{ method: 'email', record: 'txt', approver: 'admin@example.com' }, {}, 'EMAIL', 'admin@example.com'],
  ] as const)('%j, %j is %s', async (dcv, options, word, email) => {
    await withProvider(
      () => samples.orderedByDns,
      async (provider, { heard }) => {
        await provider.submit(requestOf({ dcv, options }), never);
        expect(heard[0]).toMatchObject({ DCVMETHOD: word });
        expect([heard[0]?.['DCVEMAIL0'], heard[0]?.['DCVEMAIL1']]).toEqual([email, email]);
      },
    );
  });

  test('a renewal names the certificate, the names and the method, but keeps contacts', async () => {
    await withProvider(
      () => samples.renewed,
      async (provider, { heard }) => {
        const request = requestOf({
          action: 'renew',
          previous,
          options: { techContact: 'P-ABC123', period: '1y' },
        });
        const reading = await provider.submit(request, never);
        expect(reading.handle.certificateId).toBe('DK87654321');
        expect(Object.keys(heard[0] ?? {}).sort()).toEqual(
          [
            'APIVERSION',
            'CERTIFICATE',
            'COMMAND',
            'CSR0',
            'CSR1',
            'CSR2',
            'DCVMETHOD',
            'DOMAIN0',
            'DOMAIN1',
            'PERIOD',
          ].sort(),
        );
        expect(heard[0]).toMatchObject({
          COMMAND: 'RenewCertificate',
          CERTIFICATE: 'DK12345678',
          PERIOD: '1y',
        });
      },
    );
  });

  test('a reissue sends the CSR and neither names nor method', async () => {
    await withProvider(
      () => samples.reissued,
      async (provider, { heard }) => {
        const reading = await provider.submit(requestOf({ action: 'reissue', previous }), never);
        expect(reading.handle).toEqual({ certificateId: 'DK87654321', orderId: 'DK012345678' });
        expect(Object.keys(heard[0] ?? {})).toEqual([
          'COMMAND',
          'APIVERSION',
          'CERTIFICATE',
          'CSR0',
          'CSR1',
          'CSR2',
        ]);
      },
    );
  });

  const verbs = [
    ['create', {}],
    ['renew', { previous }],
    ['reissue', { previous }],
  ] as const;

  test.each(
    verbs.flatMap(([action, more]) =>
      [420, 421, 422, 423, 425, 520, 521, 499].map((code) => [action, code, more] as const),
    ),
  )('%s ended by %i may have been applied and is sent once', async (action, code, more) => {
    await withProvider(
      () => `[RESPONSE]\ncode = ${code}\ndescription = try again\nEOF`,
      async (provider, { heard }) => {
        const thrown = await thrownBy(provider.submit(requestOf({ action, ...more }), never));
        expect(thrown).toMatchObject({ code: 'provider-outcome-unknown' });
        expect(heard).toHaveLength(1);
      },
    );
  });

  test.each<[string, Said]>([
    ['connection reset', reset],
    ['HTML with HTTP 502', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['HTTP 500 without body', { status: 500, body: '' }],
    ['a success inside an HTTP failure', { status: 504, body: samples.orderedByDns }],
    ['empty body', ''],
    ['login page', '<html>please log in</html>'],
    ['success without an id', ok],
    ['two ids', `${ok}property[certificate][0] = A1\nproperty[certificate][0] = A2`],
    ['redirect', { status: 303, body: '' }],
  ])('%s leaves a paid order unknown', async (_, said) => {
    await withProvider(
      () => said,
      async (provider, { heard }) => {
        const thrown = await thrownBy(provider.submit(requestOf(), never));
        expect(thrown).toMatchObject({ kind: 'outcome-unknown' });
        expect(heard).toHaveLength(1);
      },
    );
  });

  test.each([
    [505, 'provider-rejected'],
    [530, 'provider-unauthorized'],
    [540, 'provider-conflict'],
    [545, 'provider-object-missing'],
    [546, 'provider-funds'],
    [549, 'provider-rejected'],
  ])('a clean %i was not applied: %s', async (resultCode, code) => {
    await withProvider(
      () => `[RESPONSE]\ncode = ${resultCode}\ndescription = no\nproperty[certificate][0] = FAIL1234567\nEOF`,
      async (provider) => {
        const thrown = await thrownBy(provider.submit(requestOf(), never));
        expect(thrown).toMatchObject({ code, fields: { supportId: 'FAIL1234567', resultCode } });
      },
    );
  });

  test('a FAIL id in a success is a failure of the order', async () => {
    await withProvider(
      () => `${ok}property[certificate][0] = FAIL1234567`,
      async (provider) => {
        expect(await thrownBy(provider.submit(requestOf(), never))).toMatchObject({
          code: 'order-failed',
          message: expect.stringContaining('FAIL1234567'),
        });
      },
    );
  });

  test('unsafe instructions do not hide that the order exists', async () => {
    const answer = samples.orderedByDns.replaceAll('@ 3600 IN TXT', 'victim.example. 3600 IN TXT');
    await withProvider(
      () => answer,
      async (provider) => {
        const reading = await provider.submit(requestOf(), never);
        expect(reading).toMatchObject({ handle: { certificateId: 'DK72503814' }, challenges: [] });
        expect(reading.waitsForPerson).toContain('victim.example');
      },
    );
  });

  test.each([
    [{ action: 'renew' as const }, 'provider-object-missing'],
    [{ action: 'reissue' as const, previous: { orderId: 'X1' } }, 'provider-object-missing'],
    [{ options: { period: 'for ever' } }, 'config-invalid'],
    [{ reference: 'two\nlines' }, 'internal'],
  ])('%j is refused before anything is sent', async (changes, code) => {
    await withProvider(
      () => samples.orderedByDns,
      async (provider, { heard }) => {
        expect(await thrownBy(provider.submit(requestOf(changes), never))).toMatchObject({ code });
        expect(heard).toEqual([]);
      },
    );
  });

  test('paid commands of one account go out one at a time', async () => {
    let open = 0;
    let most = 0;
    await withProvider(
      () => {
        open += 1;
        most = Math.max(most, open);
        setImmediate(() => {
          open -= 1;
        });
        return samples.orderedByDns;
      },
      async (provider) => {
        await Promise.all([1, 2, 3].map(() => provider.submit(requestOf(), never)));
        expect(most).toBe(1);
      },
    );
  });
});

describe('secrets', () => {
  test('the password is in no error, log or observation, even when the provider echoes it', async () => {
    const encoded = encodeURIComponent(password);
    await withProvider(
      () => `[RESPONSE]\ncode = 530\ndescription = login failed for ${password} (${encoded})\nEOF`,
      async (provider, _, watch) => {
        const thrown = await thrownBy(provider.read({ certificateId: 'DK1' }, never));
        const shown = `${String(thrown)} ${JSON.stringify(thrown)} ${JSON.stringify(watch)}`;
        expect(shown).toContain('[secret]');
        expect(shown).not.toContain(password);
        expect(shown).not.toContain(encoded);
      },
    );
  });
});

describe('read', () => {
  test('asks once and answers with the ids of the answer', async () => {
    await withProvider(
      () => samples.pendingByCname,
      async (provider, { heard }, watch) => {
        const reading = await provider.read({ certificateId: 'DK58472664' }, never);
        expect(reading.handle).toEqual({ certificateId: 'DD12345678', orderId: 'DD012345678' });
        expect(heard).toEqual([{ COMMAND: 'StatusCertificate', APIVERSION: '2', CERTIFICATE: 'DK58472664' }]);
        expect(watch.observations).toEqual([{ command: 'StatusCertificate', outcome: 'ok' }]);
      },
    );
  });

  test.each([420, 421, 423, 520, 521])('%i is tried again, three times in all', async (code) => {
    await withProvider(
      () => `code = ${code}\ndescription = later`,
      async (provider, { heard }, watch) => {
        const thrown = await thrownBy(provider.read(previous, never));
        expect(thrown).toMatchObject({ code: 'provider-unavailable' });
        expect(heard).toHaveLength(3);
        expect(watch.clock.pauses).toEqual(expect.arrayContaining([500, 1000]));
      },
    );
  });

  test('a lock of the account stops everything, at once and for minutes', async () => {
    await withProvider(
      () => 'code = 422\ndescription = Abuse detected',
      async (provider, { heard }) => {
        expect(await thrownBy(provider.read(previous, never))).toMatchObject({
          code: 'provider-rate-limited',
          retryAfterMs: 600_000,
        });
        expect(await thrownBy(provider.submit(requestOf(), never))).toMatchObject({
          code: 'provider-rate-limited',
        });
        expect(heard).toHaveLength(1);
      },
    );
  });

  test.each([530, 535, 545, 549])('%i is not tried again', async (code) => {
    await withProvider(
      () => `code = ${code}`,
      async (provider, { heard }) => {
        await thrownBy(provider.read(previous, never));
        expect(heard).toHaveLength(1);
      },
    );
  });

  test('an instruction outside the names is an error', async () => {
    const answer = samples.pendingByCname.replaceAll('www.example.com. IN', 'victim.example. IN');
    await withProvider(
      () => answer,
      async (provider) => {
        expect(await thrownBy(provider.read(previous, never))).toMatchObject({ code: 'dcv-unsafe' });
      },
    );
  });

  test('a handle without certificate id cannot be read', async () => {
    await withProvider(
      () => ok,
      async (provider) => {
        expect(await thrownBy(provider.read({ orderId: 'X' }, never))).toMatchObject({ kind: 'not-found' });
      },
    );
  });
});

test('retryValidation resends the notification', async () => {
  await withProvider(
    () => ok,
    async (provider, { heard }) => {
      await provider.retryValidation(previous, never);
      expect(heard).toEqual([{ COMMAND: 'ResendNotification', TYPE: 'CERTIFICATE', OBJECT: 'DK12345678' }]);
    },
  );
});

describe('revoke', () => {
  const key = keyMaterial();
  const active = async (): Promise<string> =>
    `${ok}property[certificate][0] = DK12345678\nproperty[status][0] = active\n${indexed('cert', (await key).leafPem)}`;

  test('looks at the serial number first, however it is written', async () => {
    const status = await active();
    await withProvider(
      (heard) => (heard['COMMAND'] === 'StatusCertificate' ? status : ok),
      async (provider, { heard }) => {
        await provider.revoke(previous, '00:0A:1B:2C', 'keyCompromise', never);
        expect(heard.map((command) => command['COMMAND'])).toEqual([
          'StatusCertificate',
          'RevokeCertificate',
        ]);
      },
    );
  });

  test('refuses when the provider holds another certificate', async () => {
    const status = await active();
    await withProvider(
      () => status,
      async (provider, { heard }) => {
        expect(await thrownBy(provider.revoke(previous, 'ff', 'superseded', never))).toMatchObject({
          code: 'provider-conflict',
        });
        expect(heard).toHaveLength(1);
      },
    );
  });

  test.each(['revoked', 'revoke_processing'])('is quiet when the state is %s already', async (word) => {
    await withProvider(
      () => `${ok}property[certificate][0] = DK1\nproperty[status][0] = ${word}`,
      async (provider, { heard }) => {
        await provider.revoke(previous, 'ff', 'unspecified', never);
        expect(heard).toHaveLength(1);
      },
    );
  });
});

describe('cancel', () => {
  test('takes the order id, asking for it when it is not known', async () => {
    await withProvider(
      (heard) => (heard['COMMAND'] === 'StatusCertificate' ? samples.orderedByDns : ok),
      async (provider, { heard }) => {
        await provider.cancel(previous, never);
        await provider.cancel({ certificateId: 'DK72503814' }, never);
        expect(heard.map((command) => command['CERTIFICATEORDER'] ?? command['COMMAND'])).toEqual([
          'DK012345678',
          'StatusCertificate',
          'DK090768788',
        ]);
      },
    );
  });

  test.each([
    ['cancel_processing', undefined],
    ['canceled', undefined],
    ['active', 'provider-conflict'],
  ])('refused because the order is %s: %s', async (word, code) => {
    await withProvider(
      (heard) =>
        heard['COMMAND'] === 'StatusCertificate'
          ? `${ok}property[certificate][0] = DK1\nproperty[status][0] = ${word}`
          : 'code = 547\ndescription = wrong sequence',
      async (provider) => {
        const outcome = await provider.cancel(previous, never).then(
          () => undefined,
          (thrown: unknown) => (thrown instanceof RenewdError ? thrown.code : thrown),
        );
        expect(outcome).toBe(code);
      },
    );
  });
});

describe('preview', () => {
  test('asks with checkonly and gives the net price', async () => {
    await withProvider(
      () => samples.priced,
      async (provider, { heard }) => {
        expect(await provider.preview?.(requestOf(), never)).toEqual({ hundredths: 4200, currency: 'EUR' });
        expect(heard[0]).toMatchObject({ COMMAND: 'AddCertificate', CHECKONLY: '1' });
        expect(heard[0]).not.toHaveProperty('SERVICETAG0');
      },
    );
  });

  test('a reissue has none, and a renewal that cannot be asked for has none', async () => {
    await withProvider(
      () => 'code = 504\ndescription = Missing required attribute; TECHCONTACT0',
      async (provider, { heard }) => {
        expect(await provider.preview?.(requestOf({ action: 'reissue', previous }), never)).toBeUndefined();
        expect(heard).toEqual([]);
        expect(await provider.preview?.(requestOf({ action: 'renew', previous }), never)).toBeUndefined();
        expect(await thrownBy(provider.preview?.(requestOf(), never) ?? Promise.resolve())).toMatchObject({
          code: 'provider-rejected',
        });
      },
    );
  });

  test('an order in place of a price is an alarm', async () => {
    await withProvider(
      () => samples.orderedByDns,
      async (provider) => {
        expect(await thrownBy(provider.preview?.(requestOf(), never) ?? Promise.resolve())).toMatchObject({
          code: 'provider-outcome-unknown',
          message: expect.stringContaining('DK72503814'),
        });
      },
    );
  });
});

test.each([
  [['example.com'], ['postmaster@example.com', 'administrator@example.com']],
  [
    ['*.example.com', 'shop.example.com'],
    ['postmaster@example.com', 'administrator@example.com'],
  ],
  [['example.org'], ['hostmaster@example.org']],
  // No address approves both.
  [['example.com', 'example.org'], []],
])('approvers of %j are those that every name may use: %j', async (names, addresses) => {
  await withProvider(
    () => samples.approvers,
    async (provider, { heard }) => {
      expect(await provider.approvers?.(requestOf({ names }), never)).toEqual(addresses);
      expect(heard[0]).toMatchObject({ COMMAND: 'CheckCertificate', APIVERSION: '2', CLASS: 'ssl123dv' });
      expect(heard[0]?.['DOMAIN0']).toBe(names[0]);
    },
  );
});
