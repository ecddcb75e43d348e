/** One inventory entry while it is being loaded: what it says, what it leans on, and where that stands. */
import { dirname, join, resolve } from 'node:path';
import type { DeployTarget, FurtherFile, ManagedCertificate, ProbeProtocol } from '../core/certificate.ts';
import { hourMs, minuteMs } from '../core/durations.ts';
import { certificateSchema } from './certificate-schema.ts';
import type { CertificateInput, DefaultsInput, FailoverInput } from './certificate-schema.ts';
import type { Path } from './diagnostics.ts';
import type { FurtherFileInput } from './further-files.ts';
import { complainOfIssues, valueAt } from './issues.ts';
import { salvageEntry } from './salvage.ts';
import type { Complaint, EntryData, YamlFile } from './yaml-file.ts';

/** Defaults of one place, or the entry itself. */
export interface Level {
  readonly file: YamlFile;
  readonly path: Path;
  readonly data: Omit<DefaultsInput, 'deploy'> & { readonly deploy?: unknown };
  /** What deploy targets lean on; absent in the level of the entry itself. */
  readonly deploy?: DefaultsInput['deploy'];
}

/** A managed certificate of which some parts may be unknown, because the entry has mistakes. */
export interface Draft extends Omit<
  ManagedCertificate,
  'name' | 'names' | 'provider' | 'product' | 'crt' | 'dcv' | 'failover'
> {
  readonly failover: FailoverInput | undefined;
  readonly name: string | undefined;
  readonly names: readonly string[];
  readonly provider: string | undefined;
  readonly product: string | undefined;
  readonly crt: string | undefined;
  readonly dcv: Omit<ManagedCertificate['dcv'], 'record'> & { readonly record: 'txt' | 'cname' | undefined };
}

export interface Entry {
  readonly file: YamlFile;
  readonly path: Path;
  readonly offset: number;
  /** Keys that are written but wrong: "names", "dcv.method". Nothing more is said about what follows from them. */
  readonly broken: ReadonlySet<string>;
  /** The entry first, then the defaults of its file, then those of the main file. */
  readonly levels: readonly Level[];
  readonly draft: Draft;
}

const noneBroken: ReadonlySet<string> = new Set();

/** The value of the nearest level that has one. */
function nearest<T>(levels: readonly Level[], read: (level: Level['data']) => T | undefined): T | undefined {
  for (const { data } of levels) {
    const value = read(data);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Undefined when the entry is no mapping, so that there is nothing more to say about it. */
export function readEntry(file: YamlFile, entry: EntryData, defaults: readonly Level[]): Entry | undefined {
  const path = [...file.listPath, entry.index];
  const parsed = certificateSchema.safeParse(entry.data);
  if (!parsed.success) {
    complainOfIssues(parsed.error.issues, { file, base: path, schema: certificateSchema, data: entry.data });
  }
  if (typeof entry.data !== 'object' || entry.data === null || Array.isArray(entry.data)) return undefined;
  const { input, broken } = parsed.success
    ? { input: parsed.data, broken: noneBroken }
    : salvageEntry(entry.data);
  const levels: readonly Level[] = [{ file, path, data: input }, ...defaults];
  const draft = draftOf(file, entry.offset, input, levels, defaults);
  return { file, path, offset: entry.offset, broken, levels, draft };
}

/** Levels whose product and order settings are meant for this provider. */
function levelsOf(provider: string | undefined, levels: readonly Level[]): readonly Level[] {
  return levels.filter(({ data }) => data.provider === undefined || data.provider === provider);
}

function draftOf(
  file: YamlFile,
  offset: number,
  input: Partial<CertificateInput>,
  levels: readonly Level[],
  defaults: readonly Level[],
): Draft {
  const base = dirname(file.path);
  const provider = nearest(levels, (data) => data.provider);
  const ours = levelsOf(provider, levels);
  const deploy = (input.deploy ?? []).map((target) => targetOf(target, base, defaults, input.name ?? ''));
  const first = deploy[0];
  const publisher = nearest(levels, (data) => data.dcv?.publisher);
  const approver = nearest(levels, (data) => data.dcv?.approver);
  const leadMs = nearest(levels, (data) => data.lead);
  return {
    name: input.name,
    names: input.names ?? [],
    provider,
    product: nearest(ours, (data) => data.product),
    order: Object.assign({}, ...ours.toReversed().map(({ data }) => data.order ?? {})),
    key: {
      type: nearest(levels, (data) => data.key?.type) ?? 'ecdsa-p256',
      reuse:
        nearest(levels, (data) =>
          data.key !== undefined && 'reuse' in data.key ? data.key.reuse : undefined,
        ) ?? false,
      madeBy:
        nearest(levels, (data) =>
          data.key !== undefined && 'madeBy' in data.key ? data.key.madeBy : undefined,
        ) ?? 'us',
    },
    dcv: {
      method: nearest(levels, (data) => data.dcv?.method) ?? 'dns',
      record: nearest(levels, (data) => data.dcv?.record),
      ...(publisher === undefined ? {} : { publisher }),
      ...(approver === undefined ? {} : { approver }),
      propagationTimeoutMs: nearest(levels, (data) => data.dcv?.propagationTimeout) ?? hourMs,
    },
    failover: nearest(levels, (data) => data.failover),
    deploy,
    crt: input.crt !== undefined ? resolve(base, input.crt) : first && join(first.directory, 'fullchain.pem'),
    ...(leadMs === undefined ? {} : { leadMs }),
    windows: {
      order: windowsOf(nearest(levels, (data) => data.windows?.order)),
      deploy: windowsOf(nearest(levels, (data) => data.windows?.deploy)),
    },
    allowDroppingNames: input.allowDroppingNames ?? false,
    hold: input.hold ?? false,
    trustAnchors: (input.trustAnchors ?? []).map((anchor) => resolve(base, anchor)),
    source: file.placeOf(offset),
  };
}

function windowsOf(
  windows: NonNullable<DefaultsInput['windows']>['order'],
): ManagedCertificate['windows']['order'] {
  return (windows ?? []).map(({ cron, duration, timezone }) => ({ cron, durationMs: duration, timezone }));
}

const probePorts: Readonly<Record<ProbeProtocol, number>> = {
  tls: 443,
  smtp: 25,
  imap: 143,
  postgresql: 5432,
};

type TargetInput = NonNullable<CertificateInput['deploy']>[number];

function targetOf(own: TargetInput, base: string, defaults: readonly Level[], name: string): DeployTarget {
  const target: TargetInput = Object.assign({}, ...defaults.toReversed().map(({ deploy }) => deploy), own);
  const { owner, group, reload, keyMode, readableBy, probe = [], files = [] } = target;
  return {
    // "" stands for a directory that could not be read.
    directory: own.directory === '' ? '' : resolve(base, own.directory),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
    keyMode: keyMode ?? (group === undefined ? 0o600 : 0o640),
    mode: target.mode ?? 0o644,
    ...(readableBy === undefined ? {} : { readableBy }),
    ...(files.length === 0 ? {} : { files: files.map((file) => furtherFileOf(file, name)) }),
    ...(reload === undefined ? {} : { reload }),
    reloadTimeoutMs: target.reloadTimeout ?? minuteMs,
    probe: probe.map((endpoint) => {
      const { serverName, protocol } = { serverName: undefined, protocol: undefined, ...endpoint };
      return {
        host: endpoint.host.toLowerCase(),
        port: endpoint.port ?? probePorts[protocol ?? 'tls'],
        ...(protocol === undefined || protocol === 'tls' ? {} : { protocol }),
        ...(serverName === undefined ? {} : { serverName }),
      };
    }),
    probeTimeoutMs: target.probeTimeout ?? minuteMs,
    keepSets: target.keepSets ?? 3,
  };
}

/** @param name of the certificate */
function furtherFileOf(input: FurtherFileInput, name: string): FurtherFile {
  const { format, password, profile, alias, owner, group, mode } = input;
  const base = {
    name: input.name,
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
    ...(mode === undefined ? {} : { mode }),
  };
  if (format !== 'pkcs12' && format !== 'truststore') return { ...base, format };
  // The schema demands a password: without one there was a complaint, and nothing is made of this.
  const source = password ?? { env: '' };
  return { ...base, format, password: source, profile: profile ?? 'modern', alias: alias ?? name };
}

/** Where the value at `path` (of the entry's own keys) comes from: the entry, or defaults that it leans on. */
export function originOf(entry: Entry, path: Path): { readonly file: YamlFile; readonly path: Path } {
  const [top] = path;
  const levels =
    top === 'product' || top === 'order' ? levelsOf(entry.draft.provider, entry.levels) : entry.levels;
  const level = levels.find(({ data }) => valueAt(data, path) !== undefined);
  if (level !== undefined) return { file: level.file, path: [...level.path, ...path] };
  return { file: entry.file, path: entry.path };
}

/** Complains about a value of the entry, at the place where it stands. */
export function complainOf(entry: Entry, path: Path, complaint: Omit<Complaint, 'path'>): void {
  const origin = originOf(entry, path);
  origin.file.complain({ ...complaint, path: origin.path });
}
