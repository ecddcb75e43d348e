/** The completions in the shells themselves: what the tabulator offers after the words typed so far. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shownCommands } from '../../src/cli/commands.ts';
import { bashCompletions } from '../../src/cli/completions/bash.ts';
import { fishCompletions } from '../../src/cli/completions/fish.ts';
import { zshCompletions } from '../../src/cli/completions/zsh.ts';
import { passedOn, renewdProgram, runRenewd, shouldSkip } from './processes.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'renewd-shells-'));
  writeFileSync(
    join(directory, 'renewd.yaml'),
    `providers:
  cnr: { type: rrpproxy, login: x, password: { env: X } }
publishers: { web: { type: webroot, path: /var/www/html } }
certificates:
${['shop', 'shop-old', 'mail']
  .map(
    (name) =>
      `  - { name: ${name}, names: [${name}.example.com], provider: cnr, product: ssl123dv, dcv: { method: file }, deploy: [{ directory: tls/${name} }] }`,
  )
  .join('\n')}
`,
  );
  const program = join(directory, 'renewd');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${renewdProgram}' "$@"\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(directory, 'bash'), bashCompletions());
  writeFileSync(join(directory, '_renewd'), zshCompletions());
  writeFileSync(join(directory, 'renewd.fish'), fishCompletions());
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function inShell(program: string, parameters: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { PATH = '', ...rest } = passedOn();
  const { status, stdout, stderr, error } = spawnSync(program, parameters, {
    cwd: directory,
    env: {
      ...rest,
      PATH: `${directory}:${PATH}`,
      HOME: directory,
      TERM: 'dumb',
      LC_ALL: 'C.UTF-8',
      RENEWD_CONFIG: join(directory, 'renewd.yaml'),
      ...env,
    },
    encoding: 'utf8',
    timeout: 90_000,
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

function missing(program: string): string | undefined {
  return spawnSync(program, ['--version']).error === undefined ? undefined : `${program} is not installed`;
}

const names = shownCommands.map(({ name }) => name);
const wordsOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();

/** The same in every shell: what is typed, the last word unfinished, and what is offered. */
const cases: readonly { readonly typed: string; readonly offers: readonly string[] }[] = [
  { typed: 'renewd ', offers: [...names, 'help', 'version'] },
  { typed: 'renewd st', offers: ['status'] },
  { typed: 'renewd re', offers: names.filter((name) => name.startsWith('re')) },
  { typed: 'renewd compl', offers: ['completions'] },
  { typed: 'renewd help doc', offers: ['doctor'] },
  { typed: 'renewd completions ', offers: ['bash', 'fish', 'zsh'] },
  { typed: 'renewd renew --re', offers: ['--reissue', '--renew'] },
  { typed: 'renewd revoke mail --reason key', offers: ['keyCompromise'] },
  { typed: 'renewd status sh', offers: ['shop', 'shop-old'] },
  { typed: 'renewd provider c', offers: ['cnr'] },
  { typed: 'renewd status -c elsewhere.yaml ', offers: [] },
];

describe.skipIf(shouldSkip('completions.test.ts', missing('bash')))('bash', () => {
  function offered(typed: string): readonly string[] {
    const script = `
      source "$1"; shift
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
      _renewd
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    // As readline splits: "=" is a word of its own.
    const words = typed
      .split(' ')
      .flatMap((word) =>
        word.split(/(=)/).filter((part, at) => at === 0 || part !== '' || word.endsWith('=')),
      );
    const { stdout, stderr } = inShell('bash', [
      '--norc',
      '--noprofile',
      '-c',
      script,
      'bash',
      join(directory, 'bash'),
      ...words,
    ]);
    expect(stderr).toBe('');
    return wordsOf(stdout);
  }

  test.for(cases)('$typed', ({ typed, offers }) => {
    expect(offered(typed)).toEqual(offers.toSorted());
  });

  test('an option with its value in one word, and files', () => {
    expect(offered('renewd --color=al')).toEqual([]);
    expect(offered('renewd plan --color=al')).toEqual(['always']);
    expect(offered('renewd check -c ren')).toEqual(['renewd', 'renewd.fish', 'renewd.yaml']);
    expect(offered(`renewd status --config=${directory}/renewd.yaml ma`)).toEqual(['mail']);
  });

  test('is registered for renewd', () => {
    const { stdout } = inShell('bash', ['--norc', '-c', `source ${directory}/bash; complete -p renewd`]);
    expect(stdout.trim()).toBe('complete -F _renewd renewd');
  });
});

describe.skipIf(shouldSkip('completions.test.ts', missing('fish')))('fish', () => {
  function offered(typed: string): readonly string[] {
    const script = `source ${directory}/renewd.fish; complete -C "${typed}"`;
    const { stdout, stderr } = inShell('fish', ['--no-config', '-c', script]);
    expect(stderr).toBe('');
    return wordsOf(stdout.replaceAll(/\t.*$/gm, ''));
  }

  test.for(cases)('$typed', ({ typed, offers }) => {
    expect(offered(typed)).toEqual(offers.toSorted());
  });

  test('files where a file is wanted', () => {
    expect(offered('renewd check -c ren')).toContain('renewd.yaml');
    expect(offered(`renewd status --config=${directory}/renewd.yaml ma`)).toEqual(['mail']);
  });
});

describe.skipIf(shouldSkip('completions.test.ts', missing('zsh')))('zsh', () => {
  /** compadd tells what it was given: that is what the tabulator would offer, before it is shown. */
  const capture = (typed: string): string => `
    zmodload zsh/zpty
    zpty z zsh -f -i
    zpty -w z "PS1= ; fpath=(${directory} \\$fpath); autoload -Uz compinit; compinit -u -D"
    zpty -w z "zstyle ':completion:*' list-grouped false; zstyle ':completion:*' completer _complete; LISTMAX=1000; setopt nolistbeep"
    zpty -w z 'compadd() { if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi; typeset -a __hits; builtin compadd -A __hits "$@"; (( $#__hits )) && print -rl -- "HIT:"\${^__hits}; builtin compadd "$@" }'
    zpty -w z 'finish() { print -r -- "DO""NE" }; zle -N finish; bindkey "^X" finish; bindkey "^I" complete-word; print -r -- "REA""DY"'
    while zpty -r z line; do [[ $line == *READY* ]] && break; done
    zpty -n -w z ${JSON.stringify(typed)}$'\\t\\x18'
    while zpty -r z line; do print -r -- $line; [[ $line == *DONE* ]] && break; done
    zpty -d z`;

  function offered(typed: string): readonly string[] {
    const { stdout } = inShell('zsh', ['-f', '-c', capture(typed)]);
    return [...new Set([...stdout.matchAll(/HIT:([^\r\n]+)/g)].map(([, word = '']) => word))].toSorted();
  }

  test.for(cases)('$typed', ({ typed, offers }) => {
    expect(offered(typed)).toEqual(offers.toSorted());
  });

  test('can be sourced as well', () => {
    const script = `autoload -Uz compinit; compinit -u -D; source ${directory}/_renewd; print -r -- $_comps[renewd]`;
    expect(inShell('zsh', ['-f', '-c', script])).toMatchObject({ stdout: '_renewd\n', stderr: '' });
  });
});

test('the scripts are what the command prints; a broken configuration offers nothing and says nothing', async () => {
  for (const [shell, script] of [
    ['bash', bashCompletions()],
    ['zsh', zshCompletions()],
    ['fish', fishCompletions()],
  ] as const)
    expect(await runRenewd(['completions', shell])).toMatchObject({
      code: 0,
      stdout: `${script}\n`,
      stderr: '',
    });
  expect(await runRenewd(['completions', 'bsh'])).toMatchObject({ code: 2, stdout: '' });
  writeFileSync(join(directory, 'broken.yaml'), 'certificates: [');
  const broken = await runRenewd(['complete', 'certificates', '-c', join(directory, 'broken.yaml')]);
  expect(broken).toMatchObject({ code: 0, stdout: '', stderr: '' });
});
