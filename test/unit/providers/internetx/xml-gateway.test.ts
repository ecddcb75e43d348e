/** The XML gateway by scripted answers: tasks, what is sent once, shapes of answers, and what XML has not. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/core/certificate.ts';
import { RenewdError } from '../../../../src/core/errors.ts';
import { withZone } from '../../../../src/providers/internetx/dates.ts';
import type { InternetxGateway } from '../../../../src/providers/internetx/gateway.ts';
import { contactSchema, certificateSchema } from '../../../../src/providers/internetx/schema.ts';
import { createXmlGateway, tasks } from '../../../../src/providers/internetx/xml-gateway.ts';
import { plainJob, plainMessage, plainObject } from '../../../../src/providers/internetx/xml-objects.ts';
import { parseXml, textAt } from '../../../../src/vendors/common/xml.ts';
import {
  dependenciesAt,
  failure,
  makeIdentity,
  makeLeaf,
  orderRequest,
  password,
  signal,
  startOfTime,
  startProvider,
  startStub,
  type ScriptedAnswer,
  type VendorStub,
} from './support.ts';

let stub: VendorStub;
beforeEach(async () => {
  stub = await startStub();
});
afterEach(() => stub.close());

function gateway(): InternetxGateway {
  return createXmlGateway(
    {
      user: 'robot',
      password: new Secret(password),
      context: 9,
      encoding: 'xml',
      url: stub.url,
      language: 'en',
      requestsPerSecond: 2.5,
    },
    dependenciesAt(startOfTime),
  );
}

function answer(data: string, type = 'success', code = 'S1', more = ''): ScriptedAnswer {
  return {
    body: `<response><result><data>${data}</data>${more}<status><code>${code}</code><type>${type}</type></status></result></response>`,
  };
}

function refused(reason: string, code = 'E400114'): ScriptedAnswer {
  return answer('', 'error', code, `<msg><code>${reason}</code><type>error</type></msg>`);
}

/** Answers by task, whatever else is in the request; without an answer the connection is cut. */
function script(answers: Readonly<Record<string, ScriptedAnswer>>): void {
  stub.onPost((body) => answers[textAt(parseXml(String(body)), 'task', 'code') ?? ''] ?? { body: undefined });
}

function sentTasks(): (string | undefined)[] {
  return stub.requests.map(({ body }) => textAt(parseXml(String(body)), 'task', 'code'));
}

const order = {
  name: 'example.com',
  alternatives: ['www.example.com', 'shop.example.com'],
  lifetimeMonths: 12,
  software: 'APACHE2',
  csrPem: '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n',
  product: 'SSL123',
  authentication: { method: 'EMAIL', approverEmails: ['a@example.com', 'b@example.com'] },
} as const;
const query = { filters: [], limit: 1, offset: 0, keys: [] };
const contact = contactSchema.parse({ fname: 'John', address: ['1 Main Street', 'Anytown'] });

const runs: Readonly<Record<keyof typeof tasks, (g: InternetxGateway) => Promise<unknown>>> = {
  prepareOrder: (g) => g.prepareOrder({ csrPem: 'CSR', product: 'SSL123', checkCaa: false }, signal),
  create: (g) => g.create(order, 'ref', signal),
  reissue: (g) => g.reissue('571', order, 'ref', signal),
  renew: (g) => g.renew('571', order, 'ref', signal),
  remove: (g) => g.remove('571', signal),
  revoke: (g) => g.revoke('571', 'ABC', signal),
  info: (g) => g.info('571', signal),
  list: (g) => g.list(query, signal),
  pollInfo: (g) => g.pollInfo(signal),
  pollConfirm: (g) => g.pollConfirm('1', signal),
  jobInfo: (g) => g.jobInfo('77', signal),
  jobList: (g) => g.jobList(query, signal),
  jobHistoryList: (g) => g.jobHistoryList(query, signal),
  resendApproverMail: (g) => g.resendApproverMail('77', signal),
  contactCreate: (g) => g.contactCreate(contact, signal),
  contactUpdate: (g) => g.contactUpdate('100', contact, signal),
  contactRemove: (g) => g.contactRemove('100', signal),
  contactInfo: (g) => g.contactInfo('100', signal),
  contactList: (g) => g.contactList(query, signal),
};

// Task numbers, and what inside the task is asked for, written out here apart from the client's own tables.
const expected: readonly [name: keyof typeof tasks, task: string, content: string, single: boolean][] = [
  [
    'prepareOrder',
    '400110',
    '<certificate_request><plain><![CDATA[CSR]]></plain><product>SSL123</product></certificate_request>',
    false,
  ],
  ['remove', '400103', '<certificate><id>571</id></certificate>', true],
  ['revoke', '4001031', '<certificate><id>571</id><serial_number>ABC</serial_number></certificate>', true],
  ['info', '400104', '<certificate><id>571</id></certificate>', false],
  [
    'list',
    '400105',
    '<view><limit>1</limit><offset>0</offset></view><order><key>id</key><mode>desc</mode></order>',
    false,
  ],
  ['pollInfo', '0905', '', false],
  ['pollConfirm', '0906', '<message><id>1</id></message>', false],
  ['jobInfo', '400114', '<certificate_job><job><id>77</id></job></certificate_job>', false],
  [
    'jobList',
    '400115',
    '<view><limit>1</limit><offset>0</offset></view><order><key>id</key><mode>desc</mode></order>',
    false,
  ],
  [
    'jobHistoryList',
    '400135',
    '<view><limit>1</limit><offset>0</offset></view><order><key>id</key><mode>desc</mode></order>',
    false,
  ],
  ['resendApproverMail', '400118', '<certificate_job><job><id>77</id></job></certificate_job>', false],
  [
    'contactCreate',
    '400201',
    '<contact><first>John</first><address>1 Main Street Anytown</address></contact>',
    true,
  ],
  [
    'contactUpdate',
    '400202',
    '<contact><id>100</id><first>John</first><address>1 Main Street Anytown</address></contact>',
    false,
  ],
  ['contactRemove', '400203', '<contact><id>100</id></contact>', false],
  ['contactInfo', '400204', '<contact><id>100</id></contact>', false],
  [
    'contactList',
    '400205',
    '<view><limit>1</limit><offset>0</offset></view><order><key>id</key><mode>desc</mode></order>',
    false,
  ],
];

const orderContent = (id: string): string =>
  `<ctid>ref</ctid><certificate>${id}<name>example.com</name><subject_alternative_name><name>www.example.com</name></subject_alternative_name><subject_alternative_name><name>shop.example.com</name></subject_alternative_name><product>SSL123</product><authentication><method>EMAIL</method><approver_email>a@example.com</approver_email><approver_email>b@example.com</approver_email></authentication><lifetime>12</lifetime><software>APACHE2</software><csr><![CDATA[${order.csrPem}]]></csr></certificate>`;

const all = [
  ...expected,
  ['create', '400101', orderContent(''), true],
  ['reissue', '400102', orderContent('<id>571</id>'), true],
  ['renew', '400106', orderContent('<id>571</id>'), true],
] as const;

test('the table of tasks covers every one', () => {
  expect(all.map(([name]) => name).sort()).toEqual(Object.keys(tasks).sort());
});

describe.each(all)('%s', (name, task, content, single) => {
  test(`is task ${task}`, async () => {
    const objects = '<certificate_request/><contact><id>100</id></contact>';
    script({ [task]: answer(objects) });
    await runs[name](gateway());
    expect(stub.requests).toHaveLength(1);
    expect(String(stub.requests[0]?.body)).toContain(`<task><code>${task}</code>${content}</task>`);
  });

  test('a lost answer is final for what must not happen twice', async () => {
    script({});
    expect((await failure(runs[name](gateway()))).kind).toBe(single ? 'outcome-unknown' : 'unavailable');
    expect(stub.requests).toHaveLength(1);
  });
});

test.each(['', '..', '1/2', '<id>', 'a b', 'x'.repeat(65)])(
  'an id like %j never gets into a request',
  async (id) => {
    expect((await failure(gateway().info(id, signal))).kind).toBe('invariant');
    expect(stub.requests).toHaveLength(0);
  },
);

describe('lists', () => {
  test('a filter, extra fields, one row, several rows, none', async () => {
    script({ 400_105: answer('<summary>1</summary><certificate><id>1</id><name>a</name></certificate>') });
    const asked = {
      ...query,
      keys: ['created'],
      filters: [{ key: 'name', operator: 'LIKE', value: '*.a' }],
    } as const;
    expect(await gateway().list(asked, signal)).toMatchObject({
      summary: 1,
      rows: [{ value: { id: '1', name: 'a' } }],
    });
    expect(String(stub.requests[0]?.body)).toContain(
      '<where><key>name</key><operator>like</operator><value>*.a</value></where>',
    );
    expect(String(stub.requests[0]?.body)).toContain('</order><key>created</key>');
    script({ 400_105: answer('<certificate><id>1</id></certificate><certificate><id>2</id></certificate>') });
    expect((await gateway().list(query, signal)).rows.map(({ value }) => value.id)).toEqual(['1', '2']);
    script({ 400_105: answer('<summary>0</summary>') });
    expect(await gateway().list(query, signal)).toEqual({ rows: [], summary: 0 });
  });

  test('two filters have no attested form', async () => {
    const filter = { key: 'name', operator: 'EQUAL', value: 'a' } as const;
    const asked = gateway().list({ ...query, filters: [filter, filter] }, signal);
    expect((await failure(asked)).code).toBe('config-invalid');
    expect(stub.requests).toHaveLength(0);
  });
});

describe('an ended job', () => {
  const row = (id: string): string =>
    `<certificate_job><job><id>${id}</id><object>example.com</object><status>SUCCESS</status><sub_type>SSL123</sub_type><created>2026-11-01 13:00:00</created></job></certificate_job>`;

  test('is its row in the list of ended jobs', async () => {
    script({ 400_135: answer(row('78') + row('77')) });
    expect((await gateway().jobHistoryInfo('77', signal))?.value).toMatchObject({
      job: { id: '77', status: 'SUCCESS', subType: 'SSL123', created: '2026-11-01T13:00:00+01:00' },
      object: { type: 'certificate', value: 'example.com' },
    });
    expect(await gateway().jobHistoryInfo('79', signal)).toBeUndefined();
  });

  test('is looked for among the newest where the list does not know the key', async () => {
    const list = { calls: 0 };
    stub.onPost(() => {
      list.calls += 1;
      return list.calls === 1 ? refused('EF00022', 'E400135') : answer(row('77'));
    });
    expect((await gateway().jobHistoryInfo('77', signal))?.value.job.id).toBe('77');
    expect(String(stub.requests[1]?.body)).not.toContain('<where>');
  });

  test('makes a reading with the certificate that has its name and product', async () => {
    const identity = await makeIdentity(['example.com']);
    const leaf = await makeLeaf(identity);
    script({
      400_114: refused('EF300101'),
      400_135: answer(row('77')),
      400_105: answer(
        '<summary>1</summary><certificate><id>571</id><name>example.com</name><product>SSL123</product></certificate>',
      ),
      400_104: answer(
        `<certificate><id>571</id><name>example.com</name><server><![CDATA[${leaf}]]></server><created>2026-11-01 00:00:00</created><lifetime>12</lifetime></certificate>`,
      ),
    });
    const { provider } = startProvider(stub.url, { encoding: 'xml' });
    expect(await provider.read({ jobId: '77' }, signal)).toMatchObject({
      status: 'issued',
      handle: { jobId: '77', certificateId: '571' },
      spkiSha256: identity.spkiSha256,
      paidUntil: new Date('2027-10-31T23:00:00Z'),
    });
    expect(sentTasks()).toEqual(['400114', '400135', '400105', '400104']);
  });

  test('a leaf of its own day beside earlier ones says nothing of the term', async () => {
    const leaf = await makeLeaf(await makeIdentity(['example.com']));
    script({
      400_104: answer(
        `<certificate><id>571</id><server><![CDATA[${leaf}]]></server><created>2026-11-01 00:00:00</created><lifetime>12</lifetime><history><serial_number>AB</serial_number></history></certificate>`,
      ),
    });
    const { provider } = startProvider(stub.url, { encoding: 'xml' });
    expect((await provider.read({ certificateId: '571' }, signal)).paidUntil).toBeUndefined();
  });
});

describe('a running job', () => {
  const running = (method: string): string =>
    `<certificate_job><job><id>77</id><status>DEFERRED</status><sub_status>WF_AUTH</sub_status></job>
     <authentication><status>WAIT</status><step>DOMAIN_VERIFICATION</step></authentication>
     <certificate><name>example.com</name>${method}</certificate></certificate_job>`;

  test('by DNS: what to publish for every name, and the steps', async () => {
    script({
      400_114: answer(
        running(
          '<authentication><method>DNS</method><dns>example.com. 300 IN TXT "a"</dns><domain><name>www.example.com</name><dns>www.example.com. 300 IN TXT "b"</dns></domain></authentication>',
        ),
      ),
    });
    const { provider } = startProvider(stub.url, { encoding: 'xml' });
    expect(await provider.read({ jobId: '77' }, signal)).toMatchObject({
      status: 'pending',
      statusWord: 'DEFERRED/WF_AUTH',
      message: 'DOMAIN_VERIFICATION WAIT',
      challenges: [
        { identifier: 'example.com', value: 'a' },
        { identifier: 'www.example.com', value: 'b' },
      ],
    });
    // There is no task to make it look at once.
    await provider.retryValidation({ jobId: '77' }, signal);
    expect(sentTasks()).toEqual(['400114', '400114']);
  });

  test('by e-mail: waits for a person, and the mail is sent again', async () => {
    const mail =
      '<authentication><method>EMAIL</method><approver_email>hostmaster@example.com</approver_email></authentication>';
    script({ 400_114: answer(running(mail)), 400_118: answer('') });
    const { provider } = startProvider(stub.url, { encoding: 'xml' });
    const reading = await provider.read({ jobId: '77' }, signal);
    expect(reading.waitsForPerson).toBe(
      'a mail went to hostmaster@example.com; somebody must follow its link',
    );
    expect(reading.challenges).toEqual([
      { kind: 'email', identifier: 'example.com', addresses: ['hostmaster@example.com'] },
    ]);
    await provider.retryValidation({ jobId: '77' }, signal);
    expect(sentTasks()).toEqual(['400114', '400114', '400118']);
  });
});

describe('what XML has no attested task for', () => {
  test('cancelling and synchronous orders are refused before anything is sent', async () => {
    const { provider } = startProvider(stub.url, { encoding: 'xml' });
    const request = orderRequest(await makeIdentity(['example.com']), { options: { realtime: true } });
    for (const attempt of [provider.cancel({ jobId: '77' }, signal), provider.submit(request, signal)]) {
      expect(await failure(attempt)).toMatchObject({ code: 'provider-rejected', kind: 'configuration' });
    }
    expect(stub.requests).toHaveLength(0);
  });

  test.each([{ checkCaa: true }, { transparency: 'PUBLIC' }])('the setting %j as well', async (options) => {
    const { provider } = startProvider(stub.url, { encoding: 'xml' });
    const request = orderRequest(await makeIdentity(['example.com']), { options });
    const attempt =
      'checkCaa' in options ? provider.prepare?.(request, signal) : provider.submit(request, signal);
    expect((await failure(Promise.resolve(attempt))).code).toBe('config-invalid');
    expect(stub.requests).toHaveLength(0);
  });
});

describe('messages', () => {
  const message = (job: string): unknown =>
    plainMessage(
      parseXml(`<message><id>9</id><job>${job}</job><created>2026-07-01 12:00:00</created></message>`),
    );

  test.each([
    [
      'about a certificate',
      '<certificate><id>571</id><name>example.com</name></certificate><job_id>77</job_id><status><code>S400101</code><type>success</type></status><ctid>r-1</ctid>',
      {
        id: '9',
        ctid: 'r-1',
        job: { id: '77', status: 'SUCCESS' },
        object: { type: 'certificate', data: { id: '571' } },
      },
    ],
    [
      'about one in a job',
      '<certificate_job><job><id>77</id></job><certificate><id>571</id></certificate></certificate_job><status><type>error</type></status>',
      { job: { id: '77', status: 'FAILED' }, object: { type: 'certificate', data: { id: '571' } } },
    ],
    [
      'with the object’s type alone',
      '<job_id>77</job_id><status><type>notify</type><object><type>certificate</type><value>a</value></object></status>',
      { job: { id: '77', status: 'RUNNING' }, object: { type: 'certificate', value: 'a' } },
    ],
    ['with nothing', '', { id: '9', created: '2026-07-01T12:00:00+02:00', job: {}, object: {} }],
  ])('%s', (_, job, expectedMessage) => {
    expect(message(job)).toMatchObject(expectedMessage);
  });

  test('a notice has no job', () => {
    const notice = plainMessage(
      parseXml('<message><id>9</id><notify><type>TRANSFER_OUT</type></notify></message>'),
    );
    expect(notice).toMatchObject({ id: '9', notify: { type: 'TRANSFER_OUT' } });
    expect(notice).not.toHaveProperty('job');
  });
});

describe('objects', () => {
  const read = (inside: string): unknown => plainObject(parseXml(`<certificate>${inside}</certificate>`));

  test('one or several, empty, text or CDATA', () => {
    expect(
      read(
        '<id>1</id><key_size>2048</key_size><sha>SHA2</sha><extension /><owner/><subject_alternative_name><name>a</name></subject_alternative_name><certification_authority><ca_type>ICA1</ca_type><ca_cert><![CDATA[PEM\n]]></ca_cert></certification_authority><admin><first>J</first><postal_code>1</postal_code></admin><domain>a</domain><lifetime>12</lifetime>',
      ),
    ).toEqual({
      id: '1',
      keySize: '2048',
      signatureHashAlgorithm: 'SHA2',
      subjectAlternativeNames: [{ name: 'a' }],
      certificationAuthority: [{ caType: 'ICA1', caCertificate: 'PEM\n' }],
      adminContact: { fname: 'J', pcode: '1' },
      domain: 'a',
      lifetime: { unit: 'MONTH', period: 12 },
    });
  });

  test.each([
    ['1', true],
    ['true', true],
    ['0', false],
    ['false', false],
  ])('provisioning %s is %s', (text, value) => {
    expect(read(`<provisioning>${text}</provisioning>`)).toEqual({ provisioning: value });
  });

  test('names of the prototype chain are plain fields', () => {
    const strange = read('<__proto__><polluted>1</polluted></__proto__><constructor>x</constructor>');
    expect(Object.getPrototypeOf(strange)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
    expect(certificateSchema.safeParse(strange).success).toBe(true);
  });

  test('whatever the document holds, reading it ends in data or in the one error', () => {
    const names = fc.constantFrom(
      'certificate',
      'job',
      'id',
      'authentication',
      'domain',
      'status',
      'server',
      'lifetime',
      '__proto__',
    );
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc
        .tuple(
          names,
          fc.oneof(
            { maxDepth: 5 },
            fc.constantFrom('', '1', 'x', '-1', '9'.repeat(30)),
            fc.array(tie('tree'), { maxLength: 4 }),
          ),
        )
        .map(
          ([name, inside]) => `<${name}>${typeof inside === 'string' ? inside : inside.join('')}</${name}>`,
        ),
    }));
    fc.assert(
      fc.property(tree, (text) => {
        const element = parseXml(text);
        for (const plain of [plainObject, plainJob, plainMessage])
          expect(typeof plain(element)).toBe('object');
        certificateSchema.safeParse(plainObject(element));
      }),
    );
  });
});

describe('times', () => {
  test.each([
    ['2017-01-01 10:35:22', '2017-01-01T10:35:22+01:00'],
    ['2017-07-01 10:35:22', '2017-07-01T10:35:22+02:00'],
    ['2026-03-29 01:59:59', '2026-03-29T01:59:59+01:00'],
    ['2026-03-29 03:00:00', '2026-03-29T03:00:00+02:00'],
    ['2026-10-25 02:30:00', '2026-10-25T02:30:00+02:00'],
    ['2026-10-25 03:00:00', '2026-10-25T03:00:00+01:00'],
    ['2018-12-12T10:53:23.000+0100', '2018-12-12T10:53:23.000+0100'],
    ['yesterday', 'yesterday'],
  ])('%s is %s', (text, expectedTime) => {
    expect(withZone(text)).toBe(expectedTime);
  });

  test('agree with the time zone that they are meant in', () => {
    const wall = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Berlin',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2010-01-01'), max: new Date('2037-01-01'), noInvalidDate: true }),
        (date) => {
          const text = wall.format(date);
          expect(wall.format(new Date(withZone(text)))).toBe(text);
        },
      ),
    );
  });
});

test('an abort ends a call at once', async () => {
  const thrown = await failure(gateway().info('1', AbortSignal.abort()));
  expect(thrown).toBeInstanceOf(RenewdError);
  expect(thrown.kind).toBe('unavailable');
});
