/**
 * The checked configuration kept between starts, so that an unchanged one needs no loader: plain data, in which secrets
 * are only named. It counts as long as everything it was made from is the same: the files, what the patterns match, the
 * variables, this program and its runtime. Links of deploy directories are looked at when files are loaded, not here.
 *
 * Each file of the memory is JSON lines: a header that says what the configuration was made from, the lines of
 * child-protocol.ts, and a sum over all of them. Needs neither yaml nor zod.
 */
import { createHash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Logger } from '../contracts/platform.ts';
import type { Configuration } from '../core/certificate.ts';
import { secondMs } from '../core/durations.ts';
import { messagesOf, ResultReader } from './child-protocol.ts';
import {
  identityOf,
  isPattern,
  matchFiles,
  maxInventoryFiles,
  stampsOf,
  type FileStamps,
} from './inventory-files.ts';
import type { LoadResult } from './load.ts';
import { findSecrets, readSecret } from './secrets.ts';
import { readSource } from './source-text.ts';
import { variableNames } from './variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface MemoryOptions {
  /** Of this program. */
  readonly version: string;
  readonly env: Environment;
}

export interface KeepOptions {
  /** When the load began: what changed since then may not be what was loaded, and nothing is kept. */
  readonly startedAt: Date;
  readonly logger?: Pick<Logger, 'debug'>;
}

export interface ConfigurationMemory {
  /** What loading would give now, warnings included; undefined when that cannot be said for certain. Never throws. */
  recall(mainPath: string): Promise<LoadResult | undefined>;
  /** Only a result with a configuration is kept. Never throws. */
  keep(mainPath: string, result: LoadResult, options: KeepOptions): void;
}

/** Larger configurations are loaded at each start; 10 000 certificates take about 10 MiB. */
export const maxMemoryBytes = 128 * 1024 * 1024;
/** One for each main file; the oldest go. */
export const maxMemories = 16;

const chunkBytes = 256 * 1024;
const maxLinks = 40;
const ownName = /^[0-9a-f]{64}(\.\d+\.new)?$/;

interface Header {
  readonly version: string;
  readonly node: string;
  /** `real` is where a link leads to: two names of one file count once. */
  readonly files: readonly { readonly path: string; readonly real: string; readonly sha256: string }[];
  readonly globs: readonly {
    readonly pattern: string;
    readonly matches: readonly { readonly path: string; readonly real: string }[];
  }[];
  readonly variables: Readonly<Record<string, string | null>>;
}

/** Without a directory nothing is kept and nothing recalled. It must be ours alone; see compile-cache.ts. */
export function createConfigurationMemory(
  directory: string | undefined,
  { version, env }: MemoryOptions,
): ConfigurationMemory {
  return {
    async recall(mainPath) {
      if (directory === undefined) return undefined;
      try {
        let stamps: FileStamps = {};
        const isCurrent = (line: string): boolean => {
          const paths = pathsOf(line);
          if (paths === undefined) return false;
          // Of now, not of then: a file may have been touched, and say the same.
          stamps = stampsOf(paths.files, paths.globs);
          return headerLine(version, env, paths.files, paths.globs) === line;
        };
        const result = read(join(directory, nameOf(mainPath)), isCurrent);
        if (result?.configuration?.path !== resolve(mainPath)) return undefined;
        await demandOutside(result.configuration, env);
        return { ...result, stamps };
      } catch {
        // Whatever is wrong, the loader says it better.
        return undefined;
      }
    },

    keep(mainPath, result, { startedAt, logger }) {
      const { configuration, files, globs } = result;
      if (directory === undefined || configuration === undefined) return;
      try {
        const header = headerOf(version, env, files, globs);
        const reason = whyNot(configuration, header, startedAt);
        if (reason !== undefined) {
          logger?.debug({ reason }, 'the configuration is not remembered');
          return;
        }
        write(join(directory, nameOf(mainPath)), linesOf(JSON.stringify(header), result));
        prune(directory);
      } catch (err) {
        logger?.debug({ err }, 'the configuration is not remembered');
      }
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function nameOf(mainPath: string): string {
  return sha256(resolve(mainPath));
}

/** Throws when a file cannot be read. */
function headerOf(
  version: string,
  env: Environment,
  paths: readonly string[],
  patterns: readonly string[],
): Header {
  const names = new Set<string>();
  const files = paths.map((path, index) => {
    const source = readSource(path);
    if ('problem' in source) throw new Error(`${path}: ${source.problem}`);
    for (const name of variableNames(source.text)) names.add(name);
    // Variables only stand in the main file, which is the first; an escape could hide one from us.
    if (index === 0 && /\\[xuU\r\n]/.test(source.text)) throw new Error(`${path} has escapes`);
    return { path, real: identityOf(path), sha256: sha256(source.text) };
  });
  const globs = patterns.map((pattern) => {
    const matches = isPattern(pattern) ? matchFiles(pattern) : [pattern];
    return { pattern, matches: matches.map((path) => ({ path, real: identityOf(path) })) };
  });
  const variables = Object.fromEntries(
    [...names].sort().map((name) => {
      const value = env[name];
      return [name, value === undefined ? null : sha256(value)];
    }),
  );
  return { version, node: process.version, files, globs, variables };
}

function headerLine(...parameters: Parameters<typeof headerOf>): string {
  return JSON.stringify(headerOf(...parameters));
}

/** What the header is about: enough to make it anew and compare. */
function pathsOf(
  line: string,
): { readonly files: readonly string[]; readonly globs: readonly string[] } | undefined {
  const header: unknown = JSON.parse(line);
  if (typeof header !== 'object' || header === null || !('files' in header) || !('globs' in header)) {
    return undefined;
  }
  const files = textsOf(header.files, 'path');
  const globs = textsOf(header.globs, 'pattern');
  return files === undefined || globs === undefined ? undefined : { files, globs };
}

function textsOf(list: unknown, key: string): readonly string[] | undefined {
  // The main file comes on top of the inventory.
  if (!Array.isArray(list) || list.length > maxInventoryFiles + 1) return undefined;
  const texts = list.map((item: unknown) =>
    typeof item === 'object' && item !== null ? Object.entries(item).find(([name]) => name === key)?.[1] : '',
  );
  return texts.every((text) => typeof text === 'string' && isAbsolute(text)) ? texts : undefined;
}

/** The settings that may name a secret. */
function withSecrets(configuration: Configuration): readonly unknown[] {
  const { providers, publishers, notices, heartbeat, listen, certificates } = configuration;
  const files = certificates.flatMap(({ deploy }) => deploy.flatMap((target) => target.files ?? []));
  return [...[...providers, ...publishers, ...notices].map(({ config }) => config), heartbeat, listen, files];
}

/** What the loader looks at beside the YAML: secrets, unless a command gives them, and trust anchors. Throws. */
async function demandOutside(configuration: Configuration, env: Environment): Promise<void> {
  for (const settings of withSecrets(configuration)) {
    for (const { source } of findSecrets(settings))
      if (!('command' in source)) await readSecret(source, { env });
  }
  const anchors = new Set(configuration.certificates.flatMap(({ trustAnchors }) => trustAnchors));
  for (const anchor of anchors) accessSync(anchor, constants.R_OK);
}

function whyNot(configuration: Configuration, header: Header, startedAt: Date): string | undefined {
  for (const settings of withSecrets(configuration)) {
    for (const { source } of findSecrets(settings)) {
      // Not even the hash of a secret: a short one could be guessed from it.
      if ('env' in source && source.env in header.variables) return 'a secret is named as a variable, too';
    }
  }
  const matches = header.globs.flatMap((glob) => glob.matches);
  const changes = new RecentChanges(startedAt.getTime());
  const changed = [...header.files, ...matches].find(({ path }) => changes.reach(path));
  return changed === undefined ? undefined : `${changed.path} changed only now`;
}

/**
 * Whether a path may have led to something else when the load began. By the time of the last change of the file, and of
 * the links and directories on the way: unlike the time of modification, a program cannot set it.
 */
class RecentChanges {
  readonly #sinceMs: number;
  readonly #seen = new Map<string, { readonly recent: boolean; readonly link: string | undefined }>();

  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  reach(path: string): boolean {
    let at = '/';
    let links = 0;
    const parts = path.split('/').toReversed();
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      if (part === '') continue;
      const next = join(at, part);
      const { recent, link } = this.#look(next);
      if (recent) return true;
      if (link === undefined) {
        at = next;
        continue;
      }
      links += 1;
      if (links > maxLinks) return true;
      if (isAbsolute(link)) at = '/';
      parts.push(...link.split('/').toReversed());
    }
    return false;
  }

  #look(path: string): { readonly recent: boolean; readonly link: string | undefined } {
    const seen = this.#seen.get(path);
    if (seen !== undefined) return seen;
    const stat = lstatSync(path);
    const { ctimeMs, mtimeMs } = stat;
    // The clock of files lags by a tick, and some file systems count in pairs of seconds.
    const marginMs = ctimeMs % secondMs === 0 ? 2 * secondMs : secondMs / 10;
    // Entries that come and go in a directory change both times; each entry has its own to tell. A rename changes one.
    const isTold = stat.isDirectory() && ctimeMs === mtimeMs;
    const found = {
      recent: !isTold && ctimeMs > this.#sinceMs - marginMs,
      link: stat.isSymbolicLink() ? readlinkSync(path) : undefined,
    };
    this.#seen.set(path, found);
    return found;
  }
}

function* linesOf(header: string, result: LoadResult): Generator<string> {
  yield header;
  for (const message of messagesOf(result)) yield JSON.stringify(message);
}

function write(path: string, lines: Iterable<string>): void {
  const beside = `${path}.${process.pid}.new`;
  rmSync(beside, { force: true });
  const sum = createHash('sha256');
  let written = 0;
  try {
    const descriptor = openSync(beside, 'wx', 0o600);
    try {
      let waiting = '';
      const flush = (): void => {
        const bytes = Buffer.from(waiting);
        waiting = '';
        written += bytes.length;
        if (written > maxMemoryBytes) throw new Error('it is too large');
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      };
      for (const line of lines) {
        sum.update(line).update('\n');
        waiting += `${line}\n`;
        if (waiting.length >= chunkBytes) flush();
      }
      waiting += `${sum.digest('hex')}\n`;
      flush();
    } finally {
      closeSync(descriptor);
    }
    // Nothing is synced: after a power failure the sum tells what is missing.
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Undefined when the file is not ours, not whole, or its header is not current. */
function read(path: string, isCurrent: (header: string) => boolean): LoadResult | undefined {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    const isOurs = stat.isFile() && stat.uid === process.getuid?.() && (stat.mode & 0o777) === 0o600;
    if (!isOurs || stat.size > maxMemoryBytes) return undefined;
    const sum = createHash('sha256');
    const reader = new ResultReader();
    let first = true;
    let last: string | undefined;
    for (const line of readLines(descriptor, stat.size)) {
      // The line before: the last one is the sum, and no message.
      if (last !== undefined) {
        sum.update(last).update('\n');
        if (!first) reader.take(last);
        else if (!isCurrent(last)) return undefined;
        first = false;
      }
      last = line;
    }
    return last === sum.digest('hex') ? reader.finish() : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Whole lines of the first `size` bytes. */
function* readLines(descriptor: number, size: number): Generator<string> {
  const chunk = Buffer.alloc(chunkBytes);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  for (let left = size; left > 0;) {
    const count = readSync(descriptor, chunk, 0, Math.min(left, chunk.length), null);
    if (count === 0) return;
    left -= count;
    const lines = (rest + decoder.decode(chunk.subarray(0, count), { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Main files come and go; what they left is only worth so much room. */
function prune(directory: string): void {
  const names = readdirSync(directory).filter((name) => ownName.test(name));
  if (names.length <= maxMemories) return;
  const files = names.map((name) => {
    const path = join(directory, name);
    return { path, at: lstatSync(path).mtimeMs };
  });
  for (const { path } of files.sort((a, b) => b.at - a.at).slice(maxMemories)) rmSync(path, { force: true });
}
