/** Configured providers: made when needed, made anew when settings or secrets change, closed in the end. */
import { describe, expect, test } from 'vitest';
import type { Provider, ProviderDependencies, ProviderManifest } from '../../../src/contracts/provider.ts';
import type { EventFeed } from '../../../src/contracts/provider-events.ts';
import type { ProviderSettings } from '../../../src/core/certificate.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { createProviderPool } from '../../../src/providers/pool.ts';
import { someCapabilities } from '../../builders/managed.ts';
import { aProvider, aReading, refusing } from '../../builders/stage.ts';

const signal = new AbortController().signal;
const settings = (
  name: string,
  config: Readonly<Record<string, unknown>> = {},
  type = 'fake',
): ProviderSettings => ({ name, type, config, spend: {}, lostAnswerGraceMs: 1000 });
const refused = new RenewdError('provider-unauthorized', 'no');

function setUp(
  parts: Partial<Provider> = {},
  create?: (config: Readonly<Record<string, unknown>>) => Promise<Provider>,
) {
  const log: string[] = [];
  let count = 0;
  let asked = '';
  const manifest: ProviderManifest = {
    id: 'fake',
    displayName: 'Fake',
    address: () => Promise.resolve('https://fake.test'),
    capabilities: someCapabilities(),
    create: (config) => {
      count += 1;
      const number = count;
      log.push(`create ${number} ${JSON.stringify(config)} ${asked}`);
      return (
        create?.(config) ??
        Promise.resolve(
          aProvider({
            read: () => Promise.resolve(aReading({ statusWord: `from ${number}` })),
            close: () => Promise.resolve(void log.push(`close ${number}`)),
            ...parts,
          }),
        )
      );
    },
  };
  let secret = 1;
  const pool = createProviderPool({
    registry: { fake: manifest },
    resolveSecrets: (config) => Promise.resolve({ ...config, secret }),
    dependenciesFor: (name) => {
      asked = name;
      return refusing<ProviderDependencies>('dependencies', {});
    },
  });
  return { pool, log, rotate: () => (secret += 1) };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('making', () => {
  test('when first needed, and once', async () => {
    const { pool, log } = setUp();
    pool.configure([settings('a')]);
    expect(log).toEqual([]);
    const [one, two] = await Promise.all([pool.get('a'), pool.get('a')]);
    expect(one).toBe(two);
    expect(log).toEqual(['create 1 {"secret":1} a']);
  });

  test('two of one type are two', async () => {
    const { pool } = setUp();
    pool.configure([settings('a'), settings('b')]);
    expect(await pool.get('a')).not.toBe(await pool.get('b'));
  });

  test('a failure is not kept', async () => {
    let failing = true;
    const { pool, log } = setUp({}, () => (failing ? Promise.reject(refused) : Promise.resolve(aProvider())));
    pool.configure([settings('a')]);
    await expect(pool.get('a')).rejects.toBe(refused);
    await turn();
    failing = false;
    await pool.get('a');
    expect(log).toHaveLength(2);
  });

  test('what is not configured, or of no known type, is said', async () => {
    const { pool } = setUp();
    pool.configure([settings('b', {}, 'strange')]);
    expect(() => pool.settings('a')).toThrow(
      expect.objectContaining({ code: 'config-invalid', message: 'no provider "a" is configured' }),
    );
    expect(() => pool.manifest('b')).toThrow(/unknown type "strange"/);
    await expect(pool.get('a')).rejects.toMatchObject({ code: 'config-invalid' });
    await expect(pool.get('b')).rejects.toMatchObject({ code: 'config-invalid' });
  });
});

describe('exchanging', () => {
  test('other settings make another client; the same ones keep it', async () => {
    const { pool, log } = setUp();
    pool.configure([settings('a', { url: 'x' })]);
    const first = await pool.get('a');
    pool.configure([settings('a', { url: 'x' })]);
    expect(await pool.get('a')).toBe(first);
    pool.configure([settings('a', { url: 'y' })]);
    expect(await pool.get('a')).not.toBe(first);
    await turn();
    expect(log.toSorted()).toEqual([
      'close 1',
      'create 1 {"url":"x","secret":1} a',
      'create 2 {"url":"y","secret":1} a',
    ]);
  });

  test('one that is taken out is closed', async () => {
    const { pool, log } = setUp();
    pool.configure([settings('a')]);
    await pool.get('a');
    pool.configure([]);
    await turn();
    expect(log.at(-1)).toBe('close 1');
    await expect(pool.get('a')).rejects.toMatchObject({ code: 'config-invalid' });
  });

  const methods = {
    submit: (one: Provider) => one.submit(refusing('request', {}), signal),
    read: (one: Provider) => one.read({}, signal),
    find: (one: Provider) => one.find(refusing('query', {}), signal),
    retryValidation: (one: Provider) => one.retryValidation({}, signal),
    revoke: (one: Provider) => one.revoke({}, '00', 'superseded', signal),
    cancel: (one: Provider) => one.cancel({}, signal),
    prepare: (one: Provider) => one.prepare?.(refusing('request', {}), signal) ?? Promise.resolve(),
    preview: (one: Provider) => one.preview?.(refusing('request', {}), signal) ?? Promise.resolve(),
    approvers: (one: Provider) => one.approvers?.(refusing('request', {}), signal) ?? Promise.resolve(),
    'events.fetch': (one: Provider) => one.events?.fetch(1, signal) ?? Promise.resolve(),
    'events.acknowledge': (one: Provider) => one.events?.acknowledge('1', signal) ?? Promise.resolve(),
  };
  const failingWith = (failure: Error): Partial<Provider> => {
    const fail = () => Promise.reject(failure);
    const events: EventFeed = { foreign: 'leave', fetch: fail, acknowledge: fail };
    return {
      submit: fail,
      read: fail,
      find: fail,
      retryValidation: fail,
      revoke: fail,
      cancel: fail,
      prepare: fail,
      preview: fail,
      approvers: fail,
      events,
    };
  };

  test.each(Object.entries(methods))(
    'refused credentials at %s: the next call reads the secret anew',
    async (_, call) => {
      const { pool, log, rotate } = setUp(failingWith(refused));
      pool.configure([settings('a')]);
      const first = await pool.get('a');
      await expect(call(first)).rejects.toBe(refused);
      rotate();
      expect(await pool.get('a')).not.toBe(first);
      await turn();
      expect(log.toSorted()).toEqual(['close 1', 'create 1 {"secret":1} a', 'create 2 {"secret":2} a']);
    },
  );

  test.each(Object.entries(methods))('another failure at %s changes nothing', async (_, call) => {
    const failure = new RenewdError('provider-rejected', 'no');
    const { pool, log } = setUp(failingWith(failure));
    pool.configure([settings('a')]);
    const first = await pool.get('a');
    await expect(call(first)).rejects.toBe(failure);
    expect(await pool.get('a')).toBe(first);
    expect(log).toHaveLength(1);
  });

  test('facets that are absent stay absent', async () => {
    const { pool } = setUp();
    pool.configure([settings('a')]);
    const one = await pool.get('a');
    expect(Object.keys(one).sort()).toEqual([
      'cancel',
      'close',
      'find',
      'read',
      'retryValidation',
      'revoke',
      'submit',
    ]);
    expect(await one.read({}, signal)).toMatchObject({ statusWord: 'from 1' });
  });

  test('a late refusal of an exchanged client does not take its successor with it', async () => {
    const { pool, log } = setUp(failingWith(refused));
    pool.configure([settings('a', { v: 1 })]);
    const first = await pool.get('a');
    pool.configure([settings('a', { v: 2 })]);
    const second = await pool.get('a');
    await expect(first.read({}, signal)).rejects.toBe(refused);
    expect(await pool.get('a')).toBe(second);
    expect(log.filter((line) => line.startsWith('create'))).toHaveLength(2);
  });

  test('a late failure to make one does not take its successor with it', async () => {
    const fails: ((reason: Error) => void)[] = [];
    const { pool, log } = setUp({}, (config) =>
      config['v'] === 1
        ? new Promise((_, reject) => fails.push(reject))
        : Promise.resolve(aProvider({ close: () => Promise.resolve() })),
    );
    pool.configure([settings('a', { v: 1 })]);
    const first = pool.get('a');
    await turn();
    pool.configure([settings('a', { v: 2 })]);
    const second = await pool.get('a');
    fails[0]?.(refused);
    await expect(first).rejects.toBe(refused);
    await turn();
    expect(await pool.get('a')).toBe(second);
    expect(log).toHaveLength(2);
  });
});

test('closing closes all, and a close that fails holds up nobody', async () => {
  const closed: string[] = [];
  const { pool } = setUp({}, (config) =>
    Promise.resolve(
      aProvider({
        close: () =>
          config['bad'] === true ? Promise.reject(new Error('x')) : Promise.resolve(void closed.push('ok')),
      }),
    ),
  );
  pool.configure([settings('a', { bad: true }), settings('b'), settings('c')]);
  await Promise.all(['a', 'b', 'c'].map((name) => pool.get(name)));
  await pool.close();
  expect(closed).toEqual(['ok', 'ok']);
});
