/** Loopback stand-ins for both of HEXONET's front doors, which hear commands and answer what the test says. */
import { createServer } from 'node:http';
import { duplexPair, type Duplex } from 'node:stream';
import { Secret } from '../../../../src/core/certificate.ts';
import type { ProviderDependencies } from '../../../../src/contracts/provider.ts';
import { createThrottleBook } from '../../../../src/vendors/common/throttle.ts';
import { parseXml } from '../../../../src/vendors/common/xml.ts';
import { resolvedFields, type Account } from '../../../../src/vendors/hexonet/config.ts';
import { createFrameReader, encodeFrame } from '../../../../src/vendors/hexonet/epp/frame.ts';
import { keyValueNamespace } from '../../../../src/vendors/hexonet/epp/messages.ts';
import type { Connect } from '../../../../src/vendors/hexonet/epp/socket.ts';
import { openTransport, type Transport } from '../../../../src/vendors/hexonet/transport.ts';
import { jumpingClock, middling } from '../support.ts';
import { z } from 'zod';

export const password = 'pässwörd &+%<"1234';
export const never: AbortSignal = new AbortController().signal;

/** A command as it came, names in capitals. */
export type Heard = Record<string, string | null>;

/** An answer text of the HTTP API. */
export function answer(
  properties: Readonly<Record<string, string | readonly string[]>> = {},
  code = 200,
): string {
  const rows = Object.entries(properties).flatMap(([name, values]) =>
    (typeof values === 'string' ? [values] : values).map(
      (value, index) => `PROPERTY[${name}][${index}]=${value}`,
    ),
  );
  const words = code === 200 ? 'Command completed successfully' : `refused with ${code}`;
  return `[RESPONSE]\r\n${[...rows, `CODE=${code}`, `DESCRIPTION=${words}`].join('\r\n')}\r\nEOF\r\n`;
}

/** Cut the connection instead of answering. */
export const cut = Symbol('cut');
export const silence = Symbol('silence');

/** The name of the error class, or "nothing": for properties, where an `expect` in a `catch` could pass unseen. */
export function thrownIn(work: () => void): string {
  try {
    work();
    return 'nothing';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.name : typeof thrown;
  }
}

export interface Watch {
  readonly observations: { command: string; outcome: string }[];
  readonly logged: string[];
  readonly clock: ReturnType<typeof jumpingClock>;
}

export function newWatch(): Watch {
  return { observations: [], logged: [], clock: jumpingClock() };
}

export function dependenciesOf(watch: Watch): ProviderDependencies {
  const write = (fields: object, message: string): void => {
    watch.logged.push(JSON.stringify(fields) + message);
  };
  const logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  return {
    clock: watch.clock,
    random: middling,
    logger,
    throttleOf: createThrottleBook(watch.clock),
    observe: ({ command, outcome }) => watch.observations.push({ command, outcome }),
  };
}

export function settings(more: object = {}): Record<string, unknown> {
  return { login: 'acme!robot', password: new Secret(password), requestsPerSecond: 20, ...more };
}

export function account(more: object = {}): Account {
  return z.strictObject(resolvedFields).parse(settings(more));
}

// --- HTTP ---

export type Said = string | { readonly status: number; readonly body: string } | typeof cut;

export interface HttpVendor extends AsyncDisposable {
  readonly url: string;
  readonly heard: Heard[];
  /** Bodies as they came. */
  readonly bodies: string[];
  readonly forms: URLSearchParams[];
}

export async function httpVendor(say: (heard: Heard, count: number) => Said): Promise<HttpVendor> {
  const heard: Heard[] = [];
  const bodies: string[] = [];
  const forms: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const form = new URLSearchParams(body);
      const command = linesOf(form.get('s_command') ?? '');
      bodies.push(body);
      forms.push(form);
      heard.push(command);
      const said = say(command, heard.length);
      if (said === cut) {
        request.socket.resetAndDestroy();
        return;
      }
      const { status, body: text } = typeof said === 'string' ? { status: 200, body: said } : said;
      response.writeHead(status, { 'content-type': 'text/plain' });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/api/call.cgi`,
    heard,
    bodies,
    forms,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The lines of a command text, as a map. */
export function linesOf(text: string): Heard {
  const heard: Heard = {};
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) heard[line.slice(0, equals).trim().toUpperCase()] = line.slice(equals + 1).trim();
  }
  return heard;
}

// --- EPP ---

/** What the stand-in is told: "greeting" when somebody connects, the name of a protocol message, or a command. */
export interface EppHeard {
  readonly what: 'greeting' | 'hello' | 'login' | 'logout' | 'command';
  readonly pairs: Heard;
  readonly xml: string;
  /** Of connections, from 1. */
  readonly connection: number;
}

export type EppSaid = string | Uint8Array | typeof cut | typeof silence;

export interface EppVendor {
  readonly connect: Connect;
  readonly heard: EppHeard[];
  readonly commands: () => Heard[];
  /** Ends the newest connection from the server's side. */
  hangUp(): void;
}

export const greeting = (extension: string = keyValueNamespace, version = '1.0'): string =>
  `<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><greeting><svID>test</svID><svDate>2026-11-02T12:00:00Z</svDate>` +
  `<svcMenu><version>${version}</version><lang>en</lang><objURI>urn:example:objects</objURI>` +
  `<svcExtension><extURI>${extension}</extURI></svcExtension></svcMenu></greeting></epp>`;

export type EppRow = readonly [key: string, value?: string];

/** A response as the document prints it. */
export function response(
  rows: readonly EppRow[] = [],
  {
    code = 1000,
    reason = '200 Command completed successfully',
  }: { code?: number; reason?: string | undefined } = {},
): string {
  const values = rows.map(([key, value]) =>
    value === undefined
      ? `<keyvalue:kv key="${key}"/>`
      : `<keyvalue:kv key="${key}" value="${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')}"/>`,
  );
  const why =
    reason === ''
      ? ''
      : '<extValue><value xmlns:epp="urn:ietf:params:xml:ns:epp-1.0"><epp:undef/></value>' +
        `<reason>${reason.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</reason></extValue>`;
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n' +
    `<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response><result code="${code}"><msg>a message</msg>${why}</result>` +
    `<extension><keyvalue:extension xmlns:keyvalue="${keyValueNamespace}">${values.join('')}</keyvalue:extension></extension>` +
    '<trID><svTRID>RW-XXXX-XXXXXXXXXXXXXXXX</svTRID></trID></response></epp>'
  );
}

/** Without an answer of its own, a message gets the usual one. */
export function eppVendor(say: (heard: EppHeard, count: number) => EppSaid | undefined): EppVendor {
  const heard: EppHeard[] = [];
  let connections = 0;
  let newest: Duplex | undefined;

  function hear(server: Duplex, one: EppHeard): void {
    heard.push(one);
    const said = say(one, heard.filter(({ what }) => what === one.what).length) ?? usual(one.what);
    if (said === silence) return;
    if (said === cut) server.destroy();
    else server.write(typeof said === 'string' ? encodeFrame(said) : said);
  }

  return {
    heard,
    commands: () => heard.filter(({ what }) => what === 'command').map(({ pairs }) => pairs),
    hangUp: () => newest?.end(),
    connect: (_target, signal) => {
      signal.throwIfAborted();
      connections += 1;
      const connection = connections;
      const [client, server] = duplexPair();
      newest = server;
      server.on('error', () => undefined);
      const reader = createFrameReader();
      server.on('data', (chunk: Uint8Array) => {
        for (const xml of reader.push(chunk)) hear(server, { ...described(xml), xml, connection });
      });
      server.on('end', () => server.end());
      hear(server, { what: 'greeting', pairs: {}, xml: '', connection });
      return Promise.resolve(client);
    },
  };
}

function usual(what: EppHeard['what']): string {
  if (what === 'greeting' || what === 'hello') return greeting();
  return response([], { code: what === 'logout' ? 1500 : 1000, reason: what === 'command' ? '200 ok' : '' });
}

export function described(xml: string): { what: EppHeard['what']; pairs: Heard } {
  const [first] = parseXml(xml).children;
  if (first?.name === 'hello') return { what: 'hello', pairs: {} };
  if (first?.name === 'command') {
    return { what: first.children[0]?.name === 'logout' ? 'logout' : 'login', pairs: {} };
  }
  const rows = first?.children[0]?.children ?? [];
  const pairs: Heard = {};
  for (const { attributes } of rows) pairs[attributes.get('key') ?? ''] = attributes.get('value') ?? null;
  return { what: 'command', pairs };
}

export interface EppUse {
  readonly vendor: EppVendor;
  readonly transport: Transport;
  readonly watch: Watch;
}

/** A transport over EPP; no hello by itself unless the test says so. */
export async function withEpp<T>(
  say: (heard: EppHeard, count: number) => EppSaid | undefined,
  use: (all: EppUse) => Promise<T>,
  more: object = {},
): Promise<T> {
  const vendor = eppVendor(say);
  const watch = newWatch();
  const settingsOfEpp = {
    transport: 'epp',
    url: 'epps://epp.example.test:700',
    keepAliveSeconds: 0,
    ...more,
  };
  const transport = await openTransport(account(settingsOfEpp), {
    ...dependenciesOf(watch),
    connect: vendor.connect,
  });
  try {
    return await use({ vendor, transport, watch });
  } finally {
    await transport.close();
  }
}
