/** Who may read a file: our verdict against the kernel's, by `cat` as that user. Needs root, setpriv and setfacl. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { accountId } from '../../../src/platform/accounts.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { whyUnreadable } from '../../../src/platform/readable.ts';
import { deploySet } from '../../../src/renewal/deploy/deploy-set.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';
import { newSet, targetOf } from '../deploy/world.ts';

const missing =
  process.getuid?.() !== 0
    ? 'only root can become somebody else'
    : ['/usr/bin/setpriv', '/usr/bin/setfacl', '/usr/bin/getfacl'].find((path) => !existsSync(path));
if (missing !== undefined) {
  if (process.env['CI'] === 'true') throw new Error(`readable.test.ts: ${missing}`);
  process.stderr.write(`skipped: test/unit/platform/readable.test.ts: ${missing}\n`);
}

const user = 'nobody';
const group = 'nogroup';
const others = ['root', 'daemon', group] as const;

/** What the kernel lets this user do. */
function canRead(path: string, as: { user: string; group: string }, supplementary = false): boolean {
  const groups = supplementary ? '--init-groups' : '--clear-groups';
  const flags = [`--reuid=${as.user}`, `--regid=${as.group}`, groups];
  return spawnSync('/usr/bin/setpriv', [...flags, 'cat', path], { stdio: 'ignore' }).status === 0;
}

function setfacl(...parameters: readonly string[]): void {
  const { status, stderr } = spawnSync('/usr/bin/setfacl', parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`setfacl ${parameters.join(' ')}: ${stderr}`);
}

function openDirectory(): string {
  const directory = tempDirectory();
  chmodSync(directory, 0o755);
  return directory;
}

/** A small generator with a seed (mulberry32): failures can be repeated. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe.skipIf(missing !== undefined)('against the kernel', () => {
  test('trees with any modes, owners and ACLs', () => {
    const verdicts = { readable: 0, unreadable: 0 };
    for (let seed = 1; seed <= 60; seed += 1) {
      const next = numbers(seed);
      const pick = <T>(list: readonly [T, ...T[]]): T => list[next(list.length)] ?? list[0];
      const directory = join(openDirectory(), 'tls');
      const file = join(directory, 'key.pem');
      mkdirSync(directory);
      writeFileSync(file, 'key');
      for (const path of [directory, file]) {
        chownSync(path, accountId('user', pick(['root', 'root', user])), accountId('group', pick(others)));
        chmodSync(path, pick([0o700, 0o750, 0o755, 0o711, 0o640, 0o644, 0o604, 0o070, 0o057]));
        const entries = [
          `u:${user}:${pick(['r-x', '---', 'rwx', 'r--'])}`,
          `g:${group}:${pick(['r-x', '---', 'rwx', '--x'])}`,
          `g:daemon:${pick(['r-x', '---'])}`,
          `m:${pick(['r-x', '---', 'rwx', 'r--'])}`,
        ].filter(() => next(2) === 0);
        if (entries.length > 0) setfacl('-m', entries.join(','), path);
      }
      const as = { user, group: pick([group, 'daemon']) };
      const why = whyUnreadable([file], as);
      expect(why === undefined, `seed ${seed}: ${why ?? 'readable'}`).toBe(canRead(file, as));
      verdicts[why === undefined ? 'readable' : 'unreadable'] += 1;
    }
    // Both happen often enough for the comparison to mean something.
    expect(Math.min(verdicts.readable, verdicts.unreadable)).toBeGreaterThan(8);
  });

  test('supplementary groups of the user', () => {
    const row = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find(([, , , members = '']) => members !== '');
    const [name, , , members = ''] = row ?? [];
    const [member = ''] = members.split(',');
    if (name === undefined) {
      process.stderr.write('skipped: supplementary groups: no group of this machine has members\n');
      return;
    }
    const file = join(openDirectory(), 'key.pem');
    writeFileSync(file, 'key');
    chownSync(file, 0, accountId('group', name));
    chmodSync(file, 0o640);
    expect(canRead(file, { user: member, group }, true)).toBe(true);
    expect(whyUnreadable([file], { user: member, group })).toBeUndefined();
    expect(whyUnreadable([file], { user, group })).toContain('may not read');
  });

  test('links are followed, and what they lead through counts', () => {
    const directory = openDirectory();
    mkdirSync(join(directory, 'closed'), { mode: 0o700 });
    writeFileSync(join(directory, 'closed/key.pem'), 'key', { mode: 0o644 });
    symlinkSync('closed/key.pem', join(directory, 'key.pem'));
    expect(canRead(join(directory, 'key.pem'), { user, group })).toBe(false);
    expect(whyUnreadable([join(directory, 'key.pem')], { user })).toBe(
      `user nobody may not pass through the directory ${directory}/closed (mode 0700, owner 0, group 0)`,
    );
  });

  test('an account that does not exist', () => {
    expect(() => whyUnreadable(['/'], { user: 'no-such-user' })).toThrow('there is no user "no-such-user"');
    expect(() => whyUnreadable(['/'], { user: '4000000' })).toThrow('write "4000000:GROUP"');
    expect(whyUnreadable(['/etc/passwd'], { user: '4000000', group })).toBeUndefined();
  });
});

describe.skipIf(missing !== undefined)('a deploy directory', async () => {
  const [first, second] = await Promise.all([newSet(), newSet()]);
  const as = { user, group };

  test('with a default ACL: the mode of the key is its mask, in every set', () => {
    const directory = join(openDirectory(), 'tls');
    mkdirSync(directory, { mode: 0o750 });
    setfacl('-m', `g:${group}:r-x,d:g:${group}:r-x`, directory);
    const target = targetOf(directory, { keyMode: 0o640, mode: 0o640, readableBy: as });
    for (const [version, set] of [
      ['v1', first],
      ['v2', second],
    ] as const) {
      deploySet(target, set, nodeFiles, version);
      expect(canRead(join(directory, 'privkey.pem'), as)).toBe(true);
      expect(canRead(join(directory, 'fullchain.pem'), as)).toBe(true);
      // Of others nobody.
      expect(canRead(join(directory, 'privkey.pem'), { user, group: 'daemon' })).toBe(false);
    }
    expect(() => deploySet({ ...target, keyMode: 0o600 }, first, nodeFiles, 'v3')).toThrow(
      /^user nobody may not read .*\/v3\/privkey\.pem \(mode 0600, owner 0, group 0; its ACL grants nothing more\); nothing was switched$/,
    );
    expect(readFileSync(join(directory, 'privkey.pem'), 'utf8')).toBe(second.keyPem);
  });

  test('a directory above that is closed is named, and nothing is switched', () => {
    const above = join(openDirectory(), 'private');
    mkdirSync(above, { mode: 0o700 });
    const directory = join(above, 'tls');
    const target = targetOf(directory, { group, readableBy: { user } });
    expect(() => deploySet(target, first, nodeFiles, 'v1')).toThrow(
      `user nobody may not pass through the directory ${above} (mode 0700, owner 0, group 0); nothing was switched`,
    );
    expect(existsSync(join(directory, 'privkey.pem'))).toBe(false);
    chmodSync(above, 0o711);
    deploySet(target, first, nodeFiles, 'v1');
    expect(canRead(join(directory, 'privkey.pem'), as)).toBe(true);
  });
});
