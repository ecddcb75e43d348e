import { execFileSync } from 'node:child_process';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { webhookChannel } from '../../../src/notices/channels/webhook.ts';
import { composeTest } from '../../../src/notices/message.ts';
import { handClock } from '../../builders/clocks.ts';
import { httpReceiver, type ReceivedRequest } from '../../builders/http-receiver.ts';
import { noon } from '../../builders/store-records.ts';

const secret = 'a secret with ünïcode';
const message = composeTest('chat', { instance: 'höst-1', at: noon, scrub: (text) => text });
const never = new AbortController().signal;

function channel(url: string, timeoutMs = 5000) {
  return webhookChannel({ url, secret, timeoutMs }, handClock(noon));
}

function only(received: readonly ReceivedRequest[]): ReceivedRequest {
  const [first] = received;
  if (first === undefined || received.length !== 1) throw new Error(`${received.length} requests`);
  return first;
}

test('posts the notice as JSON, signed over time and body', async () => {
  const receiver = await httpReceiver();
  await channel(`${receiver.url}/hook?team=1`).send(message, never);
  const { method, path, headers, body } = only(receiver.received);
  expect({ method, path, type: headers['content-type'] }).toEqual({
    method: 'POST',
    path: '/hook?team=1',
    type: 'application/json',
  });
  expect(body).toBe(message.payload);
  expect(JSON.parse(body)).toMatchObject({ version: 1, level: 'test', instance: 'höst-1' });
  const timestamp = String(headers['renewd-timestamp']);
  expect(timestamp).toBe(String(noon.getTime() / 1000));
  const mine = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest();
  const theirs = Buffer.from(String(headers['renewd-signature']).replace(/^sha256=/, ''), 'hex');
  expect(timingSafeEqual(mine, theirs)).toBe(true);
});

test('openssl comes to the same signature', async () => {
  const receiver = await httpReceiver();
  await channel(receiver.url).send(message, never);
  const { headers, body } = only(receiver.received);
  const said = execFileSync(
    'openssl',
    ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${Buffer.from(secret).toString('hex')}`],
    { input: `${String(headers['renewd-timestamp'])}.${body}`, encoding: 'utf8' },
  );
  expect(said.trim()).toMatch(
    new RegExp(`= ${String(headers['renewd-signature']).slice('sha256='.length)}$`),
  );
});

test('a redirect is a failure and is not followed', async () => {
  const elsewhere = await httpReceiver();
  const receiver = await httpReceiver();
  receiver.answer = (response) => void response.writeHead(307, { location: elsewhere.url }).end();
  await expect(channel(receiver.url).send(message, never)).rejects.toMatchObject({
    code: 'notice-failed',
    message: expect.stringMatching(/redirect \(HTTP 307\), which is not followed/),
  });
  expect(elsewhere.received).toEqual([]);
});

test.each([400, 404, 429, 500])('HTTP %d is a failure', async (status) => {
  const receiver = await httpReceiver();
  receiver.answer = (response) => void response.writeHead(status).end('why');
  await expect(channel(receiver.url).send(message, never)).rejects.toMatchObject({
    code: 'notice-failed',
    message: expect.stringContaining(`answered HTTP ${status}`),
  });
});

test('an answer without an end is cut, and counts by its status', async () => {
  const receiver = await httpReceiver();
  let closed = false;
  receiver.answer = (response) => {
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more).on('close', () => {
      closed = true;
    });
    more();
  };
  await channel(receiver.url).send(message, never);
  await expect.poll(() => closed).toBe(true);
});

test('who does not answer in time is left; neither path nor key is said', async () => {
  const receiver = await httpReceiver();
  receiver.answer = () => undefined;
  const failure = channel(`${receiver.url}/token-in-the-path?key=abc`, 50).send(message, never);
  await expect(failure).rejects.toMatchObject({
    code: 'notice-failed',
    message: `no answer from ${new URL(receiver.url).host}: timed out`,
  });
});

test('an end of the process cuts it', async () => {
  const receiver = await httpReceiver();
  const ending = new AbortController();
  receiver.answer = () => ending.abort();
  await expect(channel(receiver.url).send(message, ending.signal)).rejects.toMatchObject({
    code: 'notice-failed',
  });
});

test('what is no HTTP, and nobody at all', async () => {
  const server = createServer((socket) => void socket.end('220 mail ESMTP\r\n'));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(channel(`http://127.0.0.1:${port}/`).send(message, never)).rejects.toMatchObject({
    message: expect.stringMatching(/^no answer from 127\.0\.0\.1:\d+: HPE_/),
  });
  await expect(channel('http://127.0.0.1:1/').send(message, never)).rejects.toMatchObject({
    message: 'no answer from 127.0.0.1:1: ECONNREFUSED',
  });
});

test.each([
  ['http://hooks.example.com/TOKEN', /must begin with https/],
  ['https://user:TOKEN@hooks.example.com/', /user or password/],
  ['TOKEN', /is no URL/],
  ['file:///TOKEN', /must begin with https/],
])('a URL from a secret is looked at as well: %s', async (url, said) => {
  const failure = channel(url).send(message, never);
  await expect(failure).rejects.toMatchObject({
    code: 'notice-failed',
    message: expect.stringMatching(said),
  });
  await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('TOKEN') });
});
