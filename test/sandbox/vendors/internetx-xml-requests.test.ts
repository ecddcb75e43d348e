/** What a gateway request may look like, and what is refused before any task. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, openStage, withOptions } from './internetx-kit.ts';
import type { Stage } from './internetx-kit.ts';
import {
  AUTH,
  escapeXml,
  orderTask,
  preparedDns,
  prepareTask,
  PRODUCT,
  refusalOf,
  sendTask,
  sendXml,
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
    const dns = await preparedDns(stage, csr);
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
    const dns = await preparedDns(stage, csr);
    const wrong = await sendTask(stage.simulator, orderTask('400101', csr, dns.replace('TXT', 'TEXT')));
    expect(refusalOf(wrong)).toEqual(['E400101', 'error', 'EF01000', 'certificate.authentication.dns']);
    const tabs = await sendTask(stage.simulator, orderTask('400101', csr, dns.replaceAll(' ', '\t\t')));
    expect(statusOf(tabs)).toEqual(['N400101', 'notify']);
  });
});
