/** The gateway's tasks beyond the vendor's walkthrough; requests as the vendor's help pages and clients send them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, idIn, openStage, orderBody, withOptions, zoneLine } from './internetx-kit.ts';
import type { Stage } from './internetx-kit.ts';
import {
  all,
  finished,
  ordered,
  orderTask,
  preparedDns,
  prepareTask,
  PRODUCT,
  refusalOf,
  sendTask,
  shape,
  statusOf,
  text,
  texts,
} from './internetx-xml-kit.ts';
import { csrFor, DAY_MS } from './kit.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(() => stage.dns.close());

describe('the other tasks', () => {
  it('renews, revokes a serial that was replaced, deletes', async () => {
    const id = await ordered(stage);
    const certificate = `<certificate><id>${id}</id></certificate>`;
    const early = await sendTask(stage.simulator, `<code>400106</code>${certificate}`);
    expect(refusalOf(early).slice(0, 3)).toEqual(['E400106', 'error', 'EF4001012']);
    const info = await sendTask(stage.simulator, `<code>400104</code>${certificate}`);
    const serial = text(info, 'result/data/certificate/serial_number') ?? '';
    stage.clock.advance(120 * DAY_MS);
    const csr = await csrFor(['example.com']);
    const order = orderTask('400106', csr, await preparedDns(stage, csr), `<id>${id}</id>`);
    expect(statusOf(await sendTask(stage.simulator, order))).toEqual(['N400106', 'notify']);
    expect(await finished(stage)).toBe(id);
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
    const order = orderTask('4001012', csr, await preparedDns(stage, csr)).replace(PRODUCT, 'BASIC_SSL');
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
    const one = await ordered(stage);
    const two = await ordered(stage);
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
    expect(await finished(stage)).toBeGreaterThan(0);
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
