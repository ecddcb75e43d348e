/** Servers that begin in clear text: scripted ones on loopback, honest and not. Real ones are in test/interop/neighbours.test.ts. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { probeProtocols, type ProbeProtocol } from '../../../src/core/certificate.ts';
import { probeEndpoint, type ServedReport } from '../../../src/renewal/probe/probe-endpoint.ts';
import { newChain } from '../../builders/pki.ts';

const { leaf, intermediate } = await newChain();
const fingerprint = Buffer.from(await leaf.certificate.getThumbprint('SHA-256')).toString('hex');
const secureContext = createSecureContext({ key: leaf.key.pem, cert: leaf.pem + intermediate.pem });

/** What is said at first, and then after each thing that is heard; 'tls' begins the handshake. */
interface Script {
  readonly greeting?: string;
  readonly answers: readonly (readonly [RegExp, string])[];
}

const consent: Readonly<Record<Exclude<ProbeProtocol, 'tls'>, Script>> = {
  smtp: {
    greeting: '220-mail.example.test ESMTP\r\n220 ready\r\n',
    answers: [
      [
        /^EHLO \[127\.0\.0\.1\]\r\n$/,
        '250-mail.example.test\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 HELP\r\n',
      ],
      [/^STARTTLS\r\n$/, '220 go ahead\r\n'],
    ],
  },
  imap: {
    greeting: '* OK ready\r\n',
    answers: [[/^a1 STARTTLS\r\n$/, '* an untagged word\r\na1 OK begin\r\n']],
  },
  // oxlint-disable-next-line no-control-regex -- the request is binary
  postgresql: { answers: [[/^\0\0\0\x08\x04\xd2\x16\x2f$/, 'S']] },
};

async function ask(
  protocol: ProbeProtocol,
  serve: (socket: Socket) => void,
  timeoutMs = 20_000,
): Promise<ServedReport | undefined> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const [report] = await probeEndpoint({ host: '127.0.0.1', port, protocol }, { timeoutMs });
  return report;
}

/** Follows the script, then TLS. @param extra sent right behind the consent */
function follow({ greeting, answers }: Script, extra = ''): (socket: Socket) => void {
  return (socket) => {
    let step = 0;
    const hear = (chunk: Buffer): void => {
      const [expected, answer] = answers[step] ?? [];
      step += 1;
      if (expected?.test(chunk.toString('latin1')) !== true || answer === undefined) {
        socket.destroy();
        return;
      }
      const last = step === answers.length;
      socket.write(last ? answer + extra : answer);
      if (!last) return;
      socket.off('data', hear);
      const secure = new TLSSocket(socket, { isServer: true, secureContext });
      secure.on('error', () => undefined);
    };
    socket.on('data', hear);
    if (greeting !== undefined) socket.write(greeting);
  };
}

describe.each(probeProtocols.filter((one) => one !== 'tls'))('%s', (protocol) => {
  const script = consent[protocol];

  test('the certificate behind the consent is seen', async () => {
    expect(await ask(protocol, follow(script))).toMatchObject({
      fingerprint256: fingerprint,
      chainLength: 2,
      error: undefined,
    });
  });

  test('an answer in single bytes is the same answer', async () => {
    const report = await ask(protocol, (socket) => {
      const write = socket.write.bind(socket);
      // Only what is said before TLS: one write for each byte.
      let plain = true;
      const byByte = (text: string): boolean => {
        for (const one of text) write(one);
        return true;
      };
      const { greeting, answers } = script;
      let step = 0;
      const hear = (): void => {
        const [, answer = ''] = answers[step] ?? [];
        step += 1;
        byByte(answer);
        plain = step < answers.length;
        if (plain) return;
        socket.off('data', hear);
        new TLSSocket(socket, { isServer: true, secureContext }).on('error', () => undefined);
      };
      socket.on('data', hear);
      byByte(greeting ?? '');
    });
    expect(report).toMatchObject({ fingerprint256: fingerprint, error: undefined });
  });

  test('words slipped in behind the consent are refused', async () => {
    const report = await ask(protocol, follow(script, '250 injected\r\n'));
    expect(report).toMatchObject({
      fingerprint256: undefined,
      error: 'the server sent something between its consent and TLS',
    });
  });

  test('silence ends with the time, a closed connection at once', async () => {
    expect(await ask(protocol, () => undefined, 300)).toMatchObject({ error: 'no answer in time' });
    expect(await ask(protocol, (socket) => socket.end())).toMatchObject({
      error: 'the connection was closed before TLS began',
    });
  });

  test('a flood is not kept', async () => {
    let sent = 0;
    const report = await ask(protocol, (socket) => {
      const flood = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x'))) sent += 65_536;
      };
      socket.on('drain', flood);
      flood();
    });
    expect(report?.error).toMatch(
      /^the server (sent a line of more than 4096 bytes|does not answer like PostgreSQL)$/,
    );
    // What fits into the buffers of two sockets.
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });
});

function endless(line: string): string {
  return `${line}\r\n`.repeat(200);
}

test.each([
  ['smtp', '554 no\r\n', 'greeting was answered with "554 no"'],
  ['smtp', '220 ok\r\n250 mail\r\n', 'the server offers no STARTTLS'],
  ['smtp', 'HTTP/1.1 400 Bad Request\r\n', 'greeting was answered with "HTTP/1.1 400 Bad Request"'],
  ['smtp', endless('220-again'), 'the server sent more than 100 lines'],
  ['smtp', '220 ok\r\n250 STARTTLS\r\n454 not now\r\n', 'STARTTLS was answered with "454 not now"'],
  ['imap', '* BYE overloaded\r\n', 'greeting was answered with "* BYE overloaded"'],
  ['imap', '* OK\r\na1 BAD what\r\n', 'STARTTLS was answered with "a1 BAD what"'],
  ['imap', endless('* OK'), 'the server sent more than 100 lines'],
  ['postgresql', 'N', 'the server has TLS switched off'],
  ['postgresql', 'EFATAL', 'the server does not answer like PostgreSQL'],
] as const)('$0: $2', async (protocol, words, error) => {
  const report = await ask(protocol, (socket) => socket.write(words));
  expect(report).toMatchObject({ fingerprint256: undefined, error });
});
