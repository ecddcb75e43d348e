/**
 * The XML gateway against the vendor's walkthrough ("Complete automation of the certificate reissuing process", page
 * version 29): its requests are sent, and the shape of each answer is held against its sample. CSRs are generated: the
 * sample's are cut short. Where the sandbox knows more than the sample shows, the test says so.
 */
import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, openStage } from './internetx-kit.ts';
import type { Stage } from './internetx-kit.ts';
import {
  all,
  ordered,
  orderTask,
  preparedDns,
  prepareTask,
  sendTask,
  shape,
  shapeOf,
  statusOf,
  text,
  texts,
} from './internetx-xml-kit.ts';
import { csrFor } from './kit.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(() => stage.dns.close());

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
    const id = await ordered(stage);
    const csr = await csrFor(['example.com']);
    const reply = await sendTask(
      stage.simulator,
      orderTask('400102', csr, await preparedDns(stage, csr), `<id>${id}</id>`),
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
    const started = await sendTask(stage.simulator, orderTask('400101', csr, await preparedDns(stage, csr)));
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
    const id = await ordered(stage);
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
