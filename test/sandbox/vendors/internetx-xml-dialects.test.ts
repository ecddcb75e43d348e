/** The gateway's awkward sides: where things stand, how text is written, faults aimed at tasks. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { createInternetxSimulator } from '../../../src/sandbox/internetx/index.ts';
import type { InternetxOptions } from '../../../src/sandbox/internetx/index.ts';
import { readXml } from '../../../src/sandbox/internetx/xml/reader.ts';
import { csrFor, handClock, requestTo } from './kit.ts';
import { ACCOUNT, call, idIn, openStage, orderBody, withOptions } from './internetx-kit.ts';
import type { Stage } from './internetx-kit.ts';
import { all, AUTH, sendTask, shape, text } from './internetx-xml-kit.ts';

let stage: Stage;
let certificate: string;

/** One certificate, by the JSON API: the world is the same. */
beforeEach(async () => {
  stage = await openStage();
  const seeded = stage.simulator.seed({
    names: ['example.com'],
    product: 'QUICKSSLPREMIUM',
    csrPem: await csrFor(['example.com']),
    notBefore: new Date('2026-09-01T00:00:00Z'),
    notAfter: new Date('2027-03-01T00:00:00Z'),
    paidUntil: new Date('2027-09-01T00:00:00Z'),
    dcvMethod: 'dns',
  });
  certificate = seeded.certificateId;
});

afterEach(() => stage.dns.close());

/** A simulator with these options, holding one certificate. */
async function dialect(options: Partial<InternetxOptions>) {
  const simulator = withOptions(stage, options);
  const { certificateId } = simulator.seed({
    names: ['example.com'],
    product: 'QUICKSSLPREMIUM',
    csrPem: await csrFor(['example.com']),
    notBefore: new Date('2026-09-01T00:00:00Z'),
    notAfter: new Date('2027-03-01T00:00:00Z'),
    paidUntil: new Date('2027-09-01T00:00:00Z'),
    dcvMethod: 'dns',
  });
  const info = await sendTask(
    simulator,
    `<code>400104</code><certificate><id>${certificateId}</id></certificate>`,
  );
  return { simulator, info };
}

describe('options', () => {
  it.each([
    ['as-sample', 'stid', 'result/stid', 'none'],
    ['beside-result', 'stid', 'stid', 'stid'],
    ['in-result', 'result/stid', 'result/stid', 'result/stid'],
    ['none', 'none', 'none', 'none'],
  ] as const)('xmlStid %s', async (xmlStid, polled, confirmed, info) => {
    const { simulator, info: answer } = await dialect({ xmlStid });
    const place = (reply: typeof answer) =>
      (['stid', 'result/stid'] as const).filter((path) => all(reply.root, path).length > 0).join(' ') ||
      'none';
    expect(place(answer)).toBe(info);
    simulator.queueForeignEvent();
    const poll = await sendTask(simulator, '<code>0905</code>');
    expect(place(poll)).toBe(polled);
    const id = text(poll, 'result/data/message/id') ?? '';
    expect(place(await sendTask(simulator, `<code>0906</code><message><id>${id}</id></message>`))).toBe(
      confirmed,
    );
  });

  it.each([
    ['as-sample', '<name>example.com</name>', '<server><![CDATA[-----BEGIN'],
    ['cdata', '<name><![CDATA[example.com]]></name>', '<server><![CDATA[-----BEGIN'],
    ['escaped', '<name>example.com</name>', '<server>-----BEGIN'],
  ] as const)('xmlText %s', async (xmlText, name, server) => {
    const { info } = await dialect({ xmlText });
    expect(info.body).toContain(name);
    expect(info.body).toContain(server);
  });

  it('xmlComments and xmlPrologue', async () => {
    const { info } = await dialect({ xmlComments: true, xmlPrologue: true });
    expect(info.body).toMatch(/^<\?xml version="1\.0" encoding="UTF-8" standalone="no"\?>\n<response>/);
    expect(info.body).toContain('<name>example.com</name><!-- certificate name -->');
    expect(info.body).toMatch(/<\/expire><!-- certificate expire date -->/);
  });

  it('xmlRootInChain and xmlPayable', async () => {
    const plain = await dialect({});
    expect(all(plain.info.root, 'result/data/certificate/payable')).toEqual([]);
    const { info } = await dialect({ xmlRootInChain: true, xmlPayable: true });
    expect(text(info, 'result/data/certificate/payable')).toBe('2027-09-01 00:00:00');
    const chain = all(info.root, 'result/data/certificate/certification_authority/ca_type');
    expect(chain.map((each) => each.text)).toEqual(['ICA1', 'ROOT']);
  });

  it('xmlErrorStatus and xmlMessageTexts', async () => {
    const { simulator } = await dialect({ xmlErrorStatus: 400, xmlMessageTexts: false });
    const reply = await sendTask(simulator, '<code>400204</code><contact><id>1</id></contact>');
    expect(reply.http).toBe(400);
    expect(all(reply.root, 'result/msg')[0] && shape(all(reply.root, 'result/msg')[0] ?? reply.root)).toBe(
      'msg(code type object(type value))',
    );
    expect((await sendTask(simulator, '<code>0905</code>')).http).toBe(200);
  });

  it.each(['domain', 'domains'] as const)('xmlDomainElement %s', async (xmlDomainElement) => {
    const simulator = withOptions(stage, { xmlDomainElement });
    const csr = await csrFor(['example.com', 'a.example.com']);
    const reply = await sendTask(
      simulator,
      `<code>400110</code><certificate_request><plain>${csr}</plain><product>QUICKSSLPREMIUM</product></certificate_request>`,
    );
    const [dns] = all(reply.root, `result/data/certificate_request/authentication/${xmlDomainElement}`);
    expect(dns && shape(dns)).toBe(`${xmlDomainElement}(name method dns)`);
    expect(dns?.children[2]?.text).toMatch(/^a\.example\.com\. 300 IN TXT "/);
  });

  it('xmlStepsWait', async () => {
    const simulator = withOptions(stage, { xmlStepsWait: true });
    const job = idIn(await call(simulator, 'POST', '/certificate', orderBody(await csrFor(['example.com']))));
    const reply = await sendTask(
      simulator,
      `<code>400114</code><certificate_job><job><id>${job}</id></job></certificate_job>`,
    );
    const steps = all(reply.root, 'result/data/certificate_job/authentication/status');
    expect(steps.map((each) => each.text)).toEqual(['COMPLETED', 'WAIT']);
  });

  it('limits requests of both APIs together', async () => {
    const simulator = withOptions(stage, { rateLimit: { perSecond: 2, retryAfterSeconds: 1 } });
    expect((await call(simulator, 'GET', '/hello')).http).toBe(200);
    expect((await sendTask(simulator, '<code>0905</code>')).http).toBe(200);
    const refused = await sendTask(simulator, '<code>0905</code>');
    expect([refused.http, text(refused, 'result/status/type')]).toEqual([429, 'error']);
  });

  it('waits for a confirmation and says so at once', async () => {
    const simulator = withOptions(stage, { confirmJobs: true });
    const csr = await csrFor(['example.com']);
    const order = `<code>400101</code><certificate><technical><id>100</id></technical><admin><id>100</id></admin><name>example.com</name><product>QUICKSSLPREMIUM</product><authentication><method>DNS</method></authentication><lifetime>12</lifetime><software>IIS5</software><csr>${csr}</csr></certificate>`;
    expect(text(await sendTask(simulator, order), 'result/data/certificate_job/job/status')).toBe('WAIT');
  });
});

describe('names of requests', () => {
  const nameOf = (body: string, method = 'POST', path = '/gateway/') =>
    stage.simulator.describe(requestTo(method, path, body));

  it('is the code, without the login', () => {
    const task = `<task><code>400104</code><certificate><id>${certificate}</id></certificate></task>`;
    expect(nameOf(`<request>${AUTH}${task}</request>`)).toEqual({
      command: '400104',
      parameters: { code: '400104', certificate: { id: certificate } },
    });
    const second = '<task><code>1321003</code><auth_session><hash>secret</hash></auth_session></task>';
    expect(nameOf(`<request>${AUTH}${task}${second}</request>`)).toEqual({
      command: '400104+1321003',
      parameters: {
        tasks: [
          { code: '400104', certificate: { id: certificate } },
          { code: '1321003', auth_session: {} },
        ],
      },
    });
  });

  it.each([
    ['rubbish', 'POST', '/gateway/', 'POST /gateway/'],
    ['<request/>', 'POST', '/gateway', 'POST /gateway'],
    ['', 'GET', '/gateway/', 'GET /gateway/'],
  ])('is the address of %j', (body, method, path, command) => {
    expect(nameOf(body, method, path)).toEqual({ command, parameters: {} });
  });

  it('is served by POST only', async () => {
    expect((await stage.simulator.handle(requestTo('GET', '/gateway/', ''))).status).toBe(405);
  });
});

describe('faults', () => {
  it('are aimed at tasks, and answered as the gateway answers', async () => {
    const clock = handClock();
    const sandbox = await startSandbox({
      clock,
      zones: ['example.com'],
      vendors: [({ ca, dns }) => createInternetxSimulator({ ca, dns, clock, accounts: [ACCOUNT] })],
    });
    try {
      const url = `${sandbox.vendors.get('internetx')?.baseUrl ?? ''}/gateway/`;
      const post = async (task: string) => {
        const body = `<request>${AUTH}<task>${task}</task></request>`;
        const response = await fetch(url, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/xml' },
        });
        return readXml(Buffer.from(await response.text()));
      };
      const csr = await csrFor(['example.com']);
      const order = `<code>400101</code><certificate><technical><id>100</id></technical><admin><id>100</id></admin><name>example.com</name><product>QUICKSSLPREMIUM</product><authentication><method>DNS</method></authentication><lifetime>12</lifetime><software>IIS5</software><csr>${csr}</csr></certificate>`;
      sandbox.faults.add({ vendor: 'internetx', command: '400101', kind: 'code', code: 'EF400139' });
      sandbox.faults.add({ vendor: 'internetx', command: '400101', kind: 'code-after', code: '503' });
      sandbox.faults.add({ vendor: 'internetx', command: '400101', kind: 'lose-answer' });
      const codes = (root: ReturnType<typeof readXml>) =>
        ['result/status/code', 'result/msg/code'].map((path) => all(root, path)[0]?.text);
      expect(codes(await post('<code>0905</code>'))).toEqual(['S0905', undefined]);
      const invoices = () => sandbox.vendors.get('internetx')?.simulator.invoices().length;
      expect(codes(await post(order))).toEqual(['E400101', 'EF400139']);
      expect(invoices()).toBe(0);
      expect(codes(await post(order))).toEqual(['E400101', undefined]);
      expect(invoices()).toBe(1);
      sandbox.faults.add({ vendor: 'internetx', command: '0905', kind: 'code', code: 'E0999' });
      expect(codes(await post('<code>0905</code>'))).toEqual(['E0999', undefined]);
      await expect(post(order)).rejects.toThrow('fetch failed');
      expect(invoices()).toBe(2);
      expect(sandbox.history.entries('internetx').map(({ command, applied }) => [command, applied])).toEqual([
        ['0905', true],
        ['400101', false],
        ['400101', true],
        ['0905', false],
        ['400101', true],
      ]);
      // The JSON API beside it is answered in its own words.
      sandbox.faults.add({ vendor: 'internetx', command: 'GET /poll', kind: 'code', code: 'EF01000' });
      const json = await fetch(url.replace('/gateway/', '/v1/poll'));
      expect(await json.json()).toMatchObject({ messages: [{ code: 'EF01000' }] });
    } finally {
      await sandbox.close();
    }
  });
});
