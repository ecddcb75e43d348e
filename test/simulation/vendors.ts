/** The resellers' simulators, their CA and name server, joined without a socket. */
import { createPrivateKey } from 'node:crypto';
import { createSandboxCa, type SteerableSandboxCa } from '../../src/sandbox/ca/index.ts';
import type { VendorSimulator } from '../../src/sandbox/contract.ts';
import { startSandboxDns } from '../../src/sandbox/dns/index.ts';
import { createFaultQueue } from '../../src/sandbox/faults.ts';
import { createHexonetSimulator } from '../../src/sandbox/hexonet/index.ts';
import { createHistory } from '../../src/sandbox/history.ts';
import type { Sandbox, SandboxDns } from '../../src/sandbox/index.ts';
import { createInternetxSimulator } from '../../src/sandbox/internetx/index.ts';
import { createReselloSimulator } from '../../src/sandbox/resello/index.ts';
import { createRrpproxySimulator } from '../../src/sandbox/rrpproxy/index.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';
import type { Chance } from './chance.ts';
import type { Disk } from './disk.ts';
import { seededKeyPem } from './keys.ts';
import type { Vendor } from './network.ts';
import { signWithoutChance } from './signatures.ts';
import type { Timeline } from './timeline.ts';
import { createZones, type Zones } from './zones.ts';

export const zone = 'example.test';
export const webroot = '/srv/web';

export interface Market {
  readonly ca: SteerableSandboxCa;
  readonly dns: SandboxDns;
  readonly zones: Zones;
  readonly vendors: readonly Vendor[];
  /** As the accounts of the tests want it: where the vendors are. */
  readonly sandbox: Sandbox;
  /** When each certificate was first revoked, by upper-case serial number. */
  readonly revokedAtMs: ReadonlyMap<string, number>;
  /** Called before a revocation, the first or another one of the same certificate. */
  revoking: (serial: string) => void;
}

/** Simulators read the request of an order again and again, and that took a third of a run. */
function readEachCsrOnce(ca: SteerableSandboxCa): void {
  const read = ca.parseCsr.bind(ca);
  const known = new Map<string, ReturnType<typeof read>>();
  ca.parseCsr = (pem) => {
    const parsed = known.get(pem) ?? read(pem);
    known.set(pem, parsed);
    return parsed;
  };
}

/** Never the limit of a simulated account. */
const credit = 1e9;
/** No port is opened: addresses only tell the vendors apart. */
const firstPort = 7001;

export async function openMarket(timeline: Timeline, chance: Chance, disk: Disk): Promise<Market> {
  const clock = { now: () => timeline.now() };
  // The name server is used by calls only; nobody sends packets to its port.
  const dns = await startSandboxDns({ clock, zones: [zone] });
  await dns.close();
  const zones = createZones(dns, [zone], () => timeline.nowMs);
  const caChance = chance.stream('ca');
  const ca = createSandboxCa({
    clock,
    resolver: zones.resolver,
    fetchFile(url) {
      const body = disk.bytes(`${webroot}${new URL(url).pathname}`);
      return Promise.resolve({
        status: body === undefined ? 404 : 200,
        body: Buffer.from(body ?? ''),
        url,
      });
    },
    randomBytes: (length) => Buffer.from(caChance.bytes(length)),
    signatures: {
      newKey: () => createPrivateKey(seededKeyPem('ecdsa-p256', caChance)),
      sign: signWithoutChance,
    },
  });
  readEachCsrOnce(ca);
  const { hexonet, rrpproxy, internetx, resello } = sandboxAccounts;
  const random = (name: string) => {
    const draws = chance.stream(name);
    return () => draws.fraction();
  };
  const simulators: readonly VendorSimulator[] = [
    createRrpproxySimulator({
      ca,
      clock,
      dns,
      random: random('rrpproxy'),
      accounts: [rrpproxy],
      options: { credit },
    }),
    createInternetxSimulator({
      ca,
      clock,
      dns,
      random: random('internetx'),
      accounts: [{ user: internetx.user, password: internetx.password, context: Number(internetx.context) }],
    }),
    createHexonetSimulator({
      ca,
      clock,
      dns,
      random: random('hexonet'),
      accounts: [hexonet],
      options: { credit },
    }),
    createReselloSimulator({ ca, clock, random: random('resello'), accounts: [resello] }),
  ];
  const vendors = simulators.map((simulator, index): Vendor => ({
    simulator,
    origin: `http://127.0.0.1:${firstPort + index}`,
    awayUntilMs: 0,
    away: 'refused',
    faultRate: 0,
  }));
  const sandbox: Sandbox = {
    ca,
    dns,
    vendors: new Map(
      vendors.map(({ simulator, origin }) => [simulator.id, { simulator, baseUrl: origin }] as const),
    ),
    controlUrl: '',
    faults: createFaultQueue(),
    history: createHistory(),
    tick: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const revokedAtMs = new Map<string, number>();
  const market: Market = {
    ca,
    dns,
    zones,
    vendors,
    sandbox,
    revokedAtMs,
    revoking: () => undefined,
  };
  const revoke = ca.revoke.bind(ca);
  ca.revoke = (serialHex, reason) => {
    const serial = serialHex.toUpperCase();
    market.revoking(serial);
    // By the CA itself, behind the reseller's back: nothing is left to do.
    if (revokedAtMs.has(serial)) return;
    revoke(serialHex, reason);
    revokedAtMs.set(serial, timeline.nowMs);
  };
  return market;
}
