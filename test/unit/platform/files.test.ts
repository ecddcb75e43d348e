import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findAccount } from '../../../src/platform/accounts.ts';
import { nodeFiles as files } from '../../../src/platform/files.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';

const root = process.getuid?.() === 0;
const failure = (message: RegExp) =>
  expect.objectContaining({ code: 'file-failed', kind: 'local', message: expect.stringMatching(message) });

describe('read', () => {
  test('bytes, or undefined where there is nothing', () => {
    const directory = tempDirectory();
    writeFileSync(`${directory}/a`, 'hello');
    writeFileSync(`${directory}/empty`, '');
    expect(Buffer.from(files.read(`${directory}/a`, 5) ?? []).toString()).toBe('hello');
    expect(files.read(`${directory}/empty`, 5)).toHaveLength(0);
    expect(files.read(`${directory}/b`, 5)).toBeUndefined();
    expect(files.read(`${directory}/a/b`, 5)).toBeUndefined();
  });

  test('not more than permitted, not what claims to be empty and is endless', () => {
    const directory = tempDirectory();
    writeFileSync(`${directory}/a`, 'hello!');
    expect(() => files.read(`${directory}/a`, 5)).toThrow(
      failure(/cannot read .*\/a: it is larger than 5 bytes/),
    );
    // Files of /proc say they have no size.
    expect(() => files.read('/proc/self/environ', 3)).toThrow(failure(/larger than 3 bytes/));
    expect(Buffer.from(files.read('/proc/self/status', 65_536) ?? []).toString()).toContain('Pid:');
  });

  test('no directory, no device, and a pipe does not block', () => {
    const directory = tempDirectory();
    execFileSync('mkfifo', [`${directory}/pipe`]);
    expect(() => files.read(directory, 5)).toThrow(failure(/it is a directory/));
    expect(() => files.read(`${directory}/pipe`, 5)).toThrow(failure(/pipe/));
    expect(() => files.read('/dev/zero', 5)).toThrow(failure(/device/));
  });

  test('a circle of links', () => {
    const directory = tempDirectory();
    symlinkSync('loop', `${directory}/loop`);
    expect(() => files.read(`${directory}/loop`, 5)).toThrow(failure(/links lead in a circle/));
  });
});

describe('looking', () => {
  test('lstat sees links, stat what they lead to', () => {
    const directory = tempDirectory();
    writeFileSync(`${directory}/a`, 'hello', { mode: 0o640 });
    symlinkSync('a', `${directory}/link`);
    symlinkSync('nowhere', `${directory}/dangling`);
    const { mtimeMs, ino, uid, gid } = statSync(`${directory}/a`);
    expect(files.stat(`${directory}/link`)).toEqual({
      size: 5,
      mtimeMs,
      inode: ino,
      mode: 0o640,
      kind: 'file',
      uid,
      gid,
    });
    expect(files.lstat(`${directory}/link`)?.kind).toBe('symlink');
    expect(files.stat(directory)?.kind).toBe('directory');
    expect(files.stat('/dev/null')?.kind).toBe('other');
    expect(files.stat(`${directory}/dangling`)).toBeUndefined();
    expect(files.lstat(`${directory}/dangling`)?.kind).toBe('symlink');
    expect(files.lstat(`${directory}/nothing`)).toBeUndefined();
    expect(files.readLink(`${directory}/link`)).toBe('a');
    expect(files.readLink(`${directory}/a`)).toBeUndefined();
    expect(files.readLink(`${directory}/nothing`)).toBeUndefined();
    expect(files.list(directory)).toEqual(['a', 'dangling', 'link']);
    expect(() => files.list(`${directory}/nothing`)).toThrow(failure(/no such file/));
    expect(files.freeBytes(directory)).toBeGreaterThan(0);
  });
});

describe('writeNew', () => {
  test('content and mode, whatever the umask', () => {
    const directory = tempDirectory();
    const umask = process.umask(0o077);
    try {
      files.writeNew(`${directory}/a`, 'grüße', { mode: 0o664 });
      files.writeNew(`${directory}/b`, new Uint8Array([0, 255]), { mode: 0o600 });
    } finally {
      process.umask(umask);
    }
    expect(readFileSync(`${directory}/a`, 'utf8')).toBe('grüße');
    expect([...readFileSync(`${directory}/b`)]).toEqual([0, 255]);
    expect(files.stat(`${directory}/a`)?.mode).toBe(0o664);
    expect(files.stat(`${directory}/b`)?.mode).toBe(0o600);
  });

  test('never over something, and never through a link', () => {
    const directory = tempDirectory();
    writeFileSync(`${directory}/a`, 'old');
    symlinkSync('target', `${directory}/link`);
    expect(() => files.writeNew(`${directory}/a`, 'new', { mode: 0o600 })).toThrow(
      failure(/cannot create .*\/a: it exists already/),
    );
    expect(() => files.writeNew(`${directory}/link`, 'new', { mode: 0o600 })).toThrow(
      failure(/exists already|symbolic link/),
    );
    expect(readFileSync(`${directory}/a`, 'utf8')).toBe('old');
    expect(files.lstat(`${directory}/target`)).toBeUndefined();
  });

  test.runIf(root)('owner and group by name and by number', () => {
    const directory = tempDirectory();
    files.writeNew(`${directory}/a`, '', { mode: 0o640, owner: 'nobody', group: 'daemon' });
    files.writeNew(`${directory}/b`, '', { mode: 0o640, owner: '12345', group: '54321' });
    const nobody = findAccount(readFileSync('/etc/passwd', 'utf8'), 'nobody');
    const daemon = findAccount(readFileSync('/etc/group', 'utf8'), 'daemon');
    expect(files.stat(`${directory}/a`)).toMatchObject({ mode: 0o640, uid: nobody, gid: daemon });
    expect(files.stat(`${directory}/b`)).toMatchObject({ uid: 12345, gid: 54321 });
  });

  test('an unknown owner leaves nothing behind', () => {
    const directory = tempDirectory();
    expect(() => files.writeNew(`${directory}/a`, 'x', { mode: 0o600, owner: 'no such user' })).toThrow(
      failure(/there is no user "no such user"/),
    );
    expect(() => files.writeNew(`${directory}/a`, 'x', { mode: 0o600, group: '9999999999' })).toThrow(
      failure(/out of range/),
    );
    expect(files.list(directory)).toEqual([]);
  });

  test('a full device is told and leaves nothing behind', (context) => {
    const directory = tempDirectory();
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', directory]);
    if (mount.status !== 0) context.skip('mounting takes privileges');
    try {
      expect(() => files.writeNew(`${directory}/a`, 'x'.repeat(100_000), { mode: 0o600 })).toThrow(
        failure(/cannot write .*: no space left/),
      );
      expect(files.list(directory)).toEqual([]);
    } finally {
      execFileSync('umount', [directory]);
    }
  });
});

describe('directories, links, names', () => {
  test('makeDirectory makes parents, and leaves what exists as it is', () => {
    const directory = tempDirectory();
    files.makeDirectory(`${directory}/a/b/c`, { mode: 0o710 });
    expect(files.stat(`${directory}/a/b/c`)).toMatchObject({ kind: 'directory', mode: 0o710 });
    expect(files.stat(`${directory}/a/b`)?.mode).toBe(0o755);
    files.makeDirectory(`${directory}/a/b/c`, { mode: 0o777 });
    expect(files.stat(`${directory}/a/b/c`)?.mode).toBe(0o710);
    writeFileSync(`${directory}/file`, '');
    expect(() => files.makeDirectory(`${directory}/file`, { mode: 0o700 })).toThrow(
      failure(/something else has that name/),
    );
    expect(() => files.makeDirectory(`${directory}/file/x`, { mode: 0o700 })).toThrow(
      failure(/cannot create the directory/),
    );
  });

  test('symlink, rename, remove, sync', () => {
    const directory = tempDirectory();
    files.symlink('nowhere', `${directory}/link`);
    expect(() => files.symlink('elsewhere', `${directory}/link`)).toThrow(failure(/exists already/));
    files.rename(`${directory}/link`, `${directory}/other`);
    expect(files.readLink(`${directory}/other`)).toBe('nowhere');
    expect(() => files.rename(`${directory}/nothing`, `${directory}/x`)).toThrow(
      failure(/cannot put in place .*\/x: there is no such file/),
    );
    files.syncDirectory(directory);
    expect(() => files.syncDirectory(`${directory}/nothing`)).toThrow(failure(/cannot sync/));
    files.remove(`${directory}/other`);
    files.remove(`${directory}/other`);
    mkdirSync(`${directory}/tree/deep`, { recursive: true });
    writeFileSync(`${directory}/keep`, 'x');
    symlinkSync(`${directory}/keep`, `${directory}/tree/deep/link`);
    files.remove(`${directory}/tree`);
    expect(files.list(directory)).toEqual(['keep']);
    truncateSync(`${directory}/keep`);
  });
});

test('accounts are found by whole name only', () => {
  const table = '# comment\nroot:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:\nbroken\nodd:x:abc\n';
  expect(findAccount(table, 'www-data')).toBe(33);
  expect(findAccount(table, 'root')).toBe(0);
  expect(findAccount(table, 'www')).toBeUndefined();
  expect(findAccount(table, 'odd')).toBeUndefined();
  expect(findAccount(table, '')).toBeUndefined();
});
