/** Job lists of the gateway, and conditions that are linked: the vendor's help pages, their samples re-typed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VendorSimulator } from '../../../src/sandbox/contract.ts';
import { call, idIn, openStage, orderBody, withOptions } from './internetx-kit.ts';
import type { Stage } from './internetx-kit.ts';
import {
  all,
  ordered,
  refusalOf,
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

/** An order that waits for its validation, by the JSON API: the world is the same. */
async function open(name: string, simulator = stage.simulator): Promise<string> {
  const body = orderBody(await csrFor([name]), { name });
  return String(idIn(await call(simulator, 'POST', '/certificate', body)));
}

const condition = (key: string, operator: string, value: string) =>
  `<key>${key}</key><operator>${operator}</operator><value>${value}</value>`;
const where = (inner: string) => `<where>${inner}</where>`;

async function list(code: string, inner = '', simulator: VendorSimulator = stage.simulator) {
  const reply = await sendTask(simulator, `<code>${code}</code>${inner}`);
  expect(statusOf(reply)).toEqual([`S${code}`, 'success']);
  return {
    reply,
    summary: text(reply, 'result/data/summary'),
    ids: texts(reply, 'result/data/certificate_job/job/id'),
  };
}

describe('400115 and 400135: running and finished jobs', () => {
  it('are as in the sample of "Managing Certificate Orders"', async () => {
    const id = await open('example.com');
    stage.clock.advance(60_000);
    await stage.ca.tick();
    const { reply, summary, ids } = await list('400115', '<view><limit>10</limit><offset>0</offset></view>');
    expect([summary, ids]).toEqual(['1', [id]]);
    const [row] = all(reply.root, 'result/data/certificate_job');
    expect(row && shape(row)).toBe(
      shapeOf(`<certificate_job><job><id/><owner><user/><context/></owner><updater><user/><context/></updater>
        <object/><status/><sub_status/><created/><updated/><type/><sub_type/><action/><execution/></job></certificate_job>`),
    );
    const values = [
      'object',
      'status',
      'sub_status',
      'created',
      'updated',
      'type',
      'sub_type',
      'action',
      'execution',
    ];
    expect(values.map((name) => text(reply, `result/data/certificate_job/job/${name}`))).toEqual([
      'example.com',
      'DEFERRED',
      'WF_DNS_AUTH',
      '2026-10-01 10:00:00',
      '2026-10-01 10:01:00',
      'ssl',
      'QUICKSSLPREMIUM',
      'create',
      '2026-10-01 10:11:00',
    ]);
  });

  it('hold what the JSON routes hold: a job is in one of them', async () => {
    await ordered(stage);
    const running = await open('shop.example.org');
    const idsOf = async (path: string) => (await call(stage.simulator, 'POST', path, {})).data;
    const open115 = await list('400115');
    const past = await list('400135');
    expect([open115.summary, open115.ids]).toEqual(['1', [running]]);
    expect([past.summary, past.ids.length]).toEqual(['1', 1]);
    expect(past.ids).not.toContain(running);
    expect(text(past.reply, 'result/data/certificate_job/job/status')).toBe('SUCCESS');
    expect(await idsOf('/job/_search')).toMatchObject([{ job: { id: Number(running) } }]);
    expect(await idsOf('/job/history/_search')).toMatchObject([{ job: { id: Number(past.ids[0]) } }]);
    // A list is about nothing in particular.
    expect(texts(past.reply, 'result/status/object/type')).toEqual([]);
  });

  it('an empty list has its summary only', async () => {
    for (const code of ['400115', '400135']) {
      const { reply } = await list(code);
      expect(shape(reply.root)).toBe('response(result(data(summary) status(code text type)))');
      expect(text(reply, 'result/data/summary')).toBe('0');
    }
  });

  it('xmlDeffered: spelled as in the sample', async () => {
    const simulator = withOptions(stage, { xmlDeffered: true });
    const id = await open('example.com', simulator);
    stage.clock.advance(60_000);
    await stage.ca.tick();
    const { reply } = await list('400115', '', simulator);
    expect(text(reply, 'result/data/certificate_job/job/status')).toBe('DEFFERED');
    expect((await list('400115', where(condition('status', 'eq', 'DEFERRED')), simulator)).ids).toEqual([id]);
  });
});

describe('which jobs, and in which order', () => {
  let one: string;
  let two: string;
  let three: string;

  beforeEach(async () => {
    one = await open('a.example.com');
    stage.clock.advance(3_600_000);
    two = await open('b.example.com');
    stage.clock.advance(3_600_000);
    three = await open('shop.example.org');
  });

  const and = (inner: string) => `<and>${inner}</and>`;
  const or = (inner: string) => `<or>${inner}</or>`;
  const name = (which: string) => condition('object', 'eq', which);
  const A = name('a.example.com');
  const B = name('b.example.com');
  const SHOP = name('shop.example.org');
  const QUICK = condition('sub_type', 'eq', 'QUICKSSLPREMIUM');
  const OTHER = condition('sub_type', 'eq', 'SSL123');

  it.each([
    ['a name', A, 'one'],
    ['no operator: eq', '<key>object</key><value>b.example.com</value>', 'two'],
    ['ne', condition('object', 'ne', 'a.example.com'), 'two three'],
    ['like with a star', condition('object', 'like', '*.example.com'), 'one two'],
    ['a wall clock', condition('created', 'eq', '2026-10-01 11:00:00'), 'two'],
    ['gt', condition('created', 'gt', '2026-10-01 11:00:00'), 'three'],
    ['ge', condition('created', 'ge', '2026-10-01 11:00:00'), 'two three'],
    ['lt', condition('created', 'lt', '2026-10-01 11:00:00'), 'one'],
    ['le', condition('created', 'le', '2026-10-01 11:00:00'), 'one two'],
    ['all of a group', and(and(A) + and(QUICK)), 'one'],
    ['all of a group, without an element around it', and(A) + and(OTHER), ''],
    ['any of a group', or(or(A) + or(SHOP)), 'one three'],
    ['any of a group, without an element around it', or(A) + or(SHOP), 'one three'],
    ['a group in a group', or(and(A) + and(QUICK)) + or(SHOP), 'one three'],
    ['a group in a group, of which nothing holds', or(and(A) + and(OTHER)) + or(and(B) + and(OTHER)), ''],
    ['"and" before "or"', and(A) + and(OTHER) + or(B), 'two'],
    ['"and" before "or", the other way round', or(SHOP) + and(A) + and(QUICK), 'one three'],
  ])('where: %s', async (_what, inner, expected) => {
    const names = new Map([
      [one, 'one'],
      [two, 'two'],
      [three, 'three'],
    ]);
    const { ids, summary } = await list('400115', where(inner));
    expect(ids.map((id) => names.get(id)).join(' ')).toBe(expected);
    expect(summary).toBe(String(ids.length));
  });

  it('where: the id, in both lists', async () => {
    expect((await list('400115', where(condition('id', 'eq', two)))).ids).toEqual([two]);
    expect((await list('400135', where(condition('id', 'eq', two)))).ids).toEqual([]);
    await call(stage.simulator, 'PUT', `/job/${two}/_cancel`);
    expect((await list('400115', where(condition('id', 'eq', two)))).ids).toEqual([]);
    expect((await list('400135', where(condition('id', 'eq', two)))).ids).toEqual([two]);
  });

  it('view and order', async () => {
    const descending = '<order><key>created</key><mode>desc</mode></order>';
    expect((await list('400115', descending)).ids).toEqual([three, two, one]);
    const page = `<view><limit>1</limit><offset>1</offset><children>1</children></view>${descending}`;
    const { ids, summary } = await list('400115', page);
    expect([ids, summary]).toEqual([[two], '3']);
    expect((await list('400115', '<order><key>object</key></order>')).ids).toEqual([one, two, three]);
    expect((await list('400115', '<key>sub_status</key><key>parent</key>')).ids).toHaveLength(3);
  });

  it.each([
    ['a key to look for', where(condition('serial', 'eq', '1')), 'EF00022', 'conditions[0]/key'],
    ['a key deep inside', where(or(and(A) + and(condition('x', 'eq', '1')))), 'EF00022', 'conditions[0]/key'],
    ['a key to sort by', '<order><key>colour</key></order>', 'EF00022', 'orders[0]/key'],
    ['a key to show', '<key>colour</key>', 'EF01000', 'key'],
    ['an operator', where(condition('object', 'near', 'x')), 'EF01000', 'where.operator'],
    ['an operator inside', where(or(condition('object', 'near', 'x'))), 'EF01000', 'where.or.operator'],
    ['a condition beside linked ones', where(A + and(B)), 'EF01000', 'where.key'],
    ['another link', where(`<xor>${A}</xor>`), 'EF01000', 'where.xor'],
    ['a limit that is no number', '<view><limit>many</limit></view>', 'EF01000', 'view.limit'],
    ['another part of the view', '<view><page>1</page></view>', 'EF01000', 'view.page'],
    [
      'another part',
      '<certificate_job><job><id>1</id></job></certificate_job>',
      'EF01000',
      'certificate_job',
    ],
  ])('refuses %s it does not know', async (_what, inner, code, object) => {
    for (const task of ['400115', '400135']) {
      const reply = await sendTask(stage.simulator, `<code>${task}</code>${inner}`);
      expect(refusalOf(reply)).toEqual([`E${task}`, 'error', code, object]);
    }
  });

  it('refuses an empty group', async () => {
    const reply = await sendTask(stage.simulator, `<code>400115</code>${where('<and/>')}`);
    expect(refusalOf(reply).slice(0, 3)).toEqual(['E400115', 'error', 'EF01000']);
  });
});

it('400105: links conditions too, as a public client does', async () => {
  await ordered(stage);
  const inner = `<where><or><and>${condition('name', 'like', '*.example')}</and><and>${condition('created', 'lt', '2012-12-01 00:00:00')}</and></or><or>${condition('name', 'like', '*.com')}</or></where>`;
  const reply = await sendTask(stage.simulator, `<code>400105</code>${inner}`);
  expect([statusOf(reply)[0], texts(reply, 'result/data/certificate/name')]).toEqual([
    'S400105',
    ['example.com'],
  ]);
});
