import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaOrder, DcvRequirement } from '../../../src/sandbox/contract.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { handClock, opensslCsr, webServer } from './support.ts';

/** The CA looks for itself: at a real name server and a real web server, over real sockets. */

const NAME = 'www.example.test';
let sandbox: Sandbox;
let web: Awaited<ReturnType<typeof webServer>>;
let serve: RequestListener = (_request, response) => response.end();

beforeEach(async () => {
  web = await webServer((request, response) => serve(request, response));
  sandbox = await startSandbox({
    clock: handClock(),
    zones: ['example.test', 'delegated.test'],
    httpPortMap: { [NAME]: web.port, 'elsewhere.test': web.port },
  });
});
afterEach(async () => {
  await sandbox.close();
  await web.close();
});

async function submitAndTick(requirement: DcvRequirement): Promise<CaOrder> {
  const names = [requirement.identifier];
  const { id } = sandbox.ca.submit({
    csrPem: opensslCsr(names),
    names,
    requirements: [requirement],
    notAfterAtMost: new Date('2030-01-01T00:00:00Z'),
  });
  await sandbox.tick();
  return read(id);
}

function read(id: string): CaOrder {
  const order = sandbox.ca.get(id);
  if (order === undefined) throw new Error(`no order ${id}`);
  return order;
}

async function expectIssued(id: string): Promise<void> {
  await sandbox.tick();
  expect(read(id)).toMatchObject({ status: 'issued' });
}

describe('TXT', () => {
  const txt = (value = 'token', identifier = NAME): DcvRequirement => ({
    kind: 'dns-txt',
    identifier,
    recordName: '_dcv.example.test',
    value,
  });

  it('is seen among others; NXDOMAIN, no data and wrong values stay pending', async () => {
    const { id, checks } = await submitAndTick(txt());
    expect(checks[0]?.detail).toBe(
      `TXT _dcv.example.test at 127.0.0.1:${sandbox.dns.address.port}: NXDOMAIN`,
    );
    sandbox.dns.addRecord({ name: '_dcv.example.test', type: 'A', value: '192.0.2.1' });
    await sandbox.tick();
    expect(read(id).checks[0]?.detail).toContain('no data');
    sandbox.dns.addRecord({ name: '_dcv.example.test', type: 'TXT', value: 'wrong' });
    await sandbox.tick();
    expect(read(id)).toMatchObject({ status: 'pending' });
    sandbox.dns.addRecord({ name: '_dcv.example.test', type: 'TXT', value: 'token' });
    await expectIssued(id);
  });

  it('joins strings, compares case, and comes over TCP when it is long', async () => {
    const long = `Token${'x'.repeat(700)}`;
    sandbox.dns.addRecord({ name: '_dcv.example.test', type: 'TXT', value: long.toLowerCase() });
    const { id, status } = await submitAndTick(txt(long));
    expect(status).toBe('pending');
    sandbox.dns.addRecord({ name: '_dcv.example.test', type: 'TXT', value: long });
    await expectIssued(id);
    expect(sandbox.dns.queries.map((query) => query.transport)).toContain('tcp');
  });

  it('is found behind aliases, at most eight, never in a circle', async () => {
    sandbox.dns.addRecord({ name: '_dcv.example.test', type: 'CNAME', value: 'a1.delegated.test' });
    for (let step = 1; step < 8; step += 1) {
      sandbox.dns.addRecord({
        name: `a${step}.delegated.test`,
        type: 'CNAME',
        value: `a${step + 1}.delegated.test`,
      });
    }
    sandbox.dns.addRecord({ name: 'a8.delegated.test', type: 'TXT', value: 'token' });
    expect(await submitAndTick(txt())).toMatchObject({ status: 'issued' });

    sandbox.dns.removeRecord({ name: 'a8.delegated.test', type: 'TXT' });
    sandbox.dns.addRecord({ name: 'a8.delegated.test', type: 'CNAME', value: 'a9.delegated.test' });
    sandbox.dns.addRecord({ name: 'a9.delegated.test', type: 'TXT', value: 'token' });
    expect((await submitAndTick(txt())).checks[0]?.detail).toContain('more than 8 aliases');

    sandbox.dns.removeRecord({ name: 'a8.delegated.test', type: 'CNAME' });
    sandbox.dns.addRecord({ name: 'a8.delegated.test', type: 'CNAME', value: 'a1.delegated.test' });
    expect(await submitAndTick(txt())).toMatchObject({ status: 'pending' });
  });

  it('proves a wildcard', async () => {
    sandbox.dns.addRecord({ name: '_dcv.example.test', type: 'TXT', value: 'token' });
    expect(await submitAndTick(txt('token', '*.example.test'))).toMatchObject({ status: 'issued' });
  });

  it('waits when nobody answers', async () => {
    await sandbox.dns.close();
    const order = await submitAndTick(txt());
    expect(order).toMatchObject({ status: 'pending' });
    expect(order.checks[0]?.detail).toContain('ECONNREFUSED');
  });
});

describe('CNAME', () => {
  it('must be the record itself, in any case', async () => {
    const cname: DcvRequirement = {
      kind: 'dns-cname',
      identifier: NAME,
      recordName: '_0ab1.www.example.test',
      target: 'C2D3.Validation.test',
    };
    const { id, checks } = await submitAndTick(cname);
    expect(checks[0]?.detail).toContain('NXDOMAIN');
    sandbox.dns.addRecord({ name: cname.recordName, type: 'CNAME', value: 'wrong.validation.test' });
    await sandbox.tick();
    expect(read(id).checks[0]?.detail).toContain('c2d3.validation.test would be right');
    sandbox.dns.removeRecord({ name: cname.recordName, type: 'CNAME' });
    sandbox.dns.addRecord({ name: cname.recordName, type: 'CNAME', value: 'c2d3.validation.test.' });
    await expectIssued(id);
  });
});

describe('file', () => {
  const url = `http://${NAME}/.well-known/pki-validation/ABC.txt`;
  const http: DcvRequirement = { kind: 'http', identifier: NAME, url, content: 'hash\nexample.test' };

  it('is fetched with the right host and path, and may end with one newline', async () => {
    serve = (_request, response) => response.writeHead(404).end(http.kind === 'http' ? http.content : '');
    const { id, checks } = await submitAndTick(http);
    expect(checks[0]?.detail).toContain('status 404');
    for (const wrong of ['wrong', 'hash\nexample.test\n\n', ' hash\nexample.test']) {
      serve = (_request, response) => response.end(wrong);
      await sandbox.tick();
      expect(read(id)).toMatchObject({ status: 'pending' });
    }
    const seen: unknown[] = [];
    serve = (request, response) => {
      seen.push([request.headers.host, request.url]);
      response.end('hash\nexample.test\n');
    };
    await expectIssued(id);
    expect(seen).toEqual([[NAME, '/.well-known/pki-validation/ABC.txt']]);
  });

  it('is followed through five redirects and no more, and never to a host that is not mapped', async () => {
    let redirects = 6;
    serve = (request, response) => {
      const step = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('step') ?? 0);
      if (step === redirects) response.end('hash\nexample.test');
      else response.writeHead(308, { location: `http://elsewhere.test/x?step=${step + 1}` }).end();
    };
    const { id, checks } = await submitAndTick(http);
    expect(checks[0]?.detail).toContain('more than 5 times');
    for (const location of [
      'http://127.0.0.1/x',
      'http://unknown.test/',
      `http://${NAME}:81/`,
      'https://elsewhere.test/',
      'file:///etc/passwd',
      'http://[',
    ]) {
      serve = (_request, response) => response.writeHead(302, { location }).end();
      await sandbox.tick();
      expect(read(id)).toMatchObject({ status: 'pending' });
      expect(read(id).checks[0]?.detail).toMatch(/not mapped|not on http port 80|no URL/);
    }
    serve = (_request, response) => response.writeHead(303, { location: 'http://elsewhere.test/' }).end();
    await sandbox.tick();
    expect(read(id).checks[0]?.detail).toContain('status 303');
    redirects = 5;
    serve = (request, response) => {
      const step = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('step') ?? 0);
      if (step === redirects) response.end('hash\nexample.test');
      else response.writeHead(301, { location: `?step=${step + 1}` }).end();
    };
    await expectIssued(id);
  });

  it('is not read beyond 64 KiB', async () => {
    serve = (_request, response) => response.end('x'.repeat(64 * 1024 + 1));
    expect((await submitAndTick(http)).checks[0]?.detail).toContain('longer than 65536');
  });

  it('needs a web server', async () => {
    await web.close();
    expect((await submitAndTick(http)).checks[0]?.detail).toContain('ECONNREFUSED');
  });
});

it('what was seen once stays seen while other names wait', async () => {
  const names = [NAME, 'shop.example.test'];
  const requirement = (identifier: string): DcvRequirement => ({
    kind: 'dns-txt',
    identifier,
    recordName: `_dcv.${identifier}`,
    value: identifier,
  });
  const { id } = sandbox.ca.submit({
    csrPem: opensslCsr(names),
    names,
    requirements: names.map(requirement),
    notAfterAtMost: new Date('2030-01-01T00:00:00Z'),
  });
  sandbox.dns.addRecord({ name: `_dcv.${NAME}`, type: 'TXT', value: NAME });
  await sandbox.tick();
  expect(read(id).checks.map((check) => check.fulfilled)).toEqual([true, false]);
  sandbox.dns.removeRecord({ name: `_dcv.${NAME}`, type: 'TXT' });
  sandbox.dns.addRecord({ name: '_dcv.shop.example.test', type: 'TXT', value: 'shop.example.test' });
  await expectIssued(id);
});
