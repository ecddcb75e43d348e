/** Every command as a process of its own, as a shell or a timer starts it: output, exit code, and what is left behind. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { shownCommands } from '../../src/cli/commands.ts';
import { version } from '../../src/core/version.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { sandboxAccounts, sandboxTsigKey, startFullSandbox } from '../../src/sandbox/start.ts';
import { freePort } from '../builders/free-port.ts';
import { sandboxAccount, sandboxConfiguration, sandboxSecrets } from '../builders/sandbox-configuration.ts';
import {
  createClosers,
  inCi,
  renewdProgram,
  runRenewd,
  start,
  startRenewd,
  until,
  type Finished,
} from './processes.ts';
import { fingerprintOf } from './seeds.ts';

// eslint-disable-next-line no-control-regex
const escapes = /\u001b/;
/** Without a terminal nothing is ever coloured, and no answer holds a secret. */
async function renewd(parameters: readonly string[], cwd?: string): Promise<Finished> {
  const finished = await runRenewd(parameters, {
    env: sandboxSecrets,
    timeoutMs: 60_000,
    ...(cwd === undefined ? {} : { cwd }),
  });
  expect(finished.stdout + finished.stderr).not.toMatch(escapes);
  for (const secret of Object.values(sandboxSecrets))
    expect(finished.stdout + finished.stderr).not.toContain(secret);
  return finished;
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'renewd-cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

/** Processes of this machine whose command line holds the text. */
function processesWith(text: string): readonly string[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(text) ? [line] : [];
      } catch {
        // It ended while we were looking.
        return [];
      }
    });
}

describe('what needs no configuration', () => {
  test('help lists every command, and tells about each', async () => {
    const help = await renewd(['help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const { name } of shownCommands) expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect((await renewd(['--help'])).stdout).toBe(help.stdout);
    const without = await renewd([]);
    expect(without).toMatchObject({ code: 2, stdout: help.stdout });

    const about = await renewd(['help', 'renew']);
    expect(about).toMatchObject({ code: 0, stderr: '' });
    expect(about.stdout).toMatch(/^Usage: renewd renew NAME \[options\]$/m);
    expect(about.stdout).toContain('--reissue');
    expect((await renewd(['renew', '--help'])).stdout).toBe(about.stdout);
    const wrong = await renewd(['help', 'renwe']);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('did you mean "renew"?');
  });

  test('the version', async () => {
    for (const word of ['version', '--version', '-v'])
      expect(await renewd([word])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.for([
    [['statsu'], 'there is no command "statsu"; did you mean "status"?'],
    [['plan', '--jsno'], 'renewd plan does not know "--jsno"; did you mean "--json"?'],
    [['history'], 'renewd history needs NAME'],
    [['renew', 'a', 'b'], 'renewd renew does not take "b"'],
    [['sandbox', '--port', 'high'], '--port takes a number from 0 to 65535'],
  ] as const)('wrong usage: %j', async ([parameters, words]) => {
    const finished = await renewd(parameters);
    expect(finished).toMatchObject({ code: 2, stdout: '' });
    expect(finished.stderr).toMatch(/^renewd: .+\n {8}.+ \[usage\]\n$/);
    expect(finished.stderr).toContain(words);
  });

  test('a configuration that is not there', async () => {
    for (const word of ['check', 'run', 'plan', 'status', 'once']) {
      const finished = await renewd([word, '-c', join(newDirectory(), 'none.yaml')]);
      expect(finished.code, word).toBe(1);
      expect(finished.stdout + finished.stderr, word).toContain('none.yaml');
    }
  });

  test('an old Node is told in one line', async () => {
    const candidates = ['/usr/bin', '/usr/local/bin', ...(process.env['PATH'] ?? '').split(delimiter)]
      .filter((directory) => directory !== '' && !directory.includes('node_modules'))
      .map((directory) => join(directory, 'node'));
    const old = candidates.find((path) => {
      const major = Number(/^v(\d+)/.exec(spawnSync(path, ['--version']).stdout?.toString() ?? '')?.[1]);
      return major >= 18 && major < 24;
    });
    if (old === undefined) {
      process.stderr.write('skipped: an old Node is told in one line: this machine has none\n');
      return;
    }
    const finished = await start(old, [renewdProgram, 'check']).ended;
    expect(finished).toMatchObject({ code: 1, stdout: '' });
    expect(finished.stderr).toMatch(/^renewd needs Node\.js 24\.15 or newer, this is \d[^\n]+\n$/);
  });
});

describe('with a configuration', () => {
  const closers = createClosers();
  let directory: string;
  let sandbox: Sandbox;
  let configPath: string;
  const on = (...parameters: string[]): Promise<Finished> => renewd([...parameters, '-c', configPath]);
  const leaf = (): string => fingerprintOf(readFileSync(join(directory, 'tls/shop/cert.pem')));

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'renewd-cli-'));
    closers.add(() => rmSync(directory, { recursive: true, force: true }));
    sandbox = await startFullSandbox({
      clock: { now: () => new Date() },
      zones: ['example.test'],
      tickMs: 50,
    });
    closers.add(() => sandbox.close());
    const account = sandboxAccount(sandbox);
    configPath = join(directory, 'renewd.yaml');
    writeFileSync(
      configPath,
      stringify({
        ...sandboxConfiguration(sandbox, 'example.test'),
        providers: {
          cnr: { ...account, spend: { ordersPerDay: 1, perMonth: 100 } },
          poor: { ...account, spend: { ordersPerDay: 0 } },
        },
        defaults: { product: 'ssl123dv', provider: 'cnr' },
        certificates: [{ name: 'shop', names: ['shop.example.test'], deploy: [{ directory: 'tls/shop' }] }],
      }),
    );
  });

  afterAll(async () => {
    await closers.close();
  });

  test('check: right, wrong, and for machines', async () => {
    const good = await on('check');
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(good.stdout).toContain('is right: 1 certificate(s)');
    const json = await on('check', '--json');
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toEqual({
      valid: true,
      file: configPath,
      certificates: 1,
      diagnostics: [],
    });

    const broken = join(newDirectory(), 'broken.yaml');
    writeFileSync(broken, 'shedule: "* * * * *"\ncertificates:\n  - name: shop\n    names: [shop_example]\n');
    const bad = await renewd(['check', '-c', broken]);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatch(/broken\.yaml:1:1.*/);
    expect(bad.stdout).toContain('schedule');
    expect(bad.stdout).toMatch(/broken\.yaml:4:/);
    const badJson = await renewd(['check', '-c', broken, '--json']);
    expect(badJson).toMatchObject({ code: 1, stderr: '' });
    const {
      valid,
      diagnostics,
    }: {
      valid: boolean;
      diagnostics: { line: number; severity: string }[];
    } = JSON.parse(badJson.stdout);
    expect(valid).toBe(false);
    expect(diagnostics.filter(({ severity }) => severity === 'error').length).toBeGreaterThanOrEqual(2);
    // Nothing runs on it.
    const run = await renewd(['run', '-c', broken]);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain('broken.yaml:1:1');
  });

  test('plan says what would be done and what it costs, and does nothing', async () => {
    const plan = await on('plan');
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    expect(plan.stdout).toMatch(/^shop +create +now +42\.00 EUR /m);
    expect(plan.stdout).toContain('To be paid now: 42.00 EUR');
    const json: object = JSON.parse((await on('plan', 'shop', '--json', '--offline')).stdout);
    expect(json).toMatchObject({
      certificates: [{ name: 'shop', action: 'create', price: null, priceUnknown: 'not asked' }],
    });
    expect(sandbox.vendors.get('rrpproxy')?.simulator.invoices()).toEqual([]);
    const unknown = await on('plan', 'shpo');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('did you mean "shop"?');
  });

  test('once renews and says so by its exit code; once more there is nothing to do', async () => {
    const first = await on('once');
    expect(first.code).toBe(10);
    expect(first.stdout).toBe('shop: create is served\n');
    expect(sandbox.vendors.get('rrpproxy')?.simulator.invoices()).toHaveLength(1);
    const second = await on('once', '--json');
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toEqual({ renewals: [], blocked: [] });
    expect((await on('once')).stdout).toBe('nothing to do\n');
    expect(sandbox.dns.records('_dnsauth.shop.example.test', 'TXT')).toEqual([]);
  }, 120_000);

  test('status: the table, one in detail, and for machines', async () => {
    const table = await on('status');
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout).toMatch(/^NAME +STATE +NOT AFTER/);
    expect(table.stdout).toMatch(/^shop +served +20\d\d-/m);
    const one = await on('status', 'shop');
    expect(one.stdout).toMatch(/^ {2}names +shop\.example\.test$/m);
    expect(JSON.parse((await on('status', '--json')).stdout)).toMatchObject({
      certificates: [{ name: 'shop', decision: { action: 'none' }, renewal: { state: 'served' } }],
      openRenewals: [],
    });
  });

  test('history prints what was done, oldest first', async () => {
    const told = await on('history', 'shop');
    expect(told).toMatchObject({ code: 0, stderr: '' });
    const at = ['begin', 'submit create', 'awaiting-dcv', 'issued', 'verified', 'deployed', 'served'].map(
      (subject) => told.stdout.indexOf(` ${subject} `),
    );
    expect(at.every((place) => place > 0)).toBe(true);
    expect(at.toSorted((a, b) => a - b)).toEqual(at);
    const {
      entries,
    }: {
      entries: { subject: string }[];
    } = JSON.parse((await on('history', 'shop', '--json', '--limit', '2')).stdout);
    expect(entries).toHaveLength(2);
    expect(entries.at(-1)?.subject).toBe('served');
    expect((await on('history', 'nobody')).stdout).toContain('nothing has been done for "nobody" yet');
    expect((await on('history', 'shop', '--limit', '0')).code).toBe(2);
  });

  test('backup copies what restore puts where nothing is', async () => {
    const copy = join(directory, 'copy');
    const made = await on('backup', copy);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/copy: the store \(\d+ bytes\) and 1 key\(s\), as at 20/);
    expect((await on('backup', copy)).stderr).toContain('[backup-unusable]');
    expect((await on('restore', copy)).stderr).toContain('exists; stop renewd and move it away first');
    const elsewhere = join(directory, 'elsewhere.yaml');
    writeFileSync(
      elsewhere,
      readFileSync(configPath, 'utf8')
        .replace('renewd.db', 'elsewhere/renewd.db')
        .replace(/^keys: .*$/m, 'keys: elsewhere/keys'),
    );
    const restored = await renewd(['restore', copy, '-c', elsewhere, '--json']);
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(restored.stdout)).toMatchObject({ keys: 1, keysWritten: 1 });
    const told = await renewd(['history', 'shop', '-c', elsewhere]);
    expect(told.stdout).toBe((await on('history', 'shop')).stdout);
    expect((await renewd(['history', '--verify', '-c', elsewhere])).code).toBe(0);
  });

  test('renew without a daemon does it itself and shows the steps', async () => {
    const before = leaf();
    const renewed = await on('renew', 'shop', '--reissue', '--new-key');
    expect(renewed).toMatchObject({ code: 10, stderr: '' });
    const subjects = renewed.stdout.split('\n').map((line) => line.split(/ +/)[1]);
    expect(subjects).toEqual(expect.arrayContaining(['begin', 'awaiting-dcv', 'issued', 'served']));
    expect(renewed.stdout).toMatch(/\nshop is served\n$/);
    expect(leaf()).not.toBe(before);
    expect(sandbox.vendors.get('rrpproxy')?.simulator.invoices()).toHaveLength(1);
    expect((await on('renew', 'shop', '--reissue', '--renew')).code).toBe(2);
  });

  test('a spending limit blocks visibly, and resolve takes a person’s word', async () => {
    const path = join(directory, 'poor.yaml');
    writeFileSync(
      path,
      readFileSync(configPath, 'utf8') +
        '  - { name: club, names: [club.example.test], provider: poor, product: ssl123dv, deploy: [{ directory: tls/club }] }\n',
    );
    const onPoor = (...parameters: string[]): Promise<Finished> => renewd([...parameters, '-c', path]);
    const blocked = await onPoor('once', '--wait', '20s');
    expect(blocked.code).toBe(11);
    expect(blocked.stdout).toContain('club: create is blocked');
    expect((await onPoor('status')).code).toBe(11);
    expect((await onPoor('plan')).code).toBe(11);
    expect((await onPoor('resolve', 'club')).code).toBe(2);
    expect((await onPoor('resolve', 'club', '--none', '--cancel')).code).toBe(2);
    const cancelled = await onPoor('resolve', 'club', '--cancel', '--wait', '20s');
    expect(cancelled).toMatchObject({ code: 0, stderr: '' });
    expect(cancelled.stdout).toContain('decided: given up');
    const {
      entries,
    }: {
      entries: { subject: string; text: string }[];
    } = JSON.parse((await onPoor('history', 'club', '--json')).stdout);
    expect(entries.find(({ text }) => text.includes('decided: given up'))?.subject).toBe('failed');
    expect(sandbox.vendors.get('rrpproxy')?.simulator.invoices()).toHaveLength(1);
    // Settled: nobody is asked any more.
    const after = await onPoor('resolve', 'shop', '--none', '--wait', '0s', '--json');
    expect(JSON.parse(after.stdout)).toEqual({ certificate: 'shop', requested: true });
  }, 120_000);

  test('revoke wants a reason and a word, then revokes', async () => {
    expect((await on('revoke', 'shop')).code).toBe(2);
    expect((await on('revoke', 'shop', '--reason', 'superseded')).stderr).toContain('--yes');
    expect(sandbox.ca.revocations()).toEqual([]);
    const revoked = await on('revoke', 'shop', '--reason', 'superseded', '--yes', '--json');
    expect(revoked).toMatchObject({ code: 10, stderr: '' });
    expect(JSON.parse(revoked.stdout)).toMatchObject({ certificate: 'shop', revoked: true });
    await until('the CA knows', 60_000, () => sandbox.ca.revocations().length === 1);
  });

  test('colour is for terminals, and not with NO_COLOR', async () => {
    if (spawnSync('script', ['--version']).error !== undefined) {
      const reason = 'script (Debian package bsdutils) is not installed';
      if (inCi) throw new Error(reason);
      process.stderr.write(`skipped: colour is for terminals: ${reason}\n`);
      return;
    }
    const line = `'${process.execPath}' '${renewdProgram}' status -c '${configPath}'`;
    const onTerminal = (env: Readonly<Record<string, string>>): Promise<Finished> =>
      start('script', ['-qec', line, '/dev/null'], { env: { ...sandboxSecrets, TERM: 'xterm', ...env } })
        .ended;
    const coloured = await onTerminal({});
    expect(coloured.stdout).toContain('shop');
    expect(coloured.stdout).toMatch(escapes);
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const plain = await onTerminal(env);
      expect(plain.stdout).toContain('shop');
      expect(plain.stdout).not.toMatch(escapes);
    }
  });
});

const vendors = ['hexonet', 'rrpproxy', 'internetx', 'resello'];

test('sandbox: starts, answers, and ends with Ctrl-C', async () => {
  const port = await freePort();
  const running = startRenewd(['sandbox', '--json', '--port', String(port), '--zone', 'corp.test']);
  onTestFinished(async () => void (await running.stop()));
  const told = await until(
    'it says where it listens',
    60_000,
    (): { control: string; vendors: Record<string, string>; epp: object; dns: string } =>
      JSON.parse(running.stdout()),
  );
  expect(told).toMatchObject({ control: `http://127.0.0.1:${port}`, zones: ['corp.test'] });
  expect(Object.keys(told.vendors)).toEqual(vendors);
  expect(told.epp).toEqual({ hexonet: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
  expect(await (await fetch(told.control)).text()).toContain('NOT A CA');
  const none = Object.fromEntries(vendors.map((vendor) => [vendor, []]));
  expect(await (await fetch(`${told.control}/invoices`)).json()).toEqual(none);
  running.kill('SIGINT');
  const ended = await running.ended;
  expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  for (const url of [told.control, ...Object.values(told.vendors)])
    expect(await refuses(Number(new URL(url).port)), url).toBe(true);
});

describe('quickstart', () => {
  const portsOf = (directory: string): readonly number[] => {
    const text = readFileSync(join(directory, 'quickstart/renewd.yaml'), 'utf8');
    return [
      ...new Set([...text.matchAll(/127\.0\.0\.1:(\d+)|port: (\d+)/g)].map((m) => Number(m[1] ?? m[2]))),
    ];
  };

  test('--exit: everything is served, the exit code says changed, and only the folder is left', async () => {
    const directory = newDirectory();
    const finished = await runRenewd(['quickstart', '--exit'], { cwd: directory, timeoutMs: 100_000 });
    expect(finished.stdout).not.toMatch(escapes);
    expect(finished.code).toBe(10);
    // One at each reseller and each way of speaking to it.
    for (const name of ['shop', 'mail', 'blog', 'intra', 'chat', 'news', 'jobs', 'docs'])
      expect(finished.stdout).toMatch(new RegExp(`  ${name} +served +served by 127\\.0\\.0\\.1:\\d+`));
    expect(finished.stdout.match(/^invoice: /gm)).toHaveLength(5);
    expect(readdirSync(directory)).toEqual(['quickstart']);
    expect(processesWith(directory)).toEqual([]);
    const ports = portsOf(directory);
    expect(ports.length).toBeGreaterThanOrEqual(5);
    for (const port of ports) expect(await refuses(port), String(port)).toBe(true);
    // Its folder is made anew, a foreign one is left alone.
    const foreign = newDirectory();
    writeFileSync(join(foreign, 'mine'), 'mine');
    const refused = await renewd(['quickstart', '--exit', '--directory', foreign]);
    expect(refused.code).toBe(2);
    expect(readdirSync(foreign)).toEqual(['mine']);
  }, 130_000);

  test('stays up as the daemon, serves over TLS, works with the other commands, and ends with Ctrl-C', async () => {
    const directory = newDirectory();
    const running = startRenewd(['quickstart'], { cwd: directory });
    onTestFinished(async () => void (await running.stop()));
    await until('everything is served', 100_000, () => {
      if (!running.isRunning()) throw new Error(`it ended:\n${running.stdout()}\n${running.stderr()}`);
      return running.stdout().includes('Everything is valid, deployed and served');
    });
    const configPath = join(directory, 'quickstart/renewd.yaml');
    const tlsPort = Number(/port: (\d+)/.exec(readFileSync(configPath, 'utf8'))?.[1]);
    for (const name of ['shop', 'mail', 'blog', 'wiki']) {
      const served = await new Promise<string>((resolve, reject) => {
        const socket = connectTls(
          {
            host: '127.0.0.1',
            port: tlsPort,
            servername: `${name}.example.test`,
            rejectUnauthorized: false,
          },
          () => {
            resolve(socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase());
            socket.destroy();
          },
        );
        socket.once('error', reject);
      });
      expect(served, name).toBe(
        fingerprintOf(readFileSync(join(directory, 'quickstart/tls', name, 'cert.pem'))),
      );
    }
    const env = {
      SANDBOX_RRPPROXY_PASSWORD: sandboxAccounts.rrpproxy.password,
      SANDBOX_INTERNETX_PASSWORD: sandboxAccounts.internetx.password,
      SANDBOX_HEXONET_PASSWORD: sandboxAccounts.hexonet.password,
      SANDBOX_RESELLO_API_KEY: sandboxAccounts.resello.apiKey,
      SANDBOX_TSIG_SECRET: sandboxTsigKey.secret,
    };
    // As it says itself: without any secret in the environment.
    const history = await runRenewd(['history', 'shop', '-c', configPath]);
    expect({ code: history.code, stderr: history.stderr }).toEqual({ code: 0, stderr: '' });
    expect(history.stdout).toContain('served by 127.0.0.1');
    const second = await runRenewd(['run', '-c', configPath], { env });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('store-locked');
    const ports = portsOf(directory);
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(readdirSync(directory)).toEqual(['quickstart']);
    expect(processesWith(directory)).toEqual([]);
    for (const port of ports) expect(await refuses(port), String(port)).toBe(true);
  }, 130_000);
});
