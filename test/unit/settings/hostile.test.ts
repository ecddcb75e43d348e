/** Files that want too much: every one is refused with a sentence, in bounded time. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTree } from '../../../src/settings/yaml-tree.ts';
import { accounts, brief, Workspace } from './workspace.ts';

const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
  .split('')
  .map(
    (name, index) =>
      `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghij'[index] ?? ''}`).join(',')}]`,
  )
  .join('\n')}\n`;

describe('a hostile file', () => {
  it.each([
    ['an alias bomb', bomb, 'aliases blow the file up to more than 2000000 values'],
    ['an alias inside what it names', 'a: &a [*a]\n', 'this alias stands inside what it names'],
    ['deep brackets', '['.repeat(100_000), 'the nesting is deeper than 64 levels'],
    ['deep braces', '{a: '.repeat(50_000), 'the nesting is deeper than 64 levels'],
    ['deep dashes', '- '.repeat(100_000), 'the nesting is deeper than 64 levels'],
    [
      'deep indentation',
      Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
      'the nesting is deeper than 64 levels',
    ],
    ['two million parts', '- a\n'.repeat(500_000), 'the file is too large to be read in one piece'],
    ['closing brackets', ']'.repeat(200_000), 'this is not expected here'],
    [
      'keys without end',
      Array.from({ length: 50_000 }, () => 'a: 1\n').join(''),
      'this key stands here twice',
    ],
    ['anchors without end', '&a '.repeat(50_000), 'a value has two anchors'],
    [
      'control characters',
      'a: "\u0000\u0001',
      'something is missing here: a quote, bracket, comma, colon or space',
    ],
  ])('%s', (_title, text, message) => {
    const { problems } = parseTree(text);
    expect(problems[0]?.message).toBe(message);
    expect(problems.length).toBeLessThanOrEqual(60);
  });

  it.each([
    [
      'a 50 MB sparse file',
      (workspace: Workspace) => truncateSync(workspace.write('renewd.yaml', ''), 50_000_000),
      'is 47.7 MiB large; at most 8 MiB are read',
    ],
    ['a directory', (workspace: Workspace) => mkdirSync(workspace.path('renewd.yaml')), 'is a directory'],
    [
      'bytes that are no UTF-8',
      (workspace: Workspace) => workspace.write('renewd.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xff, 0x0a])),
      'is not UTF-8 text (first wrong byte at offset 3)',
    ],
    [
      'UTF-16',
      (workspace: Workspace) => workspace.write('renewd.yaml', Buffer.from('\uFEFFkeys: /a\n', 'utf16le')),
      'is not UTF-8 text (first wrong byte at offset 0)',
    ],
    [
      'a circle of links',
      (workspace: Workspace) => symlinkSync('renewd.yaml', workspace.path('renewd.yaml')),
      'the file is a symbolic link that leads in circles',
    ],
    [
      'a pipe',
      (workspace: Workspace) => execFileSync('mkfifo', [workspace.path('renewd.yaml')]),
      'is no regular file',
    ],
    ['nothing', () => undefined, 'there is no such file'],
  ])('%s is not read', async (_title, make, message) => {
    const workspace = new Workspace();
    make(workspace);
    const { diagnostics, configuration } = await workspace.load();
    expect(configuration).toBeUndefined();
    expect(diagnostics.map((one) => brief(one, workspace))).toEqual([`renewd.yaml:1:1 error ${message}`]);
  });

  it('a symbolic link to a file is fine', async () => {
    const workspace = new Workspace();
    workspace.write('real.yaml', accounts);
    symlinkSync('real.yaml', workspace.path('renewd.yaml'));
    expect((await workspace.load()).configuration).toBeDefined();
  });

  it('the names of built-in properties are ordinary keys', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `constructor: 1\n__proto__: { keys: /x }\nproviders: { toString: { type: hasOwnProperty } }\n`,
    );
    const { diagnostics } = await workspace.load();
    expect(diagnostics.map((one) => brief(one, workspace))).toEqual([
      'renewd.yaml:1:1 error unknown key',
      'renewd.yaml:2:1 error unknown key',
      'renewd.yaml:3:32 error there is no such type',
    ]);
  });
});
