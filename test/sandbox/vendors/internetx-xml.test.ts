/**
 * The XML gateway against the vendor's walkthrough ("Complete automation of the certificate reissuing process", page
 * version 29): its requests are sent, and the shape of each answer is held against its sample. CSRs are generated: the
 * sample's are cut short. Where the sandbox knows more than the sample shows, the test says so.
 */
import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csrFor, DAY_MS } from './kit.ts';
import {
  ACCOUNT,
  all,
  AUTH,
  call,
  escapeXml,
  idIn,
  openStage,
  orderBody,
  sendTask,
  sendXml,
  shape,
  shapeOf,
  text,
  texts,
  withOptions,
  zoneLine,
} from './internetx-kit.ts';
import type { Stage, XmlReply } from './internetx-kit.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(() => stage.dns.close());

const PRODUCT = 'QUICKSSLPREMIUM';

function prepareTask(csr: string, product = PRODUCT): string {
  return `<code>400110</code><certificate_request><plain><![CDATA[${csr}]]></plain><product>${product}</product></certificate_request>`;
}

/** The order of the vendor's sample; `parts` go into the certificate. */
function orderTask(code: string, csr: string, dns: string, parts = ''): string {
  return `<code>${code}</code>
    <certificate>${parts}
      <technical><id>100</id></technical>
      <admin><id>100</id></admin>
      <name>example.com</name>
      <product>${PRODUCT}</product>
      <authentication><method>DNS</method><dns>${dns}</dns><provisioning>1</provisioning></authentication>
      <lifetime>12</lifetime>
      <software>APACHESSL</software> <!-- APACHESSL / IIS5 -->
      <csr><![CDATA[${csr}]]></csr> <!-- the key -->
    </certificate>`;
}

async function preparedDns(csr: string): Promise<string> {
  const reply = await sendTask(stage.simulator, prepareTask(csr));
  const dns = all(reply.root, 'result/data/certificate_request/authentication').find(
    ({ children }) => children[0]?.text === 'DNS',
  );
  return dns?.children.find(({ name }) => name === 'dns')?.text ?? '';
}

/** An order with the vendor's own provisioning, taken out of the queue; the certificate's id. */
async function ordered(): Promise<number> {
  const csr = await csrFor(['example.com']);
  await sendTask(stage.simulator, orderTask('400101', csr, await preparedDns(csr)));
  return finished();
}

async function finished(): Promise<number> {
  await stage.ca.tick();
  const polled = await sendTask(stage.simulator, '<code>0905</code>');
  expect(text(polled, 'result/data/message/job/status/type')).toBe('success');
  const message = text(polled, 'result/data/message/id') ?? '';
  await sendTask(stage.simulator, `<code>0906</code><message><id>${message}</id></message>`);
  return Number(text(polled, 'result/data/message/job/certificate/id'));
}

const statusOf = (reply: XmlReply) => [text(reply, 'result/status/code'), text(reply, 'result/status/type')];
const refusalOf = (reply: XmlReply) => [
  ...statusOf(reply),
  text(reply, 'result/msg/code'),
  text(reply, 'result/msg/object/type'),
];

describe("the vendor's walkthrough", () => {
  it('400110: prepares', async () => {
    const csr = await csrFor(
      ['example.com'],
      'RSA',
      'C=DE, ST=Bayern, L=Regensburg, O=Company GmbH, OU=Entwicklung, CN=example.com',
    );
    const reply = await sendTask(stage.simulator, prepareTask(csr));
    expect(reply.http).toBe(200);
    // Beside the sample: approval by mail, and no e-mail address, because the CSR has none.
    expect(shape(reply.root)).toBe(
      shapeOf(`<response><result><data><certificate_request>
        <plain/><name/><key_size/><country_code/><state/><city/><organization/><organization_unit/><product/>
        <authentication><method/><dns/><provisioning/></authentication>
        <authentication><method/><file_name/><file_content/></authentication>
        <authentication><method/><approver_email/><approver_email/><approver_email/><approver_email/><approver_email/></authentication>
        <algorithm/><signature_hash_algorithm/>
      </certificate_request></data><status><code/><text/><type/></status></result></response>`),
    );
    expect(reply.body).toContain('<plain><![CDATA[-----BEGIN CERTIFICATE REQUEST-----');
    expect(reply.body).toContain('<name><![CDATA[example.com]]></name>');
    expect(reply.body).toContain('<state><![CDATA[Bayern]]></state>');
    expect(reply.body).toContain('<organization_unit>Entwicklung</organization_unit>');
    expect(reply.body).toMatch(
      /<dns>example\.com\. 300 IN TXT "[a-z0-9]{64}"<\/dns>\s*<provisioning>1<\/provisioning>/,
    );
    expect(reply.body).toContain(
      '<file_name><![CDATA[http://example.com/.well-known/pki-validation/fileauth.txt]]></file_name>',
    );
    expect(statusOf(reply)).toEqual(['S400110', 'success']);
  });

  it('400102: reissues, and its answer has the id of a job', async () => {
    const id = await ordered();
    const csr = await csrFor(['example.com']);
    const reply = await sendTask(
      stage.simulator,
      orderTask('400102', csr, await preparedDns(csr), `<id>${id}</id>`),
    );
    expect(shape(reply.root)).toBe(
      shapeOf(`<response><result><data><certificate_job><job><id/><status/></job></certificate_job></data>
        <status><code/><text/><type/><object><type/><value/></object></status></result></response>`),
    );
    expect(statusOf(reply)).toEqual(['N400101', 'notify']);
    expect(text(reply, 'result/data/certificate_job/job/status')).toBe('RUNNING');
    expect(texts(reply, 'result/status/object/type')).toEqual(['certificate']);
    expect(text(reply, 'result/status/object/value')).toBe('example.com');
    const job = text(reply, 'result/data/certificate_job/job/id') ?? '';
    expect(Number(job)).toBeGreaterThan(2 ** 32);
    // Both APIs show one world.
    expect((await call(stage.simulator, 'GET', `/job/${job}`)).status.code).toBe('S300114');
  });

  it('0905 and 0906: polls and confirms', async () => {
    const csr = await csrFor(['example.com']);
    const started = await sendTask(stage.simulator, orderTask('400101', csr, await preparedDns(csr)));
    await stage.ca.tick();
    const polled = await sendTask(stage.simulator, '<code>0905</code>');
    // The sample's message is about a domain; a certificate stands in its place.
    const message = all(polled.root, 'result/data/message')[0];
    const job = message?.children.find(({ name }) => name === 'job');
    expect(message?.children.map(({ name }) => name)).toEqual(['id', 'owner', 'job', 'created']);
    expect(job?.children.map(({ name }) => name)).toEqual(['certificate', 'job_id', 'status', 'stid']);
    expect(job?.children[2] && shape(job.children[2])).toBe('status(code type object(type value))');
    expect(text(polled, 'result/data/message/job/job_id')).toBe(
      text(started, 'result/data/certificate_job/job/id'),
    );
    expect(text(polled, 'result/data/message/job/status/code')).toBe('S400101');
    expect(text(polled, 'result/data/message/created')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(all(polled.root, 'result/data/message/job/certificate/certification_authority')).toEqual([]);
    expect(text(polled, 'result/data/summary')).toBe('1');
    expect(statusOf(polled)).toEqual(['S0905', 'success']);
    expect(text(polled, 'stid')).toMatch(/^20261001-/);
    const id = text(polled, 'result/data/message/id') ?? '';
    expect(texts(polled, 'result/status/object/value')).toEqual([id]);

    const confirmed = await sendTask(stage.simulator, `<code>0906</code><message><id>${id}</id></message>`);
    expect(shape(confirmed.root)).toBe(
      shapeOf(`<response><result><data><summary/><message><id/></message></data>
        <status><code/><text/><type/><object><type/><value/></object></status><stid/></result></response>`),
    );
    expect(text(confirmed, 'result/data/summary')).toBe('0');
    const empty = await sendTask(stage.simulator, '<code>0905</code>');
    expect(shape(empty.root)).toBe('response(result(data(summary) status(code text type)) stid)');
    expect(text(empty, 'result/data/summary')).toBe('0');
    const again = await sendTask(stage.simulator, `<code>0906</code><message><id>${id}</id></message>`);
    expect(statusOf(again)).toEqual(['E0906', 'error']);
  });

  it('0905: shows what is not ours: a domain, and a notice without a job', async () => {
    stage.simulator.queueForeignEvent();
    stage.simulator.queueForeignEvent();
    const first = await sendTask(stage.simulator, '<code>0905</code>');
    expect(text(first, 'result/data/message/job/domain/name')).toBe('unrelated.example');
    expect(text(first, 'result/data/message/job/status/object/type')).toBe('domain');
    const id = text(first, 'result/data/message/id') ?? '';
    await sendTask(stage.simulator, `<code>0906</code><message><id>${id}</id></message>`);
    const second = await sendTask(stage.simulator, '<code>0905</code>');
    expect(text(second, 'result/data/message/notify/type')).toBe('domain_away');
    expect(all(second.root, 'result/data/message/job')).toEqual([]);
  });

  it('400104: inquires', async () => {
    const id = await ordered();
    const reply = await sendTask(
      stage.simulator,
      `<code>400104</code><certificate><id>${id}</id></certificate>`,
    );
    const contact =
      '<first/><last/><phone/><email/><title/><organization/><address/><postal_code/><city/><country/><state/><owner><user/><context/></owner><updater><user/><context/></updater><id/><created/><updated/>';
    // Beside the sample: `provisioning`, because the order asked for it.
    expect(shape(reply.root)).toBe(
      shapeOf(`<response><result><data><certificate>
        <order_id/><technical>${contact}</technical><admin>${contact}</admin>
        <name/><lifetime/><software/><csr/><server/><serial_number/><product/><sha/><expire/><extension/>
        <certification_authority><ca_type/><ca_cert/></certification_authority>
        <authentication><method/><dns/><provisioning/></authentication>
        <owner><user/><context/></owner><updater><user/><context/></updater><id/><created/><updated/>
      </certificate></data>
      <status><code/><text/><type/><object><type/><value/></object></status></result></response>`),
    );
    const value = (name: string) => text(reply, `result/data/certificate/${name}`) ?? '';
    expect(value('lifetime')).toBe('12');
    expect(value('sha')).toBe('SHA2');
    expect(value('certification_authority/ca_type')).toBe('ICA1');
    expect(reply.body).toContain('<extension/>');
    expect(reply.body).toContain('<server><![CDATA[-----BEGIN CERTIFICATE-----');
    expect(reply.body).not.toContain('<!--');
    const leaf = new X509Certificate(value('server'));
    expect(leaf.verify(new X509Certificate(value('certification_authority/ca_cert')).publicKey)).toBe(true);
    expect(BigInt(`0x${value('serial_number')}`)).toBe(BigInt(`0x${leaf.serialNumber}`));
    // The UTC wall clock, without a zone: the vendor's skew, told less plainly.
    expect(value('expire')).toBe(leaf.validToDate.toISOString().slice(0, 19).replace('T', ' '));
    expect(texts(reply, 'result/status/object/type')).toEqual(['certificate']);
  });
});

describe('the other tasks', () => {
  it('renews, revokes a serial that was replaced, deletes', async () => {
    const id = await ordered();
    const certificate = `<certificate><id>${id}</id></certificate>`;
    const early = await sendTask(stage.simulator, `<code>400106</code>${certificate}`);
    expect(refusalOf(early).slice(0, 3)).toEqual(['E400106', 'error', 'EF4001012']);
    const info = await sendTask(stage.simulator, `<code>400104</code>${certificate}`);
    const serial = text(info, 'result/data/certificate/serial_number') ?? '';
    stage.clock.advance(120 * DAY_MS);
    const csr = await csrFor(['example.com']);
    const order = orderTask('400106', csr, await preparedDns(csr), `<id>${id}</id>`);
    expect(statusOf(await sendTask(stage.simulator, order))).toEqual(['N400106', 'notify']);
    expect(await finished()).toBe(id);
    const renewed = await sendTask(stage.simulator, `<code>400104</code>${certificate}`);
    expect(text(renewed, 'result/data/certificate/history/serial_number')).toBe(serial);
    expect(stage.simulator.invoices()).toHaveLength(2);

    const revoke = (which: string) =>
      sendTask(
        stage.simulator,
        `<certificate><id>${id}</id><serial_number>${which}</serial_number></certificate><code>4001031</code>`,
      );
    const revoked = await revoke(serial);
    expect(revoked.body).toContain('<data/>');
    expect(shape(revoked.root)).toBe('response(result(data status(code text type object(type value))))');
    expect(refusalOf(await revoke('00'))).toEqual([
      'E4001031',
      'error',
      'EF01000',
      'certificate.serial_number',
    ]);
    expect(stage.ca.revocations()).toHaveLength(1);

    const deleted = await sendTask(stage.simulator, `<code>400103</code>${certificate}`);
    expect(statusOf(deleted)).toEqual(['N400103', 'notify']);
    const polled = await sendTask(stage.simulator, '<code>0905</code>');
    expect(text(polled, 'result/data/message/job/status/code')).toBe('S400103');
    expect(statusOf(await sendTask(stage.simulator, `<code>400104</code>${certificate}`))).toEqual([
      'E400104',
      'error',
    ]);
  });

  it('4001012: issues within the request', async () => {
    const csr = await csrFor(['example.com']);
    const order = orderTask('4001012', csr, await preparedDns(csr)).replace(PRODUCT, 'BASIC_SSL');
    const wrong = await sendTask(stage.simulator, order);
    expect(refusalOf(wrong)).toEqual(['E4001012', 'error', 'EF01000', 'certificate.authentication.dns']);
    const dns = text(
      await sendTask(stage.simulator, prepareTask(csr, 'BASIC_SSL')),
      'result/data/certificate_request/authentication/dns',
    );
    const right = await sendTask(stage.simulator, order.replace(/<dns>.*<\/dns>/, `<dns>${dns ?? ''}</dns>`));
    expect(statusOf(right)).toEqual(['S4001012', 'success']);
    expect(text(right, 'result/data/certificate/server')).toContain('BEGIN CERTIFICATE');
  });

  it('400105: lists by view, where, order and key; comments', async () => {
    const one = await ordered();
    const two = await ordered();
    const comment = `<code>4001024</code><certificate><id>${two}</id><comment>second</comment></certificate>`;
    expect(statusOf(await sendTask(stage.simulator, comment))).toEqual(['S4001024', 'success']);
    const list = async (inner: string) => {
      const reply = await sendTask(stage.simulator, `<code>400105</code>${inner}`);
      expect(statusOf(reply)).toEqual(['S400105', 'success']);
      return {
        summary: text(reply, 'result/data/summary'),
        ids: texts(reply, 'result/data/certificate/id'),
        reply,
      };
    };
    expect(await list('')).toMatchObject({ summary: '2', ids: [String(one), String(two)] });
    const where = (key: string, operator: string, value: string) =>
      `<where><key>${key}</key><operator>${operator}</operator><value>${value}</value></where>`;
    expect(await list(where('comment', 'eq', 'second'))).toMatchObject({ summary: '1', ids: [String(two)] });
    expect(await list(where('name', 'like', 'exam%'))).toMatchObject({ summary: '2' });
    expect(await list(where('name', 'eq', 'other.example'))).toMatchObject({ summary: '0', ids: [] });
    const page = await list(
      '<view><offset>0</offset><limit>1</limit><children>1</children></view><order><key>id</key><mode>desc</mode></order><key>expire</key><key>order_id</key>',
    );
    expect(page).toMatchObject({ summary: '2', ids: [String(two)] });
    expect(shape(all(page.reply.root, 'result/data/certificate')[0] ?? page.reply.root)).toBe(
      'certificate(order_id name expire id)',
    );
    const wrong = await sendTask(stage.simulator, `<code>400105</code>${where('serial', 'eq', 'x')}`);
    expect(refusalOf(wrong)).toEqual(['E400105', 'error', 'EF00022', 'conditions[0]/key']);
    const odd = await sendTask(stage.simulator, `<code>400105</code>${where('name', 'near', 'x')}`);
    expect(refusalOf(odd)).toEqual(['E400105', 'error', 'EF01000', 'where.operator']);
  });

  it('400114: shows a job while it is open, then 300134 does', async () => {
    const csr = await csrFor(['shop.example.org']);
    const order = orderBody(csr, { name: 'shop.example.org' });
    const job = idIn(await call(stage.simulator, 'POST', '/certificate', order));
    stage.clock.advance(60_000);
    await stage.ca.tick();
    const ask = (code: string, simulator = stage.simulator) =>
      sendTask(
        simulator,
        `<code>${code}</code><certificate_job><job><id>${job}</id></job></certificate_job>`,
      );
    const open = await ask('400114');
    expect(statusOf(open)).toEqual(['S400114', 'success']);
    expect(text(open, 'result/data/certificate_job/job/status')).toBe('DEFERRED');
    expect(text(open, 'result/data/certificate_job/job/sub_status')).toBe('WF_DNS_AUTH');
    expect(text(open, 'result/data/certificate_job/job/execution')).toBe('2026-10-01 10:11:00');
    expect(texts(open, 'result/data/certificate_job/authentication/step')).toEqual([
      'CSR_CHECK',
      'DOMAIN_VERIFICATION',
    ]);
    expect(texts(open, 'result/data/certificate_job/authentication/status')).toEqual([
      'COMPLETED',
      'IN_PROGRESS',
    ]);
    expect(refusalOf(await ask('300134'))).toEqual(['E300134', 'error', 'EF300101', 'job']);

    stage.dns.addRecord(
      zoneLine(text(open, 'result/data/certificate_job/certificate/authentication/dns') ?? ''),
    );
    await stage.ca.tick();
    expect(refusalOf(await ask('400114'))).toEqual(['E400114', 'error', 'EF300101', 'job']);
    expect(text(await ask('300134'), 'result/data/certificate_job/job/status')).toBe('SUCCESS');
  });

  it('400118: sends the approval mail again, whose approver was one of the list', async () => {
    const csr = await csrFor(['example.com']);
    const prepared = await sendTask(stage.simulator, prepareTask(csr));
    const approvers = texts(prepared, 'result/data/certificate_request/authentication/approver_email');
    expect(approvers).toHaveLength(5);
    const byMail = orderTask('400101', csr, '').replace(
      /<authentication>.*<\/authentication>/,
      `<authentication><method>EMAIL</method><approver_email>${approvers[0] ?? ''}</approver_email></authentication>`,
    );
    const started = await sendTask(stage.simulator, byMail);
    const job = text(started, 'result/data/certificate_job/job/id') ?? '';
    const resend = (code: string) =>
      sendTask(
        stage.simulator,
        `<code>${code}</code><certificate_job><job><id>${job}</id></job></certificate_job>`,
      );
    expect(statusOf(await resend('400118'))).toEqual(['S400118', 'success']);
    expect(statusOf(await resend('400119'))).toEqual(['E400119', 'error']);
    stage.ca.approveByEmail(stage.ca.orders()[0]?.id ?? '');
    expect(await finished()).toBeGreaterThan(0);
  });

  it('400201 to 400205: keeps contacts', async () => {
    const contact = (inner: string) =>
      `<contact>${inner}<title>Admin</title><first>John</first><last>Doe</last><organization>Example GmbH</organization><address>Maximilianstrasse 36000</address><postal_code>93047</postal_code><city>Regensburg</city><country>DE</country><state></state><phone>+49-941-1234560</phone><email>j.doe@example.com</email></contact>`;
    const created = await sendTask(
      stage.simulator,
      `<code>400201</code>${contact('')}<force_contact_create>1</force_contact_create>`,
    );
    expect(statusOf(created)).toEqual(['S400201', 'success']);
    const id = text(created, 'result/status/object/value') ?? '';
    expect(created.body).toContain('<data/>');
    const changed = contact(`<id>${id}</id>`).replace('Doe', 'Roe');
    expect(statusOf(await sendTask(stage.simulator, `<code>400202</code>${changed}`))).toEqual([
      'S400202',
      'success',
    ]);
    const info = await sendTask(stage.simulator, `<code>400204</code><contact><id>${id}</id></contact>`);
    expect(text(info, 'result/data/contact/last')).toBe('Roe');
    expect(shape(all(info.root, 'result/data/contact')[0] ?? info.root)).toBe(
      'contact(first last phone email title organization address postal_code city country owner(user context) updater(user context) id created updated)',
    );
    const list = await sendTask(
      stage.simulator,
      '<code>400205</code><where><key>email</key><operator>eq</operator><value>j.doe@example.com</value></where>',
    );
    expect([text(list, 'result/data/summary'), texts(list, 'result/data/contact/id')]).toEqual(['1', [id]]);
    const remove = `<code>400203</code><contact><id>${id}</id></contact>`;
    expect(statusOf(await sendTask(stage.simulator, remove))).toEqual(['S400203', 'success']);
    expect(refusalOf(await sendTask(stage.simulator, remove)).slice(0, 3)).toEqual([
      'E400203',
      'error',
      'EF4002001',
    ]);
  });

  it('0205 and 0202001: show and change a zone', async () => {
    const where = '<where><key>name</key><operator>eq</operator><value>example.com</value></where>';
    const found = await sendTask(
      stage.simulator,
      `<code>0205</code><view><children>1</children><limit>1</limit></view>${where}`,
    );
    expect(found.body).toContain('<summary>1</summary>');
    const ns = text(found, 'result/data/zone/system_ns') ?? '';
    expect([text(found, 'result/data/zone/name'), ns]).toEqual(['example.com', 'ns1.example.com']);
    expect(statusOf(found)).toEqual(['S0205', 'success']);
    expect(texts(found, 'result/data/zone/rr/name')).toEqual([]);

    const change = (kind: 'rr_add' | 'rr_rem', value: string, simulator = stage.simulator) =>
      sendTask(
        simulator,
        `<code>0202001</code><default><${kind}><name>_dnsauth</name><ttl>600</ttl><type>TXT</type><value>${value}</value></${kind}></default><zone><name>example.com</name><system_ns>${ns}</system_ns></zone>`,
      );
    expect(statusOf(await change('rr_add', 'one'))).toEqual(['S0202001', 'success']);
    expect(stage.dns.records('_dnsauth.example.com', 'TXT')).toEqual(['one']);
    const twice = await change('rr_add', 'one');
    expect(refusalOf(twice).slice(0, 3)).toEqual(['E0202001', 'error', 'EF02022']);
    const lenient = withOptions(stage, { xmlDuplicateRecord: 'ignore' });
    expect(statusOf(await change('rr_add', 'one', lenient))).toEqual(['S0202001', 'success']);
    await change('rr_add', 'two');
    const zone = `<code>0205</code><zone><name>example.com</name></zone>`;
    const shown = await sendTask(stage.simulator, zone);
    expect(texts(shown, 'result/data/zone/rr/value')).toEqual(expect.arrayContaining(['one', 'two']));
    expect(texts(shown, 'result/data/summary')).toEqual([]);
    expect(statusOf(await change('rr_rem', 'one'))).toEqual(['S0202001', 'success']);
    expect(stage.dns.records('_dnsauth.example.com', 'TXT')).toEqual(['two']);
    const other = await sendTask(stage.simulator, zone.replace('example.com', 'other.example'));
    expect(statusOf(other)).toEqual(['E0205', 'error']);
  });
});

describe('what a request may look like', () => {
  it('takes the login in any order, and text in any of the three ways', async () => {
    const csr = await csrFor(['example.com']);
    const login = [
      `<user>${ACCOUNT.user}</user>`,
      `<password>${escapeXml(ACCOUNT.password)}</password>`,
      '<context>9</context>',
    ];
    const requests = [
      [login, `<![CDATA[${csr}]]>`],
      [
        [login[2], `<password><![CDATA[${ACCOUNT.password}]]></password>`, login[0]],
        csr.replaceAll('\n', '&#10;'),
      ],
      [login.toReversed(), csr.replaceAll('\n', '\r\n')],
    ] as const;
    for (const [auth, plain] of requests) {
      const task = `<task><certificate_request><product>${PRODUCT}</product><plain>${plain}</plain></certificate_request><code>400110</code></task>`;
      const document = `<?xml version="1.0" encoding="UTF-8"?>\n<request><auth>${auth.join('')}</auth><language>de</language>${task}</request>`;
      const reply = await sendXml(stage.simulator, document);
      expect(statusOf(reply)).toEqual(['S400110', 'success']);
      expect(text(reply, 'result/status/text')).toBe('Der CSR-Key wurde erfolgreich geprüft.');
    }
  });

  it('does several tasks one after the other, and goes on after one that fails', async () => {
    const csr = await csrFor(['example.com']);
    const dns = await preparedDns(csr);
    const reply = await sendTask(
      stage.simulator,
      orderTask('400101', csr, dns),
      '<code>400104</code><certificate><id>1</id></certificate>',
      '<code>0905</code>',
    );
    expect(texts(reply, 'result/status/code')).toEqual(['N400101', 'E400104', 'S0905']);
    expect(texts(reply, 'stid')).toHaveLength(1);
    expect(stage.simulator.invoices()).toHaveLength(1);
  });

  it('acts for a user of its own, and for nobody else', async () => {
    const owner = (user: string) => `<owner><user>${user}</user><context>9</context></owner>`;
    const ask = (user: string) =>
      sendXml(stage.simulator, `<request>${AUTH}${owner(user)}<task><code>0905</code></task></request>`);
    expect(statusOf(await ask(ACCOUNT.user))).toEqual(['S0905', 'success']);
    expect(refusalOf(await ask('somebody'))).toEqual(['E00000', 'error', 'EF01000', 'request.owner']);
  });

  it('opens sessions that both APIs know, and ends them', async () => {
    const opened = await sendTask(stage.simulator, '<code>1321001</code>');
    expect(statusOf(opened)).toEqual(['S1321001', 'success']);
    const hash = text(opened, 'result/data/auth_session/hash') ?? '';
    const poll = () =>
      sendXml(
        stage.simulator,
        `<request><auth_session><hash>${hash}</hash></auth_session><task><code>0905</code></task></request>`,
      );
    expect(statusOf(await poll())).toEqual(['S0905', 'success']);
    const headers = { 'x-domainrobot-sessionid': hash, 'user-agent': 'test' };
    const request = {
      method: 'GET',
      path: '/v1/poll',
      query: new URLSearchParams(),
      headers,
      body: Buffer.alloc(0),
    };
    expect((await stage.simulator.handle(request)).status).toBe(200);
    const end = () =>
      sendTask(stage.simulator, `<code>1321003</code><auth_session><hash>${hash}</hash></auth_session>`);
    expect(statusOf(await end())).toEqual(['S1321003', 'success']);
    expect(statusOf(await poll())).toEqual(['E00000', 'error']);
    expect(statusOf(await end())[1]).toBe('error');
  });

  it.each([
    ['no XML', 'hello', 'request'],
    [
      'a document type',
      `<!DOCTYPE request><request>${AUTH}<task><code>0905</code></task></request>`,
      'request',
    ],
    ['another document', '<order/>', 'request'],
    ['no login', '<request><task><code>0905</code></task></request>', undefined],
    [
      'a wrong password',
      `<request>${AUTH.replace('pa:', 'x')}<task><code>0905</code></task></request>`,
      undefined,
    ],
    // Recorded of the vendor: quotation marks around the number.
    [
      'a wrong context',
      `<request>${AUTH.replace('9', '"9"')}<task><code>0905</code></task></request>`,
      'request.auth.context',
    ],
    ['no task', `<request>${AUTH}</request>`, 'request.task'],
    [
      'an unknown element',
      `<request>${AUTH}<ctid>1</ctid><task><code>0905</code></task></request>`,
      'request.ctid',
    ],
    [
      'an unknown language',
      `<request>${AUTH}<language>fr</language><task><code>0905</code></task></request>`,
      'request.language',
    ],
    ['a task without a code', `<request>${AUTH}<task/></request>`, 'request.task.code'],
    ['an unknown task', `<request>${AUTH}<task><code>4711</code></task></request>`, 'request.task.code'],
  ])('refuses %s as a whole', async (_what, document, object) => {
    const reply = await sendXml(stage.simulator, document);
    expect(reply.http).toBe(200);
    expect(statusOf(reply)).toEqual(['E00000', 'error']);
    expect(text(reply, 'result/msg/object/type')).toBe(object);
    expect(text(reply, 'result/msg/text')).not.toBe('');
    expect(text(reply, 'stid')).toMatch(/^2026/);
    expect(reply.body).not.toContain('<data');
  });

  it('refuses elements it does not know, unless told otherwise, and values given twice', async () => {
    const csr = await csrFor(['example.com']);
    const misspelt = prepareTask(csr).replace('<product>', '<scoop>BASEDOMAIN</scoop><product>');
    expect(refusalOf(await sendTask(stage.simulator, misspelt))).toEqual([
      'E400110',
      'error',
      'EF01000',
      'certificate_request.scoop',
    ]);
    const lenient = withOptions(stage, { xmlUnknownElements: 'ignore' });
    expect(statusOf(await sendTask(lenient, misspelt))).toEqual(['S400110', 'success']);
    const twice = prepareTask(csr).replace('<product>', '<product>SSL123</product><product>');
    expect(refusalOf(await sendTask(stage.simulator, twice))[3]).toBe('certificate_request.product');
  });

  it('wants the prepared record, with blanks or tabs', async () => {
    const csr = await csrFor(['example.com']);
    const dns = await preparedDns(csr);
    const wrong = await sendTask(stage.simulator, orderTask('400101', csr, dns.replace('TXT', 'TEXT')));
    expect(refusalOf(wrong)).toEqual(['E400101', 'error', 'EF01000', 'certificate.authentication.dns']);
    const tabs = await sendTask(stage.simulator, orderTask('400101', csr, dns.replaceAll(' ', '\t\t')));
    expect(statusOf(tabs)).toEqual(['N400101', 'notify']);
  });
});
