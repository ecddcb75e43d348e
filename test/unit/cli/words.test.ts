/** The command line itself: arguments, help, tables, what reaches a terminal. */
import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseCommandLine } from '../../../src/cli/arguments.ts';
import { commands, exitCodeHelp, globalOptions } from '../../../src/cli/commands.ts';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { commandHelp, generalHelp } from '../../../src/cli/help.ts';
import { terminalOutput } from '../../../src/cli/output.ts';
import { table } from '../../../src/cli/table.ts';
import { version } from '../../../src/core/version.ts';
import { main } from '../../../src/main.ts';

const usage = (message: RegExp) =>
  expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) });

describe('arguments', () => {
  test.each([
    { argv: ['run'], names: [], options: {} },
    { argv: ['run', '-c', 'x.yaml'], names: [], options: { config: 'x.yaml' } },
    { argv: ['run', '--config=x.yaml'], names: [], options: { config: 'x.yaml' } },
    {
      argv: ['renew', 'shop', '--reissue', '--new-key', '--wait', '2m', '--json'],
      names: ['shop'],
      options: { reissue: true, 'new-key': true, wait: '2m', json: true },
    },
    { argv: ['plan', 'a', 'b', '--offline'], names: ['a', 'b'], options: { offline: true } },
    { argv: ['renew', '--', '-odd-name'], names: ['-odd-name'], options: {} },
    { argv: ['renew', '--help'], names: [], options: { help: true } },
    { argv: ['history', 'shop', '--limit', '5'], names: ['shop'], options: { limit: '5' } },
  ])('$argv', ({ argv, names, options }) => {
    const invocation = parseCommandLine(argv);
    expect(invocation.command.name).toBe(argv[0]);
    expect(invocation.names).toEqual(names);
    expect(invocation.options).toEqual(options);
  });

  test.each([
    { argv: ['staus'], message: /no command "staus"; did you mean "status"\?/ },
    { argv: ['xyzzyplugh'], message: /no command "xyzzyplugh"$/ },
    { argv: [''], message: /no command ""/ },
    { argv: ['toString'], message: /no command "toString"/ },
    { argv: ['renew'], message: /needs NAME/ },
    { argv: ['renew', 'a', 'b'], message: /does not take "b"/ },
    { argv: ['run', 'a'], message: /does not take "a"/ },
    { argv: ['renew', 'a', '--reisue'], message: /"--reisue".*did you mean "--reissue"\?/ },
    { argv: ['renew', 'a', '--wait'], message: /"--wait"/ },
    { argv: ['plan', '--json=yes'], message: /"--json/ },
    { argv: ['plan', '-x'], message: /"-x"/ },
    { argv: ['run', '--json'], message: /"--json"/ },
  ])('$argv is refused', ({ argv, message }) => {
    expect(() => parseCommandLine(argv)).toThrow(usage(message));
  });
});

describe('the table of commands', () => {
  test('is that of the implementations', () => {
    const text = readFileSync('src/main.ts', 'utf8');
    const block = /implementations[^{]*\{([\s\S]*?)\n\};/.exec(text)?.[1] ?? '';
    const implemented = [...block.matchAll(/^ {2}(\w+): async/gm)].map(([, name]) => name);
    expect(new Set(implemented)).toEqual(new Set(commands.map(({ name }) => name)));
  });

  test('every example is a command line that is understood', () => {
    for (const { name, examples } of commands) {
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) {
        const words = example.split(' ').slice(1);
        expect(parseCommandLine(words).command.name).toBe(name);
      }
    }
  });

  test('no option is there twice, none lacks its words', () => {
    for (const { options, summary, detail } of commands) {
      const flags = [...options, ...globalOptions].flatMap(({ flag, short }) =>
        short === undefined ? [flag] : [flag, short],
      );
      expect(new Set(flags).size).toBe(flags.length);
      expect(summary).not.toMatch(/\.$/);
      expect(detail).toMatch(/\.$/);
      for (const { type, value, help } of options) {
        expect(help).not.toBe('');
        expect(value === undefined).toBe(type === 'boolean');
      }
    }
  });

  test('help names every command, option and exit code', () => {
    const general = generalHelp();
    for (const { name, summary } of commands)
      expect(general).toMatch(new RegExp(`^  ${name} .*${summary.slice(0, 12)}`, 'm'));
    for (const command of commands) {
      const text = commandHelp(command);
      for (const { flag } of [...command.options, ...globalOptions]) expect(text).toContain(`--${flag}`);
      for (const example of command.examples) expect(text).toContain(example);
    }
    expect(new Set(exitCodeHelp.map(([code]) => code))).toEqual(new Set<number>(Object.values(exitCodes)));
    for (const [code, meaning] of exitCodeHelp)
      expect(general).toMatch(new RegExp(`^ {2}${code} +${meaning}$`, 'm'));
    expect(general).not.toContain('undefined');
  });
});

describe('tables', () => {
  const rows = [
    [{ text: 'a' }, { text: 'short' }],
    [{ text: 'longer' }, { text: 'x'.repeat(100) }],
  ];

  test('columns are as wide as their widest, the last is cut to the terminal', () => {
    const lines = table(['N', 'TEXT'], rows, 40);
    expect(lines[0]).toBe('N       TEXT');
    expect(lines[1]).toBe('a       short');
    expect(lines[2]).toBe(`longer  ${'x'.repeat(31)}…`);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  });

  test('a narrow terminal still shows the beginning', () => {
    expect(table(['N', 'TEXT'], rows, 5)[2]).toBe(`longer  ${'x'.repeat(19)}…`);
  });

  test('colour does not move columns', () => {
    const paint = (text: string) => `<${text}>`;
    expect(table(['A', 'B', 'C'], [[{ text: 'x', paint }, { text: 'y' }, { text: 'z' }]], 80)[1]).toBe(
      '<x>  y  z',
    );
  });

  test('control characters of a provider do not reach the terminal', () => {
    const [, line] = table(['A', 'B'], [[{ text: 'a\u001b[2Jb' }, { text: 'c\r\nd\u009b1m' }]], 80);
    expect(line).toBe('a [2Jb  c  d 1m');
  });

  test('no rows are a header', () => {
    expect(table(['A', 'B'], [], 80)).toEqual(['A  B']);
  });
});

describe('a terminal', () => {
  function terminal(isTTY: boolean, env: Readonly<Record<string, string>> = {}) {
    const written: string[] = [];
    const stream = {
      isTTY,
      columns: 77,
      write: (text: string) => written.push(text),
    };
    return { output: terminalOutput(stream, stream, env), written };
  }

  test.each([
    { isTTY: true, env: {}, coloured: true },
    { isTTY: true, env: { NO_COLOR: '' }, coloured: true },
    { isTTY: true, env: { NO_COLOR: '1' }, coloured: false },
    { isTTY: true, env: { TERM: 'dumb' }, coloured: false },
    { isTTY: false, env: {}, coloured: false },
    { isTTY: false, env: { TERM: 'xterm' }, coloured: false },
  ])('TTY $isTTY, $env: colour $coloured', ({ isTTY, env, coloured }) => {
    const { output } = terminal(isTTY, env);
    expect(output.paint('bad', 'x')).toBe(coloured ? '\u001b[31mx\u001b[39m' : 'x');
    expect(output.columns).toBe(isTTY ? 77 : 120);
  });

  test('keeps our colours and line feeds, and nothing else that steers it', () => {
    const { output, written } = terminal(true);
    output.line(`${output.paint('good', 'ok')}\tA\n\u001b[2J\u001b]0;title\u0007\r\u009b31m\u202e`);
    output.error('\u001b[31mred\u001b[5mblink');
    expect(written).toEqual([
      '\u001b[32mok\u001b[39m\tA\n [2J ]0;title   31m \n',
      '\u001b[31mred [5mblink\n',
    ]);
  });

  test('JSON is JSON, whatever is in it', () => {
    const { output, written } = terminal(false);
    output.json({ at: new Date(0), text: '\u001b[2J' });
    expect(JSON.parse(written.join(''))).toEqual({ at: '1970-01-01T00:00:00.000Z', text: '\u001b[2J' });
    expect(written.join('')).not.toContain('\u001b');
  });
});

describe('the entry', () => {
  async function run(...argv: readonly string[]) {
    const written = { out: '', err: '' };
    const out = vi
      .spyOn(process.stdout, 'write')
      .mockImplementation((text) => ((written.out += String(text)), true));
    const err = vi
      .spyOn(process.stderr, 'write')
      .mockImplementation((text) => ((written.err += String(text)), true));
    onTestFinished(() => (out.mockRestore(), err.mockRestore(), undefined));
    const code = await main(argv);
    out.mockRestore();
    err.mockRestore();
    return { code, ...written };
  }

  test.each(['version', '--version', '-v'])('%s', async (word) => {
    expect(await run(word)).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test('no word at all is wrong usage, with the help', async () => {
    expect(await run()).toMatchObject({ code: 2, out: expect.stringContaining('Usage:') });
  });

  test.each(['help', '--help', '-h'])('%s', async (word) => {
    expect(await run(word)).toMatchObject({ code: 0, out: expect.stringContaining('Exit codes:'), err: '' });
  });

  test('help about a command, both ways', async () => {
    expect((await run('help', 'renew')).out).toBe((await run('renew', '--help')).out);
  });

  test('a wrong word is one line, a remedy and exit code 2', async () => {
    const { code, out, err } = await run('staus');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^renewd: there is no command "staus"; did you mean "status"\?\n.*\[usage\]\n$/);
  });

  test('a configuration that is not there is exit code 1, without a stack', async () => {
    const { code, err } = await run('status', '-c', '/nowhere/renewd.yaml');
    expect(code).toBe(1);
    expect(err).toContain('/nowhere/renewd.yaml');
    expect(err).toContain('[config-invalid]');
    expect(err).not.toMatch(/\n +at /);
  });
});
