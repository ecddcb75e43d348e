import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileEvidence } from '../../../src/contracts/publisher.ts';
import { createResponder, type Responder } from '../../../src/publishers/responder/publisher.ts';
import { keepingLogger } from './silent-logger.ts';

const { signal } = new AbortController();
const host = '127.0.0.1';
const path = '/.well-known/pki-validation/fileauth.txt';

function proof(content = 'token', at: Partial<FileEvidence> = {}): FileEvidence {
  return { host: 'www.example.test', path, content, ...at };
}

let responder: Responder;
beforeEach(async () => {
  responder = await createResponder(
    'web',
    { listen: { host, port: 0 }, hosts: [] },
    { logger: keepingLogger(), passedSockets: [] },
  );
});
afterEach(async () => {
  await responder.close();
});

/** Sends octets as they are and returns everything that comes back. */
async function send(raw: string): Promise<string> {
  const socket = connect({ host, port: responder.port });
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString();
  });
  socket.on('error', () => undefined);
  socket.write(raw);
  await once(socket, 'close');
  return received;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function ask(method: string, target: string, hostHeader: string): Promise<Answer> {
  const received = await send(`${method} ${target} HTTP/1.1\r\nHost: ${hostHeader}\r\n\r\n`);
  const [head = '', body = ''] = received.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body };
}

describe('a published proof', () => {
  beforeEach(() => responder.publish(proof(), signal));

  test('is shown as plain text that no browser takes for anything else', async () => {
    const answer = await ask('GET', path, 'www.example.test');
    expect(answer).toMatchObject({ status: 200, body: 'token' });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '5',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      connection: 'close',
    });
    expect(answer.headers).not.toHaveProperty('server');
  });

  test('HEAD has the length and no body', async () => {
    const answer = await ask('HEAD', path, 'www.example.test');
    expect(answer).toMatchObject({ status: 200, body: '' });
    expect(answer.headers['content-length']).toBe('5');
  });

  test.for([
    'WWW.Example.TEST',
    'www.example.test:80',
    'www.example.test:',
    'www.example.test.',
    'www.example.test.:80',
  ])('is shown for the host %s', async (header) => {
    expect((await ask('GET', path, header)).body).toBe('token');
  });

  test.for([
    ['GET', path, 'example.test'],
    ['GET', path, 'xwww.example.test'],
    ['GET', path, 'www.example.test@evil.test'],
    ['GET', path, 'www.example.test:80:80'],
    ['GET', path, ''],
    ['GET', `${path}?x`, 'www.example.test'],
    ['GET', `${path}/`, 'www.example.test'],
    ['GET', path.toUpperCase(), 'www.example.test'],
    ['GET', '/.well-known/pki-validation/../pki-validation/fileauth.txt', 'www.example.test'],
    ['GET', `http://www.example.test${path}`, 'www.example.test'],
    ['GET', '/', 'www.example.test'],
    ['POST', path, 'www.example.test'],
    ['PUT', path, 'www.example.test'],
    ['OPTIONS', '*', 'www.example.test'],
    ['GET', '/<script>alert(1)</script>', '<script>'],
  ] as const)('is not shown for %s %s at "%s"', async ([method, target, header]) => {
    const answer = await ask(method, target, header);
    expect(answer).toMatchObject({ status: 404, body: '' });
    expect(JSON.stringify(answer.headers)).not.toContain('script');
  });

  test('two Host headers are one too many', async () => {
    const request = `GET ${path} HTTP/1.1\r\nHost: www.example.test\r\nHost: other.test\r\n\r\n`;
    expect(await send(request)).toMatch(/^HTTP\/1\.1 40[04] /);
  });

  test('is gone after it is withdrawn, and stays when another value is withdrawn', async () => {
    await responder.withdraw(proof('other'), signal);
    expect((await ask('GET', path, 'www.example.test')).body).toBe('token');
    await responder.withdraw(proof(), signal);
    await responder.withdraw(proof(), signal);
    expect((await ask('GET', path, 'www.example.test')).status).toBe(404);
  });

  test('of two certificates are shown side by side', async () => {
    await responder.publish(proof('second', { host: 'shop.example.test' }), signal);
    expect((await ask('GET', path, 'www.example.test')).body).toBe('token');
    expect((await ask('GET', path, 'shop.example.test')).body).toBe('second');
  });
});

describe('strangers', () => {
  test('what is no HTTP is answered without a word of it', async () => {
    const received = await send('<script>alert(1)</script>\r\n\r\n');
    expect(received).toBe('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });

  test('large headers are refused', async () => {
    const received = await send(
      `GET ${path} HTTP/1.1\r\nHost: www.example.test\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(received).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('a request without Host is refused', async () => {
    expect(await send(`GET ${path} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await send(`GET ${path} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1\.[01] 404 /);
  });

  test('one answer per connection', async () => {
    const request = `GET ${path} HTTP/1.1\r\nHost: www.example.test\r\n\r\n`;
    const received = await send(request + request);
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

test('an unsafe path is refused', async () => {
  await expect(responder.publish(proof('token', { path: '/../a.txt' }), signal)).rejects.toMatchObject({
    code: 'dcv-unsafe',
  });
});

test('an address that is taken is a mistake in the configuration that names it', async () => {
  const listen = { host, port: responder.port };
  await expect(
    createResponder('other', { listen, hosts: [] }, { logger: keepingLogger(), passedSockets: [] }),
  ).rejects.toMatchObject({
    code: 'dcv-publish-failed',
    kind: 'configuration',
    message: `publisher "other" cannot listen on 127.0.0.1:${responder.port}: EADDRINUSE`,
  });
});

test('closing frees the address at once, whoever is connected', async () => {
  const idle = connect({ host, port: responder.port });
  await once(idle, 'connect');
  const { port } = responder;
  await responder.close();
  responder = await createResponder(
    'web',
    { listen: { host, port }, hosts: [] },
    { logger: keepingLogger(), passedSockets: [] },
  );
  expect(responder.port).toBe(port);
  idle.destroy();
});
