/**
 * The recipes of docs/deploying.md, as they stand there: real servers with the configuration of that page, `renewd once`
 * with its inventory, and openssl asking afterwards what is served.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { startFullSandbox } from '../../src/sandbox/start.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { sandboxConfiguration, sandboxSecrets } from '../builders/sandbox-configuration.ts';
import { blocksOf, read } from '../docs/pages.ts';
import {
  giveTo,
  neighboursMissing,
  startApache,
  startDovecot,
  startHaproxy,
  startPostgresql,
  type Neighbour,
} from './neighbours.ts';
import { startNginx } from './nginx.ts';
import { startPostfix } from './postfix.ts';
import { createClosers, inCi, runRenewd, shouldSkip, until } from './processes.ts';
import { fingerprintOf, seedOnDisk } from './seeds.ts';

const page = 'docs/deploying.md';
const missing = neighboursMissing();
const skip = shouldSkip('test/interop/neighbours.test.ts', missing);

interface Recipe {
  readonly heading: string;
  /** Language of the block with the server's configuration. */
  readonly language: string;
  /** What the page has; the port of the running server takes its place. */
  readonly port: number;
  /** For `systemctl reload`; absent where the recipe reloads in its own way. */
  readonly unit?: string;
  /** For `openssl s_client -starttls`. */
  readonly starttls?: string;
  /** Runs as somebody who has to own the files from the beginning. */
  readonly owner?: string;
  readonly launch: (settings: string) => Promise<Neighbour>;
}

const recipes: readonly Recipe[] = [
  { heading: 'nginx', language: 'nginx', port: 443, unit: 'nginx', launch: (text) => startNginx([text]) },
  { heading: 'HAProxy', language: 'haproxy', port: 443, unit: 'haproxy', launch: startHaproxy },
  {
    heading: 'Without a reload, over the admin socket',
    language: 'haproxy',
    port: 443,
    launch: startHaproxy,
  },
  { heading: 'Apache', language: 'apache', port: 443, unit: 'apache2', launch: startApache },
  {
    heading: 'Postfix',
    language: 'ini',
    port: 25,
    unit: 'postfix',
    starttls: 'smtp',
    launch: (settings) => startPostfix({ settings }),
  },
  { heading: 'Dovecot', language: 'ini', port: 143, unit: 'dovecot', starttls: 'imap', launch: startDovecot },
  {
    heading: 'PostgreSQL',
    language: 'ini',
    port: 5432,
    unit: 'postgresql',
    starttls: 'postgres',
    owner: 'postgres',
    launch: startPostgresql,
  },
];

/** The blocks below a heading, up to the next one of any level. */
function blockOf(heading: string, language: string): string {
  const lines = read(page).split('\n');
  const found = blocksOf(page).find((block) => {
    const line = Number(block.place.split(':')[1]);
    const above = lines.slice(0, line).findLast((text) => /^##+ /.test(text));
    return block.language === language && above?.replace(/^#+ /, '') === heading;
  });
  if (found === undefined) throw new Error(`${page} has no ${language} block below "${heading}"`);
  return found.text;
}

interface Entry {
  readonly name: string;
  readonly names: readonly string[];
  readonly deploy: readonly { readonly directory: string }[];
}

interface Case extends Recipe {
  readonly entry: Entry;
  readonly neighbour: Neighbour;
  readonly before: string;
}

/** By openssl, which shares nothing with our own probe. */
async function servedBy({ entry, neighbour, starttls }: Case): Promise<string> {
  const [serverName = ''] = entry.names;
  const child = spawn(
    'openssl',
    [
      's_client',
      '-connect',
      `127.0.0.1:${neighbour.port}`,
      '-servername',
      serverName,
      ...(starttls === undefined ? [] : ['-starttls', starttls]),
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await new Promise((resolve) => {
    child.once('close', resolve);
  });
  clearTimeout(timer);
  const [pem] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? [];
  if (pem === undefined) throw new Error(`${entry.name}: openssl saw no certificate:\n${text}`);
  return fingerprintOf(pem);
}

describe.skipIf(skip)('servers with the configuration of docs/deploying.md', () => {
  const closers = createClosers();
  const cases: Case[] = [];
  let root: string;
  let sandbox: Sandbox;

  /** Paths of the page, below a directory of ours. */
  const below = (text: string): string =>
    text.replaceAll(/(?<=^|[\s'"<[])\/(?=(?:etc|run|usr\/local\/lib)\/)/gm, `${root}/`);

  async function setUp(recipe: Recipe): Promise<Case> {
    const { heading, language, port, owner, launch } = recipe;
    const text = below(blockOf(heading, 'yaml'));
    const first: { certificates: [Entry] } = parse(text);
    const [{ names, deploy }] = first.certificates;
    const directory = deploy[0]?.directory ?? '';
    expect(directory).toContain(root);
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    const plan = { vendor: 'rrpproxy', names, daysLeft: 12, paidDays: 180, directory } as const;
    const before = await seedOnDisk(sandbox, plan);
    const files = ['privkey.pem', 'fullchain.pem'].map((file) => readFileSync(join(directory, file), 'utf8'));
    // The page configures for a set; before renewd came somebody had joined them by hand.
    writeFileSync(join(directory, 'combined.pem'), files.join(''), { mode: 0o600 });
    if (owner !== undefined) giveTo(owner, directory);
    const neighbour = await launch(below(blockOf(heading, language)));
    closers.add(() => neighbour.stop());
    const ported: { certificates: [Entry] } = parse(
      text.replaceAll(`port: ${port}`, `port: ${neighbour.port}`),
    );
    return { ...recipe, entry: ported.certificates[0], neighbour, before };
  }

  beforeAll(async () => {
    if (missing !== undefined && inCi) throw new Error(missing);
    root = mkdtempSync(join(tmpdir(), 'renewd-neighbours-'));
    // Servers that are not root look for their files in it.
    chmodSync(root, 0o755);
    closers.add(() => rmSync(root, { recursive: true, force: true }));
    for (const path of ['bin', 'run/haproxy', 'usr/local/lib/renewd'])
      mkdirSync(join(root, path), { recursive: true });
    const script = join(root, 'usr/local/lib/renewd/haproxy-set-cert');
    writeFileSync(script, blockOf('Without a reload, over the admin socket', 'sh'), { mode: 0o755 });
    sandbox = await startFullSandbox({
      clock: { now: () => new Date() },
      zones: ['example.com'],
      tickMs: 50,
    });
    closers.add(() => sandbox.close());
    // All are waited for, so that each that started is stopped.
    const started = await Promise.allSettled(recipes.map(setUp));
    for (const one of started) {
      if (one.status === 'rejected') throw one.reason;
      cases.push(one.value);
    }
    // No systemd here: what the units do on a reload, by their names.
    const reloads = cases.flatMap(({ unit, neighbour }) =>
      unit === undefined ? [] : [`"reload ${unit}") ${neighbour.reloadCommand.join(' ')}; exit ;;`],
    );
    const systemctl = `#!/bin/sh\ncase "$*" in\n${reloads.join('\n')}\nesac\nexit 1\n`;
    writeFileSync(join(root, 'bin/systemctl'), systemctl, { mode: 0o755 });
  }, 240_000);

  afterAll(async () => {
    await closers.close();
  });

  test('what was there before is served', async () => {
    const served = await Promise.all(cases.map(async (one) => [one.entry.name, await servedBy(one)]));
    expect(served).toEqual(cases.map(({ entry, before }) => [entry.name, before]));
  });

  test('renewd reissues, deploys, reloads, and each of them serves the new one', async () => {
    const configPath = join(root, 'renewd.yaml');
    const configuration = {
      ...sandboxConfiguration(sandbox, 'example.com'),
      defaults: { product: 'ssl123dv', provider: 'cnr', deploy: { probeTimeout: '60s' } },
      certificates: cases.map(({ entry }) => entry),
    };
    writeFileSync(configPath, stringify(configuration));
    const startedAt = performance.now();
    const once = await runRenewd(['once', '-c', configPath], {
      env: {
        ...sandboxSecrets,
        PATH: `${join(root, 'bin')}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      },
      timeoutMs: 180_000,
    });
    const logs = (): string =>
      cases.map(({ entry, neighbour }) => `${entry.name}:\n${neighbour.log()}`).join('\n');
    expect(once.code, `${once.stdout}${once.stderr}${logs()}`).toBe(10);
    expect(once.stdout.trimEnd().split('\n').toSorted()).toEqual(
      cases.map(({ entry }) => `${entry.name}: reissue is served`).toSorted(),
    );
    for (const one of cases) {
      const onDisk = fingerprintOf(readFileSync(join(one.entry.deploy[0]?.directory ?? '', 'cert.pem')));
      expect(onDisk, one.entry.name).not.toBe(one.before);
      // Processes that were there before the reload may still answer once.
      await until(`${one.entry.name} is served`, 60_000, async () => (await servedBy(one)) === onDisk);
    }
    process.stdout.write(
      `neighbours: ${cases.map(({ heading }) => heading).join(', ')}; reissued and served in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`,
    );
  }, 240_000);
});
