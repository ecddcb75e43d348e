/** Speaking HEXONET's text protocol by hand to a sandbox that has this vendor: nothing here comes from the simulator. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect } from 'vitest';
import type { VendorSimulator } from '../../../src/sandbox/contract.ts';
import { createHexonetSimulator } from '../../../src/sandbox/hexonet/index.ts';
import type { HexonetLogin, HexonetOptions } from '../../../src/sandbox/hexonet/index.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { bodyText, handClock, requestTo, seededRandom } from './kit.ts';
import type { HandClock } from './kit.ts';
import { parseAnswer, pemLines } from './rrpproxy-kit.ts';
import type { TextAnswer } from './rrpproxy-kit.ts';

export const LOGIN: HexonetLogin = { login: 'customer', password: 'secret' };
export const CREDENTIALS = { s_entity: '1234', s_login: LOGIN.login, s_pw: LOGIN.password };

/** What most tests are about. */
export const NAME = 'shop.example.test';

export type Input = Readonly<Record<string, string | number | readonly string[]>>;

/** Arrays become numbered parameters; what is undefined is left out. */
export function commandLines(input: Input): string[] {
  return Object.entries(input).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number'
      ? [`${name}=${value}`]
      : value.map((each, index) => `${name}${index}=${each}`),
  );
}

export const create = (input: Input = {}): Input => ({
  command: 'CreateSSLCert',
  sslcertclass: 'COMODO_ESSENTIALSSL',
  ...input,
});

export const EC_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'sec1', format: 'pem' })
  .toString();

export interface HexonetWorld {
  readonly sandbox: Sandbox;
  readonly clock: HandClock;
  readonly simulator: VendorSimulator;
  /** What a web server of every name serves, by host and path: "example.test/a.txt". */
  readonly files: Map<string, string>;
  call(input: Input, credentials?: Readonly<Record<string, string>>): Promise<TextAnswer>;
  /** As `call`, and it must succeed. */
  ok(input: Input): Promise<TextAnswer>;
  /** As `call`, for those that must fail: their code and text. */
  refused(input: Input): Promise<string>;
  /** The certificate's STATUS now. */
  status(id: string): Promise<string>;
  /** All that is to be known about the certificate. */
  statusOf(id: string): Promise<TextAnswer>;
  /** Orders with a key the vendor is given, has it issued, and tells all about it. */
  issued(input?: Input): Promise<TextAnswer>;
  close(): Promise<void>;
}

export async function startHexonet(
  options: Partial<HexonetOptions> = {},
  accounts: readonly HexonetLogin[] = [LOGIN],
  ports: Readonly<Record<string, number>> = {},
): Promise<HexonetWorld> {
  const clock = handClock();
  const files = new Map<string, string>();
  const web = createServer((request, response) => {
    const text = files.get(`${request.headers.host}${request.url}`);
    response.writeHead(text === undefined ? 404 : 200).end(text ?? '');
  });
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  const address = web.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const sandbox = await startSandbox({
    clock,
    zones: ['example.test'],
    httpPortMap: address.port,
    ports,
    vendors: [
      ({ ca, dns }) => createHexonetSimulator({ ca, clock, dns, accounts, random: seededRandom(), options }),
    ],
  });
  const simulator = sandbox.vendors.get(options.id ?? 'hexonet')?.simulator;
  if (simulator === undefined) throw new Error('the sandbox has no such vendor');

  async function call(
    input: Input,
    credentials: Readonly<Record<string, string>> = CREDENTIALS,
  ): Promise<TextAnswer> {
    const fields = { ...credentials, s_command: commandLines(input).join('\n') };
    const body = new URLSearchParams(fields).toString();
    const answer = await simulator?.handle(requestTo('POST', '/api/call.cgi', body));
    if (answer === undefined) throw new Error('no simulator');
    return parseAnswer(bodyText(answer));
  }
  async function ok(input: Input): Promise<TextAnswer> {
    const answer = await call(input);
    expect(`${answer.code} ${answer.description}`).toBe('200 Command completed successfully');
    return answer;
  }
  const statusOf = (id: string): Promise<TextAnswer> => ok({ command: 'StatusSSLCert', sslcertid: id });
  return {
    sandbox,
    clock,
    simulator,
    files,
    call,
    ok,
    statusOf,
    async issued(input = {}) {
      const order = await ok(
        create({ domain0: NAME, validation0: 'DNSZONE', pem: pemLines(EC_KEY), ...input }),
      );
      publishRecords(sandbox, order);
      await sandbox.tick();
      const status = await statusOf(first(order, 'sslcertid'));
      expect(first(status, 'status')).toBe('ACTIVE');
      return status;
    },
    async refused(input) {
      const answer = await call(input);
      expect(answer.code).toBeGreaterThan(299);
      return `${answer.code} ${answer.description}`;
    },
    async status(id) {
      return first(await statusOf(id), 'status');
    },
    async close() {
      await sandbox.close();
      web.closeAllConnections();
      web.close();
    },
  };
}

export function first(answer: TextAnswer, name: string): string {
  return at(answer, name, 0);
}

export function at(answer: TextAnswer, name: string, index: number): string {
  const value = answer.properties[name]?.[index];
  if (value === undefined) throw new Error(`no property ${name}[${index}] in\n${answer.raw}`);
  return value;
}

/** A property that carries PEM, put together again. */
export function joined(answer: TextAnswer, name: string): string {
  return `${(answer.properties[name] ?? []).join('\n')}\n`;
}

/** Owner and target of `<owner>. CNAME <target>.` */
export function cname(record: string): { name: string; value: string } {
  const [name = '', type, value = ''] = record.split(' ');
  expect(type).toBe('CNAME');
  return { name: name.replace(/\.$/, ''), value: value.replace(/\.$/, '') };
}

/** Publishes every DNS record an order asks for. */
export function publishRecords(sandbox: Sandbox, order: TextAnswer): void {
  for (const record of order.properties['validationdnsrr'] ?? []) {
    if (record !== '') sandbox.dns.addRecord({ ...cname(record), type: 'CNAME' });
  }
}
