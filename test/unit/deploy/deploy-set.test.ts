import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Files } from '../../../src/contracts/platform.ts';
import { setFiles } from '../../../src/core/certificate.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { currentSet, deploySet, pruneSets, restoreSet } from '../../../src/renewal/deploy/deploy-set.ts';
import { faultyFiles } from '../../builders/faulty-files.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';
import { newSet, servedSet, servedThroughCurrent, targetOf } from './world.ts';

const root = process.getuid?.() === 0;
const [first, second, third] = await Promise.all([newSet(), newSet(), newSet()]);
const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'deploy-failed', message: expect.stringMatching(message) });
const mode = (path: string): number => statSync(path).mode & 0o7777;

describe('the first deployment', () => {
  test('makes the directory, the set and the links', () => {
    const directory = `${tempDirectory()}/tls/shop`;
    const target = targetOf(directory);
    expect(deploySet(target, first, nodeFiles, 'v1')).toEqual({
      version: 'v1',
      previousVersion: undefined,
      changed: true,
    });
    expect(servedSet(directory)).toEqual(first);
    expect(servedThroughCurrent(directory)).toEqual(first);
    expect(readlinkSync(`${directory}/.current`)).toBe('.sets/v1');
    for (const file of setFiles) expect(readlinkSync(`${directory}/${file}`)).toBe(`.current/${file}`);
    expect(readdirSync(directory).toSorted()).toEqual(['.current', '.sets', ...setFiles].toSorted());
    expect(readdirSync(`${directory}/.sets`)).toEqual(['v1']);
    expect(currentSet(target, nodeFiles)).toEqual({ version: 'v1', directory: `${directory}/.sets/v1` });
  });

  test('modes: the key for the group, the rest for all, directories to pass through', () => {
    const directory = `${tempDirectory()}/shop`;
    deploySet(targetOf(directory), first, nodeFiles, 'v1');
    expect(mode(`${directory}/privkey.pem`)).toBe(0o640);
    expect(mode(`${directory}/combined.pem`)).toBe(0o640);
    expect(mode(`${directory}/cert.pem`)).toBe(0o644);
    expect(mode(`${directory}/chain.pem`)).toBe(0o644);
    expect(mode(`${directory}/fullchain.pem`)).toBe(0o644);
    for (const at of [directory, `${directory}/.sets`, `${directory}/.sets/v1`]) expect(mode(at)).toBe(0o755);
  });

  test('modes: closed to others when no file is for them', () => {
    const directory = `${tempDirectory()}/shop`;
    deploySet(targetOf(directory, { keyMode: 0o600, mode: 0o640 }), first, nodeFiles, 'v1');
    for (const at of [directory, `${directory}/.sets`, `${directory}/.sets/v1`]) expect(mode(at)).toBe(0o750);
    expect(mode(`${directory}/privkey.pem`)).toBe(0o600);
  });

  test.runIf(root)('owner and group', () => {
    const directory = `${tempDirectory()}/shop`;
    deploySet(targetOf(directory, { owner: '1234', group: '5678' }), first, nodeFiles, 'v1');
    for (const at of ['privkey.pem', 'cert.pem', '.sets', '.sets/v1']) {
      expect(statSync(`${directory}/${at}`)).toMatchObject({ uid: 1234, gid: 5678 });
    }
  });

  test('an existing directory keeps its mode', () => {
    const directory = tempDirectory();
    chmodSync(directory, 0o711);
    deploySet(targetOf(directory), first, nodeFiles, 'v1');
    expect(mode(directory)).toBe(0o711);
  });

  test('without intermediates', () => {
    const directory = tempDirectory();
    deploySet(targetOf(directory), { ...first, chainPem: '' }, nodeFiles, 'v1');
    expect(servedSet(directory)).toEqual({ ...first, chainPem: '' });
  });
});

describe('the next deployment', () => {
  test('switches, and knows what was before', () => {
    const directory = tempDirectory();
    const target = targetOf(directory);
    deploySet(target, first, nodeFiles, 'v1');
    expect(deploySet(target, second, nodeFiles, 'v2')).toEqual({
      version: 'v2',
      previousVersion: 'v1',
      changed: true,
    });
    expect(servedSet(directory)).toEqual(second);
    expect(readdirSync(`${directory}/.sets`)).toEqual(['v1', 'v2']);
  });

  test('the same again changes nothing and still knows what was before', () => {
    const directory = tempDirectory();
    const target = targetOf(directory);
    deploySet(target, first, nodeFiles, 'v1');
    deploySet(target, second, nodeFiles, 'v2');
    const before = statSync(`${directory}/.current/privkey.pem`).ino;
    expect(deploySet(target, second, nodeFiles, 'v2')).toEqual({
      version: 'v2',
      previousVersion: 'v1',
      changed: false,
    });
    expect(deploySet(target, second, nodeFiles, 'another-name')).toEqual({
      version: 'v2',
      previousVersion: 'v1',
      changed: false,
    });
    expect(statSync(`${directory}/.current/privkey.pem`).ino).toBe(before);
  });

  test('other modes are another set', () => {
    const directory = tempDirectory();
    deploySet(targetOf(directory), first, nodeFiles, 'v1');
    const result = deploySet(targetOf(directory, { keyMode: 0o600 }), first, nodeFiles, 'v1');
    expect(result).toEqual({ version: 'v1-2', previousVersion: 'v1', changed: true });
    expect(mode(`${directory}/privkey.pem`)).toBe(0o600);
  });

  test('a set that somebody edited is repaired under another name', () => {
    const directory = tempDirectory();
    const target = targetOf(directory);
    deploySet(target, first, nodeFiles, 'v1');
    writeFileSync(`${directory}/.sets/v1/fullchain.pem`, second.leafPem);
    expect(deploySet(target, first, nodeFiles, 'v1')).toEqual({
      version: 'v1-2',
      previousVersion: 'v1',
      changed: true,
    });
    expect(servedSet(directory)).toEqual(first);
  });

  test('a missing stable link is put back', () => {
    const directory = tempDirectory();
    const target = targetOf(directory);
    deploySet(target, first, nodeFiles, 'v1');
    rmSync(`${directory}/chain.pem`);
    expect(deploySet(target, first, nodeFiles, 'v1')).toMatchObject({ version: 'v1', changed: true });
    expect(servedSet(directory)).toEqual(first);
  });

  test('leftovers of an interruption go, foreign files stay', () => {
    const directory = tempDirectory();
    const target = targetOf(directory);
    deploySet(target, first, nodeFiles, 'v1');
    mkdirSync(`${directory}/.sets/.renewd-tmp-v9`);
    writeFileSync(`${directory}/.sets/.renewd-tmp-v9/privkey.pem`, 'half');
    symlinkSync('.sets/v9', `${directory}/.renewd-tmp-link`);
    writeFileSync(`${directory}/README`, 'mine');
    writeFileSync(`${directory}/dhparam.pem`, 'mine');
    deploySet(target, second, nodeFiles, 'v2');
    expect(readdirSync(`${directory}/.sets`)).toEqual(['v1', 'v2']);
    expect(readdirSync(directory)).not.toContain('.renewd-tmp-link');
    expect(readFileSync(`${directory}/README`, 'utf8')).toBe('mine');
    expect(readFileSync(`${directory}/dhparam.pem`, 'utf8')).toBe('mine');
  });
});

describe('files that were there before', () => {
  function prepared(names: readonly string[]): string {
    const directory = tempDirectory();
    const content: Record<string, string> = {
      'privkey.pem': first.keyPem,
      'fullchain.pem': first.leafPem + first.chainPem,
      'cert.pem': first.leafPem,
    };
    for (const name of names)
      writeFileSync(`${directory}/${name}`, content[name] ?? '', {
        mode: name === 'privkey.pem' ? 0o600 : 0o644,
      });
    return directory;
  }

  test('become a set of their own, to which one can go back', () => {
    const directory = prepared(['privkey.pem', 'fullchain.pem']);
    const target = targetOf(directory);
    expect(deploySet(target, second, nodeFiles, 'v1')).toEqual({
      version: 'v1',
      previousVersion: '0-adopted',
      changed: true,
    });
    expect(servedSet(directory)).toEqual(second);
    expect(mode(`${directory}/.sets/0-adopted/privkey.pem`)).toBe(0o600);
    expect(restoreSet(target, '0-adopted', nodeFiles)).toEqual({
      version: '0-adopted',
      previousVersion: 'v1',
      changed: true,
    });
    expect(readFileSync(`${directory}/privkey.pem`, 'utf8')).toBe(first.keyPem);
    expect(readFileSync(`${directory}/fullchain.pem`, 'utf8')).toBe(first.leafPem + first.chainPem);
    expect(() => readFileSync(`${directory}/cert.pem`)).toThrow('ENOENT');
  });

  test.runIf(root)('keep owner and mode, except a key open to the world', () => {
    const directory = prepared(['privkey.pem', 'fullchain.pem']);
    chmodSync(`${directory}/privkey.pem`, 0o644);
    deploySet(targetOf(directory, { owner: '1234' }), second, nodeFiles, 'v1');
    expect(mode(`${directory}/.sets/0-adopted/privkey.pem`)).toBe(0o640);
    expect(statSync(`${directory}/.sets/0-adopted/privkey.pem`).uid).toBe(0);
    expect(statSync(`${directory}/privkey.pem`).uid).toBe(1234);
  });

  test('a single file is adopted too, even when it is no PEM', () => {
    const directory = tempDirectory();
    writeFileSync(`${directory}/combined.pem`, Buffer.from([0, 1, 2, 255]));
    deploySet(targetOf(directory), second, nodeFiles, 'v1');
    expect([...readFileSync(`${directory}/.sets/0-adopted/combined.pem`)]).toEqual([0, 1, 2, 255]);
    expect(servedSet(directory)).toEqual(second);
  });

  test('files that replaced our links later are adopted again', () => {
    const directory = tempDirectory();
    const target = targetOf(directory);
    deploySet(target, first, nodeFiles, 'v1');
    for (const [name, content] of [
      ['privkey.pem', third.keyPem],
      ['fullchain.pem', third.leafPem],
    ] as const) {
      rmSync(`${directory}/${name}`);
      writeFileSync(`${directory}/${name}`, content);
    }
    expect(deploySet(target, second, nodeFiles, 'v2')).toEqual({
      version: 'v2',
      previousVersion: '0-adopted',
      changed: true,
    });
    expect(servedSet(directory)).toEqual(second);
    restoreSet(target, '0-adopted', nodeFiles);
    expect(readFileSync(`${directory}/privkey.pem`, 'utf8')).toBe(third.keyPem);
    expect(readFileSync(`${directory}/cert.pem`, 'utf8')).toBe(first.leafPem);
  });
});

test('a disk that keeps something else than it was given: nothing is switched, and the next attempt is whole', async () => {
  const directory = tempDirectory();
  const [old, fresh] = [await newSet(), await newSet()];
  deploySet(targetOf(directory), old, nodeFiles, 'v1');
  const forgetful: Files = {
    ...nodeFiles,
    writeNew(path, content, ownership) {
      nodeFiles.writeNew(path, path.endsWith('/fullchain.pem') ? content.slice(0, -1) : content, ownership);
    },
  };
  expect(() => deploySet(targetOf(directory), fresh, forgetful, 'v2')).toThrow(
    /fullchain\.pem does not hold what was written into it/,
  );
  expect(servedSet(directory)).toEqual(old);
  deploySet(targetOf(directory), fresh, nodeFiles, 'v2');
  expect(servedSet(directory)).toEqual(fresh);
});

describe('what is refused, with nothing changed', () => {
  const inTheWay: readonly (readonly [string, (directory: string) => void, RegExp])[] = [
    [
      'a foreign link at a stable name',
      (at) => symlinkSync('/etc/ssl/private/other.pem', `${at}/privkey.pem`),
      /privkey\.pem is in the way: it is a link to \/etc/,
    ],
    [
      'a directory at a stable name',
      (at) => mkdirSync(`${at}/chain.pem`),
      /chain\.pem is in the way: it is a directory/,
    ],
    ['a foreign .current', (at) => symlinkSync('/somewhere', `${at}/.current`), /\.current is in the way/],
    [
      '.current climbs out',
      (at) => symlinkSync('.sets/../../x', `${at}/.current`),
      /\.current is in the way/,
    ],
    ['.current is a directory', (at) => mkdirSync(`${at}/.current`), /\.current is in the way/],
    [
      '.sets is a link',
      (at) => symlinkSync('/tmp', `${at}/.sets`),
      /\.sets must be a directory and is a symlink/,
    ],
    ['.sets is a file', (at) => writeFileSync(`${at}/.sets`, ''), /\.sets must be a directory and is a file/],
  ];

  test.each(inTheWay)('%s', (_title, prepare, message) => {
    const directory = tempDirectory();
    prepare(directory);
    const before = readdirSync(directory, { withFileTypes: true }).map(({ name }) => name);
    expect(() => deploySet(targetOf(directory), first, nodeFiles, 'v1')).toThrow(refused(message));
    expect(readdirSync(directory).filter((name) => name !== '.sets')).toEqual(
      before.filter((name) => name !== '.sets'),
    );
  });

  test('the directory is a link or a file', () => {
    const base = tempDirectory();
    mkdirSync(`${base}/real`);
    symlinkSync('real', `${base}/link`);
    writeFileSync(`${base}/file`, '');
    expect(() => deploySet(targetOf(`${base}/link`), first, nodeFiles, 'v1')).toThrow(
      refused(/must be a directory and is a symlink/),
    );
    expect(() => deploySet(targetOf(`${base}/file`), first, nodeFiles, 'v1')).toThrow(
      refused(/must be a directory and is a file/),
    );
  });

  test('key and leaf that are no pair, unreadable ones', () => {
    const directory = tempDirectory();
    expect(() =>
      deploySet(targetOf(directory), { ...first, keyPem: second.keyPem }, nodeFiles, 'v1'),
    ).toThrow(refused(/do not belong together/));
    expect(() => deploySet(targetOf(directory), { ...first, keyPem: 'x' }, nodeFiles, 'v1')).toThrow(
      refused(/cannot be read/),
    );
    expect(readdirSync(directory)).toEqual([]);
  });

  test.each([0o644, 0o604, 0o666, 0o660, 0o641])('key mode %o', (keyMode) => {
    const directory = tempDirectory();
    expect(() => deploySet(targetOf(directory, { keyMode }), first, nodeFiles, 'v1')).toThrow(
      refused(/would open the private key/),
    );
    expect(readdirSync(directory)).toEqual([]);
  });

  test.each(['', '..', '../x', 'a/b', '.hidden', 'a b', 'x'.repeat(200)])('the version %j', (version) => {
    expect(() => deploySet(targetOf(tempDirectory()), first, nodeFiles, version)).toThrow(
      refused(/is not a set version/),
    );
    expect(() => restoreSet(targetOf(tempDirectory()), version, nodeFiles)).toThrow(
      refused(/is not a set version/),
    );
  });

  test('too little space', () => {
    const directory = tempDirectory();
    const files = { ...nodeFiles, freeBytes: () => 1000 };
    expect(() => deploySet(targetOf(directory), first, files, 'v1')).toThrow(
      refused(/has 1000 bytes of free space/),
    );
  });

  test('an unknown group leaves the old set in place', () => {
    const directory = tempDirectory();
    deploySet(targetOf(directory), first, nodeFiles, 'v1');
    expect(() => deploySet(targetOf(directory, { group: 'no such group' }), second, nodeFiles, 'v2')).toThrow(
      refused(/there is no group/),
    );
    expect(servedSet(directory)).toEqual(first);
  });
});

describe('going back', () => {
  test('to a set that is there, is whole, and only to such', () => {
    const directory = tempDirectory();
    const target = targetOf(directory);
    deploySet(target, first, nodeFiles, 'v1');
    deploySet(target, second, nodeFiles, 'v2');
    expect(() => restoreSet(target, 'v0', nodeFiles)).toThrow(refused(/there is no set/));
    expect(restoreSet(target, 'v1', nodeFiles)).toEqual({
      version: 'v1',
      previousVersion: 'v2',
      changed: true,
    });
    expect(servedSet(directory)).toEqual(first);
    expect(restoreSet(target, 'v1', nodeFiles)).toEqual({
      version: 'v1',
      previousVersion: undefined,
      changed: false,
    });
    writeFileSync(`${directory}/.sets/v2/privkey.pem`, third.keyPem);
    expect(() => restoreSet(target, 'v2', nodeFiles)).toThrow(refused(/do not belong together/));
    expect(servedSet(directory)).toEqual(first);
  });

  test('the set that was taken back can be deployed again', () => {
    const directory = tempDirectory();
    const target = targetOf(directory);
    deploySet(target, first, nodeFiles, 'v1');
    deploySet(target, second, nodeFiles, 'v2');
    restoreSet(target, 'v1', nodeFiles);
    expect(deploySet(target, second, nodeFiles, 'v2')).toEqual({
      version: 'v2',
      previousVersion: 'v1',
      changed: true,
    });
    expect(servedSet(directory)).toEqual(second);
  });
});

describe('pruning', () => {
  function withSets(count: number): string {
    const directory = tempDirectory();
    for (let number = 1; number <= count; number += 1) {
      deploySet(targetOf(directory), number % 2 === 0 ? first : second, nodeFiles, `v${number}`);
      const at = new Date(2026, 0, number);
      utimesSync(`${directory}/.sets/v${number}`, at, at);
    }
    return directory;
  }

  test.each([
    [0, ['v5', 'v6']],
    [1, ['v5', 'v6']],
    [2, ['v4', 'v5', 'v6']],
    [10, ['v1', 'v2', 'v3', 'v4', 'v5', 'v6']],
  ])('keep %d', (keep, expected) => {
    const directory = withSets(6);
    pruneSets(targetOf(directory), keep, nodeFiles);
    expect(readdirSync(`${directory}/.sets`)).toEqual(expected);
    expect(servedSet(directory)).toEqual(first);
  });

  test('after going back, the current set stays though it is old', () => {
    const directory = withSets(6);
    restoreSet(targetOf(directory), 'v2', nodeFiles);
    pruneSets(targetOf(directory), 0, nodeFiles);
    expect(readdirSync(`${directory}/.sets`)).toEqual(['v2', 'v5']);
  });

  test('nothing where nothing was deployed, nothing without a current set', () => {
    const directory = withSets(3);
    rmSync(`${directory}/.current`);
    expect(pruneSets(targetOf(directory), 0, nodeFiles)).toEqual([]);
    expect(pruneSets(targetOf(tempDirectory()), 0, nodeFiles)).toEqual([]);
  });
});

test('order of steps: content is on the disk before its name, the name before the switch', () => {
  const directory = tempDirectory();
  deploySet(targetOf(directory), first, nodeFiles, 'v1');
  const { files, operations } = faultyFiles(nodeFiles);
  deploySet(targetOf(directory), second, files, 'v2');
  expect(operations.map((step) => step.replaceAll(directory, ''))).toEqual([
    'mkdir /.sets/.renewd-tmp-v2',
    ...setFiles.map((file) => `write /.sets/.renewd-tmp-v2/${file}`),
    'sync /.sets/.renewd-tmp-v2',
    'rename /.sets/.renewd-tmp-v2 -> /.sets/v2',
    'sync /.sets',
    'symlink /.renewd-tmp-link -> .sets/v1',
    'rename /.renewd-tmp-link -> /.previous',
    'symlink /.renewd-tmp-link -> .sets/v2',
    'rename /.renewd-tmp-link -> /.current',
    'sync ',
  ]);
});
