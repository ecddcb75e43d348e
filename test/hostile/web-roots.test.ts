/** Web roots that somebody else can write: links, pipes and files where the proof belongs. Nothing outside is touched. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configSchema } from '../../src/publishers/webroot/config.ts';
import { createWorld } from '../builders/world.ts';
import {
  expectCleanLogs,
  filesBelow,
  good,
  march,
  marchUntilGood,
  newest,
  renewable,
  stateOf,
} from './kit.ts';

const below = '.well-known/pki-validation';
/** What RRPproxy's files are called. */
const fileName = 'fileauth.txt';

interface Trap {
  readonly name: string;
  readonly says: RegExp;
  readonly set: (root: string, outside: string) => void;
}

const traps: readonly Trap[] = [
  {
    name: 'linked-top',
    says: /\.well-known is a symbolic link; renewd does not go through it/,
    set: (root, outside) => symlinkSync(outside, `${root}/.well-known`),
  },
  {
    name: 'linked-below',
    says: /pki-validation is a symbolic link; renewd does not go through it/,
    set(root, outside) {
      mkdirSync(`${root}/.well-known`);
      symlinkSync(outside, `${root}/${below}`);
    },
  },
  {
    name: 'linked-file',
    says: /is not a regular file; it was left alone/,
    set(root, outside) {
      mkdirSync(`${root}/${below}`, { recursive: true });
      symlinkSync(`${outside}/precious.txt`, `${root}/${below}/${fileName}`);
    },
  },
  {
    name: 'dangling',
    says: /is not a regular file; it was left alone/,
    set(root, outside) {
      mkdirSync(`${root}/${below}`, { recursive: true });
      symlinkSync(`${outside}/not-yet-there.txt`, `${root}/${below}/${fileName}`);
    },
  },
  {
    name: 'pipe',
    says: /is not a regular file; it was left alone/,
    set(root) {
      mkdirSync(`${root}/${below}`, { recursive: true });
      spawnSync('mkfifo', [`${root}/${below}/${fileName}`]);
    },
  },
  {
    name: 'file-for-directory',
    says: /\.well-known is not a directory/,
    set: (root) => writeFileSync(`${root}/.well-known`, 'no directory'),
  },
  {
    name: 'foreign-file',
    says: /was left as it is; it holds something else/,
    set(root) {
      mkdirSync(`${root}/${below}`, { recursive: true });
      writeFileSync(`${root}/${below}/${fileName}`, 'of somebody else');
    },
  },
];

test('each is refused with its reason, and the file system is as it was', async () => {
  let directory = '';
  const rootOf = (name: string): string => `${directory}/roots/${name}`;
  const world = await createWorld({
    adjust(configuration) {
      // Beside the configuration file, in the world's own directory.
      directory = configuration.path.replace(/\/[^/]*$/, '');
      return {
        ...configuration,
        publishers: [
          ...configuration.publishers,
          ...traps.map(({ name }) => ({
            name: `root-${name}`,
            type: 'webroot',
            config: configSchema.parse({ path: rootOf(name) }),
          })),
        ],
      };
    },
  });
  const outside = `${directory}/outside`;
  mkdirSync(outside);
  writeFileSync(`${outside}/precious.txt`, 'precious');
  for (const { name, set } of traps) {
    mkdirSync(rootOf(name), { recursive: true });
    set(rootOf(name), outside);
    await world.seed({ name, ...renewable });
  }
  await world.seed({ name: good, ...renewable });
  const listing = (): readonly string[] =>
    readdirSync(`${directory}/roots`, { recursive: true, encoding: 'utf8' });
  const before = listing();
  const deployed = new Map(traps.map(({ name }) => [name, filesBelow(`${directory}/tls/${name}`)]));
  await world.configure([
    ...traps.map(({ name }) => ({ name, dcv: { method: 'file' as const, publisher: `root-${name}` } })),
    { name: good },
  ]);
  await marchUntilGood(world);
  for (const { name, says } of traps) {
    await march(world, async () => ((await newest(world, name))?.failure ?? null) !== null);
    const renewal = await newest(world, name);
    expect.soft(renewal?.failure?.code, name).toBe('dcv-publish-failed');
    expect.soft(renewal?.failure?.message, name).toMatch(says);
    expect.soft(await stateOf(world, name), name).toBe('awaiting-dcv');
    expect.soft(filesBelow(`${directory}/tls/${name}`), name).toEqual(deployed.get(name));
  }
  expect(listing()).toEqual(before);
  expect(readdirSync(outside)).toEqual(['precious.txt']);
  expect(readFileSync(`${outside}/precious.txt`, 'utf8')).toBe('precious');
  expect(readFileSync(`${rootOf('foreign-file')}/${below}/${fileName}`, 'utf8')).toBe('of somebody else');
  expect(world.sandbox.vendors.get('rrpproxy')?.simulator.invoices()).toHaveLength(traps.length + 1);
  await expectCleanLogs(world);
});
