/** Joins what `renewd doctor` looks at: the checks of src/doctor with the real parts, for one configuration. */
import { getServers } from 'node:dns';
import { dirname } from 'node:path';
import type { DoctorOptions } from '../cli/context.ts';
import type { Machine } from '../contracts/machine.ts';
import type { Logger } from '../contracts/platform.ts';
import type { DnsPublisher } from '../contracts/publisher.ts';
import type { Configuration, ManagedCertificate } from '../core/certificate.ts';
import { toRenewdError } from '../core/errors.ts';
import { configurationFileFindings, mistakeFindings } from '../doctor/checks/configuration.ts';
import { stepFindings } from '../doctor/checks/clock.ts';
import { aliasFindings, resolverFindings, zoneFindings } from '../doctor/checks/dns.ts';
import {
  listenerFindings,
  nodeFindings,
  programFindings,
  securityModuleFindings,
  spaceFindings,
} from '../doctor/checks/machine.ts';
import { loginFindings, publisherFindings, reachFindings } from '../doctor/checks/parties.ts';
import {
  deployedKeyFindings,
  directoryFindings,
  keyDirectoryFindings,
  ownershipFindings,
  secretFileFindings,
} from '../doctor/checks/permissions.ts';
import { storeFindings } from '../doctor/checks/store.ts';
import { systemdFindings } from '../doctor/checks/systemd.ts';
import { examine, inOrder, type Check } from '../doctor/examine.ts';
import { notesOn, type Area, type Finding } from '../doctor/finding.ts';
import { longestZone } from '../dns/name.ts';
import { createResolver } from '../dns/resolver.ts';
import { systemMachine } from '../platform/machine.ts';
import type { LoadResult } from '../settings/load.ts';
import { findSecrets } from '../settings/secrets.ts';
import { isAlive } from './holder.ts';
import { createPools, type Pools } from './pools.ts';
import type { RuntimeParts } from './runtime.ts';

/** Of each kind at most so many are asked over the network: a large inventory has the same few zones and accounts. */
const askedMax = 50;

export interface DoctorParts extends RuntimeParts {
  readonly load: (secrets: boolean) => Promise<LoadResult>;
}

/** Never rejects for what is wrong with the machine: that is what it tells. */
export async function diagnose(
  path: string,
  { names, offline, progress }: DoctorOptions,
  parts: DoctorParts,
): Promise<readonly Finding[]> {
  const { clock } = parts.world;
  const machine = systemMachine;
  const sample = () => ({ wallMs: clock.now().getTime(), monotonicMs: machine.monotonicMs() });
  const first = sample();
  const whole = await parts.load(true);
  // Without the secrets the rest can still be looked at.
  const configuration = whole.configuration ?? (await parts.load(false)).configuration;
  const now = [
    ...nodeFindings(machine),
    ...securityModuleFindings(machine),
    ...mistakeFindings(path, whole.diagnostics, whole.configuration?.certificates.length ?? null),
    ...configurationFileFindings(whole.files, machine),
  ];
  const checks: Check[] = [check('node', 'this host', () => now)];
  const unmade = new Map<unknown, string>();
  const pools = createPools({ ...parts, logger: hearing(unmade) });
  if (configuration !== undefined) {
    const selected = configuration.certificates.filter(
      ({ name }) => names.length === 0 || names.includes(name),
    );
    checks.push(...localChecks(configuration, selected, machine, parts));
    if (!offline) {
      pools.providers.configure(configuration.providers);
      // One that listens would be in the daemon's way.
      await pools.publishers.configure(configuration.publishers.filter(({ type }) => asksServers(type)));
      checks.push(...networkChecks(configuration, selected, machine, parts, pools, unmade));
    }
  }
  try {
    const found = await examine(checks, { clock, progress });
    return inOrder([...found, ...stepFindings(first, sample())]);
  } finally {
    await Promise.all([pools.providers.close(), pools.publishers.close()]);
  }
}

/** What a part would log is told as a finding: why a publisher could not be made, by its name. */
function hearing(unmade: Map<unknown, string>): Logger {
  const ignore = (): void => undefined;
  return {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (fields) => {
      if ('publisher' in fields && 'err' in fields)
        unmade.set(fields.publisher, toRenewdError(fields.err).message);
    },
    child: () => hearing(unmade),
  };
}

function check(area: Area, where: string, run: Check['run']): Check {
  return { area, where, run };
}

function unique(texts: Iterable<string>): readonly string[] {
  return [...new Set(texts)];
}

/** What needs nobody else. */
function localChecks(
  configuration: Configuration,
  selected: readonly ManagedCertificate[],
  machine: Machine,
  { world: { clock, processes } }: DoctorParts,
): readonly Check[] {
  const { keys, store, publishers, listen } = configuration;
  const targets = selected.flatMap(({ name, deploy }) => deploy.map((target) => ({ name, ...target })));
  const roots = publishers.flatMap(({ name, type, config }) =>
    type === 'webroot' && typeof config['path'] === 'string' ? [{ name, path: config['path'] }] : [],
  );
  const secrets = unique(
    [configuration.providers, publishers, configuration.notices, configuration.heartbeat]
      .flatMap((part) => [...findSecrets(part)])
      .flatMap(({ source }) => ('file' in source && !source.file.includes('${') ? [source.file] : [])),
  );
  const programs = new Map(
    targets.flatMap(({ name, reload }) =>
      reload === undefined || !('join' in reload)
        ? []
        : [[reload.join('\0'), { argv: reload, purpose: `certificate ${name}` }]],
    ),
  );
  const writes = [
    keys,
    dirname(store.sqlite),
    ...targets.map((one) => one.directory),
    ...roots.map((one) => one.path),
  ];
  return [
    check('permissions', keys, () => keyDirectoryFindings(keys, machine)),
    check('store', store.sqlite, () =>
      storeFindings(store.sqlite, {
        machine,
        look: async (path) => (await import('../store/sqlite/examine.ts')).examineStore(path),
        isAlive,
        now: clock.now(),
      }),
    ),
    ...targets.map(({ name, directory, owner }) =>
      check('permissions', directory, () => [
        ...directoryFindings(directory, { purpose: `deploy the certificate ${name}`, made: true }, machine),
        ...ownershipFindings(directory, owner, machine),
        ...deployedKeyFindings(directory, machine),
      ]),
    ),
    ...roots.map(({ name, path }) =>
      check('permissions', path, () =>
        directoryFindings(path, { purpose: `prove control by publisher ${name}`, made: false }, machine),
      ),
    ),
    ...secrets.map((path) => check('permissions', path, () => secretFileFindings(path, machine))),
    ...[...programs.values()].map((use) =>
      check('reload', use.argv.join(' '), () => programFindings('reload', use, machine)),
    ),
    ...publisherPrograms(configuration).map((use) =>
      check('publisher', use.argv.join(' '), () => programFindings('publisher', use, machine)),
    ),
    ...unique([keys, dirname(store.sqlite), ...targets.slice(0, askedMax).map((one) => one.directory)]).map(
      (path) => check('disk', path, () => spaceFindings(path, machine)),
    ),
    ...(listen === null
      ? []
      : [
          check('listener', `${listen.host}:${listen.port}`, (signal) =>
            listenerFindings(listen, machine, clock.now(), signal),
          ),
        ]),
    check('systemd', 'renewd.service', (signal) =>
      systemdFindings({ processes, writes, userName: machine.user.name }, signal),
    ),
  ];
}

function publisherPrograms({ publishers }: Configuration) {
  return publishers.flatMap(({ name, type, config }) => {
    const { command, cleanup, script } = config;
    const argvs = type === 'command' ? [command, cleanup, script === undefined ? undefined : [script]] : [];
    return argvs.flatMap((argv) =>
      Array.isArray(argv) && argv.every((word) => typeof word === 'string')
        ? [{ argv, purpose: `publisher ${name}` }]
        : [],
    );
  });
}

/** What asks others. */
function networkChecks(
  configuration: Configuration,
  selected: readonly ManagedCertificate[],
  machine: Machine,
  { world: { clock, random } }: DoctorParts,
  { providers, publishers }: Pools,
  unmade: ReadonlyMap<unknown, string>,
): readonly Check[] {
  const { resolvers, authoritative } = configuration;
  const accounts = unique(
    selected.flatMap(({ provider, failover }) =>
      failover === undefined ? [provider] : [provider, failover.provider],
    ),
  );
  const parties = (selected.length === 0 ? configuration.providers.map(({ name }) => name) : accounts).map(
    (name) => ({
      name,
      address: () => providers.manifest(name).address(providers.settings(name).config),
      question: async (signal: AbortSignal) => {
        const { operations = [] } = await providers.get(name);
        const asked = operations.find(({ loginCheck }) => loginCheck !== undefined);
        if (asked?.loginCheck === undefined) return undefined;
        await asked.run(asked.loginCheck, signal);
        return asked.command;
      },
    }),
  );
  const byDns = selected.filter(({ dcv }) => dcv.method === 'dns');
  const proofs = byDns.flatMap(({ names }) => names).map((name) => `_dnsauth.${name.replace(/^\*\./, '')}`);
  const dnsPublishers = (): Promise<readonly { readonly name: string; readonly publisher: DnsPublisher }[]> =>
    publishers
      .all()
      .then((all) =>
        all.flatMap(({ name, publisher }) => (publisher.kind === 'dns' ? [{ name, publisher }] : [])),
      );
  const source = { resolver: createResolver({ servers: resolvers }), authoritative };
  const zones = zonesOf(configuration);
  const used = unique(proofs.flatMap((record) => longestZone(record, zones) ?? [])).slice(0, askedMax);
  const aliased = unique(proofs.filter((record) => longestZone(record, zones) === undefined));
  // Of a split horizon only our own names are sure to be known.
  const asked = used[0] ?? selected[0]?.names[0]?.replace(/^\*\./, '') ?? '';
  const servers = resolvers.length > 0 ? resolvers : getServers();
  const value = `renewd-doctor-${Buffer.from(random.bytes(16)).toString('hex')}`;
  return [
    ...parties.map((party) =>
      check('provider', party.name, (signal) => reachFindings(party, machine, clock, signal)),
    ),
    ...parties.map((party) => check('provider', party.name, (signal) => loginFindings(party, signal))),
    ...servers.map((server) =>
      check('dns', `resolver ${server}`, (signal) => resolverFindings(server, asked, signal)),
    ),
    ...used.map((zone) => check('dns', `zone ${zone}`, (signal) => zoneFindings(zone, source, signal))),
    ...aliased
      .slice(0, askedMax)
      .map((record) => check('dns', record, (signal) => aliasFindings(record, zones, resolvers, signal))),
    ...configuration.publishers
      .filter(({ type }) => asksServers(type))
      .map(({ name }) =>
        check('publisher', name, async (signal) => {
          const found = (await dnsPublishers()).find((one) => one.name === name);
          if (found === undefined) {
            const why = 'Control of names cannot be shown by it.';
            const reason = unmade.get(name) ?? 'no reason was given';
            return [notesOn('publisher', name).fail(`cannot be set up: ${reason}`, { why })];
          }
          const { publisher } = found;
          const record = proofs.find((one) => longestZone(one, publisher.zones) !== undefined);
          if (record === undefined) return [];
          return publisherFindings(
            name,
            record,
            (stop) => publisher.withdraw({ name: record, type: 'TXT', value, ttlSeconds: 60 }, stop),
            signal,
          );
        }),
      ),
  ];
}

/** Publishers that can be tried without running a program or listening. */
function asksServers(type: string): boolean {
  return type !== 'command' && type !== 'webroot' && type !== 'responder';
}

function zonesOf({ publishers }: Configuration): readonly string[] {
  return publishers.flatMap(({ config: { zones } }) =>
    Array.isArray(zones) ? zones.filter((zone) => typeof zone === 'string') : [],
  );
}
