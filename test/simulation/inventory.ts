/** The inventory of a run, what there was before it began, and how it changes on the way. */
import type { Configuration, ManagedCertificate, SpendLimits } from '../../src/core/certificate.ts';
import { dayMs, hourMs, minuteMs } from '../../src/core/durations.ts';
import { configSchema as webrootConfig } from '../../src/publishers/webroot/config.ts';
import { deploySet } from '../../src/renewal/deploy/deploy-set.ts';
import { accounts, accountSecrets, type ProviderName } from '../builders/accounts.ts';
import { inventoryEntry, stageName, type Wanted } from '../builders/inventory.ts';
import type { Chance } from './chance.ts';
import type { Disk } from './disk.ts';
import type { MakeKeyPem } from './keys.ts';
import { looksEveryMs } from './revocation-list.ts';
import type { Servers } from './servers.ts';
import { csrWithoutChance } from './signatures.ts';
import type { Timeline } from './timeline.ts';
import { webroot, zone, type Market } from './vendors.ts';
import { providerVendors } from './watch-orders.ts';

export interface InventoryParts {
  readonly chance: Chance;
  readonly market: Market;
  readonly disk: Disk;
  readonly servers: Servers;
  readonly timeline: Timeline;
  readonly makeKeyPem: MakeKeyPem;
}

export interface Inventory {
  readonly certificates: readonly ManagedCertificate[];
  readonly environment: Readonly<Record<string, string>>;
  limitsOf(vendor: string): SpendLimits;
  /** A person allows half as much again, at the vendor of this provider. */
  raiseLimits(provider: string): void;
  configuration(storePath: string, keysDirectory: string): Configuration;
  /** Certificates that existed before, and a few that do not exist yet. */
  populate(count: number): Promise<void>;
  /** What RRPproxy's API 1 has sold goes on at API 2. */
  moveToApi2(name: string): void;
  /** Somebody edits the inventory. Returns what was done, for the journal. */
  edit(chance: Chance): string;
  /** Told about each certificate for which another one is wanted on purpose. */
  wanted: (certificate: string) => void;
  /** Told about each certificate whose hold has ended, or that has been moved to where it can be bought. */
  released: (certificate: string) => void;
  /** Told that the configuration is another one without an edit. */
  changed: () => Promise<void>;
}

const selling = ['cnr', 'inx', 'hx', 'xml', 'rs'] as const satisfies readonly ProviderName[];
/** `old` sells nothing any more: what is there has to move to `cnr` one day. */
export const providers = [...selling, 'old'] as const satisfies readonly ProviderName[];
/** Accounts at one vendor share its invoices, and so do their limits here. */
/** Most are of the usual type. */
const keyTypes = ['ecdsa-p256', 'ecdsa-p256', 'ecdsa-p256', 'ecdsa-p384', 'rsa-2048'] as const;
const place = { directory: '/srv', tlsPort: 443, rootPath: '/srv/root.pem' };

export function createInventory(parts: InventoryParts): Inventory {
  const { chance, market, disk, servers, timeline } = parts;
  let wanted: Wanted[] = [];
  let entries: readonly ManagedCertificate[] = [];
  let made = 0;
  let first = 0;
  let limits: Readonly<Record<string, SpendLimits>> = {};

  /** Asked for at every look at every certificate, so made once for each version of the inventory. */
  let current: Configuration | undefined;
  const publish = (): void => {
    current = undefined;
    entries = wanted.map((one) => inventoryEntry(one, place));
  };

  function newEntry(provider: (typeof providers)[number]): Wanted {
    made += 1;
    const name = `c${String(made).padStart(4, '0')}`;
    // HEXONET's product here takes one name.
    const more = provider === 'hx' ? 0 : chance.pick([0, 0, 0, 1, 2]);
    const extra = Array.from({ length: more }, (_, at) => `n${at}.${name}.${zone}`);
    const byFile = provider !== 'hx' && chance.happens(0.15);
    return {
      name,
      provider,
      names: [`${name}.${zone}`, ...extra],
      key: { type: chance.pick(keyTypes) },
      targets: chance.happens(0.15) ? 2 : 1,
      ...(byFile ? { dcv: { method: 'file' as const, publisher: 'web' } } : {}),
    };
  }

  async function seed(one: Wanted): Promise<void> {
    const { name, names = [], provider = 'cnr' } = one;
    const managed = inventoryEntry(one, place);
    const keyPem = parts.makeKeyPem(managed.key.type, chance);
    const nowMs = timeline.nowMs;
    const notAfter = new Date(nowMs + chance.between(3, 190) * dayMs);
    const notBefore = new Date(notAfter.getTime() - 199 * dayMs);
    // The first certificate of an order of twelve months.
    const paidUntil = new Date(notBefore);
    paidUntil.setUTCFullYear(paidUntil.getUTCFullYear() + 1);
    const vendor = market.vendors.find(({ simulator }) => simulator.id === accounts[provider].vendor);
    const { generation } = accounts[provider];
    const seeded = vendor?.simulator.seed({
      ...(generation === undefined ? {} : { generation }),
      names,
      product: managed.product,
      csrPem: await csrWithoutChance(keyPem, names),
      notBefore,
      notAfter,
      paidUntil,
      dcvMethod: managed.dcv.method,
    });
    if (seeded === undefined) throw new Error(`no vendor for ${provider}`);
    const { leafPem, intermediatePem } = seeded.certificate;
    for (const [index, target] of managed.deploy.entries()) {
      deploySet(target, { keyPem, leafPem, chainPem: intermediatePem }, disk, 'before-renewd');
      servers.load(stageName(name, index), target.directory);
    }
  }

  const self: Inventory = {
    wanted: () => undefined,
    released: () => undefined,
    changed: () => Promise.resolve(),
    get certificates() {
      return entries;
    },
    environment: { ...accountSecrets },
    limitsOf(vendor) {
      const { ordersPerDay, ...rest } = limits[vendor] ?? {};
      // Limits belong to accounts; the invoices of a vendor are those of all its accounts.
      const count = selling.filter((name) => providerVendors[name] === vendor).length;
      return ordersPerDay === undefined ? rest : { ...rest, ordersPerDay: ordersPerDay * count };
    },
    raiseLimits(provider) {
      const vendor = providerVendors[provider] ?? provider;
      const { ordersPerDay, perMonthHundredths } = limits[vendor] ?? {};
      current = undefined;
      limits = {
        ...limits,
        [vendor]: {
          ...(ordersPerDay === undefined ? {} : { ordersPerDay: Math.ceil(ordersPerDay * 1.5) }),
          ...(perMonthHundredths === undefined
            ? {}
            : { perMonthHundredths: Math.ceil(perMonthHundredths * 1.5) }),
        },
      };
    },
    configuration: (storePath, keysDirectory) =>
      (current ??= {
        path: '/etc/renewd/renewd.yaml',
        files: [],
        store: { sqlite: storePath },
        keys: keysDirectory,
        listen: null,
        schedule: { cron: '*/5 * * * *', timezone: 'UTC' },
        spend: {},
        revocation: { check: true, everyMs: looksEveryMs },
        notices: [],
        heartbeat: null,
        log: { level: 'info' },
        resolvers: [],
        authoritative: {},
        providers: providers.map((name) => ({
          name,
          type: accounts[name].type,
          config: accounts[name].config(market.sandbox),
          spend: limits[providerVendors[name] ?? ''] ?? {},
          lostAnswerGraceMs: 2 * minuteMs,
        })),
        publishers: [
          { name: 'ns', type: 'simulated', config: {} },
          { name: 'web', type: 'webroot', config: webrootConfig.parse({ path: webroot }) },
        ],
        certificates: entries,
      }),
    async populate(count) {
      first = count;
      // Generous for the whole, tight for a day: new certificates at the beginning have to queue.
      limits = {
        rrpproxy: { ordersPerDay: 2 + Math.ceil(count / 60), perMonthHundredths: 12_000 + count * 500 },
        internetx: { ordersPerDay: 2 + Math.ceil(count / 60) },
        hexonet: { ordersPerDay: 2 + Math.ceil(count / 60) },
        resello: { ordersPerDay: 2 + Math.ceil(count / 60) },
      };
      // Each of them as often as the others, also where there are few certificates.
      const turn = chance.between(0, providers.length - 1);
      for (let index = 0; index < count; index += 1) {
        // What is new is bought at one reseller, so that its limits of a day and of a month are reached.
        const isNew = index < count / 8;
        const one = newEntry(isNew ? 'cnr' : (providers[(turn + index) % providers.length] ?? 'cnr'));
        wanted.push(one);
        if (!isNew) await seed(one);
      }
      publish();
    },
    moveToApi2(name) {
      self.wanted(name);
      wanted = wanted.map((one) => (one.name === name ? { ...one, provider: 'cnr' } : one));
      publish();
      self.released(name);
    },
    edit(draws) {
      const index = draws.between(0, wanted.length - 1);
      const one = wanted[index];
      if (one === undefined) return 'nothing';
      const { name } = one;
      const change = (next: Partial<Wanted>): void => {
        wanted = wanted.map((other) => (other === one ? { ...one, ...next } : other));
      };
      const kind = draws.pick(['name', 'key', 'lead', 'hold', 'new', 'none'] as const);
      switch (kind) {
        case 'name':
          if (one.provider === 'hx' || (one.names ?? []).length > 8) return 'nothing';
          self.wanted(name);
          change({ names: [...(one.names ?? []), `m${made}x${(one.names ?? []).length}.${name}.${zone}`] });
          break;
        case 'key':
          self.wanted(name);
          change({ key: { type: draws.pick(keyTypes.filter((type) => type !== one.key?.type)) } });
          break;
        case 'lead':
          change({ leadMs: draws.between(12, 16) * dayMs });
          break;
        case 'hold':
          change({ hold: true });
          timeline.after(draws.between(2, 30) * hourMs, () => {
            wanted = wanted.map((other) => (other.name === name ? { ...other, hold: false } : other));
            publish();
            self.released(name);
            return self.changed();
          });
          break;
        case 'new':
          if (made < first * 1.25) wanted.push(newEntry(chance.pick(selling)));
          break;
        case 'none':
          break;
      }
      publish();
      return `${kind} ${name}`;
    },
  };
  return self;
}
