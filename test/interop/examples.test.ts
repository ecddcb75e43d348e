/** Every command of the pages and of the help is run, in an order that makes sense, against the sandbox. */
import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { commands } from '../../src/cli/commands.ts';
import { startFullSandbox } from '../../src/sandbox/start.ts';
import { sandboxAccount, sandboxConfiguration, sandboxSecrets } from '../builders/sandbox-configuration.ts';
import { documentedCommands } from '../docs/pages.ts';
import { createClosers, runRenewd } from './processes.ts';

/** By the first word, in this order; the same word in the order of its lines. */
const order = [
  'completions',
  'complete',
  'check',
  'doctor',
  'plan',
  'once',
  'renew',
  'status',
  'history',
  'approvers',
  'resend',
  'notify',
  'provider',
  'backup',
  'restore',
  'resolve',
  'revoke',
  'compromise',
] as const;
/** They stay until they are stopped, start all of it, or write a world of their own: cli.test.ts and init.test.ts do that. */
const elsewhere: ReadonlySet<string> = new Set(['run', 'sandbox', 'quickstart', 'help', 'init']);

/** What ends otherwise than well in this world, and how. */
const otherwise: readonly (readonly [RegExp, number, RegExp])[] = [
  [/^once$/, 10, /shop: create is served/],
  [/^renew shop/, 10, /shop is served/],
  [/^resend/, 2, /no order of shop waits for validation/],
  [/^restore/, 1, /move it away first/],
  [/^resolve/, 0, /nothing was blocked, and the word was dropped/],
  [/^revoke/, 10, /took the revocation/],
  [/^compromise shop --yes/, 10, /is served/],
];

const closers = createClosers();
let directory = '';
let configPath = '';
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'renewd-examples-'));
  closers.add(() => rmSync(directory, { recursive: true, force: true }));
  const sandbox = await startFullSandbox({
    clock: { now: () => new Date() },
    zones: ['example.test'],
    tickMs: 50,
  });
  closers.add(() => sandbox.close());
  const hook = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => {
    hook.listen(0, '127.0.0.1', resolve);
  });
  closers.add(() => hook.close());
  const address = hook.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  configPath = join(directory, 'renewd.yaml');
  writeFileSync(join(directory, 'word'), 'a secret of 32 characters or more', { mode: 0o600 });
  writeFileSync(
    configPath,
    stringify({
      ...sandboxConfiguration(sandbox, 'example.test'),
      providers: { cnr: { ...sandboxAccount(sandbox), spend: { ordersPerDay: 5 } } },
      notices: Object.fromEntries(
        ['team', 'pager'].map((name) => [
          name,
          { type: 'webhook', url: `http://127.0.0.1:${port}/`, secret: { file: 'word' } },
        ]),
      ),
      certificates: [
        {
          name: 'shop',
          names: ['shop.example.test'],
          provider: 'cnr',
          product: 'ssl123dv',
          deploy: [{ directory: 'tls/shop' }],
        },
      ],
    }),
  );
});

afterAll(() => closers.close());

function examples(): readonly string[] {
  const ofHelp = commands.flatMap(({ examples: lines }) => lines.map((line) => line.replace(/^renewd /, '')));
  const all = [...documentedCommands().map(([line]) => line), ...ofHelp].map((line) =>
    line.replace(/ -c \S+/, '').replace(/ >.*$/, ''),
  );
  const rank = (line: string): number => order.findIndex((word) => line.split(' ')[0] === word);
  return [...new Set(all)].toSorted((one, other) => rank(one) - rank(other));
}

test('every command is run here or started elsewhere', () => {
  const words = new Set(examples().map((line) => line.split(' ')[0] ?? ''));
  expect([...words].filter((word) => !elsewhere.has(word) && !order.some((known) => known === word))).toEqual(
    [],
  );
});

test.each(examples().filter((line) => !elsewhere.has(line.split(' ')[0] ?? '')))(
  'renewd %s',
  async (line) => {
    const inPlace = line.replaceAll('/var/backups', directory);
    const { code, stdout, stderr } = await runRenewd([...inPlace.split(/\s+/), '-c', configPath], {
      env: sandboxSecrets,
      timeoutMs: 90_000,
    });
    const told = `${stdout}${stderr}`;
    const [, wanted, words] = otherwise.find(([pattern]) => pattern.test(line)) ?? [null, 0, /(?:)/];
    expect(told).toMatch(words);
    expect(code, told).toBe(wanted);
  },
);
