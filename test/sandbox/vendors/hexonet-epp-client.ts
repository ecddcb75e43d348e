/**
 * A tiny EPP client for the tests, written by hand from RFC 5734 and RFC 5730: no line of it is the server's. It reads answers with
 * regular expressions, which is enough for what the document prints.
 */
import { once } from 'node:events';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';

export const KEYVALUE = 'http://schema.ispapi.net/epp/xml/keyvalue-1.0';
const EPP = 'urn:ietf:params:xml:ns:epp-1.0';

export interface EppReply {
  readonly code: number;
  readonly message: string;
  readonly reason: string | undefined;
  /** By key as it stands; null where there is no value. */
  readonly pairs: Readonly<Record<string, string | null>>;
  readonly clientId: string | undefined;
  readonly serverId: string | undefined;
  readonly xml: string;
}

export class TinyEppClient {
  readonly socket: TLSSocket;
  #bytes = Buffer.alloc(0);
  #waiting: (() => void) | undefined;
  #ended = false;

  constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#waiting?.();
    });
    const end = (): void => {
      this.#ended = true;
      this.#waiting?.();
    };
    socket.on('end', end);
    socket.on('close', end);
    socket.on('error', end);
  }

  static async open(address: { host: string; port: number; caPem: string }): Promise<TinyEppClient> {
    const socket = connect({ host: address.host, port: address.port, ca: address.caPem });
    const client = new TinyEppClient(socket);
    await once(socket, 'secureConnect');
    return client;
  }

  send(xml: string): void {
    const body = Buffer.from(xml, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length + 4, 0);
    this.socket.write(Buffer.concat([length, body]));
  }

  /** The next whole frame, without its four bytes; undefined when the connection ends before there is one. */
  async frame(): Promise<string | undefined> {
    for (;;) {
      if (this.#bytes.length >= 4) {
        const total = this.#bytes.readUInt32BE(0);
        if (this.#bytes.length >= total) {
          const xml = this.#bytes.subarray(4, total).toString('utf8');
          this.#bytes = this.#bytes.subarray(total);
          return xml;
        }
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  /** Whatever has come and is no whole frame. */
  rest(): Buffer {
    return this.#bytes;
  }

  async ask(xml: string): Promise<EppReply> {
    this.send(xml);
    return this.reply();
  }

  async reply(): Promise<EppReply> {
    const xml = await this.frame();
    if (xml === undefined) throw new Error('the connection ended without an answer');
    return parseReply(xml);
  }

  async ended(): Promise<void> {
    while (!this.#ended) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

function parseReply(xml: string): EppReply {
  const inside = (element: string): string | undefined =>
    new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
  const pairs: Record<string, string | null> = {};
  for (const [, key = '', value] of xml.matchAll(/<keyvalue:kv key="([^"]*)"(?: value="([^"]*)")?\/>/g)) {
    pairs[key] = value === undefined ? null : unescape(value);
  }
  return {
    code: Number(/<result code="(\d{4})">/.exec(xml)?.[1]),
    message: unescape(inside('msg') ?? ''),
    reason: inside('reason') === undefined ? undefined : unescape(inside('reason') ?? ''),
    pairs,
    clientId: inside('clTRID'),
    serverId: inside('svTRID'),
    xml,
  };
}

const unescape = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, point: string) => String.fromCodePoint(Number(point)))
    .replaceAll('&amp;', '&');

export const epp = (inside: string): string =>
  `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<epp xmlns="${EPP}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="${EPP} epp-1.0.xsd">${inside}</epp>`;

const quoted = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;');

/** As the document's samples write it: single quotes, a blank before the end. */
const keyvalue = (lines: readonly string[]): string => {
  const pairs = lines.map((line) => {
    const at = line.indexOf('=');
    return `<keyvalue:kv key='${quoted(line.slice(0, at))}' value='${quoted(line.slice(at + 1))}' />`;
  });
  return `<extension><keyvalue:extension xmlns:keyvalue="${KEYVALUE}" xsi:schemaLocation="${KEYVALUE} keyvalue-1.0.xsd">${pairs.join('\n')}</keyvalue:extension></extension>`;
};

/** A protocol extension of its own: no command, no client's id. */
export const bare = (lines: readonly string[]): string => epp(keyvalue(lines));

export const inCommand = (lines: readonly string[], id: string): string =>
  epp(`<command>${keyvalue(lines)}<clTRID>${id}</clTRID></command>`);

export const login = (options: {
  readonly account: string;
  readonly password: string;
  readonly version?: string;
  readonly lang?: string;
  readonly objects?: readonly string[];
  readonly extensions?: readonly string[];
}): string => {
  const { account, password, version = '1.0', lang = 'en' } = options;
  const { objects = ['urn:ietf:params:xml:ns:domain-1.0'], extensions = [KEYVALUE] } = options;
  return epp(
    `<command><login><clID>${account}</clID><pw>${password}</pw><options><version>${version}</version><lang>${lang}</lang></options>` +
      `<svcs>${objects.map((uri) => `<objURI>${uri}</objURI>`).join('')}` +
      `<svcExtension>${extensions.map((uri) => `<extURI>${uri}</extURI>`).join('')}</svcExtension></svcs></login>` +
      `<clTRID>LOGIN-1</clTRID></command>`,
  );
};
export const LOGOUT = epp('<command><logout/><clTRID>BYE-1</clTRID></command>');
export const HELLO = epp('<hello/>');
