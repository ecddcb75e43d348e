/** Every answer sample of the manual for the commands we use is read as the right typed result. */
import { describe, expect, test } from 'vitest';
import type { OrderReading } from '../../../../src/contracts/order.ts';
import { toReading } from '../../../../src/providers/rrpproxy/reading.ts';
import { readCertificate } from '../../../../src/providers/rrpproxy/schema.ts';
import { parseAnswer } from '../../../../src/vendors/command-text/wire.ts';
import { parseDate } from '../../../../src/vendors/command-text/fields.ts';
import { readPage } from '../../../../src/vendors/rrpproxy/pages.ts';
import * as samples from './samples.ts';
import { indexed, keyMaterial, ok } from './support.ts';

function readingOf(text: string): OrderReading {
  return toReading(readCertificate(parseAnswer(text), 'EUR'), {}).reading;
}

const names = ['example.com', 'www.example.com'];
const price = { hundredths: 4200, currency: 'EUR' };

describe('samples of the manual', () => {
  test.each<[string, string, OrderReading]>([
    [
      '9.1.16',
      samples.orderedByEmail,
      {
        handle: { orderId: 'DK098589617', certificateId: 'DK67473099' },
        status: 'pending',
        statusWord: 'processing',
        challenges: [{ kind: 'email', identifier: 'example.com', addresses: ['hostmaster@example.com'] }],
        names,
        price,
        createdAt: new Date('2022-06-27T13:05:54Z'),
        paidUntil: new Date('2023-06-27T13:05:54Z'),
        waitsForPerson: 'Approve the validation e-mail sent to hostmaster@example.com.',
      },
    ],
    [
      '9.1.17',
      samples.orderedByDns,
      {
        handle: { orderId: 'DK090768788', certificateId: 'DK72503814' },
        status: 'pending',
        statusWord: 'processing',
        challenges: [
          {
            kind: 'dns',
            identifier: 'example.com',
            recordName: 'example.com',
            recordType: 'TXT',
            value: 'bk5yp3dh9xrb94byhhny76dhxt0wdkn4',
          },
        ],
        names,
        price,
        createdAt: new Date('2022-06-27T13:09:07Z'),
        paidUntil: new Date('2023-06-27T13:09:07Z'),
      },
    ],
    [
      '9.1.18',
      samples.orderedByFile,
      {
        handle: { orderId: 'DK0123456678', certificateId: 'DK12345678' },
        status: 'pending',
        statusWord: 'processing',
        challenges: [
          {
            kind: 'file',
            identifier: 'example.com',
            host: 'example.com',
            path: '/.well-known/pki-validation/fileauth.txt',
            content: '5d00kd5l6w9yvvt8k2srgj1kjy643fz',
          },
        ],
        names,
        price,
        createdAt: new Date('2022-07-04T12:35:40Z'),
        paidUntil: new Date('2023-07-04T12:35:40Z'),
      },
    ],
    [
      '9.1.21',
      samples.pendingByCname,
      {
        handle: { orderId: 'DD012345678', certificateId: 'DD12345678' },
        status: 'pending',
        statusWord: 'processing',
        challenges: [
          {
            kind: 'dns',
            identifier: 'example.com',
            recordName: 'm278fkyc6xmxyf1x2zwh6st7ch0866f9.example.com',
            recordType: 'CNAME',
            value: 'dcv.digicert.com',
          },
          {
            kind: 'dns',
            identifier: 'www.example.com',
            recordName: 'm278fkyc6xmxyf1x2zwh6st7ch0866f9.www.example.com',
            recordType: 'CNAME',
            value: 'dcv.digicert.com',
          },
        ],
        names,
        createdAt: new Date('2022-01-18T14:20:09Z'),
        paidUntil: new Date('2023-01-18T14:20:09Z'),
      },
    ],
    [
      '9.1.24',
      samples.renewed,
      {
        handle: { orderId: 'DK012345678', certificateId: 'DK87654321' },
        status: 'pending',
        statusWord: 'processing',
        challenges: [
          {
            kind: 'dns',
            identifier: 'example.com',
            recordName: 'example.com',
            recordType: 'TXT',
            value: 'vrw18t0fhr4vxrnvl1jmw1wswnkyfmyt',
          },
        ],
        names,
        createdAt: new Date('2022-07-04T12:10:23Z'),
        paidUntil: new Date('2023-07-04T12:10:23Z'),
      },
    ],
    [
      '9.1.25',
      samples.reissued,
      {
        handle: { orderId: 'DK012345678', certificateId: 'DK87654321' },
        status: 'pending',
        statusWord: 'processing',
        challenges: ['7gtszcs8r1sk5b9htlj50w39ypqh6p89', 'z687qy852c2zwd2dp39cqcdrxpn73qyv'].map((value) => ({
          kind: 'dns',
          identifier: 'example.com',
          recordName: 'example.com',
          recordType: 'TXT',
          value,
        })),
        names,
        createdAt: new Date('2022-07-01T13:05:07Z'),
        paidUntil: new Date('2023-07-01T12:36:51Z'),
      },
    ],
    [
      '9.1.13',
      samples.priced,
      {
        handle: {},
        status: 'pending',
        statusWord: '',
        challenges: [],
        names,
        price,
        message: 'the provider gave no status',
      },
    ],
  ])('%s', (_, text, expected) => {
    expect(readingOf(text)).toEqual(expected);
  });

  test('9.1.22, with real certificates', async () => {
    const key = await keyMaterial();
    const intermediate = await keyMaterial('intermediate');
    const root = await keyMaterial('root');
    const reading = readingOf(
      samples.issued(
        indexed('csr', key.csrPem),
        indexed('cert', key.leafPem),
        indexed('intermediate', intermediate.leafPem),
        indexed('root', root.leafPem),
      ),
    );
    expect(reading).toEqual({
      handle: { orderId: 'DK012345678', certificateId: 'DK12345678' },
      status: 'issued',
      statusWord: 'active',
      challenges: [],
      leafPem: key.leafPem,
      caPems: [intermediate.leafPem, root.leafPem],
      spkiSha256: key.spkiSha256,
      names,
      createdAt: new Date('2022-03-04T12:10:29Z'),
      paidUntil: new Date('2023-03-04T12:10:29Z'),
    });
  });

  test('9.1.23', () => {
    const page = readPage(parseAnswer(samples.list), 0, ['CERTIFICATE'], ['CREATEDDATE', 'CLASS']);
    expect({ ...page, rows: page.rows.map((row) => [...row.values()]) }).toEqual({
      rows: [
        ['DD12345675', '2022-01-18 14:20:09', 'RAPIDSSLDV'],
        ['DD12345676', '2022-01-18 13:33:32', 'RAPIDSSLVD'],
        ['DK12345677', '2022-06-27 13:05:54', 'SSL123DV'],
      ],
      next: undefined,
      sound: true,
    });
  });
});

describe('reading an order', () => {
  test('the spellings of the command tables are read as well (manual 8.1.3, 8.1.7)', () => {
    const answer = readCertificate(
      parseAnswer(
        `${ok}property[certificate][0]=DK1\nproperty[status][0]=PROCESSING\nproperty[domain0][0]=example.com\nproperty[dnsauth name][0]=tok\nproperty[paiduntil][0]=2023-01-01\nproperty[intermediate crt][0]=x\nproperty[auth message][0]=call us`,
      ),
      'EUR',
    );
    expect(toReading(answer, {}).reading).toMatchObject({
      status: 'pending',
      names: ['example.com'],
      challenges: [{ recordName: 'example.com', value: 'tok' }],
      paidUntil: new Date('2023-01-01T00:00:00Z'),
      message: 'call us',
    });
    expect(answer.chain).toBe('x\n');
  });

  test('a currency in the answer counts more than the configured one', () => {
    const text = `${ok}property[price][0] = 42.5\nproperty[currency][0] = usd`;
    expect(readCertificate(parseAnswer(text), 'EUR').price).toEqual({ hundredths: 4250, currency: 'USD' });
  });

  test('"active" without a certificate is still in progress', () => {
    expect(readingOf(`${ok}property[certificate][0] = DK1\nproperty[status][0] = active`)).toMatchObject({
      status: 'pending',
      statusWord: 'active',
    });
  });

  test('an unknown status is in progress and is shown', () => {
    expect(readingOf(`${ok}property[status][0] = shipped`)).toMatchObject({
      status: 'pending',
      statusWord: 'shipped',
      message: 'unknown status "shipped", taken as in progress',
    });
  });

  test('a migrated certificate waits for a person', () => {
    const text = `${ok}property[status][0] = migrated\nproperty[MIGRATED_TO_CERTIFICATE][0] = SC12345678`;
    expect(readingOf(text)).toMatchObject({
      status: 'pending',
      waitsForPerson: expect.stringContaining('SC12345678'),
    });
  });

  test('the leaf is the certificate with the key of the CSR, wherever it stands', async () => {
    const key = await keyMaterial();
    const other = await keyMaterial('other');
    const reading = readingOf(
      `${ok}property[status][0] = active\n${indexed('csr', key.csrPem)}\n${indexed('cert', other.leafPem + key.leafPem)}\n${indexed('intermediate', other.leafPem)}`,
    );
    expect(reading).toMatchObject({
      leafPem: key.leafPem,
      caPems: [other.leafPem],
      spkiSha256: key.spkiSha256,
    });
  });

  test.each([
    ['two ids', 'property[certificate][0] = DK1\nproperty[certificate][0] = DK2'],
    ['two ids by index', 'property[certificate][0] = DK1\nproperty[certificate][1] = DK2'],
    ['two states', 'property[status][0] = active\nproperty[status][0] = revoked'],
    ['an id with a path in it', 'property[certificate][0] = ../../etc'],
    ['an id of many words', 'property[order][0] = a b c'],
    ['an endless id', `property[certificate][0] = ${'A'.repeat(65)}`],
  ])('%s cannot be trusted', (_, lines) => {
    expect(() => readCertificate(parseAnswer(ok + lines), 'EUR')).toThrowError(
      expect.objectContaining({ code: 'provider-protocol' }),
    );
  });

  test('the same value twice is no contradiction', () => {
    const text = `${ok}property[status][0] = active\nproperty[status][0] = active`;
    expect(readCertificate(parseAnswer(text), 'EUR').statusWord).toBe('active');
  });

  test('a FAIL id is never an id', () => {
    const answer = readCertificate(parseAnswer(`${ok}property[certificate][0] = FAIL1234567`), 'EUR');
    expect(answer).toMatchObject({ certificateId: undefined, supportId: 'FAIL1234567' });
  });
});

describe('pages of a list', () => {
  function page(lines: string, first = 0) {
    return readPage(parseAnswer(ok + lines), first, ['CERTIFICATE'], []);
  }

  test('goes on after the last row until the total', () => {
    const lines = 'property[certificate][0] = A1\nproperty[last][0] = 0\nproperty[total][0] = 2';
    expect(page(lines)).toMatchObject({ next: 1, sound: true });
    expect(page(lines.replace('last][0] = 0', 'last][0] = 1'), 1)).toMatchObject({
      next: undefined,
      sound: true,
    });
  });

  test('an empty page is the end though the total is higher (manual 9.1.10)', () => {
    expect(page('property[total][0] = 8', 7)).toEqual({ rows: [], next: undefined, sound: true });
  });

  test('without a total the end is not proved', () => {
    expect(page('property[certificate][0] = A1')).toMatchObject({ next: undefined, sound: false });
  });

  test('a position that does not move on is not followed', () => {
    const lines = 'property[certificate][0] = A1\nproperty[last][0] = 3\nproperty[total][0] = 9';
    expect(page(lines, 5)).toMatchObject({ next: undefined, sound: false });
  });

  test('repeated indices cannot be relied on', () => {
    const lines = 'property[certificate][0] = A1\nproperty[certificate][0] = A2\nproperty[total][0] = 1';
    expect(page(lines).sound).toBe(false);
  });
});

describe('dates', () => {
  test.each([
    ['2022-06-27 13:05:54.0', '2022-06-27T13:05:54Z'],
    ['2022-06-27 13:05:54.999', '2022-06-27T13:05:54Z'],
    ['2022-06-27 13:05:54', '2022-06-27T13:05:54Z'],
    ['2022-06-27T13:05:54', '2022-06-27T13:05:54Z'],
    ['2022/06/27 13:05:54', '2022-06-27T13:05:54Z'],
    ['2022-06-27', '2022-06-27T00:00:00Z'],
    ['2024-02-29 23:59:59', '2024-02-29T23:59:59Z'],
  ])('%s is %s', (text, expected) => {
    expect(parseDate(text)).toEqual(new Date(expected));
  });

  test.each([
    undefined,
    '',
    '2023-02-29',
    '2022-13-01',
    '2022-00-01',
    '2022-06-27 24:00:00',
    '2022-06-27 13:60:00',
    '2022-06-27 13:05:54+02:00',
    '27.06.2022',
    'soon',
  ])('%j is no date', (text) => {
    expect(parseDate(text)).toBeUndefined();
  });
});
