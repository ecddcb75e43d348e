/**
 * Loads the configuration: the main file, then the inventory. Every mistake in all of them is reported in one run; there
 * is a configuration only when none of them is an error.
 */
import { dirname, relative, resolve } from 'node:path';
import type { Processes } from '../contracts/platform.ts';
import type { Configuration, ListenSettings } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';
import { checkDeployment } from './checks/deployment.ts';
import { checkDirectories } from './checks/directories.ts';
import { checkNames } from './checks/names.ts';
import { checkFailover } from './checks/failover.ts';
import { mapTls, missingTlsFile, tokenTrouble } from './checks/listen.ts';
import { checkProviderFit } from './checks/provider-fit.ts';
import { checkPublisherFit } from './checks/publisher-fit.ts';
import { TimingCheck } from './checks/timing.ts';
import { checkPlaces } from './checks/places.ts';
import type { CheckContext } from './checks/context.ts';
import { complete, type EntryFit } from './complete.ts';
import { DiagnosticList } from './diagnostics.ts';
import type { Diagnostic, Path } from './diagnostics.ts';
import { readEntry } from './entry.ts';
import type { Entry, Level } from './entry.ts';
import {
  identityOf,
  isPattern,
  matchFiles,
  maxInventoryFiles,
  stampOf,
  type FileStamps,
} from './inventory-files.ts';
import { kindOf } from './issues.ts';
import {
  checkInventoryKeys,
  checkList,
  checkMain,
  defaultsLevel,
  readDefaults,
  readMain,
} from './main-file.ts';
import type { SchemaSet } from './schema-set.ts';
import { readChannels, readProviders, readPublishers, spendLimitsOf } from './sections.ts';
import { SecretSources } from './secret-sources.ts';
import { readSource } from './source-text.ts';
import { expandVariables } from './variables.ts';
import { YamlFile } from './yaml-file.ts';
import type { EntryData } from './yaml-file.ts';

const maxCertificates = 100_000;

export interface LoadOptions {
  readonly schemas: SchemaSet;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Whether to look beyond the YAML: read every secret once, demand every variable, look for trust anchors. Without it a
   * configuration can be checked on another machine, or read by a person who may not see the secrets.
   */
  readonly readSecrets: boolean;
  /** For secrets that come from a command. */
  readonly processes?: Pick<Processes, 'run'>;
}

export interface LoadResult {
  /** Present when no diagnostic is an error. */
  readonly configuration?: Configuration;
  readonly diagnostics: readonly Diagnostic[];
  /** Absolute paths of all files that were looked at, and the patterns of the inventory: what to watch. */
  readonly files: readonly string[];
  readonly globs: readonly string[];
  /** Of the files and of what the patterns matched, from before they were read: a later change can be told. */
  readonly stamps: FileStamps;
}

export async function loadConfiguration(mainPath: string, options: LoadOptions): Promise<LoadResult> {
  return await new Loader(resolve(mainPath), options).load();
}

class Loader {
  readonly #path: string;
  readonly #directory: string;
  readonly #options: LoadOptions;
  readonly #diagnostics = new DiagnosticList();
  readonly #files: string[] = [];
  readonly #identities = new Set<string>();
  #globs: readonly string[] = [];
  readonly #stamps: Record<string, string> = {};
  readonly #entries: Entry[] = [];
  readonly #secrets: SecretSources;

  constructor(path: string, options: LoadOptions) {
    this.#path = path;
    this.#directory = dirname(path);
    this.#options = options;
    this.#secrets = new SecretSources(this.#directory, options);
  }

  async load(): Promise<LoadResult> {
    const file = this.#open(this.#path, 'name another with -c, or have one written: `renewd init`');
    if (file === undefined) return this.#result(undefined);
    const { top, entries } = file.read();
    if (top !== undefined && !isRecord(top)) {
      file.complainOfFile(
        `the main file must be a mapping of keys and values, not ${kindOf(top)}`,
        'see config/renewd.example.yaml',
      );
      return this.#result(undefined);
    }
    const data = top ?? {};
    const main = readMain(file, data);
    const providers = readProviders(file, data['providers'], this.#options.schemas);
    const publishers = readPublishers(file, data['publishers'], this.#options.schemas);
    const channels = readChannels(file, data['notices']);
    const keys = main.keys === undefined ? undefined : this.#expandPath(file, ['keys'], main.keys);
    const sqlite =
      main.store === undefined ? undefined : this.#expandPath(file, ['store', 'sqlite'], main.store.sqlite);
    checkMain(file, main);

    const mainDefaults = defaultsLevel(file, main.defaults ?? {});
    this.#readEntries(file, entries, [mainDefaults]);
    this.#readInventory(file, main.inventory ?? [], mainDefaults);

    const context: CheckContext = { providers, publishers, keys };
    const fits = this.#check(context);
    if (this.#entries.length === 0 && !this.#diagnostics.hasErrors) {
      file.complain({ severity: 'warning', path: [], message: 'the inventory has no certificate' });
    }
    const secrets = this.#secrets;
    await secrets.check(file, ['providers'], providers);
    await secrets.check(file, ['publishers'], publishers);
    await secrets.check(file, ['notices'], channels);
    const heartbeat = main.heartbeat ?? null;
    await secrets.check(file, [], new Map([['heartbeat', { settings: { config: heartbeat } }]]));
    await secrets.checkPasswords(this.#entries);
    const listen = await this.#readListen(file, main.listen || null, secrets);
    if (this.#diagnostics.hasErrors || file.isBroken) return this.#result(undefined);

    const { schedule, log, resolvers, authoritative, spend, revocation } = main;
    if (
      schedule === undefined ||
      log === undefined ||
      revocation === undefined ||
      keys === undefined ||
      sqlite === undefined
    ) {
      throw new RenewdError('internal', 'a configuration without mistakes lacks a part');
    }
    return this.#result({
      path: this.#path,
      files: this.#files,
      store: { sqlite },
      keys,
      listen,
      schedule,
      revocation: { check: revocation.check, everyMs: revocation.every },
      spend: spendLimitsOf(spend ?? {}),
      log,
      resolvers: resolvers ?? [],
      authoritative: authoritative ?? {},
      providers: [...providers.values()].flatMap(({ settings }) => secrets.withPaths(settings)),
      publishers: [...publishers.values()].flatMap(({ settings }) => secrets.withPaths(settings)),
      notices: [...channels.values()].flatMap(({ settings }) => secrets.withPaths(settings)),
      heartbeat:
        heartbeat === null || typeof heartbeat.url === 'string'
          ? heartbeat
          : { ...heartbeat, url: secrets.resolved(heartbeat.url) },
      certificates: this.#entries.map((entry, index) => complete(entry, fits[index], secrets)),
    });
  }

  #result(configuration: Configuration | undefined): LoadResult {
    return {
      ...(configuration === undefined ? {} : { configuration }),
      diagnostics: this.#diagnostics.list(this.#files),
      files: this.#files,
      globs: this.#globs,
      stamps: this.#stamps,
    };
  }

  /** `hint`: what to say of a file that is missing. */
  #open(path: string, hint: string): YamlFile | undefined {
    this.#files.push(path);
    this.#stamps[path] ??= stampOf(path);
    this.#identities.add(identityOf(path));
    const name = relative(this.#directory, path);
    const source = readSource(path);
    const file = new YamlFile(path, name, 'text' in source ? source.text : '', this.#diagnostics);
    if ('text' in source) return file;
    file.complainOfFile(source.problem, source.hint ?? hint);
    return undefined;
  }

  #readEntries(file: YamlFile, entries: Iterable<EntryData>, defaults: readonly Level[]): void {
    for (const entry of entries) {
      if (this.#entries.length >= maxCertificates) {
        file.complain({
          path: [...file.listPath, entry.index],
          message: `more than ${maxCertificates} certificates`,
          hint: 'use several daemons, each with a part of the inventory',
        });
        return;
      }
      const read = readEntry(file, entry, defaults);
      if (read !== undefined) this.#entries.push(read);
    }
  }

  #readInventory(main: YamlFile, patterns: readonly string[], mainDefaults: Level): void {
    this.#globs = patterns.map((pattern) => resolve(this.#directory, pattern));
    for (const [index, pattern] of this.#globs.entries()) {
      const path = ['inventory', index];
      const found = isPattern(pattern) ? matchFiles(pattern) : [pattern];
      if (found.length === 0) {
        main.complain({
          severity: 'warning',
          path,
          message: 'no file matches this pattern',
          hint: `looked for ${pattern}`,
        });
      }
      for (const each of found) this.#stamps[each] ??= stampOf(each);
      for (const each of found) {
        // A file that two patterns match counts once; the main file is no inventory.
        if (this.#identities.has(identityOf(each))) continue;
        if (this.#files.length > maxInventoryFiles) {
          main.complain({ path, message: `more than ${maxInventoryFiles} files` });
          return;
        }
        this.#readInventoryFile(each, `it is named at ${main.where(path)}`, mainDefaults);
      }
    }
  }

  #readInventoryFile(path: string, hint: string, mainDefaults: Level): void {
    const file = this.#open(path, hint);
    if (file === undefined) return;
    const { top, entries } = file.read();
    const levels: Level[] = [mainDefaults];
    if (isRecord(top)) {
      checkInventoryKeys(file, top);
      checkList(file, top['certificates'], 'certificates' in top);
      levels.unshift(defaultsLevel(file, readDefaults(file, top['defaults'])));
    } else if (top !== undefined && !Array.isArray(top)) {
      file.complainOfFile(
        `an inventory file must be a list of certificates, or a mapping with "certificates", not ${kindOf(top)}`,
      );
    }
    this.#readEntries(file, entries, levels);
  }

  #check(context: CheckContext): readonly EntryFit[] {
    checkNames(this.#entries);
    checkDirectories(this.#entries, context);
    const timing = new TimingCheck();
    return this.#entries.map((entry) => {
      const fit = { ...checkProviderFit(entry, context), failover: checkFailover(entry, context) };
      checkPublisherFit(entry, context, fit.record);
      timing.check(entry);
      checkDeployment(entry);
      if (this.#options.readSecrets) checkPlaces(entry);
      return fit;
    });
  }

  /** Absolute, with variables replaced. */
  #expandPath(file: YamlFile, path: Path, text: string): string {
    const expansion = expandVariables(text, this.#options.env);
    if ('text' in expansion) return resolve(this.#directory, expansion.text);
    if (!this.#options.readSecrets) return resolve(this.#directory, text);
    file.complain({
      path,
      message: `environment variable ${expansion.missing} is not set`,
      hint: 'systemd sets STATE_DIRECTORY and CREDENTIALS_DIRECTORY for units that ask for them',
    });
    return resolve(this.#directory, text);
  }

  async #readListen(
    file: YamlFile,
    listen: ListenSettings | null,
    secrets: SecretSources,
  ): Promise<ListenSettings | null> {
    if (listen === null) return null;
    const { token, tls, ...rest } = listen;
    const section = { settings: { config: { token } } };
    await secrets.check(file, [], new Map([['listen', section]]), tokenTrouble);
    return {
      ...rest,
      ...(token && { token: secrets.resolved(token) }),
      ...(tls && { tls: this.#tlsFiles(file, tls) }),
    };
  }

  #tlsFiles(file: YamlFile, tls: NonNullable<ListenSettings['tls']>): NonNullable<ListenSettings['tls']> {
    return mapTls(tls, (key, text) => {
      const path = ['listen', 'tls', key];
      const absolute = this.#expandPath(file, path, text);
      if (this.#options.readSecrets) missingTlsFile(file, path, absolute);
      return absolute;
    });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
