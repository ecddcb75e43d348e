/** `ctid`, the client's transaction id: the vendor's help page "Task Object" has it inside a task. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStage, withOptions } from './internetx-kit.ts';
import type { Stage } from './internetx-kit.ts';
import {
  all,
  AUTH,
  orderTask,
  preparedDns,
  prepareTask,
  refusalOf,
  sendTask,
  sendXml,
  shape,
  statusOf,
  text,
  texts,
} from './internetx-xml-kit.ts';
import { csrFor } from './kit.ts';

const CTID = '<ctid>ABC123456</ctid>';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(() => stage.dns.close());

describe('a client transaction id', () => {
  it('comes back with the order, on its invoice, and with the message about its job', async () => {
    const csr = await csrFor(['example.com']);
    const order = orderTask('400101', csr, await preparedDns(stage, csr));
    const started = await sendTask(stage.simulator, `${order}${CTID}`);
    expect(statusOf(started)).toEqual(['N400101', 'notify']);
    expect(texts(started, 'result/ctid')).toEqual(['ABC123456']);
    expect(stage.simulator.invoices().map(({ reference }) => reference)).toEqual(['ABC123456']);
    await stage.ca.tick();
    const polled = await sendTask(stage.simulator, '<code>0905</code>');
    const job = all(polled.root, 'result/data/message/job')[0];
    expect(job?.children.map(({ name }) => name)).toEqual([
      'certificate',
      'job_id',
      'status',
      'stid',
      'ctid',
    ]);
    expect(text(polled, 'result/data/message/job/ctid')).toBe('ABC123456');
    // The question about it had none.
    expect([texts(polled, 'ctid'), texts(polled, 'result/ctid')]).toEqual([[], []]);
  });

  it.each([
    ['400101', ''],
    ['400102', ''],
    ['400103', '<certificate><id>1</id></certificate>'],
    ['400104', '<certificate><id>1</id></certificate>'],
    ['400105', ''],
    ['400106', ''],
    ['400114', '<certificate_job><job><id>1</id></job></certificate_job>'],
    ['400115', ''],
    ['400135', ''],
    ['400205', ''],
    ['0905', ''],
    ['0906', '<message><id>1</id></message>'],
    ['0205', ''],
    ['1321001', ''],
  ])('is accepted by %s, and told also where the task is refused', async (code, inner) => {
    const reply = await sendTask(stage.simulator, `<code>${code}</code>${CTID}${inner}`);
    expect(text(reply, 'result/msg/object/type')).not.toBe('ctid');
    expect([...texts(reply, 'ctid'), ...texts(reply, 'result/ctid')]).toEqual(['ABC123456']);
  });

  it.each([
    ['as-sample', 'stid ctid', 'result/ctid'],
    ['beside-result', 'stid ctid', 'stid ctid'],
    ['in-result', 'result/stid result/ctid', 'result/stid result/ctid'],
    ['none', 'result/ctid', 'result/ctid'],
  ] as const)('stands beside stid, xmlStid %s', async (xmlStid, polled, listed) => {
    const simulator = withOptions(stage, { xmlStid });
    const place = async (code: string) => {
      const { root } = await sendTask(simulator, `<code>${code}</code>${CTID}`);
      const ids = (names: readonly string[]) => names.filter((name) => /stid$|ctid$/.test(name));
      const outside = ids(root.children.map(({ name }) => name));
      const inside = ids(all(root, 'result').flatMap(({ children }) => children.map(({ name }) => name)));
      return [...outside, ...inside.map((name) => `result/${name}`)].join(' ');
    };
    expect(await place('0905')).toBe(polled);
    // The sample of a list has no stid: the task's result is left.
    expect(await place('400105')).toBe(listed);
  });

  it('stays with its task where there are several', async () => {
    const reply = await sendTask(
      stage.simulator,
      '<code>0905</code><ctid>one</ctid>',
      '<code>400105</code>',
      '<code>0905</code><ctid>three</ctid>',
    );
    expect(all(reply.root, 'result').map((result) => result.children.at(-1)?.text)).toEqual([
      'one',
      expect.not.stringMatching(/one|three/),
      'three',
    ]);
    expect(reply.root.children.map(({ name }) => name)).toEqual(['result', 'result', 'result', 'stid']);
  });

  it('is written so that it cannot become markup', async () => {
    const odd = await sendTask(stage.simulator, '<code>0905</code><ctid>a&lt;b&gt; &amp;amp;</ctid>');
    expect(text(odd, 'ctid')).toBe('a<b> &amp;');
    const empty = await sendTask(stage.simulator, '<code>0905</code><ctid/>');
    expect(shape(empty.root)).toBe('response(result(data(summary) status(code text type)) stid)');
  });

  it('is refused twice, outside of a task, and where it is not accepted', async () => {
    const twice = await sendTask(stage.simulator, `<code>0905</code>${CTID}${CTID}`);
    expect(refusalOf(twice)).toEqual(['E0905', 'error', 'EF01000', 'ctid']);
    const outside = await sendXml(
      stage.simulator,
      `<request>${AUTH}${CTID}<task><code>0905</code></task></request>`,
    );
    expect(refusalOf(outside)).toEqual(['E00000', 'error', 'EF01000', 'request.ctid']);
    const simulator = withOptions(stage, { xmlCtid: 'refuse' });
    const prepare = prepareTask(await csrFor(['example.com']));
    const refused = await sendTask(simulator, `${prepare}${CTID}`);
    expect(refusalOf(refused)).toEqual(['E400110', 'error', 'EF01000', 'ctid']);
    expect(refused.body).not.toContain('<ctid>');
    expect(statusOf(await sendTask(simulator, prepare))).toEqual(['S400110', 'success']);
  });
});
