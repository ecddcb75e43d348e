/** BIND 9 for tests: own configuration and data under a temp directory, on loopback, on ports of the kernel's choice. */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { query } from '../../src/dns/query.ts';
import { freePort } from '../builders/free-port.ts';

const host = '127.0.0.1';

/** Why BIND cannot be used here; undefined when it can. */
export function namedMissing(): string | undefined {
  for (const program of ['named', 'rndc']) {
    const { error } = spawnSync(program, ['-V'], { stdio: 'ignore' });
    if (error !== undefined) return `${program} (Debian packages bind9, bind9-utils) is not installed`;
  }
  return undefined;
}

export interface NamedZone {
  readonly name: string;
  /** Inside `zone "…" { … };`. A file named after the zone with `records` exists unless records are absent. */
  readonly options: string;
  /** Master file lines after SOA and NS. */
  readonly records?: string;
}

export interface NamedPlan {
  readonly port: number;
  /** Statements before the zones: keys, views. */
  readonly statements: string;
  readonly zones: readonly NamedZone[];
}

export interface Named {
  readonly port: number;
  /** "127.0.0.1:port" */
  readonly address: string;
  rndc(...command: readonly string[]): Promise<void>;
  /** What it printed, for failures. */
  log(): string;
  stop(): Promise<void>;
}

const controlSecret = Buffer.alloc(32, 7).toString('base64');

function writeFiles(directory: string, plan: NamedPlan, controlPort: number): void {
  for (const zone of plan.zones) {
    if (zone.records === undefined) continue;
    const head = `$TTL 60\n@ IN SOA ns1.${zone.name}. hostmaster.${zone.name}. 1 3600 600 86400 5\n@ IN NS ns1.${zone.name}.\nns1 IN A ${host}\n`;
    writeFileSync(join(directory, `${zone.name}.zone`), `${head}${zone.records}\n`);
  }
  const zones = plan.zones.map(
    ({ name, options }) => `zone "${name}" { file "${join(directory, `${name}.zone`)}"; ${options} };`,
  );
  const configuration = `
options {
  directory "${directory}"; pid-file "${join(directory, 'named.pid')}"; session-keyfile none; lock-file none;
  listen-on port ${plan.port} { ${host}; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; notify no; allow-transfer { any; };
};
key "control" { algorithm hmac-sha256; secret "${controlSecret}"; };
controls { inet ${host} port ${controlPort} allow { ${host}; } keys { "control"; }; };
${plan.statements}
${zones.join('\n')}
`;
  writeFileSync(join(directory, 'named.conf'), configuration);
  writeFileSync(
    join(directory, 'rndc.key'),
    `key "control" { algorithm hmac-sha256; secret "${controlSecret}"; };\n`,
  );
}

/** Asks until the zone is answered for; BIND takes two seconds and more to listen. */
async function ready(port: number, zone: string, process: ChildProcess, log: () => string): Promise<void> {
  const signal = AbortSignal.timeout(90_000);
  for (;;) {
    if (process.exitCode !== null) throw new Error(`named ended with ${process.exitCode}:\n${log()}`);
    try {
      const options = { recursionDesired: false, timeoutMs: 300, signal };
      const answer = await query({ host, port }, zone, 'SOA', options);
      if (answer.header.authoritative) return;
    } catch (error) {
      if (signal.aborted) throw new Error(`named did not answer within 90 s:\n${log()}`, { cause: error });
    }
    // "Connection refused" comes at once; do not ask a thousand times a second.
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

export async function startNamed(plan: NamedPlan): Promise<Named> {
  const directory = mkdtempSync(join(tmpdir(), 'renewd-named-'));
  mkdirSync(directory, { recursive: true });
  const controlPort = await freePort();
  writeFiles(directory, plan, controlPort);
  const process = spawn('named', ['-g', '-n', '1', '-c', join(directory, 'named.conf')], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let printed = '';
  process.stderr.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const stop = async (): Promise<void> => {
    if (process.exitCode === null && process.signalCode === null) {
      const ended = once(process, 'exit');
      process.kill('SIGTERM');
      await ended;
    }
    rmSync(directory, { recursive: true, force: true });
  };
  const log = (): string => printed;
  try {
    await ready(plan.port, plan.zones[0]?.name ?? '', process, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port: plan.port,
    address: `${host}:${plan.port}`,
    async rndc(...command) {
      const connection = ['-s', host, '-p', String(controlPort), '-k', join(directory, 'rndc.key')];
      await promisify(execFile)('rndc', [...connection, ...command]);
    },
    log,
    stop,
  };
}
