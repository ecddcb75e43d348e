/** Prometheus for tests: own configuration and data under a temp directory, on a port of loopback. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { freePort } from '../builders/free-port.ts';
import { start, until } from './processes.ts';

/** Why Prometheus cannot be used here; undefined when it can. */
export function prometheusMissing(): string | undefined {
  for (const program of ['prometheus', 'promtool']) {
    const { error } = spawnSync(program, ['--version'], { stdio: 'ignore' });
    if (error !== undefined) return `${program} (Debian package prometheus) is not installed`;
  }
  return undefined;
}

export interface PrometheusPlan {
  /** Port of loopback that is scraped as the job "renewd". */
  readonly target: number;
  /** Text of a file of rules. */
  readonly rules: string;
  /** Between two scrapes and between two evaluations. */
  readonly everyMs: number;
}

const alertSchema = z.object({
  state: z.enum(['pending', 'firing']),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
});
export type Alert = z.output<typeof alertSchema>;
const alertsSchema = z.object({ data: z.object({ alerts: z.array(alertSchema) }) });
const rulesSchema = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() })),
      }),
    ),
  }),
});
const querySchema = z.object({
  status: z.string(),
  error: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  data: z.object({ resultType: z.string(), result: z.array(z.unknown()) }).optional(),
});
export type QueryAnswer = z.output<typeof querySchema>;

export interface Prometheus {
  firing(): Promise<readonly Alert[]>;
  /** Rules whose evaluation failed, with the reason. */
  brokenRules(): Promise<readonly string[]>;
  query(expression: string): Promise<QueryAnswer>;
  stop(): Promise<void>;
}

export async function startPrometheus({ target, rules, everyMs }: PrometheusPlan): Promise<Prometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'renewd-prometheus-'));
  const port = await freePort();
  const every = `${everyMs}ms`;
  const configPath = join(directory, 'prometheus.yml');
  writeFileSync(join(directory, 'rules.yml'), rules);
  writeFileSync(
    configPath,
    stringify({
      global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
      rule_files: [join(directory, 'rules.yml')],
      scrape_configs: [{ job_name: 'renewd', static_configs: [{ targets: [`127.0.0.1:${target}`] }] }],
    }),
  );
  const running = start('prometheus', [
    `--config.file=${configPath}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ]);
  const stop = async (): Promise<void> => {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  };

  async function ask(path: string): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(10_000) });
    return answer.json();
  }

  try {
    await until('prometheus is ready', 60_000, async () => {
      if (!running.isRunning()) throw new Error('prometheus ended');
      return (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok;
    });
  } catch (error) {
    await stop();
    throw new Error(`prometheus did not start:\n${running.stderr()}`, { cause: error });
  }
  return {
    async firing() {
      const { data } = alertsSchema.parse(await ask('/api/v1/alerts'));
      return data.alerts.filter(({ state }) => state === 'firing');
    },
    async brokenRules() {
      const { data } = rulesSchema.parse(await ask('/api/v1/rules'));
      return data.groups
        .flatMap((group) => group.rules)
        .filter(({ health }) => health !== 'ok')
        .map(({ name, health, lastError = '' }) => `${name}: ${health} ${lastError}`);
    },
    query: async (expression) =>
      querySchema.parse(await ask(`/api/v1/query?query=${encodeURIComponent(expression)}`)),
    stop,
  };
}
