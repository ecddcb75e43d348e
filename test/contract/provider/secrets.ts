import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import type { Subject } from '../provider.ts';
import { expectNoSecret, never, secretForms } from './world.ts';

/** Everything that an encoding could get wrong. */
const planted = 'pä ss&w+%ö"r\\d<sandbox>=1';

export function secretTests(subject: Subject): void {
  const { vendor } = subject;

  test.skipIf(vendor.epp)('an account whose password has special characters is let in', async () => {
    // What the wire carries is the password: the far side decodes it back to the same text.
    const world = await subject.world();
    await withEcho(vendor.refusalThatEchoes, async (url, bodies) => {
      const provider = await world.another({ url: url + vendor.path, password: planted });
      const { request } = await world.request();
      await provider.submit(request, never).catch(() => undefined);
      expect(bodies.some((body) => decoded(body).includes(planted))).toBe(true);
    });
  });

  test.skipIf(vendor.epp)(
    'a vendor that repeats what it was sent gets no password into an error',
    async () => {
      const world = await subject.world();
      await withEcho(vendor.refusalThatEchoes, async (url, bodies) => {
        const observations: unknown[] = [];
        const provider = await subject.open(world.settings({ url: url + vendor.path, password: planted }), {
          ...world.dependencies(),
          observe: (observation) => observations.push(observation),
        });
        try {
          const { request, spkiSha256 } = await world.request();
          const { reference, names, product } = request;
          const calls = [
            () => provider.submit(request, never),
            () => provider.read({ certificateId: '570', jobId: '1' }, never),
            () => provider.find({ reference, names, product, spkiSha256 }, never),
            () => provider.events?.fetch(1, never) ?? Promise.resolve(),
            () => provider.revoke({ certificateId: '570', orderId: '1' }, '01', 'superseded', never),
            () => provider.cancel({ certificateId: '570', orderId: '1', jobId: '1' }, never),
          ];
          const failures: unknown[] = [];
          for (const call of calls) failures.push(await call().catch((thrown: unknown) => thrown));
          const eventless = vendor.lacks?.includes('events') === true ? 1 : 0;
          const mute = ['cancel', 'revoke'] as const;
          const silent = eventless + mute.filter((one) => vendor.lacks?.includes(one)).length;
          expect(bodies.length).toBeGreaterThanOrEqual(calls.length - silent);
          expect(failures.filter((thrown) => thrown instanceof Error)).toHaveLength(calls.length - eventless);
          expectNoSecret({ ...vendor, password: planted }, { failures, observations });
        } finally {
          await provider.close();
        }
      });
    },
  );

  test.skipIf(vendor.epp)('no request carries credentials in its address', async () => {
    const world = await subject.world();
    const first = await world.buy();
    await world.buy({ action: 'reissue', previous: first.issued.handle });
    await world.find(first);
    await world.provider.events?.fetch(1, never);
    const lines = world.tap.requestLines();
    expect(lines.length).toBeGreaterThan(5);
    const sent = world.tap.sent.join('');
    // They do travel, so that not finding them in an address means something.
    expect(secretForms(vendor.login, vendor.password).some((form) => sent.includes(form))).toBe(true);
    const words = [...secretForms(vendor.login, vendor.password), 's_pw', 's_login', 'password'];
    expect(lines.filter((line) => words.some((word) => line.includes(word)))).toEqual([]);
  });

  test('an address with credentials in it, or in the clear to another machine, is refused', async () => {
    const world = await subject.world();
    for (const url of ['http://api.example.test/v1', 'https://user:word@127.0.0.1/v1']) {
      expect((await world.failure(world.another({ url }), 'configuration')).code).toBe('config-invalid');
    }
  });

  test('readings and events hold none', async () => {
    const world = await subject.world();
    const placed = await world.buy();
    const events = await world.provider.events?.fetch(1, never);
    const found = await world.find(placed);
    expect(events ?? []).toHaveLength(vendor.lacks?.includes('events') === true ? 0 : 1);
    expectNoSecret(vendor, { placed, events, found });
  });

  test('observations name commands and outcomes of closed sets', async () => {
    const world = await subject.world();
    await world.buy();
    world.fault({ command: vendor.commands.create, kind: 'code', code: vendor.codes.rejected });
    await world.failure(world.place(), 'rejected');
    expect(world.observations.length).toBeGreaterThan(2);
    for (const { command, outcome, seconds } of world.observations) {
      expect(command).toMatch(/^[A-Za-z]{2,40}$/);
      expect(outcome).toMatch(/^[a-z0-9-]{2,40}$/);
      expect(seconds).toBeGreaterThanOrEqual(0);
    }
    expect(new Set(world.observations.map(({ outcome }) => outcome)).size).toBeGreaterThan(1);
  });
}

/** A server that refuses everything and says back what it was sent, credentials included. */
async function withEcho(
  answer: (text: string) => { readonly status: number; readonly body: string },
  use: (url: string, bodies: readonly string[]) => Promise<void>,
): Promise<void> {
  const bodies: string[] = [];
  const server = createServer((incoming, response) => {
    void (async () => {
      const body = await bodyOf(incoming);
      const sent = `${incoming.headers.authorization ?? ''} ${body}`;
      bodies.push(sent);
      const { status, body: text } = answer(`${sent.slice(0, 300)} = ${decoded(sent).slice(0, 300)}`);
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(text);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    await use(`http://127.0.0.1:${address.port}`, bodies);
  } finally {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Form fields and Basic credentials as plain text. */
function decoded(sent: string): string {
  const basic = /Basic ([A-Za-z0-9+/=]+)/.exec(sent)?.[1];
  const form = [...new URLSearchParams(sent.trim()).values()].join(' ');
  const xml = sent
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
  return `${basic === undefined ? '' : Buffer.from(basic, 'base64').toString('utf8')} ${form} ${xml}`;
}
