/** Peers that refuse everybody, and say back the secret that they were sent, in one encoding after the other. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { createFrameReader, encodeFrame } from '../../src/vendors/hexonet/epp/frame.ts';
import { newCa, newLeaf } from '../builders/pki.ts';
import type { Closers } from '../interop/processes.ts';
import { greeting, response } from '../unit/vendors/hexonet/support.ts';
import { formsOf } from './canaries.ts';

/** A refusal of each API, with a text in it. */
const refusals: Readonly<
  Record<string, (text: string) => { readonly status: number; readonly body: string }>
> = {
  rrpproxy: (text) => ({
    status: 200,
    body: `[RESPONSE]\ncode = 541\ndescription = Invalid attribute value; ${text}\nEOF\n`,
  }),
  hexonet: (text) => ({
    status: 200,
    body: `[RESPONSE]\r\nCODE=541\r\nDESCRIPTION=Invalid attribute value; ${text}\r\nEOF\r\n`,
  }),
  json: (text) => ({
    status: 400,
    body: JSON.stringify({
      stid: '1',
      messages: [{ text, code: 'EF01000', status: 'ERROR' }],
      status: { code: 'E400101', text, type: 'ERROR' },
    }),
  }),
  xml: (text) => ({
    status: 200,
    body: `<?xml version="1.0"?><response><result><msg><text><![CDATA[${text}]]></text><code>EF01000</code><type>error</type></msg><status><code>E400101</code><text><![CDATA[${text}]]></text><type>error</type></status></result><stid>1</stid></response>`,
  }),
  resello: (text) => ({
    status: 422,
    body: JSON.stringify({ errors: [{ code: 'invalid', message: text }] }),
  }),
  hook: (text) => ({ status: 500, body: text }),
};

type Secrets = Readonly<Record<string, string>>;

/** One spelling after the other. */
function spellings(secrets: Secrets): (word: string) => string {
  let turn = 0;
  return (word) => {
    const forms = formsOf(secrets[word] ?? '');
    turn += 1;
    return forms[turn % forms.length] ?? '';
  };
}

export interface Echo {
  readonly url: string;
  /** First parts of the paths that were asked for. */
  readonly asked: ReadonlySet<string>;
}

/** The first part of the path is the word of a secret; the API whose name is in it is spoken. */
export async function startEcho(closers: Closers, secrets: Secrets): Promise<Echo> {
  const spell = spellings(secrets);
  const asked = new Set<string>();
  const server = createServer((request, response_) => {
    const [, word = ''] = (request.url ?? '').split('/');
    asked.add(word);
    const kind = Object.keys(refusals).find((one) => word.includes(one)) ?? 'hook';
    const { status, body } = (refusals[kind] ?? refusals['hook'])?.(spell(word)) ?? { status: 500, body: '' };
    request.resume();
    request.on('end', () => response_.writeHead(status).end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.add(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

export interface EppEcho {
  /** epps://… */
  readonly url: string;
  readonly caPem: string;
  readonly logins: () => number;
}

/** Greets, and refuses the login. */
export async function startEppEcho(closers: Closers, secrets: Secrets, word: string): Promise<EppEcho> {
  const spell = spellings(secrets);
  const day = 86_400_000;
  const ca = await newCa('echo root');
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
  const { key, pem } = await newLeaf(ca, { addresses: ['127.0.0.1'], ...validity });
  const sockets = new Set<TLSSocket>();
  let logins = 0;
  const server = createTlsServer({ key: key.pem, cert: pem }, (socket) => {
    const reader = createFrameReader();
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(encodeFrame(greeting()));
    socket.on('data', (chunk: Uint8Array) => {
      for (const document of reader.push(chunk)) {
        logins += 1;
        const reason = `530 no login with ${spell(word)} in ${document.slice(0, 2000)}`;
        socket.write(encodeFrame(response([], { code: 2200, reason })));
      }
    });
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.add(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `epps://127.0.0.1:${address.port}`, caPem: ca.pem, logins: () => logins };
}
