import { beforeAll, describe, expect, test } from 'vitest';
import type { OrderRequest } from '../../../../src/contracts/order.ts';
import { thrownBy } from '../../vendors/support.ts';
import { answer, cut, never, password, type Said } from '../../vendors/hexonet/support.ts';
import { keyMaterial, lines, requestOf, withProvider, type KeyMaterial } from './support.ts';

let ours: KeyMaterial;
let other: KeyMaterial;

beforeAll(async () => {
  [ours, other] = await Promise.all([keyMaterial(), keyMaterial('example.com', '77')]);
});

const record = (name: string): string => `_0123456789abcdef0123456789abcdef.${name}. CNAME x.y.comodoca.com.`;
const previous = { certificateId: '2875255374' };

function ordered(more: Readonly<Record<string, string | readonly string[]>> = {}): string {
  return answer({
    SSLCERTID: '570',
    STATUS: 'REQUESTEDCREATE',
    DOMAIN: ['example.com', 'www.example.com'],
    VALIDATION: ['DNSZONE', 'DNSZONE'],
    VALIDATIONDNSRR: [record('example.com'), record('www.example.com')],
    CREATEDDATE: '2026-11-02 12:00:00',
    REGISTRATIONEXPIRATIONDATE: '2027-11-02 12:00:00.0',
    ...more,
  });
}

/** A status answer; `extra` may take properties away by an empty text. */
function status(
  word: string,
  material: KeyMaterial,
  extra: Readonly<Record<string, string | readonly string[]>> = {},
): string {
  return answer({
    SSLCERTID: '570',
    STATUS: word,
    DOMAIN: ['example.com'],
    CSR: lines(material.csrPem),
    CRT: lines(material.leafPem),
    CACRT: [...lines(other.leafPem), ...lines(other.leafPem)],
    REGISTRATIONEXPIRATIONDATE: '2027-11-02 12:00:00',
    ...extra,
  });
}

describe('submit', () => {
  test('a first order: our CSR, every name with its method, and nothing the operator did not say', async () => {
    await withProvider(
      () => ordered(),
      async (provider, { heard }) => {
        const reading = await provider.submit(requestOf(ours.csrPem), never);
        const csr = Object.fromEntries(lines(ours.csrPem).map((line, index) => [`CSR${index}`, line]));
        expect(heard).toEqual([
          {
            COMMAND: 'CreateSSLCert',
            SSLCERTCLASS: 'COMODO_ESSENTIALSSL',
            DOMAIN0: 'example.com',
            DOMAIN1: 'www.example.com',
            VALIDATION0: 'DNSZONE',
            VALIDATION1: 'DNSZONE',
            ...csr,
          },
        ]);
        expect(reading).toMatchObject({
          handle: { certificateId: '570' },
          status: 'pending',
          statusWord: 'REQUESTEDCREATE',
          paidUntil: new Date('2027-11-02T12:00:00Z'),
          names: ['example.com', 'www.example.com'],
        });
        expect(reading.challenges.map((one) => one.kind === 'dns' && one.recordName)).toEqual([
          '_0123456789abcdef0123456789abcdef.example.com',
          '_0123456789abcdef0123456789abcdef.www.example.com',
        ]);
      },
    );
  });

  const contact = { organization: 'Example GmbH', country: 'DE', email: 'a@example.com' };

  test.each<readonly [string, Partial<OrderRequest>, Record<string, string | undefined>]>([
    ['file', { dcv: { method: 'file', record: 'cname' } }, { VALIDATION0: 'URL', VALIDATION1: 'URL' }],
    [
      'e-mail',
      { dcv: { method: 'email', record: 'cname', approver: 'admin@example.com' } },
      { VALIDATION1: 'EMAIL', VALIDATIONEMAIL0: 'admin@example.com', VALIDATIONEMAIL1: 'admin@example.com' },
    ],
    ['internal DNS', { options: { internalDns: true } }, { INTERNALDNS: '1' }],
    [
      'internal DNS means nothing to files',
      { dcv: { method: 'file', record: 'cname' }, options: { internalDns: true } },
      { INTERNALDNS: undefined },
    ],
    [
      'term, software and contacts',
      { options: { period: 2, serverSoftware: 'IIS', ownerContact: contact, techContact: 'P-ABC123' } },
      {
        PERIOD: '2',
        SERVERSOFTWARE: 'IIS',
        OWNERCONTACT0ORGANIZATION: 'Example GmbH',
        OWNERCONTACT0COUNTRY: 'DE',
        TECHCONTACT0: 'P-ABC123',
        ADMINCONTACT0: undefined,
      },
    ],
    [
      'a key made by the provider',
      { csrPem: '', vendorKey: { type: 'rsa-3072' }, options: { csrContact: 'P-ABC123' } },
      { KEYLENGTH: '3072', CSR0: undefined, CSRCONTACT0: 'P-ABC123', CREATEPRIVATEKEY: undefined },
    ],
    [
      'its length by hand',
      { csrPem: '', vendorKey: { type: 'rsa-2048' }, options: { keyLength: 8192 } },
      { KEYLENGTH: '8192' },
    ],
    [
      'no CSR contact with our own CSR',
      { options: { csrContact: 'P-ABC123', keyLength: 4096 } },
      { CSRCONTACT0: undefined, KEYLENGTH: undefined },
    ],
    [
      'renewal',
      { action: 'renew', previous },
      {
        COMMAND: 'RenewSSLCert',
        SSLCERTID: '2875255374',
        SSLCERTCLASS: undefined,
        VALIDATION0: 'DNSZONE',
        DOMAIN1: 'www.example.com',
      },
    ],
    [
      'renewal with some of the contacts: those of last time stay',
      { action: 'renew', previous, options: { ownerContact: contact } },
      { OWNERCONTACT0ORGANIZATION: undefined },
    ],
    [
      'renewal with all of them',
      {
        action: 'renew',
        previous,
        options: {
          ownerContact: contact,
          adminContact: 'P-1-2',
          techContact: 'P-1-3',
          billingContact: 'P-1-4',
        },
      },
      { OWNERCONTACT0ORGANIZATION: 'Example GmbH', ADMINCONTACT0: 'P-1-2', BILLINGCONTACT0: 'P-1-4' },
    ],
    [
      'renewal with a key made by the provider',
      { action: 'renew', previous, csrPem: '', vendorKey: { type: 'rsa-2048' } },
      { CREATEPRIVATEKEY: '1', KEYLENGTH: '2048', CSR0: undefined },
    ],
    [
      'reissue',
      { action: 'reissue', previous, options: { period: 3 } },
      { COMMAND: 'ReissueSSLCert', SSLCERTID: '2875255374', VALIDATION0: 'DNSZONE', PERIOD: undefined },
    ],
  ])('%s', async (_, changes, expected) => {
    await withProvider(
      () => ordered(),
      async (provider, { heard }) => {
        await provider.submit(requestOf(ours.csrPem, changes), never);
        const [sent = {}] = heard;
        expect(Object.fromEntries(Object.keys(expected).map((key) => [key, sent[key]]))).toEqual(expected);
      },
    );
  });

  test.each<readonly [string, Partial<OrderRequest>, string]>([
    ['settings of another provider', { options: { techcontact: 'x' } }, 'config-invalid'],
    ['an elliptic key', { vendorKey: { type: 'ecdsa-p256' } }, 'config-invalid'],
    ['a renewal of nothing', { action: 'renew' }, 'provider-object-missing'],
    ['a reissue of nothing', { action: 'reissue', previous: { orderId: '1' } }, 'provider-object-missing'],
    ['a name of two lines', { names: ['a\nCOMMAND=DeleteSSLCert'] }, 'internal'],
  ])('%s: refused before anything is sent', async (_, changes, code) => {
    await withProvider(
      () => ordered(),
      async (provider, { heard }) => {
        const call = Promise.resolve().then(() => provider.submit(requestOf(ours.csrPem, changes), never));
        expect(await thrownBy(call)).toMatchObject({ code });
        expect(heard).toEqual([]);
      },
    );
  });

  test('a reissue keeps its id, though the answer names none', async () => {
    await withProvider(
      () => answer({ DOMAIN: 'example.com', VALIDATION: 'DNSZONE', VALIDATIONDNSRR: record('example.com') }),
      async (provider) => {
        const reading = await provider.submit(requestOf(ours.csrPem, { action: 'reissue', previous }), never);
        expect(reading).toMatchObject({ handle: previous, status: 'pending' });
        expect(reading.challenges).toHaveLength(1);
      },
    );
  });

  test.each<readonly [string, Said]>([
    ['without an id', answer({ STATUS: 'REQUESTEDCREATE' })],
    ['with two ids', answer({ SSLCERTID: ['570', '571'] })],
    ['with an id that is none', answer({ SSLCERTID: '../570' })],
    ['that is lost', cut],
  ])('an answer %s: the outcome is unknown, and nothing is sent again', async (_, said) => {
    await withProvider(
      () => said,
      async (provider, { heard }) => {
        expect(await thrownBy(provider.submit(requestOf(ours.csrPem), never))).toMatchObject({
          kind: 'outcome-unknown',
        });
        expect(heard).toHaveLength(1);
      },
    );
  });

  test('what must not be published is said to a person: the order exists', async () => {
    await withProvider(
      () =>
        ordered({ VALIDATIONDNSRR: ['mail.example.com. CNAME evil.example.net.'], VALIDATION: 'DNSZONE' }),
      async (provider) => {
        const reading = await provider.submit(requestOf(ours.csrPem), never);
        expect(reading.challenges).toEqual([]);
        expect(reading.waitsForPerson).toMatch(/alias of evil\.example\.net.*nothing was published/);
        expect(reading.handle).toEqual({ certificateId: '570' });
      },
    );
  });
});

describe('read', () => {
  test.each([
    ['ACTIVE', 'issued'],
    ['active', 'issued'],
    ['REQUESTED', 'pending'],
    ['REQUESTEDCREATE', 'pending'],
    ['PENDING', 'pending'],
    ['PENDINGCREATE', 'pending'],
    ['PROCESSING', 'pending'],
    ['FAILED', 'failed'],
    ['REPLACED', 'issued'],
    ['REVOKED', 'revoked'],
    ['REQUESTEDRENEW', 'pending'],
    ['PENDINGRENEW', 'pending'],
    ['REQUESTEDREISSUE', 'pending'],
    ['PENDINGREISSUE', 'pending'],
    ['SOMETHINGNEW', 'pending'],
    ['__proto__', 'pending'],
  ])('%s is %s', async (word, expected) => {
    await withProvider(
      () => status(word, ours),
      async (provider) => {
        const reading = await provider.read({ certificateId: '570' }, never);
        expect(reading).toMatchObject({ status: expected, spkiSha256: ours.spkiSha256, statusWord: word });
        expect(reading.leafPem).toBe(expected === 'issued' ? ours.leafPem : undefined);
        expect(reading.caPems).toEqual(expected === 'issued' ? [other.leafPem] : undefined);
        expect(reading.message).toBe(
          /NEW$|proto/.test(word) && !/RENEW/.test(word)
            ? `unknown status "${word}", taken as in progress`
            : undefined,
        );
      },
    );
  });

  test('ACTIVE with the certificate of another key is not done: the order keeps its id through a reissue', async () => {
    await withProvider(
      () => status('ACTIVE', ours, { CRT: lines(other.leafPem) }),
      async (provider) => {
        const reading = await provider.read({ certificateId: '570' }, never);
        expect(reading.status).toBe('pending');
        expect(reading.leafPem).toBeUndefined();
      },
    );
  });

  test('REPLACED without a certificate will never have one', async () => {
    await withProvider(
      () => status('REPLACED', ours, { CRT: '' }),
      async (provider) => {
        expect((await provider.read({ certificateId: '570' }, never)).status).toBe('cancelled');
      },
    );
  });

  test('a key of the vendor’s is handed on when it is that of the certificate, and only then', async () => {
    for (const [material, handed] of [
      [ours, true],
      [other, false],
    ] as const) {
      await withProvider(
        () => status('ACTIVE', ours, { PEM: lines(material.keyPem), KEYLENGTH: '2048' }),
        async (provider, _, watch) => {
          const reading = await provider.read({ certificateId: '570' }, never);
          expect(reading.vendorKeyPem?.reveal()).toBe(handed ? material.keyPem : undefined);
          expect(JSON.stringify(reading)).not.toContain(lines(material.keyPem)[1]);
          expect(JSON.stringify(watch.logged)).not.toContain(lines(material.keyPem)[1]);
        },
      );
    }
  });

  test('what is found carries no key', async () => {
    await withProvider(
      ({ COMMAND }) =>
        COMMAND === 'QuerySSLCertList'
          ? answer({ SSLCERTID: '570', FIRST: '0', LAST: '0', TOTAL: '1' })
          : status('ACTIVE', ours, { PEM: lines(ours.keyPem) }),
      async (provider) => {
        const { spkiSha256 } = ours;
        const found = await provider.find({ reference: 'r', names: [], product: 'X', spkiSha256 }, never);
        expect(found.matches).toHaveLength(1);
        expect(found.matches[0]?.vendorKeyPem).toBeUndefined();
      },
    );
  });

  test('an unsafe instruction is an error that names it', async () => {
    await withProvider(
      () =>
        status('PENDING', ours, {
          VALIDATION: 'URL',
          VALIDATIONURL: 'http://example.com/../x.php',
          VALIDATIONURLCONTENT: 'x',
        }),
      async (provider) => {
        expect(await thrownBy(provider.read({ certificateId: '570' }, never))).toMatchObject({
          code: 'dcv-unsafe',
        });
      },
    );
  });

  test('INTERNALDNS: nothing is to be published, and it is said why', async () => {
    await withProvider(
      () =>
        status('PENDING', ours, {
          INTERNALDNS: '1',
          VALIDATION: 'DNSZONE',
          VALIDATIONDNSRR: record('example.com'),
        }),
      async (provider) => {
        const reading = await provider.read({ certificateId: '570' }, never);
        expect(reading).toMatchObject({ challenges: [], message: expect.stringMatching(/INTERNALDNS/) });
      },
    );
  });
});

describe('validation', () => {
  test('an e-mail order: the mail is sent again', async () => {
    await withProvider(
      ({ COMMAND }) =>
        COMMAND === 'StatusSSLCert'
          ? status('PENDING', ours, { VALIDATION: 'EMAIL', VALIDATIONEMAIL: 'admin@example.com' })
          : answer(),
      async (provider, { heard }) => {
        const waiting = await provider.read({ certificateId: '570' }, never);
        expect(waiting).toMatchObject({
          challenges: [{ kind: 'email', identifier: 'example.com', addresses: ['admin@example.com'] }],
          waitsForPerson: 'Mail went to admin@example.com; somebody must follow its link.',
        });
        await provider.retryValidation({ certificateId: '570' }, never);
        expect(heard.at(-1)).toEqual({ COMMAND: 'ResendSSLCertEmail', SSLCERTID: '570' });
      },
    );
  });

  test('records and files: no command exists, so only the state is looked at', async () => {
    await withProvider(
      () => status('PENDING', ours, { VALIDATION: 'DNSZONE', VALIDATIONDNSRR: record('example.com') }),
      async (provider, { heard }) => {
        await provider.retryValidation({ certificateId: '570' }, never);
        expect(heard.map(({ COMMAND }) => COMMAND)).toEqual(['StatusSSLCert']);
      },
    );
  });

  test('approvers: those that every name may use, without the CA’s own desk', async () => {
    await withProvider(
      ({ DOMAIN }) =>
        answer({
          EMAIL: [
            'ADMIN@example.com',
            `admin@${DOMAIN}`,
            'desk@ca.example',
            'hostmaster@example.com',
            'no address',
          ],
          LEVEL: ['GENERIC', 'GENERIC', 'MANUAL', 'WHOIS', 'GENERIC'],
        }),
      async (provider, { heard }) => {
        const names = ['example.com', '*.example.com', 'www.example.com'];
        const offered = await provider.approvers?.(requestOf(ours.csrPem, { names }), never);
        expect(offered).toEqual(['ADMIN@example.com', 'hostmaster@example.com']);
        expect(heard.map(({ DOMAIN, SSLCERTCLASS }) => [DOMAIN, SSLCERTCLASS])).toEqual([
          ['example.com', 'COMODO_ESSENTIALSSL'],
          ['www.example.com', 'COMODO_ESSENTIALSSL'],
        ]);
      },
    );
  });
});

describe('revoke and cancel', () => {
  test.each([
    ['keyCompromise', 'key compromise'],
    ['superseded', 'superseded'],
    ['unspecified', 'unspecified'],
    ['affiliationChanged', 'affiliation changed'],
    ['cessationOfOperation', 'cessation of operation'],
  ] as const)('%s: REASON is always sent', async (reason, text) => {
    await withProvider(
      ({ COMMAND }) => (COMMAND === 'StatusSSLCert' ? status('ACTIVE', ours) : answer()),
      async (provider, { heard }) => {
        await provider.revoke({ certificateId: '570' }, `00${ours.serialHex.toUpperCase()}`, reason, never);
        expect(heard.at(-1)).toEqual({ COMMAND: 'RevokeSSLCert', SSLCERTID: '570', REASON: text });
      },
    );
  });

  test.each([
    ['of another certificate', () => status('ACTIVE', ours), '99'],
    ['with nothing to compare', () => status('PENDING', ours, { CRT: '' }), '99'],
  ])('a serial number %s: nothing is revoked', async (_, said, serial) => {
    await withProvider(said, async (provider, { heard }) => {
      const call = provider.revoke({ certificateId: '570' }, serial, 'superseded', never);
      expect(await thrownBy(call)).toMatchObject({ code: 'provider-conflict' });
      expect(heard.map(({ COMMAND }) => COMMAND)).toEqual(['StatusSSLCert']);
    });
  });

  test('revoked already: quiet', async () => {
    await withProvider(
      () => status('REVOKED', ours),
      async (provider, { heard }) => {
        await provider.revoke({ certificateId: '570' }, '99', 'superseded', never);
        expect(heard).toHaveLength(1);
      },
    );
  });

  test('no command withdraws an order: that is said, and nothing is sent', async () => {
    await withProvider(
      () => answer(),
      async (provider, { heard }) => {
        const thrown = await thrownBy(provider.cancel({ certificateId: '570' }, never));
        expect(thrown).toMatchObject({ code: 'provider-rejected', kind: 'configuration' });
        expect(heard).toEqual([]);
      },
    );
  });
});

test('no error, log line or observation holds the password', async () => {
  const echo = (text: string): string => `CODE=541\r\nDESCRIPTION=wrong: ${text}\r\nEOF\r\n`;
  await withProvider(
    () => echo(`${password} ${encodeURIComponent(password)}`),
    async (provider, _, watch) => {
      const failures = [
        await thrownBy(provider.submit(requestOf(ours.csrPem), never)),
        await thrownBy(provider.read({ certificateId: '1' }, never)),
        await thrownBy(provider.find({ reference: '', names: [], product: 'X', spkiSha256: '' }, never)),
      ];
      const seen = JSON.stringify([
        failures.map((one) => [String(one), one]),
        watch.logged,
        watch.observations,
      ]);
      expect(seen).not.toContain(password);
      expect(seen).not.toContain(encodeURIComponent(password));
      expect(seen).toContain('[secret]');
    },
  );
});
