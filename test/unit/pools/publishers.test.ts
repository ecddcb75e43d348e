/** Configured publishers: one that cannot be made is left out, for the others' sake. */
import { expect, test } from 'vitest';
import type {
  DnsPublisher,
  PublisherDependencies,
  PublisherManifest,
} from '../../../src/contracts/publisher.ts';
import type { PublisherSettings } from '../../../src/core/certificate.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { createPublisherPool } from '../../../src/publishers/pool.ts';
import { recordingLogger, refusing } from '../../builders/stage.ts';

const settings = (
  name: string,
  config: Readonly<Record<string, unknown>> = {},
  type = 'fake',
): PublisherSettings => ({ name, type, config });

function setUp() {
  const log: string[] = [];
  const failing = new Set<string>();
  const manifest: PublisherManifest = {
    id: 'fake',
    displayName: 'Fake',
    kind: 'dns',
    create: (name, config) => {
      log.push(`create ${name} ${JSON.stringify(config)}`);
      if (failing.has(name)) return Promise.reject(new RenewdError('config-invalid', 'no key'));
      const publisher = {
        kind: 'dns',
        zones: [name],
        close: () => Promise.resolve(void log.push(`close ${name}`)),
      } as const;
      return Promise.resolve(refusing<DnsPublisher>('publisher', publisher));
    },
  };
  const logger = recordingLogger();
  const pool = createPublisherPool({
    registry: { fake: { manifest: () => Promise.resolve(manifest) } },
    resolveSecrets: (config) => Promise.resolve({ ...config, secret: true }),
    dependenciesFor: () => refusing<PublisherDependencies>('dependencies', { logger }),
  });
  const names = async () =>
    (await pool.all()).map(({ name, publisher }) =>
      publisher.kind === 'unavailable' ? `${name}: ${publisher.failure.message}` : name,
    );
  return { pool, log, failing, logger, names };
}

test('made when first needed, once, with their secrets', async () => {
  const { pool, log, names } = setUp();
  await pool.configure([settings('a', { x: 1 }), settings('b')]);
  expect(log).toEqual([]);
  expect(await names()).toEqual(['a', 'b']);
  expect(await names()).toEqual(['a', 'b']);
  expect(log).toEqual(['create a {"x":1,"secret":true}', 'create b {"secret":true}']);
});

test('one that cannot be made is told, says why, and is tried again the next time', async () => {
  const { pool, failing, logger, names } = setUp();
  failing.add('a');
  await pool.configure([settings('a'), settings('b'), settings('c', {}, 'strange')]);
  expect(await names()).toEqual(['a: no key', 'b', 'c: publisher "c" has the unknown type "strange"']);
  expect(logger.lines).toMatchObject([
    { level: 'error', fields: { publisher: 'a', err: { code: 'config-invalid' } } },
    { level: 'error', fields: { publisher: 'c' } },
  ]);
  failing.delete('a');
  expect((await names()).slice(0, 2)).toEqual(['a', 'b']);
});

test('other settings: the old one is closed before the new one is made', async () => {
  const { pool, log, names } = setUp();
  await pool.configure([settings('a', { port: 1 }), settings('b')]);
  await names();
  await pool.configure([settings('a', { port: 2 }), settings('b')]);
  expect(log.at(-1)).toBe('close a');
  await names();
  expect(log).toEqual([
    'create a {"port":1,"secret":true}',
    'create b {"secret":true}',
    'close a',
    'create a {"port":2,"secret":true}',
  ]);
  await pool.configure([]);
  expect(log.slice(4).sort()).toEqual(['close a', 'close b']);
  expect(await names()).toEqual([]);
});

test('closing closes all', async () => {
  const { pool, log, names } = setUp();
  await pool.configure([settings('a'), settings('b')]);
  await names();
  await pool.close();
  expect(log.slice(2).sort()).toEqual(['close a', 'close b']);
});
