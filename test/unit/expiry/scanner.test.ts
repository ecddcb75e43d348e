import { appendFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Files } from '../../../src/contracts/platform.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { CrtScanner } from '../../../src/renewal/expiry/scanner.ts';
import { handClock, type HandClock } from '../../builders/clocks.ts';
import { newChain } from '../../builders/pki.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';

const one = await newChain();
const two = await newChain();

let reads: string[];
let stats: string[];
let clock: HandClock;
let scanner: CrtScanner;
let directory: string;
let path: string;

beforeEach(() => {
  reads = [];
  stats = [];
  const counting: Files = {
    ...nodeFiles,
    read: (at, max) => {
      reads.push(at);
      return nodeFiles.read(at, max);
    },
    stat: (at) => {
      stats.push(at);
      return nodeFiles.stat(at);
    },
  };
  // Long after every file of this test was written.
  clock = handClock(new Date(Date.now() + 3_600_000));
  scanner = new CrtScanner({ files: counting, clock });
  directory = tempDirectory();
  path = `${directory}/shop.pem`;
  writeFileSync(path, one.leaf.pem);
});

test('an unchanged file costs one stat and no read, and gives the same object', () => {
  const first = scanner.look(path);
  reads.length = 0;
  stats.length = 0;
  expect(scanner.look(path)).toBe(first);
  expect(reads).toEqual([]);
  expect(stats).toEqual([path]);
});

describe('changes that are seen', () => {
  const serialOf = (): string | undefined => scanner.look(path).leaf?.serialHex;
  const other = two.leaf.certificate.serialNumber;

  test('written again', () => {
    serialOf();
    writeFileSync(path, two.leaf.pem);
    utimesSync(path, new Date(), new Date(Date.now() + 1));
    expect(serialOf()).toBe(other);
  });

  test('replaced by a rename, same size and time', () => {
    const at = new Date('2026-01-01');
    utimesSync(path, at, at);
    serialOf();
    writeFileSync(`${directory}/new`, two.leaf.pem.padEnd(one.leaf.pem.length));
    utimesSync(`${directory}/new`, at, at);
    renameSync(`${directory}/new`, path);
    expect(serialOf()).toBe(other);
  });

  test('longer, with the time put back', () => {
    const at = new Date('2026-01-01');
    utimesSync(path, at, at);
    expect(scanner.look(path).certificates).toBe(1);
    appendFileSync(path, one.intermediate.pem);
    utimesSync(path, at, at);
    expect(scanner.look(path).certificates).toBe(2);
  });

  test('a link that leads elsewhere', () => {
    writeFileSync(`${directory}/two`, two.leaf.pem);
    symlinkSync('shop.pem', `${directory}/link`);
    expect(scanner.look(`${directory}/link`).leaf?.serialHex).not.toBe(other);
    symlinkSync('two', `${directory}/link.new`);
    renameSync(`${directory}/link.new`, `${directory}/link`);
    expect(scanner.look(`${directory}/link`).leaf?.serialHex).toBe(other);
  });

  test('gone, and back', () => {
    scanner.look(path);
    rmSync(path);
    expect(scanner.look(path).state).toBe('missing');
    writeFileSync(path, two.leaf.pem);
    expect(serialOf()).toBe(other);
  });
});

test('a file changed within the granularity of its timestamp is read again until it has settled', () => {
  const at = new Date(clock.now().getTime() - 1999);
  utimesSync(path, at, at);
  scanner.look(path);
  scanner.look(path);
  expect(reads).toHaveLength(2);
  clock.advance(2);
  scanner.look(path);
  scanner.look(path);
  expect(reads).toHaveLength(3);
});

describe('with a key', () => {
  test('one more stat; the key is read when either changes', () => {
    const keyPath = `${directory}/privkey.pem`;
    writeFileSync(keyPath, one.leaf.key.pem);
    expect(scanner.look(path, keyPath).keyMatches).toBe(true);
    reads.length = 0;
    stats.length = 0;
    expect(scanner.look(path, keyPath).keyMatches).toBe(true);
    expect(reads).toEqual([]);
    expect(stats).toEqual([path, keyPath]);
    rmSync(keyPath);
    writeFileSync(keyPath, two.leaf.key.pem);
    utimesSync(keyPath, new Date(), new Date(Date.now() + 5));
    expect(scanner.look(path, keyPath).keyMatches).toBe(false);
    rmSync(keyPath);
    expect(scanner.look(path, keyPath).keyMatches).toBe(false);
    expect(scanner.look(path).keyMatches).toBeUndefined();
  });
});

test('what is no longer of interest is let go', () => {
  scanner.look(path);
  scanner.retain(new Set());
  reads.length = 0;
  scanner.look(path);
  expect(reads).toEqual([path]);
  scanner.retain(new Set([path]));
  reads.length = 0;
  scanner.look(path);
  expect(reads).toEqual([]);
});
