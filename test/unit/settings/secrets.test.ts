import { chmodSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ProcessResult } from '../../../src/contracts/platform.ts';
import { Secret } from '../../../src/core/certificate.ts';
import { nodeProcesses } from '../../../src/platform/processes.ts';
import { valueAt } from '../../../src/settings/issues.ts';
import { resolveSecrets } from '../../../src/settings/secrets.ts';
import type { SecretDependencies } from '../../../src/settings/secrets.ts';
import { accounts, brief, Workspace } from './workspace.ts';

function answering(result: Partial<ProcessResult>): NonNullable<SecretDependencies['processes']> {
  const usual: ProcessResult = { exitCode: 0, signal: null, timedOut: false, stdout: '', stderr: '' };
  return { run: async () => ({ ...usual, ...result }) };
}

async function reveal(source: unknown, dependencies: SecretDependencies): Promise<string> {
  const { key } = await resolveSecrets({ key: source }, dependencies);
  if (!(key instanceof Secret)) throw new Error('no secret');
  return key.reveal();
}

describe('resolveSecrets', () => {
  it('puts a secret in place of every source and leaves the rest', async () => {
    const workspace = new Workspace();
    const file = workspace.write('p', 'from file\n\n');
    const config = {
      login: 'me',
      password: { env: 'P' },
      key: { name: 'k', secret: { file } },
      list: [{ command: ['echo', 'from command'] }, 7, null],
      commands: { command: 'text' },
    };
    const resolved = await resolveSecrets(config, {
      env: { P: 'from env' },
      processes: answering({ stdout: 'from command\nmore' }),
    });
    const text = (value: unknown): unknown => (value instanceof Secret ? value.reveal() : value);
    expect(resolved).toMatchObject({ login: 'me', key: { name: 'k' }, commands: { command: 'text' } });
    expect(text(resolved['password'])).toBe('from env');
    // One newline at the end belongs to the file, a second one to the secret.
    expect(text(valueAt(resolved, ['key', 'secret']))).toBe('from file\n');
    const list = [0, 1, 2].map((index) => text(valueAt(resolved, ['list', index])));
    expect(list).toEqual(['from command', 7, null]);
    expect(`${JSON.stringify(resolved)}${inspect(resolved, { depth: 9 })}`).not.toMatch(
      /from (env|file|command)/,
    );
    expect(config.password).toEqual({ env: 'P' });
  });

  it('reads a file anew each time', async () => {
    const workspace = new Workspace();
    const file = workspace.write('p', 'old');
    expect(await reveal({ file }, { env: {} })).toBe('old');
    workspace.write('p', 'new\r\n');
    expect(await reveal({ file }, { env: {} })).toBe('new');
  });

  it('runs a real command without a shell, with the given environment', async () => {
    const command = [process.execPath, '-e', 'console.log(process.argv[1] + process.env.X)', '$HOME;'];
    expect(await reveal({ command }, { env: { X: '!' }, processes: nodeProcesses })).toBe('$HOME;!');
  });

  it.each([
    ['an unset variable', { env: 'X' }, {}, 'key: environment variable X is not set'],
    ['an empty variable', { env: 'E' }, {}, 'key: environment variable E is empty'],
    ['a missing file', { file: '/nowhere/p' }, {}, 'key: there is no secret file /nowhere/p'],
    ['a directory', { file: '/etc' }, {}, 'key: secret file /etc is no regular file'],
    ['a device', { file: '/dev/zero' }, {}, 'key: secret file /dev/zero is no regular file'],
    [
      'a failing command',
      { command: ['c'] },
      { exitCode: 3, stdout: 'leak', stderr: 'leak' },
      'key: secret command c failed (exit code 3); run it by hand',
    ],
    [
      'a killed command',
      { command: ['c'] },
      { exitCode: null, signal: 'SIGSEGV' },
      'key: secret command c failed (SIGSEGV); run it by hand',
    ],
    ['a slow command', { command: ['c'] }, { timedOut: true }, 'key: secret command c took longer than 10 s'],
    [
      'a silent command',
      { command: ['c'] },
      { stdout: '\nlater' },
      'key: secret command c printed nothing in its first line',
    ],
  ])('says what is wrong with %s', async (_title, source, result, message) => {
    const failure = resolveSecrets({ key: source }, { env: { E: '' }, processes: answering(result) });
    await expect(failure).rejects.toMatchObject({ code: 'secret-unreadable', message });
  });

  it('says that a command is not there', async () => {
    const failure = resolveSecrets(
      { key: { command: ['/nowhere/c'] } },
      { env: {}, processes: nodeProcesses },
    );
    await expect(failure).rejects.toMatchObject({
      code: 'secret-unreadable',
      message: 'key: secret command /nowhere/c cannot be started',
    });
  });
});

describe('the loader', () => {
  it('reads every secret once and says which cannot be read', async () => {
    const workspace = new Workspace();
    workspace.write('open', 'x');
    chmodSync(workspace.path('open'), 0o644);
    workspace.write('empty', '\n');
    chmodSync(workspace.path('empty'), 0o600);
    workspace.write(
      'renewd.yaml',
      `${accounts.split('publishers')[0] ?? ''}  of: { type: open, token: { file: open } }
  em: { type: open, token: { file: empty } }
  va: { type: open, token: { file: "\${NOT_SET}/p" } }
keys: "\${NOT_SET}/keys"
publishers:
  ns: { type: zonefile, zones: [example.com], key: { secret: { command: [c] } } }
`,
    );
    const { diagnostics, configuration } = await workspace.load({
      readSecrets: true,
      env: { TOKEN: 'x' },
      processes: answering({ exitCode: 1 }),
    });
    expect(configuration).toBeUndefined();
    expect(diagnostics.map((one) => brief(one, workspace).replace(workspace.directory, '…'))).toEqual([
      'renewd.yaml:2:44 error environment variable PASSWORD is not set',
      'renewd.yaml:4:28 warning every user of this host can read secret file …/open (mode 0644)',
      'renewd.yaml:5:28 error secret file …/empty is empty',
      'renewd.yaml:6:28 error environment variable NOT_SET in the path of this secret is not set',
      'renewd.yaml:7:7 error environment variable NOT_SET is not set',
      'renewd.yaml:9:62 error secret command c failed (exit code 1); run it by hand',
    ]);
    expect(
      diagnostics.every(
        (one) => one.path === 'keys' || (one.text === undefined && one.excerpt === undefined),
      ),
    ).toBe(true);
  });

  it('looks at nothing outside of the files when told so', async () => {
    const workspace = new Workspace();
    workspace.write('renewd.yaml', `${accounts}keys: "\${NOT_SET}/keys"\n`);
    const { configuration } = await workspace.load({ readSecrets: false });
    expect(configuration?.keys).toBe(workspace.path(`\${NOT_SET}/keys`));
  });

  it('looks for trust anchors', async () => {
    const workspace = new Workspace();
    workspace.write('roots.pem', 'x');
    workspace.write(
      'renewd.yaml',
      `certificates:\n  - { name: a, names: [a.example.com], trustAnchors: [roots.pem, other.pem], crt: a }\n`,
    );
    const { diagnostics } = await workspace.load({ readSecrets: true });
    const path = 'certificates[0].trustAnchors[1]';
    expect(diagnostics.find((one) => one.path === path)).toMatchObject({
      line: 2,
      message: `cannot be read: ${workspace.path('other.pem')}`,
    });
  });

  it('says where a file is named for a directory, and the other way round', async () => {
    const workspace = new Workspace();
    workspace.write('file', 'x');
    workspace.write('dir/file', 'x');
    workspace.write(
      'renewd.yaml',
      `certificates:\n  - { name: a, names: [a.example.com], crt: dir, trustAnchors: [dir], deploy: [{ directory: file }] }\n`,
    );
    const { diagnostics } = await workspace.load({ readSecrets: true });
    const of = (key: string) => diagnostics.find(({ path }) => path === `certificates[0].${key}`)?.message;
    expect(of('crt')).toBe(`is a directory: ${workspace.path('dir')}`);
    expect(of('trustAnchors[0]')).toBe(`cannot be read: ${workspace.path('dir')}`);
    expect(of('deploy[0].directory')).toBe(`is a file: ${workspace.path('file')}`);
  });
});
