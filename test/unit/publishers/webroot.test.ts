import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Files } from '../../../src/contracts/platform.ts';
import type { FileEvidence, FilePublisher } from '../../../src/contracts/publisher.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { createWebroot } from '../../../src/publishers/webroot/publisher.ts';
import { keepingLogger, type KeepingLogger } from './silent-logger.ts';

const { signal } = new AbortController();

let top: string;
let root: string;
let logger: KeepingLogger;
let web: FilePublisher;

function make(path = root, files: Files = nodeFiles): FilePublisher {
  return createWebroot('web', { path, hosts: [] }, { files, logger });
}

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'renewd-webroot-'));
  root = join(top, 'html');
  mkdirSync(root);
  logger = keepingLogger();
  web = make();
});
afterEach(() => {
  rmSync(top, { recursive: true, force: true });
});

const path = '/.well-known/pki-validation/fileauth.txt';
const file = (): string => join(root, path);

function proof(content = 'token', at = path): FileEvidence {
  return { host: 'www.example.test', path: at, content };
}

describe('publishing', () => {
  test('writes the file for everyone to read, in directories that everyone may enter, and nothing else', async () => {
    const mask = process.umask(0o077);
    try {
      await web.publish(proof(), signal);
    } finally {
      process.umask(mask);
    }
    expect(readFileSync(file(), 'utf8')).toBe('token');
    expect(statSync(file()).mode & 0o777).toBe(0o644);
    expect(statSync(join(root, '.well-known')).mode & 0o777).toBe(0o755);
    expect(statSync(join(root, '.well-known/pki-validation')).mode & 0o777).toBe(0o755);
    expect(readdirSync(join(root, '.well-known/pki-validation'))).toEqual(['fileauth.txt']);
  });

  test('twice is fine, also by another process, and touches nothing the second time', async () => {
    await web.publish(proof(), signal);
    const before = statSync(file()).ino;
    await web.publish(proof(), signal);
    await make().publish(proof(), signal);
    expect(statSync(file()).ino).toBe(before);
  });

  test("leaves another order's proof until it is withdrawn: vendors use one path for all", async () => {
    await web.publish(proof('first'), signal);
    await expect(web.publish(proof('second'), signal)).rejects.toMatchObject({ kind: 'conflict' });
    expect(readFileSync(file(), 'utf8')).toBe('first');
    await web.withdraw(proof('first'), signal);
    await web.publish(proof('second'), signal);
    expect(readFileSync(file(), 'utf8')).toBe('second');
  });

  test("leaves a file that is not renewd's, and says so", async () => {
    mkdirSync(join(root, '.well-known/pki-validation'), { recursive: true });
    writeFileSync(file(), 'foreign');
    await expect(web.publish(proof(), signal)).rejects.toMatchObject({
      code: 'dcv-publish-failed',
      kind: 'conflict',
      message: `${file()} was left as it is; it holds something else: another order's proof, which goes when that order is done, or a foreign file`,
    });
    expect(readFileSync(file(), 'utf8')).toBe('foreign');
  });

  test('leaves its own file once somebody changed it', async () => {
    await web.publish(proof('old'), signal);
    writeFileSync(file(), 'edited');
    await expect(web.publish(proof('new'), signal)).rejects.toThrow('was left as it is');
    await web.withdraw(proof('old'), signal);
    expect(readFileSync(file(), 'utf8')).toBe('edited');
  });

  test('cleans up the half-written file of a crash', async () => {
    const directory = join(root, '.well-known/pki-validation');
    const failing = createWebroot(
      'web',
      { path: root, hosts: [] },
      {
        logger,
        files: {
          ...nodeFiles,
          rename: () => {
            throw new Error('power cut');
          },
          remove: () => undefined,
        },
      },
    );
    await expect(failing.publish(proof('new'), signal)).rejects.toThrow('power cut');
    expect(readdirSync(directory)).toHaveLength(1);
    await web.publish(proof('new'), signal);
    expect(readdirSync(directory)).toEqual(['fileauth.txt']);
    expect(readFileSync(file(), 'utf8')).toBe('new');
  });

  test('goes to the top of the site where the provider wants it there', async () => {
    await web.publish(proof('token', '/0123456789abcdef.txt'), signal);
    expect(readdirSync(root)).toEqual(['0123456789abcdef.txt']);
  });

  test('refuses an unsafe path before anything is made', async () => {
    await expect(web.publish(proof('token', '/a/../../escaped.txt'), signal)).rejects.toMatchObject({
      code: 'dcv-unsafe',
    });
    expect(readdirSync(root)).toEqual([]);
    expect(readdirSync(top)).toEqual(['html']);
  });

  test('a root that is not there is a mistake in the configuration', async () => {
    const lost = make(join(top, 'missing'));
    await expect(lost.publish(proof(), signal)).rejects.toMatchObject({
      kind: 'configuration',
      message: `the web root ${join(top, 'missing')} is not an existing directory`,
    });
    expect(existsSync(join(top, 'missing'))).toBe(false);
  });

  test('the root itself may be a link', async () => {
    symlinkSync(root, join(top, 'current'));
    await make(join(top, 'current')).publish(proof(), signal);
    expect(readFileSync(file(), 'utf8')).toBe('token');
  });

  test.skipIf(process.getuid?.() === 0)('names the path when the system refuses', async () => {
    chmodSync(root, 0o555);
    await expect(web.publish(proof(), signal)).rejects.toMatchObject({
      code: 'dcv-publish-failed',
      kind: 'dcv-failed',
    });
    chmodSync(root, 0o755);
  });
});

describe('links and odd files on the way', () => {
  test('a directory that is a link out of the root is not gone through', async () => {
    const outside = join(top, 'outside');
    mkdirSync(join(outside, 'pki-validation'), { recursive: true });
    symlinkSync(outside, join(root, '.well-known'));
    await expect(web.publish(proof(), signal)).rejects.toMatchObject({
      code: 'dcv-publish-failed',
      message: `${join(root, '.well-known')} is a symbolic link; renewd does not go through it`,
    });
    expect(readdirSync(join(outside, 'pki-validation'))).toEqual([]);
    writeFileSync(join(outside, 'pki-validation/fileauth.txt'), 'token');
    await expect(web.withdraw(proof(), signal)).rejects.toThrow('symbolic link');
    expect(readdirSync(join(outside, 'pki-validation'))).toEqual(['fileauth.txt']);
  });

  test('a file that is a link is neither written through nor removed', async () => {
    mkdirSync(join(root, '.well-known/pki-validation'), { recursive: true });
    const target = join(top, 'target');
    writeFileSync(target, 'token');
    symlinkSync(target, file());
    await expect(web.publish(proof(), signal)).rejects.toThrow('is not a regular file');
    await expect(web.withdraw(proof(), signal)).rejects.toThrow('is not a regular file');
    expect(readFileSync(target, 'utf8')).toBe('token');
  });

  test('a file where a directory should be is told', async () => {
    writeFileSync(join(root, '.well-known'), '');
    await expect(web.publish(proof(), signal)).rejects.toThrow('is not a directory');
  });

  test('a large foreign file is not read and not touched', async () => {
    writeFileSync(join(root, 'proof.txt'), 'x'.repeat(70_000));
    await expect(web.publish(proof('token', '/proof.txt'), signal)).rejects.toMatchObject({
      code: 'dcv-publish-failed',
    });
    expect(statSync(join(root, 'proof.txt')).size).toBe(70_000);
  });
});

describe('withdrawing', () => {
  test('removes the file, and is quiet when it is gone', async () => {
    await web.publish(proof(), signal);
    await web.withdraw(proof(), signal);
    expect(existsSync(file())).toBe(false);
    await web.withdraw(proof(), signal);
    await make().withdraw(proof('token', '/never/there.txt'), signal);
  });

  test('one that could not be synced is synced by the next attempt: a power cut would bring it back', async () => {
    const synced: string[] = [];
    let isBroken = true;
    const files: Files = {
      ...nodeFiles,
      syncDirectory(path) {
        if (isBroken) throw new RenewdError('file-failed', 'cannot sync: EIO');
        synced.push(path);
      },
    };
    await web.publish(proof(), signal);
    const shaky = make(root, files);
    await expect(shaky.withdraw(proof(), signal)).rejects.toThrow('cannot be removed: cannot sync: EIO');
    isBroken = false;
    await shaky.withdraw(proof(), signal);
    expect(synced).toEqual([join(root, '.well-known/pki-validation')]);
  });

  test('works after a restart, by content', async () => {
    await web.publish(proof(), signal);
    await make().withdraw(proof(), signal);
    expect(existsSync(file())).toBe(false);
  });

  test('leaves what somebody else put there since, and notes it', async () => {
    await web.publish(proof('first'), signal);
    writeFileSync(file(), 'second');
    await web.withdraw(proof('first'), signal);
    expect(readFileSync(file(), 'utf8')).toBe('second');
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('nothing is done once the signal fired', async () => {
    await expect(web.publish(proof(), AbortSignal.abort())).rejects.toThrow('aborted');
    expect(readdirSync(root)).toEqual([]);
  });
});
