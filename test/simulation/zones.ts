/**
 * DNS without packets: the sandbox's zones, a publisher that writes into them, and the views that renewd and the CA have
 * of them. What is published becomes visible after a while, at the same moment for both.
 */
import type { DnsPublisher, DnsRecord } from '../../src/contracts/publisher.ts';
import type { Clock } from '../../src/contracts/platform.ts';
import { secondMs } from '../../src/core/durations.ts';
import { RenewdError } from '../../src/core/errors.ts';
import type { DnsView } from '../../src/renewal/stage-context.ts';
import type { DcvResolver } from '../../src/sandbox/ca/index.ts';
import type { SandboxDns } from '../../src/sandbox/index.ts';
import type { Chance } from './chance.ts';

export interface Zones {
  /** Changes of the zones fail until then. */
  brokenUntilMs: number;
  /** How long the next published values stay invisible, ms. */
  lag: () => number;
  /** What the CA sees. */
  readonly resolver: DcvResolver;
  /** What renewd sees. */
  readonly view: DnsView;
  publisher(clock: Clock, chance: Chance): DnsPublisher;
  /** A planted bug: the whole set of a name goes. */
  greedy: boolean;
  /** Called when a change fails. */
  failing: (name: string) => void;
  /** Called before a value goes. */
  withdrawing: (record: DnsRecord) => void;
  has(record: Pick<DnsRecord, 'name' | 'type' | 'value'>): boolean;
  /** Values at TXT and CNAME records, as "name type value", sorted. */
  all(): readonly string[];
}

export function createZones(dns: SandboxDns, zones: readonly string[], now: () => number): Zones {
  const visibleAtMs = new Map<string, number>();
  const idOf = ({ name, type, value }: Pick<DnsRecord, 'name' | 'type' | 'value'>): string =>
    `${name} ${type} ${value}`;
  const knows = (name: string): boolean => zones.some((zone) => name === zone || name.endsWith(`.${zone}`));

  function seen(name: string, type: 'TXT' | 'CNAME'): readonly string[] {
    if (!knows(name)) return [];
    return dns
      .records(name, type)
      .filter((value) => (visibleAtMs.get(idOf({ name, type, value })) ?? 0) <= now());
  }

  const self: Zones = {
    brokenUntilMs: 0,
    lag: () => 0,
    greedy: false,
    failing: () => undefined,
    withdrawing: () => undefined,
    resolver: {
      description: 'the simulated name server',
      look(name, type) {
        const cname = seen(name, 'CNAME');
        const aliases = new Map(cname.map((target) => [name, target.toLowerCase()]));
        const texts = new Map([[name, type === 'TXT' ? seen(name, 'TXT') : []]]);
        return Promise.resolve({ rcode: 'NOERROR', aliases, texts });
      },
    },
    view: {
      followDelegation: (name) => Promise.resolve(seen(name, 'CNAME')[0] ?? name),
      propagation({ name, type, value }) {
        const visible = seen(name, type).includes(value);
        const detail = visible ? 'shows it' : 'does not show it';
        return Promise.resolve({ visible, servers: [{ server: '192.0.2.53:53', visible, detail }] });
      },
    },
    publisher(clock, chance) {
      const reach = async (what: string, name: string): Promise<void> => {
        await clock.sleep(20 + chance.between(0, 200));
        if (self.brokenUntilMs <= now()) return;
        self.failing(name);
        throw new RenewdError('dcv-publish-failed', `${what} ${name}: the name server does not answer`);
      };
      return {
        kind: 'dns',
        zones,
        async publish(record) {
          await reach('adding', record.name);
          if (self.has(record)) return;
          dns.addRecord({
            name: record.name,
            type: record.type,
            value: record.value,
            ttl: record.ttlSeconds,
          });
          visibleAtMs.set(idOf(record), now() + Math.min(self.lag(), 3600 * secondMs));
        },
        async withdraw(record) {
          await reach('removing', record.name);
          self.withdrawing(record);
          const { name, type, value } = record;
          dns.removeRecord(self.greedy ? { name, type } : { name, type, value });
          visibleAtMs.delete(idOf(record));
        },
        close: () => Promise.resolve(),
      };
    },
    has: ({ name, type, value }) => knows(name) && dns.records(name, type).includes(value),
    all() {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a snapshot is for people; this is its form
      const { zones: shown } = dns.snapshot() as {
        zones: readonly { records: readonly { name: string; type: string; value: string }[] }[];
      };
      return shown
        .flatMap(({ records }) => records)
        .filter(({ type }) => type === 'TXT' || type === 'CNAME')
        .map(({ name, type, value }) => `${name} ${type} ${value}`)
        .sort();
    },
  };
  return self;
}
