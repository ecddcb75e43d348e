import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/core/certificate.ts';
import { createClient, type Client } from '../../src/providers/hexonet/client.ts';
import { commands } from '../../src/providers/hexonet/commands.ts';
import type { Contacts, PlainContact } from '../../src/providers/hexonet/intents.ts';
import { orderStatus, isKnownStatus } from '../../src/providers/hexonet/mapping.ts';
import { knownProducts } from '../../src/providers/hexonet/products.ts';
import { toReading } from '../../src/providers/hexonet/reading.ts';
import { readApprovers, readCertificate, readCertificatePage } from '../../src/providers/hexonet/schema.ts';
import { parseAnswer, serialiseCommand, single, type Answer } from '../../src/vendors/command-text/wire.ts';
import { pairsOf, type Command } from '../../src/vendors/hexonet/command.ts';
import { parseResponse } from '../../src/vendors/hexonet/epp/answers.ts';
import { commandMessage } from '../../src/vendors/hexonet/epp/messages.ts';
import { safeReply } from '../../src/vendors/hexonet/reply.ts';
import {
  answer as textAnswer,
  described,
  linesOf,
  never,
  response,
} from '../unit/vendors/hexonet/support.ts';
import {
  answerSamples,
  requestSamples,
  sampleClasses,
  sampleCsr,
  sampleKey,
  statusValues,
  type AnswerSample,
} from './hexonet.ts';

const className = 'COMODO_ESSENTIALSSL';
const certificateId = '3029900396';
const domains = ['example.com'];
const handle = 'P-ABC123';
const handles: Contacts = { owner: handle, admin: handle, tech: handle, billing: handle };
const plain: PlainContact = {
  organization: 'Organization',
  firstName: 'Firstname',
  lastName: 'Lastname',
  street: 'Street',
  city: 'City',
  state: 'State',
  zip: 'Zip',
  country: 'Country',
  phone: 'Phone',
  fax: 'Fax',
  email: 'Email',
  title: 'Title',
};
const nulls: PlainContact = {
  organization: null,
  firstName: null,
  lastName: null,
  street: null,
  city: null,
  state: null,
  zip: null,
  country: null,
  phone: null,
  fax: null,
  email: null,
  title: null,
};
const all: Contacts = { owner: plain, admin: plain, tech: plain, billing: plain, csr: plain };
const csr = { from: 'csr', csrPem: sampleCsr } as const;
const ownKey = { from: 'own-key', pem: new Secret(sampleKey) } as const;
const vendor = { from: 'vendor' } as const;
const current = { from: 'current' } as const;
const dns = { method: 'DNSZONE' } as const;
const url = { method: 'URL' } as const;
const mail = { method: 'EMAIL', email: 'admin@example.com' } as const;
const two = ['example.com', 'www.example.com'];

type Call = (client: Client) => Promise<unknown>;

/** What each sample means, in our words. */
const intents: Readonly<Record<keyof typeof requestSamples, Call>> = {
  createByName: (client) => client.createSslCert({ className, domains, key: vendor }, never),
  createByCsr: (client) => client.createSslCert({ className, key: csr }, never),
  createByHandles: (client) =>
    client.createSslCert({ className, domains, key: vendor, contacts: handles }, never),
  createByDns: (client) =>
    client.createSslCert({ className, domains, key: vendor, validations: [dns] }, never),
  createByInternalDns: (client) =>
    client.createSslCert({ className, domains, key: vendor, validations: [dns], internalDns: true }, never),
  createByUrl: (client) =>
    client.createSslCert({ className, domains, key: vendor, validations: [url] }, never),
  createByEmail: (client) =>
    client.createSslCert(
      {
        className,
        domains: ['example1.com', 'example2.com'],
        key: vendor,
        validations: [{ email: 'admin@example1.com' }, { email: 'hostmaster@example2.com' }],
      },
      never,
    ),
  createWithCsrContact: (client) =>
    client.createSslCert({ className, domains, key: vendor, contacts: { ...handles, csr: handle } }, never),
  createWithPlainContact: (client) =>
    client.createSslCert({ className, domains, key: vendor, contacts: { owner: plain } }, never),
  createWithNulls: (client) =>
    client.createSslCert({ className, domains, key: vendor, contacts: { owner: nulls } }, never),
  createByOwnKey: (client) =>
    client.createSslCert({ className, domains, key: ownKey, contacts: handles }, never),
  createByOwnKeyEpp: (client) => client.createSslCert({ className, key: ownKey }, never),
  createAll: (client) =>
    client.createSslCert(
      {
        className,
        domains: two,
        key: csr,
        period: 1,
        validations: [mail, dns],
        internalDns: true,
        contacts: all,
      },
      never,
    ),
  createAllOwnKey: (client) =>
    client.createSslCert(
      { className, domains, key: ownKey, period: 1, contacts: { ...handles, csr: handle } },
      never,
    ),
  createAllVendorKey: (client) =>
    client.createSslCert({ className, domains, key: { from: 'vendor', keyLength: 4096 }, period: 2 }, never),
  renewAsBefore: (client) => client.renewSslCert({ certificateId, key: current }, never),
  renewWithContacts: (client) =>
    client.renewSslCert({ certificateId, key: current, contacts: handles }, never),
  renewWithCurrentKey: (client) =>
    client.renewSslCert({ certificateId, key: { from: 'current-key' }, contacts: handles }, never),
  renewWithVendorKey: (client) =>
    client.renewSslCert({ certificateId, key: vendor, contacts: handles }, never),
  renewWithOwnKey: (client) => client.renewSslCert({ certificateId, key: ownKey, contacts: handles }, never),
  renewByCsr: (client) => client.renewSslCert({ certificateId, key: csr }, never),
  renewByEmailWord: (client) =>
    client.renewSslCert({ certificateId, key: current, validations: [{ method: 'EMAIL' }] }, never),
  renewByDns: (client) => client.renewSslCert({ certificateId, key: current, validations: [dns] }, never),
  renewByInternalDns: (client) =>
    client.renewSslCert({ certificateId, key: current, validations: [dns], internalDns: true }, never),
  renewByUrl: (client) => client.renewSslCert({ certificateId, key: current, validations: [url] }, never),
  renewByEmail: (client) => client.renewSslCert({ certificateId, key: current, validations: [mail] }, never),
  renewWithPlainContact: (client) =>
    client.renewSslCert({ certificateId, key: current, contacts: { owner: plain } }, never),
  renewAll: (client) =>
    client.renewSslCert(
      {
        certificateId,
        domains: two,
        key: { from: 'vendor', keyLength: 2048 },
        period: 1,
        validations: [mail, url],
        contacts: all,
      },
      never,
    ),
  parseCsr: (client) => client.parseSslCertCsr(sampleCsr, never),
  resend: (client) => client.resendSslCertEmail({ certificateId }, never),
  approvers: (client) => client.querySslCertDcvEmailAddressList({ className, domain: 'example.com' }, never),
  reissue: (client) => client.reissueSslCert({ certificateId, key: csr }, never),
  status: (client) => client.statusSslCert(certificateId, never),
  revoke: (client) => client.revokeSslCert('OZhy4GvisumSXvPCPMfC6', 'key compromise', never),
  resendType: (client) =>
    client.resendSslCertEmail({ certificateId: 'O112S16YrWze9U9unMjDP', type: 'ApproverEmail' }, never),
  list: (client) =>
    client.querySslCertList(
      {
        createdSince: new Date('2016-02-11T00:00:00Z'),
        createdUntil: new Date('2016-02-18T23:59:59Z'),
        first: 0,
        limit: 10_000,
      },
      never,
    ),
};

async function commandOf(call: Call): Promise<Command> {
  const sent: Command[] = [];
  const client = createClient({
    send: (command) => {
      sent.push(command);
      return Promise.resolve(safeReply(parseAnswer(textAnswer()), []));
    },
    close: () => Promise.resolve(),
  });
  await call(client);
  const [command] = sent;
  if (command === undefined || sent.length !== 1) throw new Error('not one command');
  return command;
}

describe('request samples', () => {
  const rows = Object.entries(requestSamples).map(([name, sample]) => ({
    name,
    sample,
    section: sample.section,
  }));

  test.each(rows)('$name: $section', async ({ name, sample }) => {
    const [, call] = Object.entries(intents).find(([key]) => key === name) ?? [];
    if (call === undefined) throw new Error('no intent');
    const command = await commandOf(call);
    const pairs = pairsOf(command);
    expect(Object.fromEntries(pairs)).toEqual(sample.parameters);
    const asText = pairs.map(([key, value]) => `${key}=${value ?? ''}`).join('\n');
    const printed = sample.carriers.map((carrier) =>
      carrier === 'epp' ? described(commandMessage(pairs)).pairs : linesOf(asText),
    );
    const expected = sample.carriers.map((carrier) =>
      carrier === 'epp' ? sample.parameters : withoutNulls(sample.parameters),
    );
    expect(printed).toEqual(expected);
    const fact = commands.find((one) => one.command === sample.command);
    expect({ repeatable: command.repeatable, proof: fact?.proof }).toEqual({
      repeatable: fact?.repeatable,
      proof: expect.arrayContaining(['sample']),
    });
  });

  test('every command of the document has a fact and a sample', () => {
    const sampled = new Set(rows.map(({ sample }) => sample.command));
    expect([...sampled].sort()).toEqual(commands.map(({ command }) => command).sort());
  });

  test('a secret key is nowhere but on the wire', async () => {
    const command = await commandOf(intents.createByOwnKey);
    expect(JSON.stringify(command)).not.toContain('c2FtcGxl');
    expect(serialiseCommand('X', { pem: ['a'] })).toBe('COMMAND=X\nPEM0=a');
  });
});

function withoutNulls(parameters: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, value ?? '']));
}

/** The document's styles, and that of the wire. */
function printed(sample: AnswerSample): readonly (readonly [style: string, answer: Answer])[] {
  const wire = textAnswer(sample.properties);
  const asPrinted = wire
    .replaceAll('\r\n', '\n')
    .replaceAll(/^([^=\n]+)=/gm, '$1 = ')
    .replace(/\nEOF\n$/, '\n\nEOF\n');
  const rows = Object.entries(sample.properties).flatMap(([name, values]) =>
    values.map((value, index) =>
      value === ''
        ? ([`${name}${index === 0 ? '' : index}`] as const)
        : ([`${name}${index === 0 ? '' : index}`, value] as const),
    ),
  );
  const xml = response(rows, { code: 1001 });
  return [
    ['on the wire', parseAnswer(wire)],
    ['as printed', parseAnswer(asPrinted)],
    ['over EPP', parseResponse(xml).answer],
    [
      'over EPP, keys in small letters',
      parseResponse(xml.replace(/key="([^"]+)"/g, (_, key: string) => `key="${key.toLowerCase()}"`)).answer,
    ],
  ];
}

function each(sample: AnswerSample, check: (answer: Answer) => void): void {
  for (const [style, raw] of printed(sample)) {
    expect({ style, code: raw.code }).toEqual({ style, code: 200 });
    check(safeReply(raw, []).answer);
  }
}

const dnsChallenge = {
  kind: 'dns',
  identifier: 'example.com',
  recordName: 'abcde01234.example.com',
  recordType: 'CNAME',
  value: 'vwxyz56789.example.com',
};
const fileChallenge = {
  kind: 'file',
  identifier: 'example.com',
  host: 'example.com',
  path: '/abcde01234.txt',
  content: 'vwxyz56789',
};

describe('answer samples', () => {
  test.each([
    ['createByDns', [dnsChallenge], undefined],
    ['createByInternalDns', [], undefined],
    ['createByUrl', [fileChallenge], undefined],
    ['renewByDns', [dnsChallenge], certificateId],
    ['renewByInternalDns', [], certificateId],
    ['renewByUrl', [fileChallenge], certificateId],
  ] as const)('%s', (name, challenges, id) => {
    each(answerSamples[name], (answer) => {
      const { reading, refused } = toReading(readCertificate(answer), { names: ['example.com'] });
      expect(refused).toEqual([]);
      expect(reading.challenges).toEqual(challenges);
      expect(reading.handle).toEqual(id === undefined ? {} : { certificateId: id });
      expect(reading.status).toBe('pending');
    });
  });

  test.each(['createAll', 'renewAll'] as const)('%s: every property, and no private key', (name) => {
    each(answerSamples[name], (answer) => {
      expect(JSON.stringify(answer)).not.toContain('PRIVATE KEY');
      const read = readCertificate(answer);
      expect(read).toMatchObject({
        certificateId,
        className,
        statusWord: 'REQUESTEDCREATE',
        csr: sampleCsr,
        keyLength: 2048,
        internalDns: false,
        createdAt: new Date('2016-11-22T08:55:50Z'),
        paidUntil: new Date('2017-11-22T08:55:50Z'),
      });
      expect(toReading(read, {}).reading).toMatchObject({
        names: two,
        challenges: [
          { kind: 'email', identifier: 'example.com', addresses: ['admin@example.com'] },
          {
            ...dnsChallenge,
            identifier: 'www.example.com',
            recordName: 'abcde01234.www.example.com',
            value: 'vwxyz56789.www.example.com',
          },
        ],
        waitsForPerson: 'Mail went to admin@example.com; somebody must follow its link.',
      });
      expect(single(answer, 'CSRCONTACT0TITLE')).toBe('Title');
    });
  });

  test('renewPage: another id, with the one that is renewed beside it', () => {
    each(answerSamples.renewPage, (answer) => {
      expect(readCertificate(answer)).toMatchObject({
        certificateId: '2875367646',
        oldCertificateId: '2875255374',
        statusWord: 'REQUESTEDRENEW',
        statusDetails: undefined,
      });
    });
  });

  test('reissuePage: neither id nor state', () => {
    each(answerSamples.reissuePage, (answer) => {
      const read = readCertificate(answer);
      expect(read).toMatchObject({ certificateId: undefined, statusWord: undefined });
      const { reading } = toReading(read, { handle: { certificateId: '570' }, reissueAccepted: true });
      expect(reading).toMatchObject({ handle: { certificateId: '570' }, status: 'pending' });
    });
  });

  test.each(['revokePage', 'resendPage'] as const)('%s: done, without a property', (name) => {
    each(answerSamples[name], (answer) => expect(Object.keys(answer.properties)).toEqual([]));
  });

  test('listPage', () => {
    each(answerSamples.listPage, (answer) => {
      const page = readCertificatePage(answer, 0);
      expect(page).toMatchObject({ next: undefined, total: 2, sound: true });
      expect(page.rows).toEqual([
        expect.objectContaining({
          certificateId: '2251338301',
          statusWord: 'ACTIVE',
          commonName: 'hexonet.net',
        }),
        expect.objectContaining({ certificateId: '2261231414', createdAt: new Date('2016-02-18T09:58:51Z') }),
      ]);
    });
  });

  test('approversPage: each address once, the CA’s own desk marked', () => {
    each(answerSamples.approversPage, (answer) => {
      const offered = readApprovers(answer);
      expect(offered).toHaveLength(7);
      expect(offered[0]).toEqual({ email: 'info@hexonet.net', level: 'WHOIS' });
      expect(offered.at(-1)).toEqual({ email: 'support_preprod@geotrust.com', level: 'MANUAL' });
    });
  });

  test('parsePage', () => {
    each(answerSamples.parsePage, (answer) => {
      expect(single(answer, 'CN')).toBe('hexonet.net');
      expect(answer.properties['ALTERNATECN']).toEqual(['www.hexonet.net', 'wiki.hexonet.net']);
    });
  });

  test('every state of the document is known, and means what it says', () => {
    for (const [word, meaning] of Object.entries(statusValues)) {
      expect(isKnownStatus(word)).toBe(true);
      const expected = /requested|transmitted/.test(meaning)
        ? 'pending'
        : /failed/.test(meaning)
          ? 'failed'
          : /revoked/.test(meaning)
            ? 'revoked'
            : 'issued';
      expect({ word, status: orderStatus(word.toLowerCase()) }).toEqual({ word, status: expected });
    }
  });

  test('every class of the document is known', () => {
    expect(sampleClasses.filter((name) => knownProducts[name] === undefined)).toEqual([]);
    expect(sampleClasses).toHaveLength(18);
  });
});
