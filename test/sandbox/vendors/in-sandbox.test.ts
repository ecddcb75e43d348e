/** Both simulators behind the sandbox's front door, with its CA, its name server and its faults. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { createInternetxSimulator } from '../../../src/sandbox/internetx/index.ts';
import { createRrpproxySimulator } from '../../../src/sandbox/rrpproxy/index.ts';
import { csrFor, handClock } from './kit.ts';
import { commandText, first, parseAnswer, pemLines } from './rrpproxy-kit.ts';
import type { CommandInput, TextAnswer } from './rrpproxy-kit.ts';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({
    clock: handClock(),
    zones: ['example.test'],
    vendors: [
      ({ ca, clock }) =>
        createRrpproxySimulator({ ca, clock, accounts: [{ login: 'sandbox', password: 'secret' }] }),
      ({ ca, clock }) =>
        createInternetxSimulator({ ca, clock, accounts: [{ user: 'u', password: 'p', context: 9 }] }),
    ],
  });
});

afterEach(() => sandbox.close());

async function post(input: CommandInput): Promise<TextAnswer> {
  const body = new URLSearchParams({
    s_login: 'sandbox',
    s_pw: 'secret',
    s_command: commandText({ apiversion: 2, ...input }),
  });
  const url = `${sandbox.vendors.get('rrpproxy')?.baseUrl ?? ''}/api/call.cgi`;
  const response = await fetch(url, { method: 'POST', body });
  return parseAnswer(await response.text());
}

it('leaves an order behind whose answer was lost, to be found by its tag', async () => {
  sandbox.faults.add({ vendor: 'rrpproxy', command: 'AddCertificate', kind: 'lose-answer' });
  const input = {
    command: 'AddCertificate',
    class: 'rapidssldv',
    techcontact0: 'P-ABC123',
    dcvmethod: 'dns-txt',
    domain: ['example.test'],
    csr: pemLines(await csrFor(['example.test'])),
    servicetag: ['attempt-1'],
  };
  await expect(post(input)).rejects.toThrow('fetch failed');
  const found = await post({ command: 'QueryCertificateList', servicetag0: 'attempt-1' });
  expect(found.properties['certificate']).toHaveLength(1);
  expect(sandbox.vendors.get('rrpproxy')?.simulator.invoices()).toHaveLength(1);

  const certificate = first(found, 'certificate');
  const pending = await post({ command: 'StatusCertificate', certificate });
  sandbox.dns.addRecord({
    name: 'example.test',
    type: 'TXT',
    value: first(pending, 'dns rr').split(' ').at(-1) ?? '',
  });
  await sandbox.tick();
  expect(first(await post({ command: 'StatusCertificate', certificate }), 'status')).toBe('active');
  expect(sandbox.history.entries('rrpproxy').map(({ command, resultCode }) => [command, resultCode])).toEqual(
    [
      ['AddCertificate', undefined],
      ['QueryCertificateList', '200'],
      ['StatusCertificate', '200'],
      ['StatusCertificate', '200'],
    ],
  );
});

it('answers an ordered code without doing anything', async () => {
  sandbox.faults.add({ vendor: 'internetx', kind: 'code', code: 'EF01000' });
  const headers = { authorization: `Basic ${btoa('u:p')}`, 'x-domainrobot-context': '9' };
  const url = `${sandbox.vendors.get('internetx')?.baseUrl ?? ''}/v1/poll`;
  const refused = await fetch(url, { headers });
  expect([refused.status, await refused.json()]).toMatchObject([400, { messages: [{ code: 'EF01000' }] }]);
  expect((await fetch(url, { headers })).status).toBe(200);
});
