/** Sources of secrets while the configuration is loaded: where their files are, and whether each can be read. */
import { resolve } from 'node:path';
import type { DeployTarget, FurtherFile, SecretSource } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';
import { warnOfOpenFile } from './checks/secret-file.ts';
import type { Path } from './diagnostics.ts';
import { originOf } from './entry.ts';
import type { Entry } from './entry.ts';
import type { LoadOptions } from './load.ts';
import { findSecrets, mapSecrets, readSecret } from './secrets.ts';
import { expandVariables } from './variables.ts';
import type { YamlFile } from './yaml-file.ts';

type Judge = (secret: string) => Complaint | undefined;

interface Complaint {
  readonly message: string;
  readonly hint: string;
}

export class SecretSources {
  readonly #directory: string;
  readonly #options: Omit<LoadOptions, 'schemas'>;

  /** @param directory of the main file: where relative paths begin */
  constructor(directory: string, options: Omit<LoadOptions, 'schemas'>) {
    this.#directory = directory;
    this.#options = options;
  }

  /**
   * Reads every secret of a section once, and complains of those that cannot be read, or in which `judge` finds
   * something wrong.
   */
  async check(
    file: YamlFile,
    section: Path,
    declared: ReadonlyMap<string, { readonly settings: { readonly config: unknown } | undefined }>,
    judge: Judge = () => undefined,
  ): Promise<void> {
    if (!this.#options.readSecrets) return;
    for (const [name, { settings }] of declared) {
      for (const { path, source } of findSecrets(settings?.config)) {
        const at = [...section, name, ...path];
        const complaint = await this.#trouble(source, judge);
        if (complaint === undefined) this.#warn(file, at, source);
        else file.complain({ path: at, ...complaint, isSecret: true });
      }
    }
  }

  /** The passwords of deployed files. The same source in many entries is read once, and complained of once. */
  async checkPasswords(entries: readonly Entry[]): Promise<void> {
    if (!this.#options.readSecrets) return;
    const read = new Set<string>();
    for (const entry of entries) {
      for (const [index, { files = [] }] of entry.draft.deploy.entries()) {
        for (const [number, further] of files.entries()) {
          if (!('password' in further)) continue;
          const key = JSON.stringify(further.password);
          if (read.has(key)) continue;
          read.add(key);
          const inFile = ['files', number, 'password'];
          const own = originOf(entry, ['deploy', index, ...inFile]);
          // What no entry says comes from the defaults, which hold no list of targets.
          const origin = own.path.length > entry.path.length ? own : originOf(entry, ['deploy', ...inFile]);
          const complaint = await this.#trouble(further.password);
          if (complaint === undefined) this.#warn(origin.file, origin.path, further.password);
          else origin.file.complain({ path: origin.path, ...complaint, isSecret: true });
        }
      }
    }
  }

  async #trouble(source: SecretSource, judge: Judge = () => undefined): Promise<Complaint | undefined> {
    const { env, processes } = this.#options;
    const readable = this.#located(source);
    if ('missing' in readable) {
      return {
        message: `environment variable ${readable.missing} in the path of this secret is not set`,
        hint: 'systemd sets CREDENTIALS_DIRECTORY for units with LoadCredential=',
      };
    }
    try {
      const secret = await readSecret(readable, {
        env,
        ...(processes === undefined ? {} : { processes }),
      });
      return judge(secret.reveal());
    } catch (error) {
      if (!(error instanceof RenewdError)) throw error;
      const hint =
        'env' in readable
          ? 'set it in the environment of the daemon and of this command, or name a file: { file: PATH }'
          : 'it is read by the user the daemon runs as';
      return { message: error.message, hint };
    }
  }

  #warn(file: YamlFile, path: Path, source: SecretSource): void {
    const readable = this.#located(source);
    if ('file' in readable) warnOfOpenFile(file, path, readable.file);
  }

  #located(source: SecretSource): SecretSource | { readonly missing: string } {
    if (!('file' in source)) return source;
    const expansion = expandVariables(source.file, this.#options.env);
    if ('missing' in expansion) {
      return this.#options.readSecrets ? expansion : { file: source.file };
    }
    return { file: resolve(this.#directory, expansion.text) };
  }

  /** With an absolute path, after `check` complained of what is missing. */
  resolved(source: SecretSource): SecretSource {
    const readable = this.#located(source);
    return 'missing' in readable ? source : readable;
  }

  withPaths<T extends { readonly config: Readonly<Record<string, unknown>> }>(
    settings: T | undefined,
  ): readonly T[] {
    if (settings === undefined) return [];
    const config = mapSecrets(settings.config, (source) => this.#located(source));
    return isRecord(config) ? [{ ...settings, config }] : [];
  }

  withPasswordPaths(target: DeployTarget): DeployTarget {
    if (target.files === undefined) return target;
    const files = target.files.map((one): FurtherFile =>
      'password' in one ? { ...one, password: this.resolved(one.password) } : one,
    );
    return { ...target, files };
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
