import { once } from 'node:events';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sandbox/contract.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { handClock, plainVendor, realClock } from './support.ts';
import type { PlainVendor } from './support.ts';

let vendor: PlainVendor;
let sandbox: Sandbox;
let agent: Agent;

beforeEach(async () => {
  vendor = plainVendor();
  agent = new Agent();
  sandbox = await startSandbox({ clock: handClock(), zones: [], vendors: [() => vendor] });
});
afterEach(async () => {
  await sandbox.close();
  await agent.destroy();
});

const baseUrl = (): string => sandbox.vendors.get('plain')?.baseUrl ?? '';

function post(body: string, path = '/api?x=1', headers: Record<string, string> = {}) {
  return request(baseUrl() + path, { method: 'POST', body, headers, dispatcher: agent });
}
async function postText(body: string): Promise<{ status: number; text: string }> {
  const answer = await post(body);
  return { status: answer.statusCode, text: await answer.body.text() };
}
const order = (fault: Omit<Fault, 'vendor'>): void => sandbox.faults.add({ vendor: 'plain', ...fault });
const history = () => sandbox.history.entries();

it('answers and remembers, secrets masked', async () => {
  const answer = await post('command=Add&s_login=me&s_pw=hidden&csr=abc&auth=token', '/api?x=1', {
    Authorization: 'Basic c2VjcmV0',
  });
  expect(await answer.body.text()).toContain('code = 200');
  expect(answer.headers['content-length']).toBeDefined();
  expect(history()).toEqual([
    {
      at: new Date('2027-03-01T12:00:00.500Z'),
      vendor: 'plain',
      command: 'Add',
      parameters: {
        command: 'Add',
        s_login: 'me',
        s_pw: '***',
        csr: 'abc',
        auth: '***',
        authorization: '***',
      },
      applied: true,
      httpStatus: 200,
      resultCode: '200',
    },
  ]);
});

describe('faults', () => {
  it('delay: applied at once, answered later', async () => {
    order({ kind: 'delay', delayMs: 60 });
    const began = performance.now();
    const pending = postText('command=A');
    const entry = await sandbox.history.waitFor(() => true, AbortSignal.timeout(60_000));
    expect(entry).toMatchObject({ applied: true, fault: 'delay' });
    expect((await pending).text).toContain('code = 200');
    expect(performance.now() - began).toBeGreaterThanOrEqual(59);
  });

  it('drop-before: nothing applied, connection closed', async () => {
    order({ kind: 'drop-before' });
    await expect(post('command=A')).rejects.toThrow(/closed|ECONNRESET/);
    expect(vendor.applied).toEqual([]);
    expect(history()).toMatchObject([{ applied: false, fault: 'drop-before' }]);
    expect(history()[0]).not.toHaveProperty('httpStatus');
  });

  it('lose-answer: applied, connection closed', async () => {
    order({ kind: 'lose-answer' });
    await expect(post('command=A')).rejects.toThrow(/closed|ECONNRESET/);
    expect(vendor.applied).toEqual(['command=A']);
    expect(history()).toMatchObject([{ applied: true, fault: 'lose-answer' }]);
    expect(history()[0]).not.toHaveProperty('httpStatus');
  });

  it("code: the vendor's error, nothing applied", async () => {
    order({ kind: 'code', code: '541' });
    expect((await postText('command=A')).text).toContain('code = 541');
    expect(vendor.applied).toEqual([]);
    expect(history()).toMatchObject([{ applied: false, resultCode: '541', httpStatus: 200 }]);
  });

  it('code-after: applied, then the error', async () => {
    order({ kind: 'code-after', code: '421' });
    expect((await postText('command=A')).text).toContain('code = 421');
    expect(vendor.applied).toEqual(['command=A']);
    expect(history()).toMatchObject([{ applied: true, resultCode: '421' }]);
  });

  it('html: a page with a status, nothing applied', async () => {
    order({ kind: 'html', status: 503 });
    order({ kind: 'html' });
    const first = await postText('command=A');
    expect(first).toMatchObject({ status: 503 });
    expect(first.text).toContain('<html>');
    expect((await postText('command=A')).status).toBe(502);
    expect(vendor.applied).toEqual([]);
  });

  it('truncate: applied, half of it arrives', async () => {
    order({ kind: 'truncate' });
    const answer = await post('command=A');
    const whole = Number(answer.headers['content-length']);
    let received = 0;
    answer.body.on('data', (chunk: Buffer) => (received += chunk.length));
    await expect(once(answer.body, 'end')).rejects.toThrow(/other side closed|terminated|aborted/);
    expect(received).toBe(Math.floor(whole / 2));
    expect(history()).toMatchObject([{ applied: true, fault: 'truncate' }]);
  });

  it('oversize: as many bytes of rubbish as ordered', async () => {
    order({ kind: 'oversize', bytes: 200_001 });
    expect((await postText('command=A')).text).toHaveLength(200_001);
    expect(vendor.applied).toHaveLength(1);
  });

  it('oversize: ends when the client has had enough', async () => {
    order({ kind: 'oversize' });
    const small = new Agent({ maxResponseSize: 100_000 });
    const answer = await request(`${baseUrl()}/`, { method: 'POST', body: 'command=A', dispatcher: small });
    await expect(answer.body.text()).rejects.toThrow(/max size/);
    await small.destroy();
  });

  it('trickle: byte by byte', async () => {
    order({ kind: 'trickle', delayMs: 1 });
    const answer = await post('command=A');
    let chunks = 0;
    answer.body.on('data', () => (chunks += 1));
    await once(answer.body, 'end');
    expect(chunks).toBeGreaterThan(20);
    expect(vendor.applied).toHaveLength(1);
  });

  it('redirect: 302, nothing applied', async () => {
    order({ kind: 'redirect', location: 'http://127.0.0.1:9/x' });
    const answer = await post('command=A');
    await answer.body.dump();
    expect(answer).toMatchObject({ statusCode: 302, headers: { location: 'http://127.0.0.1:9/x' } });
    expect(vendor.applied).toEqual([]);
  });

  it('are used up in order, as often as ordered, only for their command and vendor', async () => {
    order({ kind: 'code', code: '1', command: 'B' });
    order({ kind: 'code', code: '2', times: 2 });
    sandbox.faults.add({ vendor: 'other', kind: 'drop-before' });
    const codes: (string | undefined)[] = [];
    for (const command of ['A', 'B', 'A', 'B']) {
      codes.push(/code = (\d+)/.exec((await postText(`command=${command}`)).text)?.[1]);
    }
    expect(codes).toEqual(['2', '1', '2', '200']);
    expect(sandbox.faults.pending()).toEqual([{ vendor: 'other', kind: 'drop-before', times: 1 }]);
    sandbox.faults.clear();
    expect(sandbox.faults.pending()).toEqual([]);
  });

  it.each([
    [{ kind: 'code' }, /needs "code"/],
    [{ kind: 'redirect' }, /needs "location"/],
    [{ kind: 'delay' }, /needs "delayMs"/],
    [{ kind: 'html', times: 0 }, /times/],
  ] as const)('refuses %j', (fault, message) => {
    expect(() => order(fault)).toThrow(message);
  });
});

describe('requests nobody expected', () => {
  it('a body over 1 MiB is refused and not applied; one of 1 MiB is not', async () => {
    const answer = await post('x'.repeat(1024 * 1024 + 1));
    await answer.body.dump();
    expect(answer.statusCode).toBe(413);
    expect(vendor.applied).toEqual([]);
    expect((await postText('x'.repeat(1024 * 1024))).status).toBe(200);
  });

  it('a request without a name is remembered by its address, a bug in a simulator shows as one', async () => {
    await (await post('', '/garbage')).body.dump();
    const bug = await post('', '/bug');
    expect(bug.statusCode).toBe(500);
    expect(await bug.body.text()).toContain('a bug in the simulator');
    expect(history()).toMatchObject([
      { command: 'POST /garbage', applied: true },
      { command: 'None', applied: false, httpStatus: 500 },
    ]);
  });
});

it('close ends what still waits, and nothing listens afterwards', async () => {
  order({ kind: 'delay', delayMs: 600_000 });
  const outcome = post('command=A').then(
    () => 'answered',
    () => 'ended',
  );
  await sandbox.history.waitFor(() => true, AbortSignal.timeout(60_000));
  await sandbox.close();
  expect(await outcome).toBe('ended');
  await expect(post('command=A')).rejects.toThrow(/ECONNREFUSED/);
  await expect(request(sandbox.controlUrl, { dispatcher: agent })).rejects.toThrow(/ECONNREFUSED/);
});

it('looks by itself when it is told how often', async () => {
  const own = await startSandbox({ clock: realClock, zones: ['example.test'], tickMs: 5 });
  const looked = new Promise<string>((resolve) => {
    own.ca.tick = async () => resolve('looked');
  });
  expect(await looked).toBe('looked');
  await own.close();
});

it('refuses two vendors of one name, and leaves nothing open', async () => {
  await expect(
    startSandbox({ clock: handClock(), zones: [], vendors: [() => plainVendor(), () => plainVendor()] }),
  ).rejects.toThrow(/"plain"/);
});
