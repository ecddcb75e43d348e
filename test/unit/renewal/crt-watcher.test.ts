/** Looks at real files: what is seen, what counts as a change, and how seldom the key is read. */
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hourMs, minuteMs } from '../../../src/core/durations.ts';
import type { Files } from '../../../src/contracts/platform.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { createCrtWatcher } from '../../../src/renewal/crt-watcher.ts';
import { handClock } from '../../builders/clocks.ts';
import { newChain, newKey, newLeaf, now } from '../../builders/pki.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';

const { intermediate, leaf } = await newChain();
const other = await newLeaf(intermediate);
const chain = (one: typeof leaf) => `${one.pem}${intermediate.pem}`;

function setUp(expectKey = true) {
  const directory = tempDirectory();
  const crt = `${directory}/fullchain.pem`;
  const key = `${directory}/privkey.pem`;
  const clock = handClock(now);
  const reads: string[] = [];
  const files: Files = {
    ...nodeFiles,
    read: (path, maxBytes) => {
      reads.push(path.slice(directory.length + 1));
      return nodeFiles.read(path, maxBytes);
    },
  };
  const watcher = createCrtWatcher(files, clock, () => expectKey);
  return { directory, crt, key, clock, reads, watcher, look: () => watcher.observe(crt) };
}

let writtenAt = now.getTime() / 1000 - 86_400;

/** Each file is a second younger than the one before, and all are old: nothing is in doubt because it is too fresh. */
function put(path: string, content: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, content);
  writtenAt += 1;
  utimesSync(path, writtenAt, writtenAt);
}

describe('what is seen', () => {
  test('a certificate and its key', () => {
    const { crt, key, look } = setUp();
    put(crt, chain(leaf));
    put(key, leaf.key.pem);
    const { look: seen, spkiSha256 } = look();
    expect(seen).toMatchObject({
      state: 'ok',
      keyMatches: true,
      certificate: { names: ['shop.example.com', 'www.shop.example.com'], keyType: 'ecdsa-p256' },
    });
    expect(spkiSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a directory in place of the file is nothing to be replaced: a person is asked', () => {
    const { crt, look } = setUp();
    mkdirSync(crt);
    expect(look().look).toEqual({ state: 'unreadable', reason: `${crt} is not a regular file` });
  });

  test('another key', async () => {
    const { crt, key, look } = setUp();
    put(crt, chain(leaf));
    put(key, (await newKey()).pem);
    expect(look().look).toMatchObject({ state: 'ok', keyMatches: false });
  });

  test.each([
    { expectKey: true, keyMatches: false },
    { expectKey: false, keyMatches: undefined },
  ])('no key where it is expected ($expectKey): $keyMatches', ({ expectKey, keyMatches }) => {
    const { crt, look } = setUp(expectKey);
    put(crt, chain(leaf));
    expect(look().look).toMatchObject({ state: 'ok', keyMatches });
  });

  test('a key that cannot be read says nothing', () => {
    const { directory, crt, look } = setUp();
    put(crt, chain(leaf));
    symlinkSync(directory, `${directory}/privkey.pem`);
    expect(look().look).toMatchObject({ state: 'ok', keyMatches: undefined });
  });

  test('nothing, rubbish, and a directory', () => {
    const { directory, crt, look, watcher } = setUp();
    expect(look().look.state).toBe('missing');
    put(crt, 'rubbish');
    expect(look().look.state).toBe('broken');
    expect(look().spkiSha256).toBeUndefined();
    expect(watcher.observe(directory).look).toMatchObject({ reason: expect.stringContaining(directory) });
  });
});

describe('what counts as a change', () => {
  test('an unchanged file is the same observation, without being read again', () => {
    const { crt, key, look, reads, clock } = setUp();
    put(crt, chain(leaf));
    put(key, leaf.key.pem);
    const first = look();
    const count = reads.length;
    clock.advance(59 * minuteMs);
    expect(look()).toBe(first);
    expect(reads).toHaveLength(count);
  });

  test('the key is looked at again after an hour, and only a difference is a change', async () => {
    const { crt, key, look, reads, clock } = setUp();
    put(crt, chain(leaf));
    put(key, leaf.key.pem);
    const first = look();
    clock.advance(hourMs);
    expect(look()).toBe(first);
    expect(reads.filter((name) => name === 'privkey.pem')).toHaveLength(2);
    put(key, (await newKey()).pem);
    clock.advance(hourMs - 1);
    expect(look()).toBe(first);
    clock.advance(1);
    expect(look()).not.toBe(first);
    expect(look().look).toMatchObject({ keyMatches: false });
  });

  test('another certificate is one, the same one written again is none', () => {
    const { crt, key, look } = setUp();
    put(crt, chain(leaf));
    put(key, leaf.key.pem);
    const first = look();
    put(crt, chain(leaf));
    expect(look()).toBe(first);
    put(crt, chain(other));
    const second = look();
    expect(second).not.toBe(first);
    expect(second.look).toMatchObject({ state: 'ok', keyMatches: false });
    rmSync(crt);
    expect(look().look.state).toBe('missing');
  });

  test('what is forgotten is looked at anew', () => {
    const { crt, look, watcher, reads } = setUp();
    put(crt, chain(leaf));
    const first = look();
    watcher.keepOnly(new Set([crt]));
    expect(look()).toBe(first);
    watcher.keepOnly(new Set());
    const count = reads.length;
    expect(look()).not.toBe(first);
    expect(reads.length).toBeGreaterThan(count);
  });
});
