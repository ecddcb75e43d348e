/**
 * From the source of a secret to the secret. Called right before a provider or publisher is created, so that a rotated
 * file counts at once; nothing is kept. Needs neither yaml nor zod.
 */
import { readFileSync, statSync } from 'node:fs';
import type { Processes } from '../contracts/platform.ts';
import { Secret } from '../core/certificate.ts';
import type { SecretSource } from '../core/certificate.ts';
import { secondMs } from '../core/durations.ts';
import { RenewdError } from '../core/errors.ts';

export interface SecretDependencies {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absent: secrets that come from a command cannot be read. */
  readonly processes?: Pick<Processes, 'run'>;
  readonly signal?: AbortSignal;
}

const maxFileBytes = 64 * 1024;
const commandTimeoutMs = 10 * secondMs;

/** Exactly {env}, {file} or {command}; see secret-schema.ts. */
function isSecretSource(value: unknown): value is SecretSource {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false;
  if ('env' in value) return typeof value.env === 'string';
  if ('file' in value) return typeof value.file === 'string';
  return (
    'command' in value &&
    Array.isArray(value.command) &&
    value.command.every((part) => typeof part === 'string')
  );
}

function unreadable(why: string, cause?: unknown): RenewdError {
  return new RenewdError('secret-unreadable', why, cause === undefined ? {} : { cause });
}

/** Throws RenewdError `secret-unreadable`; the message names the source, never what was read from it. */
export async function readSecret(source: SecretSource, dependencies: SecretDependencies): Promise<Secret> {
  if ('env' in source) {
    const value = dependencies.env[source.env];
    if (value === undefined) throw unreadable(`environment variable ${source.env} is not set`);
    if (value === '') throw unreadable(`environment variable ${source.env} is empty`);
    return new Secret(value);
  }
  if ('file' in source) return new Secret(readSecretFile(source.file));
  return new Secret(await runSecretCommand(source.command, dependencies));
}

function readSecretFile(path: string): string {
  let bytes: Uint8Array;
  try {
    // A pipe would block, and a device never end.
    const stat = statSync(path);
    if (!stat.isFile()) throw unreadable(`secret file ${path} is no regular file`);
    if (stat.size > maxFileBytes) throw unreadable(`secret file ${path} is larger than 64 KiB`);
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof RenewdError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw unreadable(`there is no secret file ${path}`, error);
    if (code === 'EACCES') throw unreadable(`secret file ${path} may not be read by this user`, error);
    throw unreadable(`secret file ${path} cannot be read (${String(code)})`, error);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(`secret file ${path} is not UTF-8 text`);
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw unreadable(`secret file ${path} is empty`);
  return secret;
}

async function runSecretCommand(
  argv: readonly string[],
  { env, processes, signal }: SecretDependencies,
): Promise<string> {
  const program = argv[0] ?? '';
  if (processes === undefined) throw unreadable(`secret command ${program} cannot be run here`);
  const defined = Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  let result;
  try {
    result = await processes.run(argv, {
      timeoutMs: commandTimeoutMs,
      // Password managers find their own login through variables of their own.
      env: defined,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    throw unreadable(`secret command ${program} cannot be started`, error);
  }
  signal?.throwIfAborted();
  if (result.timedOut) throw unreadable(`secret command ${program} took longer than 10 s`);
  if (result.exitCode !== 0) {
    // Its output is left out: it may hold the secret.
    throw unreadable(
      `secret command ${program} failed (${result.signal ?? `exit code ${String(result.exitCode)}`}); run it by hand`,
    );
  }
  const line = (result.stdout.split('\n', 1)[0] ?? '').replace(/\r$/, '');
  if (line === '') throw unreadable(`secret command ${program} printed nothing in its first line`);
  return line;
}

/** Where secrets stand in a configuration, in order. */
export function* findSecrets(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<{ readonly path: readonly (string | number)[]; readonly source: SecretSource }> {
  if (isSecretSource(value)) yield { path, source: value };
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* findSecrets(item, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* findSecrets(item, [...path, key]);
  }
}

/** A copy in which every secret source is replaced. Anything else stays as it is. */
export function mapSecrets(value: unknown, replace: (source: SecretSource) => unknown): unknown {
  if (isSecretSource(value)) return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapSecrets(item, replace)]));
}

/**
 * The `config` of a provider or publisher with a `Secret` in place of every source. Throws RenewdError
 * `secret-unreadable` for the first that cannot be read.
 */
export async function resolveSecrets(
  config: Readonly<Record<string, unknown>>,
  dependencies: SecretDependencies,
): Promise<Readonly<Record<string, unknown>>> {
  const secrets = new Map<SecretSource, Secret>();
  for (const { path, source } of findSecrets(config)) {
    try {
      secrets.set(source, await readSecret(source, dependencies));
    } catch (error) {
      if (!(error instanceof RenewdError)) throw error;
      throw new RenewdError(error.code, `${path.join('.')}: ${error.message}`, { cause: error });
    }
  }
  const resolved = mapSecrets(config, (source) => secrets.get(source));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the copy of a mapping is a mapping
  return resolved as Readonly<Record<string, unknown>>;
}
