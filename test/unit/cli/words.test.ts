/** The command line itself: arguments, help, tables, what reaches a terminal. */
import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseCommandLine } from '../../../src/cli/arguments.ts';
import { commands, exitCodeHelp, globalOptions, goals, shownCommands } from '../../../src/cli/commands.ts';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { commandHelp, generalHelp } from '../../../src/cli/help.ts';
import { terminalOutput, type ColourWish } from '../../../src/cli/output.ts';
import { table } from '../../../src/cli/table.ts';
import { cut, pad, widthOf } from '../../../src/cli/width.ts';
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
    { argv: ['init', '--from', 'a', '--from=b'], names: [], options: { from: 'a\nb' } },
    { argv: ['plan', '--color', 'never'], names: [], options: { color: 'never' } },
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
    { argv: ['renew', 'a', '--wait'], message: /renew: --wait needs a value$/ },
    { argv: ['plan', '-c'], message: /plan: -c needs a value$/ },
    { argv: ['plan', '--json=yes'], message: /plan: --json takes no value$/ },
    { argv: ['-c', 'a.yaml', 'plan'], message: /behind the command: renewd COMMAND -c/ },
    { argv: ['plan', '-x'], message: /"-x"/ },
    { argv: ['run', '--json'], message: /"--json"/ },
    { argv: ['plan', '--color', 'pink'], message: /--color takes auto, always, never, not "pink"/ },
    { argv: ['comlete'], message: /did you mean "completions"|no command "comlete"$/ },
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
        // What a shell takes for itself is none of ours.
        const words = example.replace(/ > .*/, '').split(' ').slice(1);
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
    for (const { name, summary } of shownCommands)
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
    expect(general).not.toMatch(/^ {2}complete /m);
    for (const [, heading] of goals) expect(general).toMatch(new RegExp(`^${heading}:$`, 'm'));
    expect(general).toMatch(/1\. renewd quickstart[^]*2\. renewd init[^]*3\. renewd doctor/);
  });

  test.each([20, 40, 60, 80, 200])('help fits into %i columns', (columns) => {
    const texts = [generalHelp(columns), ...shownCommands.map((command) => commandHelp(command, columns))];
    // Usage, options and examples are one piece each: they are not broken where they would be mistyped.
    const lines = texts
      .flatMap((text) => text.split('\n'))
      .filter((line) => !/^Usage:|^ {2}(renewd|-| {4}--|\d\.)|--/.test(line));
    for (const line of lines.filter((one) => one.trim().includes(' ')))
      expect(widthOf(line)).toBeLessThanOrEqual(Math.max(columns, 36));
  });

  test('offers are closed lists without anything that a shell would expand, or names, or paths', () => {
    const offers = commands.flatMap((command) => [
      command.offers,
      ...command.options.map((option) => option.offers),
    ]);
    const words = offers.flatMap((offer) => (typeof offer === 'object' ? offer : []));
    expect(words.filter((word) => !/^[A-Za-z0-9-]+$/.test(word))).toEqual([]);
    expect(words.length).toBeGreaterThan(5);
  });
});

describe('tables', () => {
  const columns = [{ title: 'N' }, { title: 'TEXT', least: 20 }];
  const rows = [
    [{ text: 'a' }, { text: 'short' }],
    [{ text: 'longer' }, { text: 'x'.repeat(100) }],
  ];

  test('columns are as wide as their widest, one that may gives way', () => {
    const lines = table(columns, rows, 40);
    expect(lines[0]).toBe('N       TEXT');
    expect(lines[1]).toBe('a       short');
    expect(lines[2]).toBe(`longer  ${'x'.repeat(31)}…`);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  });

  test('where nobody looks at a screen everything is whole', () => {
    expect(table(columns, rows, Number.POSITIVE_INFINITY)[2]).toBe(`longer  ${'x'.repeat(100)}`);
  });

  test('what is least important goes first; no line is wider than the terminal', () => {
    const wide = [
      { title: 'NAME', least: 6 },
      { title: 'STATE' },
      { title: 'DUE', leaveOut: 1 },
      { title: 'NEXT', least: 10, leaveOut: 2 },
    ];
    const row = [['a-long-name', 'valid', '2026-12-01', 'waits for the provider']];
    const shown = (room: number) => {
      const lines = table(
        wide,
        row.map((cells) => cells.map((text) => ({ text }))),
        room,
      );
      for (const line of lines) expect(widthOf(line), String(room)).toBeLessThanOrEqual(room);
      return lines[1];
    };
    expect(shown(60)).toBe('a-long-name  valid  2026-12-01  waits for the provider');
    expect(shown(50)).toBe('a-long-name  valid  2026-12-01  waits for the pro…');
    expect(shown(37)).toBe('a-lon…  valid  2026-12-01  waits for…');
    expect(shown(36)).toBe('a-long-name  valid  2026-12-01');
    expect(shown(28)).toBe('a-long-n…  valid  2026-12-01'.slice(0, 28));
    expect(shown(18)).toBe('a-long-name  valid');
    expect(shown(13)).toBe('a-lon…  valid');
    expect(shown(9)).toBe('a-lon…  …'.slice(0, 9));
  });

  test('colour does not move columns', () => {
    const paint = (text: string) => `<${text}>`;
    const three = [{ title: 'A' }, { title: 'B' }, { title: 'C' }];
    expect(table(three, [[{ text: 'xy', paint }, { text: 'y' }, { text: 'z' }]], 80)[1]).toBe('<xy>  y  z');
    expect(table(three, [[{ text: 'x', paint }, { text: 'y' }], [{ text: 'long' }]], 80)[1]).toBe(
      '<x>     y',
    );
  });

  test('control characters of a provider do not reach the terminal', () => {
    const two = [{ title: 'A' }, { title: 'B' }];
    const [, line] = table(two, [[{ text: 'a\u001b[2Jb' }, { text: 'c\r\nd\u009b1m' }]], 80);
    expect(line).toBe('a [2Jb  c  d 1m');
  });

  test('no rows are a header', () => {
    expect(table([{ title: 'A' }, { title: 'B' }], [], 80)).toEqual(['A  B']);
  });
});

describe('the width of text', () => {
  test.each([
    ['', 0],
    ['shop', 4],
    ['Jürgen', 6],
    // Decomposed: letter and combining mark.
    ['Ju\u0308rgen', 6],
    ['証明書', 6],
    ['한국어', 6],
    ['ｆｕｌｌ', 8],
    ['e\u0301\u0302\u0303', 1],
    ['שלום', 4],
    ['🔒', 2],
    ['👩\u200d💻', 2],
    ['🇩🇪', 2],
    ['a\u200bb', 2],
    ['…', 1],
  ])('%j is %i', (text, width) => {
    expect(widthOf(text)).toBe(width);
    expect(widthOf(pad(text, 12))).toBe(12);
  });

  test.each([
    ['証明書', 6, '証明書'],
    ['証明書', 5, '証明…'],
    ['証明書', 4, '証…'],
    ['Ju\u0308rgen', 3, 'Ju\u0308…'],
    ['👩\u200d💻👩\u200d💻', 3, '👩\u200d💻…'],
    ['shop', 1, '…'],
  ])('%j cut to %i', (text, room, expected) => {
    expect(cut(text, room)).toBe(expected);
    expect(widthOf(cut(text, room))).toBeLessThanOrEqual(room);
  });
});

describe('a terminal', () => {
  function terminal(isTTY: boolean, env: Readonly<Record<string, string>> = {}, wish?: ColourWish) {
    const written: string[] = [];
    const stream = {
      isTTY,
      columns: 77,
      write: (text: string) => written.push(text),
    };
    return { output: terminalOutput(stream, stream, env, wish), written };
  }

  test.each<{ isTTY: boolean; env: Record<string, string>; wish?: ColourWish; coloured: boolean }>([
    { isTTY: true, env: {}, coloured: true },
    { isTTY: true, env: { NO_COLOR: '' }, coloured: true },
    { isTTY: true, env: { NO_COLOR: '1' }, coloured: false },
    { isTTY: true, env: { TERM: 'dumb' }, coloured: false },
    { isTTY: false, env: {}, coloured: false },
    { isTTY: false, env: { TERM: 'xterm' }, coloured: false },
    { isTTY: false, env: { FORCE_COLOR: '1' }, coloured: true },
    { isTTY: false, env: { FORCE_COLOR: '' }, coloured: false },
    { isTTY: true, env: { FORCE_COLOR: '0' }, coloured: false },
    { isTTY: false, env: { FORCE_COLOR: '1', NO_COLOR: '1' }, coloured: false },
    { isTTY: true, env: { NO_COLOR: '1' }, wish: 'always', coloured: true },
    { isTTY: false, env: {}, wish: 'always', coloured: true },
    { isTTY: true, env: { FORCE_COLOR: '1' }, wish: 'never', coloured: false },
    { isTTY: true, env: {}, wish: 'auto', coloured: true },
  ])('TTY $isTTY, $env, $wish: colour $coloured', ({ isTTY, env, wish, coloured }) => {
    const { output, written } = terminal(isTTY, env, wish);
    output.line(output.paint('bad', 'x'));
    expect(written).toEqual([coloured ? '\u001b[31mx\u001b[39m\n' : 'x\n']);
    expect(output.columns).toBe(isTTY ? 77 : Number.POSITIVE_INFINITY);
  });

  test('writes our colours and line feeds, and nothing else that steers it, colours of data neither', () => {
    const { output, written } = terminal(true);
    output.line(
      `${output.paint('good', 'o\u001b[1mk')}\tA\n\u001b[2J\u001b]0;title\u0007\r\u009b31m\u202e\u2028`,
    );
    output.error('\u001b[31mred\u001b[5mblink\u0000');
    expect(written).toEqual([
      '\u001b[32mo [1mk\u001b[39m\tA\n [2J ]0;title   31m  \n',
      ' [31mred [5mblink \n',
    ]);
  });

  test('JSON is JSON, whatever is in it', () => {
    const { output, written } = terminal(true);
    const text = '\u001b[2J\u009b31m\u202e\u007f';
    output.json({ at: new Date(0), text });
    expect(JSON.parse(written.join(''))).toEqual({ at: '1970-01-01T00:00:00.000Z', text });
    expect(written.join('')).not.toMatch(/[^\n -~]/);
  });

  test('progress is one line that the next output replaces; elsewhere it is nothing', () => {
    const { output, written } = terminal(true);
    output.progress('looking: 1 of 2');
    output.progress(`looking: 2 of 2 ${'x'.repeat(100)}`);
    output.line('done');
    output.progress('');
    expect(written).toEqual([
      'looking: 1 of 2',
      '\r\u001b[K',
      `looking: 2 of 2 ${'x'.repeat(59)}…`,
      '\r\u001b[K',
      'done\n',
    ]);
    const quiet = terminal(false);
    quiet.output.progress('looking');
    expect(quiet.written).toEqual([]);
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
