import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/core/certificate.ts';
import type { Command } from '../../../../src/vendors/hexonet/command.ts';
import { keyValueNamespace } from '../../../../src/vendors/hexonet/epp/messages.ts';
import { openTransport } from '../../../../src/vendors/hexonet/transport.ts';
import { manualClock, settle, thrownBy } from '../support.ts';
import {
  account,
  cut,
  dependenciesOf,
  eppVendor,
  greeting,
  never,
  newWatch,
  password,
  response,
  silence,
  withEpp,
} from './support.ts';

const read: Command = { name: 'StatusSSLCert', parameters: { sslcertid: '570' }, repeatable: true };
const paid: Command = { name: 'CreateSSLCert', parameters: { sslcertclass: 'X' }, repeatable: false };

describe('opening', () => {
  test('greeting, login with the extension and what was offered, then the command bare in an extension', async () => {
    await withEpp(
      () => undefined,
      async ({ vendor, transport, watch }) => {
        const { answer } = await transport.send(read, never);
        expect(answer.code).toBe(200);
        expect(vendor.heard.map(({ what }) => what)).toEqual(['greeting', 'login', 'command']);
        const [, login, command] = vendor.heard;
        expect(login?.xml).toContain('<clID>acme!robot</clID><pw>pässwörd &amp;+%&lt;&quot;1234</pw>');
        expect(login?.xml).toContain('<objURI>urn:example:objects</objURI>');
        expect(login?.xml).toContain(`<extURI>${keyValueNamespace}</extURI>`);
        expect(command?.pairs).toEqual({ COMMAND: 'StatusSSLCert', SSLCERTID: '570' });
        expect(command?.xml).toMatch(/<epp xmlns="[^"]+"><extension><keyvalue:extension /);
        expect(command?.xml).not.toContain('clTRID');
        expect(watch.observations).toEqual([{ command: 'StatusSSLCert', outcome: 'ok' }]);
      },
    );
  });

  test.each([
    ['another extension', greeting('http://schema.example/other'), 'provider-protocol'],
    ['another version', greeting(keyValueNamespace, '2.0'), 'provider-protocol'],
    ['no greeting', response(), 'provider-protocol'],
    ['no XML', 'HTTP/1.1 400 Bad Request', 'provider-protocol'],
    ['a document type', `<!DOCTYPE epp><epp/>`, 'provider-protocol'],
  ])('a server with %s is refused, whatever the command costs', async (_, said, code) => {
    for (const command of [read, paid]) {
      await withEpp(
        ({ what }) => (what === 'greeting' ? said : undefined),
        async ({ vendor, transport }) => {
          expect(await thrownBy(transport.send(command, never))).toMatchObject({ code });
          expect(vendor.commands()).toEqual([]);
        },
      );
    }
  });

  test('a refused login is not tried again by itself, and pauses before the next', async () => {
    await withEpp(
      ({ what }) =>
        what === 'login'
          ? response([], { code: 2200, reason: `Authentication error; ${password}` })
          : undefined,
      async ({ vendor, transport, watch }) => {
        const thrown = await thrownBy(transport.send(paid, never));
        expect(thrown).toMatchObject({ code: 'provider-unauthorized' });
        expect(String(thrown)).not.toContain(password);
        expect(vendor.heard.map(({ what }) => what)).toEqual(['greeting', 'login']);
        expect(watch.clock.pauses).toEqual([]);
        await thrownBy(transport.send(read, never));
        expect(watch.clock.pauses).toEqual([750]);
      },
    );
  });

  test('a connection that cannot be had: unavailable also for a paid command, with growing pauses', async () => {
    const watch = newWatch();
    const connect = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));
    const transport = await openTransport(account({ transport: 'epp', keepAliveSeconds: 0 }), {
      ...dependenciesOf(watch),
      connect,
    });
    const seen: unknown[] = [];
    for (let round = 0; round < 6; round += 1) seen.push(await thrownBy(transport.send(paid, never)));
    expect(seen[0]).toMatchObject({
      code: 'provider-unavailable',
      message: expect.stringMatching(/ECONNREFUSED/),
    });
    // 1, 2, 4, 8 s, each times 0.75; a longer one is not waited out in place.
    expect(watch.clock.pauses.filter((ms) => ms >= 750)).toEqual([750, 1500, 3000, 6000]);
    expect(seen[5]).toMatchObject({ code: 'provider-unavailable', retryAfterMs: expect.any(Number) });
    await transport.close();
  });
});

describe('a lost connection', () => {
  test('after a paid command was written: outcome unknown, and nothing is sent again', async () => {
    await withEpp(
      ({ what }) => (what === 'command' ? cut : undefined),
      async ({ vendor, transport }) => {
        expect(await thrownBy(transport.send(paid, never))).toMatchObject({ kind: 'outcome-unknown' });
        expect(vendor.commands()).toHaveLength(1);
      },
    );
  });

  test.each(['greeting', 'login'] as const)(
    'at the %s, before a paid command: unavailable',
    async (stage) => {
      await withEpp(
        ({ what }) => (what === stage ? cut : undefined),
        async ({ vendor, transport }) => {
          expect(await thrownBy(transport.send(paid, never))).toMatchObject({ code: 'provider-unavailable' });
          expect(vendor.commands()).toEqual([]);
        },
      );
    },
  );

  test('while a read is under way: another connection, the same question', async () => {
    await withEpp(
      ({ what, connection }) => (what === 'command' && connection === 1 ? cut : undefined),
      async ({ vendor, transport }) => {
        await transport.send(read, never);
        expect(vendor.heard.map(({ what, connection }) => `${what} ${connection}`)).toEqual([
          'greeting 1',
          'login 1',
          'command 1',
          'greeting 2',
          'login 2',
          'command 2',
        ]);
      },
    );
  });

  test('that nobody noticed costs a paid command nothing: a hello finds out first', async () => {
    await withEpp(
      ({ what }) => (what === 'hello' ? cut : undefined),
      async ({ vendor, transport }) => {
        await transport.send(read, never);
        const { answer } = await transport.send(paid, never);
        expect(answer.code).toBe(200);
        expect(vendor.heard.map(({ what, connection }) => `${what} ${connection}`).slice(2)).toEqual([
          'command 1',
          'hello 1',
          'greeting 2',
          'login 2',
          'command 2',
        ]);
      },
    );
  });

  test('a session that the server gave up is seen by the hello as well', async () => {
    await withEpp(
      ({ what }) => (what === 'hello' ? response([], { code: 2500, reason: '' }) : undefined),
      async ({ vendor, transport }) => {
        await transport.send(read, never);
        await transport.send(paid, never);
        expect(vendor.commands()).toHaveLength(2);
        expect(vendor.heard.at(-1)).toMatchObject({ what: 'command', connection: 2 });
      },
    );
  });

  test('closed by the server while idle: the next command opens another, at once', async () => {
    await withEpp(
      () => undefined,
      async ({ vendor, transport, watch }) => {
        await transport.send(read, never);
        vendor.hangUp();
        await settle();
        await transport.send(read, never);
        expect(vendor.heard.at(-1)?.connection).toBe(2);
        expect(watch.clock.pauses).toEqual([]);
      },
    );
  });
});

describe('what does not fit', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

  test.each([
    ['a length beyond the limit', bytes('\x7f\xff\xff\xff'), 'provider-answer-too-large'],
    ['a length of nothing', bytes('\0\0\0\x04'), 'provider-protocol'],
    ['text that is not UTF-8', bytes('\0\0\0\x06\xff\xff'), 'provider-protocol'],
    ['a greeting instead of an answer', greeting(), 'provider-protocol'],
    [
      'an answer without a result',
      '<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response/></epp>',
      'provider-protocol',
    ],
    ['another namespace', response().replaceAll('epp-1.0"', 'epp-9.9"'), 'provider-protocol'],
    [
      'a success with a refusal inside',
      response([], { reason: '541 Invalid attribute value' }),
      'provider-protocol',
    ],
    ['a refusal with a success inside', response([], { code: 2400 }), 'provider-unavailable'],
  ])('%s: a read fails as such, an order has an unknown outcome', async (_, said, code) => {
    for (const [command, expected] of [
      [read, { code }],
      [paid, { kind: 'outcome-unknown' }],
    ] as const) {
      await withEpp(
        ({ what }) => (what === 'command' ? said : undefined),
        async ({ transport }) => {
          expect(await thrownBy(transport.send(command, never))).toMatchObject(expected);
        },
      );
    }
  });

  test('an answer that nobody asked for ends the connection: it would be taken for the next one', async () => {
    await withEpp(
      ({ what, connection }) => {
        if (what !== 'command' || connection > 1) return undefined;
        const one = Buffer.from(response([['SSLCERTID', '1']]), 'utf8');
        const head = Buffer.alloc(4);
        head.writeUInt32BE(one.length + 4);
        return Buffer.concat([head, one, head, one]);
      },
      async ({ vendor, transport }) => {
        await transport.send(read, never).catch(() => undefined);
        await settle();
        await transport.send(read, never);
        expect(vendor.heard.at(-1)?.connection).toBe(2);
      },
    );
  });
});

describe('result codes', () => {
  test.each([
    [2200, '', 'provider-unauthorized'],
    [2303, '', 'provider-object-missing'],
    [2302, '', 'provider-conflict'],
    [2104, '', 'provider-funds'],
    [2400, '546 Credit limit exceeded', 'provider-funds'],
    [2400, '549 Command failed', 'provider-rejected'],
    [2304, '547 Invalid command sequence', 'provider-conflict'],
    [2005, '541 Invalid attribute value', 'provider-rejected'],
  ])('%i with reason "%s" is %s, applied or not', async (code, reason, expected) => {
    for (const command of [read, paid]) {
      await withEpp(
        ({ what }) => (what === 'command' ? response([], { code, reason }) : undefined),
        async ({ transport }) => {
          expect(await thrownBy(transport.send(command, never))).toMatchObject({ code: expected });
        },
      );
    }
  });

  test.each([
    [2400, ''],
    [2500, ''],
    [2502, ''],
    [2400, '421 Try again'],
    [2400, '499 nobody lists this'],
    [2999, ''],
  ])('%i with reason "%s" does not say that nothing was ordered', async (code, reason) => {
    await withEpp(
      ({ what }) => (what === 'command' ? response([], { code, reason }) : undefined),
      async ({ transport }) => {
        expect(await thrownBy(transport.send(paid, never))).toMatchObject({ kind: 'outcome-unknown' });
      },
    );
  });
});

describe('one session for all', () => {
  test('calls of provider and publisher go through it in the order in which they came; the last one logs out', async () => {
    const vendor = eppVendor(() => undefined);
    const dependencies = { ...dependenciesOf(newWatch()), connect: vendor.connect };
    const accountOfBoth = account({ transport: 'epp', keepAliveSeconds: 0 });
    const provider = await openTransport(accountOfBoth, dependencies);
    const publisher = await openTransport(accountOfBoth, dependencies);
    const numbered = (sslcertid: string): Command => ({ ...read, parameters: { sslcertid } });
    await Promise.all([
      provider.send(numbered('1'), never),
      publisher.send(numbered('2'), never),
      provider.send(numbered('3'), never),
    ]);
    expect(vendor.commands().map((pairs) => pairs['SSLCERTID'])).toEqual(['1', '2', '3']);
    expect(vendor.heard.filter(({ what }) => what === 'login')).toHaveLength(1);
    await provider.close();
    await publisher.send(numbered('4'), never);
    await publisher.close();
    expect(
      vendor.heard.map(({ what }) => what).filter((what) => what === 'logout' || what === 'login'),
    ).toEqual(['login', 'logout']);
  });

  test('another password is another session', async () => {
    const vendor = eppVendor(() => undefined);
    const dependencies = { ...dependenciesOf(newWatch()), connect: vendor.connect };
    for (const one of ['first-password', 'other-password']) {
      const transport = await openTransport(
        account({ transport: 'epp', keepAliveSeconds: 0, password: new Secret(one) }),
        dependencies,
      );
      await transport.send(read, never);
    }
    expect(vendor.heard.filter(({ what }) => what === 'login')).toHaveLength(2);
  });

  test('a call that is cancelled before its turn sends nothing; one under way ends the connection', async () => {
    const stop = new AbortController();
    await withEpp(
      ({ what, connection }) => (what === 'command' && connection === 1 ? silence : undefined),
      async ({ vendor, transport }) => {
        const first = thrownBy(transport.send(read, stop.signal));
        const waiting = new AbortController();
        const second = thrownBy(transport.send(paid, waiting.signal));
        await settle();
        waiting.abort();
        expect(await second).toMatchObject({ code: 'provider-unavailable' });
        const third = transport.send(read, never);
        stop.abort();
        expect(await first).toMatchObject({ code: 'provider-unavailable' });
        await third;
        expect(vendor.commands().map((pairs) => pairs['COMMAND'])).toEqual([
          'StatusSSLCert',
          'StatusSSLCert',
        ]);
        expect(vendor.heard.at(-1)?.connection).toBe(2);
      },
    );
  });

  test('closing cuts what is under way; afterwards nothing is sent', async () => {
    const vendor = eppVendor(({ what }) => (what === 'command' ? silence : undefined));
    const transport = await openTransport(account({ transport: 'epp', keepAliveSeconds: 0 }), {
      ...dependenciesOf(newWatch()),
      connect: vendor.connect,
    });
    const call = thrownBy(transport.send(paid, never));
    await settle();
    await transport.close();
    expect(await call).toMatchObject({ kind: 'outcome-unknown' });
    expect(await thrownBy(transport.send(read, never))).toMatchObject({ code: 'provider-unavailable' });
    expect(vendor.commands()).toHaveLength(1);
  });
});

describe('keeping alive', () => {
  test('a hello after the silence that is set, not before, and none while commands go', async () => {
    const clock = manualClock();
    const vendor = eppVendor(() => undefined);
    const transport = await openTransport(account({ transport: 'epp', keepAliveSeconds: 100 }), {
      ...dependenciesOf(newWatch()),
      clock,
      connect: vendor.connect,
    });
    const hellos = (): number => vendor.heard.filter(({ what }) => what === 'hello').length;
    await transport.send(read, never);
    await clock.advance(99_000);
    expect(hellos()).toBe(0);
    await transport.send(read, never);
    await clock.advance(99_000);
    expect(hellos()).toBe(0);
    await clock.advance(1000);
    await settle();
    expect(hellos()).toBe(1);
    await clock.advance(100_000);
    await settle();
    expect(hellos()).toBe(2);
    await transport.close();
    expect(clock.sleeping()).toBe(0);
  });
});
