/**
 * `renewd quickstart`: sandbox, a small TLS server and the daemon, on loopback, in one go. Real code throughout; only
 * the resellers and their CA are simulated.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CliContext, Command, DaemonHandle } from '../cli/context.ts';
import { exitCodes } from '../cli/exit-codes.ts';
import { statusTable } from '../cli/status.ts';
import type { Style } from '../cli/output.ts';
import type { KeyType } from '../core/certificate.ts';
import type { StoredLedgerEntry } from '../contracts/store.ts';
import { dayMs, minuteMs } from '../core/durations.ts';
import { RenewdError } from '../core/errors.ts';
import { createCsr } from '../pki/csr.ts';
import { generateKey } from '../pki/keys.ts';
import { nodeFiles } from '../platform/files.ts';
import { freePorts } from '../platform/free-ports.ts';
import { deploySet } from '../renewal/deploy/deploy-set.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { sandboxAccounts, sandboxTsigKey, seedOrder, startFullSandbox } from '../sandbox/start.ts';

const marker = '.renewd-quickstart';
const template = fileURLToPath(new URL('../../config/quickstart.yaml', import.meta.url));
const tlsServer = fileURLToPath(new URL(`./tls-server${extname(import.meta.url)}`, import.meta.url));
const eppCa = 'epp-ca.pem';
const rootFile = 'sandbox-root.pem';
const zone = 'example.test';
const tickMs = 200;
/** The CA takes its time, so that a reader can follow. */
const issuanceDelayMs = 1500;
const showEveryMs = 200;
const patienceMs = 2 * minuteMs;

/** What existed before renewd came: certificates with so many days left, in orders with so many days left. */
const seeds: readonly Seed[] = [
  {
    name: 'shop',
    names: ['shop.example.test', 'www.shop.example.test'],
    vendor: 'rrpproxy',
    product: 'ssl123dv',
    daysLeft: 12,
    paidDays: 180,
  },
  {
    name: 'mail',
    names: ['mail.example.test'],
    vendor: 'rrpproxy',
    product: 'ssl123dv',
    daysLeft: 6,
    paidDays: 8,
  },
  {
    name: 'intra',
    names: ['intra.example.test'],
    vendor: 'rrpproxy',
    generation: 'v1',
    product: 'SSL123',
    daysLeft: 120,
    paidDays: 120,
    keyType: 'rsa-2048',
  },
  {
    name: 'news',
    names: ['news.example.test'],
    vendor: 'hexonet',
    product: 'COMODO_ESSENTIALSSL',
    daysLeft: 10,
    paidDays: 200,
  },
  {
    name: 'wiki',
    names: ['wiki.example.test'],
    vendor: 'internetx',
    product: 'SSL123',
    daysLeft: 150,
    paidDays: 316,
  },
];

interface Seed {
  readonly name: string;
  readonly names: readonly string[];
  readonly vendor: string;
  readonly generation?: string;
  readonly product: string;
  readonly daysLeft: number;
  readonly paidDays: number;
  readonly keyType?: KeyType;
}

/** Anew at each start; a folder that is not ours is left alone. */
function prepareFolder(directory: string): void {
  if (existsSync(directory) && !existsSync(join(directory, marker))) {
    throw new RenewdError(
      'usage',
      `${directory} exists and was not made by the quickstart; choose another with --directory`,
    );
  }
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'tls'), { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, marker), 'Made by `renewd quickstart`; made anew at each start.\n');
}

async function seed(sandbox: Sandbox, directory: string, now: Date): Promise<void> {
  for (const { name, names, vendor, generation, product, daysLeft, paidDays, keyType } of seeds) {
    const { pem } = await generateKey(keyType ?? 'ecdsa-p256');
    const csrPem = await createCsr(pem, names);
    const notAfter = new Date(now.getTime() + daysLeft * dayMs);
    const { certificate } = seedOrder(sandbox, vendor, {
      names,
      product,
      csrPem,
      notBefore: new Date(notAfter.getTime() - 199 * dayMs),
      notAfter,
      paidUntil: new Date(now.getTime() + paidDays * dayMs),
      dcvMethod: 'dns',
      ...(generation === undefined ? {} : { generation }),
    });
    const target = {
      directory: join(directory, 'tls', name),
      keyMode: 0o600,
      mode: 0o644,
      reloadTimeoutMs: 0,
      probe: [],
      probeTimeoutMs: 0,
      keepSets: 3,
    };
    const set = { keyPem: pem, leafPem: certificate.leafPem, chainPem: certificate.intermediatePem };
    deploySet(target, set, nodeFiles, 'before-renewd');
  }
}

/** The template with the kernel's ports and this program's own paths in place. */
function writeConfiguration(directory: string, ports: ReadonlyMap<number, number>, socket: string): string {
  let text = readFileSync(template, 'utf8');
  for (const [placeholder, port] of ports)
    text = text.replaceAll(new RegExp(`\\b${placeholder}\\b`, 'g'), String(port));
  text = text.replace('ca: /epp-ca.pem', `ca: ${JSON.stringify(join(directory, eppCa))}`);
  const reload = JSON.stringify([process.execPath, tlsServer, 'reload', socket]);
  const path = join(directory, 'renewd.yaml');
  writeFileSync(path, text.replace('[./reload-tls-server]', reload));
  return path;
}

async function startTlsServer(directory: string, port: number, socket: string): Promise<ChildProcess> {
  const child = fork(tlsServer, ['serve', join(directory, 'tls'), String(port), socket], {
    stdio: 'inherit',
  });
  await new Promise<void>((done, fail) => {
    child.once('message', () => done());
    child.once('exit', () =>
      fail(new RenewdError('listen-failed', 'the TLS server of the quickstart did not start')),
    );
  });
  return child;
}

const subjectStyles: Readonly<Record<string, Style>> = {
  served: 'good',
  blocked: 'bad',
  failed: 'bad',
  begin: 'bold',
};

/** Prints each step as it happens, until everything is served or patience ends. True: everything is served. */
async function show(
  daemon: DaemonHandle,
  { output, clock }: CliContext,
  ended: () => boolean,
): Promise<boolean> {
  const { store, driver } = daemon.runtime;
  const deadline = clock.now().getTime() + patienceMs;
  let shown = 0;
  const line = ({ at, certificate, subject, text }: StoredLedgerEntry): string =>
    `${output.paint('dim', at.toISOString().slice(11, 19))}  ${certificate.padEnd(5)} ${output.paint(subjectStyles[subject] ?? 'warn', subject.padEnd(17))} ${text}`;
  while (!ended() && clock.now().getTime() < deadline) {
    for (const entry of await store.ledger({ afterSequence: shown, limit: 1000 })) {
      shown = entry.sequence;
      // The intent that stands right before it says the same.
      if (entry.subject !== 'ordering') output.line(line(entry));
    }
    const entries = driver.entries();
    const settled = entries.every(
      ({ open, decision, dirty }) => open === undefined && !dirty && decision?.action === 'none',
    );
    if (settled) return true;
    await clock.sleep(showEveryMs);
  }
  return false;
}

async function printTable(daemon: DaemonHandle, { output }: CliContext): Promise<void> {
  for (const line of statusTable(await daemon.runtime.status.certificates(), output)) output.line(line);
}

export const quickstart: Command = async (context) => {
  const { output, options, clock, composer, env } = context;
  const directory = resolve(String(options['directory'] ?? 'quickstart'));
  prepareFolder(directory);
  const socket = join(directory, 'tls-server.sock');
  const [listenPort = 0, responderPort = 0, tlsPort = 0] = await freePorts(3);
  const sandbox = await startFullSandbox({
    clock,
    zones: [zone],
    tickMs,
    issuanceDelayMs,
    httpPortMap: responderPort,
  });
  const closers: (() => unknown)[] = [() => sandbox.close()];
  try {
    const portOf = (vendor: string): number =>
      Number(new URL(sandbox.vendors.get(vendor)?.baseUrl ?? '').port);
    const epp = sandbox.vendors.get('hexonet')?.epp;
    writeFileSync(join(directory, eppCa), epp?.caPem ?? '');
    writeFileSync(join(directory, rootFile), sandbox.ca.rootPem);
    const configPath = writeConfiguration(
      directory,
      new Map([
        [9460, listenPort],
        [9461, sandbox.dns.address.port],
        [9462, portOf('rrpproxy')],
        [9463, portOf('internetx')],
        [9464, responderPort],
        [9465, tlsPort],
        [9466, portOf('hexonet')],
        [9467, epp?.port ?? 0],
        [9468, portOf('resello')],
      ]),
      socket,
    );
    await seed(sandbox, directory, clock.now());
    const server = await startTlsServer(directory, tlsPort, socket);
    closers.push(() => server.kill('SIGKILL'));

    output.line(
      output.paint('bold', 'renewd quickstart') +
        `  (resellers and CA are simulated on loopback; everything else is real)`,
    );
    output.line(`configuration ${configPath}`);
    output.line();
    Object.assign(env, {
      SANDBOX_RRPPROXY_PASSWORD: sandboxAccounts.rrpproxy.password,
      SANDBOX_INTERNETX_PASSWORD: sandboxAccounts.internetx.password,
      SANDBOX_HEXONET_PASSWORD: sandboxAccounts.hexonet.password,
      SANDBOX_RESELLO_API_KEY: sandboxAccounts.resello.apiKey,
      SANDBOX_TSIG_SECRET: sandboxTsigKey.secret,
    });
    const started = await composer.startDaemon(configPath, { remember: false });
    if ('diagnostics' in started)
      throw new RenewdError('config-invalid', started.diagnostics[0]?.message ?? 'unknown');
    const { daemon } = started;
    closers.push(() => daemon.stop());
    let ended = false;
    const end = daemon.ended.finally(() => {
      ended = true;
    });
    await printTable(daemon, context);
    output.line();
    const served = await show(daemon, context, () => ended);
    if (ended) return exitCodes.ok;
    output.line();
    await printTable(daemon, context);
    output.line();
    if (!served)
      throw new RenewdError(
        'not-served',
        'not everything was served in time; the lines above say what is missing',
      );
    for (const { at, product, price, currency } of [...sandbox.vendors.values()].flatMap(({ simulator }) =>
      simulator.invoices(),
    )) {
      output.line(`invoice: ${product}, ${price} ${currency}, ${at.toISOString().slice(0, 10)}`);
    }
    if (options['exit'] === true) return exitCodes.changed;
    output.line();
    output.line('Everything is valid, deployed and served. The daemon stays up; in another terminal try');
    output.line(`  curl http://127.0.0.1:${listenPort}/metrics          curl ${sandbox.controlUrl}/history`);
    output.line(`  npm run renewd -- history shop -c ${configPath}`);
    output.line('Ctrl-C ends it and leaves nothing but its folder.');
    await end;
    return exitCodes.ok;
  } finally {
    for (const close of closers.toReversed()) await close();
  }
};
