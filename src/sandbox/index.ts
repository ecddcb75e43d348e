import { createDcvResolver, createFileFetcher, createSandboxCa } from './ca/index.ts';
import type { DcvResolver, HttpPortMap, SteerableSandboxCa } from './ca/index.ts';
import type { SandboxClock, VendorSimulator } from './contract.ts';
import { startControl } from './control.ts';
import { startSandboxDns } from './dns/index.ts';
import type { SandboxDns, TsigKey } from './dns/index.ts';
import { startEppServer } from './epp/server.ts';
import type { EppAddress } from './epp/server.ts';
import { createFaultQueue } from './faults.ts';
import type { FaultQueue } from './faults.ts';
import { createHistory } from './history.ts';
import type { SandboxHistory } from './history.ts';
import { startVendorServer } from './http.ts';
import type { LoopbackServer } from './loopback.ts';

/**
 * Puts the sandbox together: one throw-away CA, one name server, simulated vendors each on a port of its own, and the
 * control API. Everything listens on 127.0.0.1 only, lives in memory only and is gone after `close`.
 */

/** What a vendor simulator is made from. */
export interface VendorDependencies {
  readonly ca: SteerableSandboxCa;
  readonly clock: SandboxClock;
  readonly dns: SandboxDns;
  /** Vendor simulator id to whatever this vendor needs to know who may log in. */
  readonly accounts: SandboxAccounts;
}

export type VendorFactory = (dependencies: VendorDependencies) => VendorSimulator;

export type SandboxAccounts = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface SandboxOptions {
  readonly clock: SandboxClock;
  /** Zones the name server is authoritative for: ["example.test"]. */
  readonly zones: readonly string[];
  readonly tsigKeys?: readonly TsigKey[];
  /** Where the CA finds the web servers of names, see `HttpPortMap`; default: nowhere. Read anew at each fetch. */
  readonly httpPortMap?: HttpPortMap;
  /** "dns", "control", vendor ids, and vendor ids with "-epp" behind; default 0: the kernel chooses. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly vendors?: readonly VendorFactory[];
  /** How often the CA looks at its pending orders by itself; default 0: only when `tick` is called. */
  readonly tickMs?: number;
  readonly accounts?: SandboxAccounts;
  readonly ca?: {
    readonly delayMs?: number;
    readonly rootName?: string;
    readonly maxValidityDays?: number;
    /** Default: the sandbox's own name server. */
    readonly resolver?: DcvResolver;
    readonly randomBytes?: (length: number) => Buffer;
  };
}

export interface SandboxVendor {
  readonly simulator: VendorSimulator;
  /** "http://127.0.0.1:4711" */
  readonly baseUrl: string;
  /** The vendor's EPP server, where it has one. */
  readonly epp?: EppAddress;
}

export interface Sandbox {
  readonly ca: SteerableSandboxCa;
  readonly dns: SandboxDns;
  readonly vendors: ReadonlyMap<string, SandboxVendor>;
  readonly controlUrl: string;
  readonly faults: FaultQueue;
  readonly history: SandboxHistory;
  /** Let the CA look at every pending order now. */
  tick(): Promise<void>;
  close(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock, ports = {} } = options;
  const faults = createFaultQueue();
  const history = createHistory();
  const opened: { close(): Promise<void> }[] = [];
  let timer: NodeJS.Timeout | undefined;

  async function close(): Promise<void> {
    clearInterval(timer);
    await Promise.all(opened.splice(0).map((server) => server.close()));
  }

  async function openEpp(simulator: VendorSimulator): Promise<EppAddress | undefined> {
    if (simulator.epp === undefined) return undefined;
    const port = ports[`${simulator.id}-epp`] ?? 0;
    const server = await startEppServer({
      vendor: simulator.id,
      door: simulator.epp,
      faults,
      history,
      clock,
      port,
    });
    opened.push(server);
    return server.address;
  }

  try {
    const dns = await startSandboxDns({
      clock,
      zones: options.zones,
      tsigKeys: options.tsigKeys ?? [],
      port: ports['dns'] ?? 0,
    });
    opened.push(dns);
    const ca = createSandboxCa({
      ...options.ca,
      clock,
      resolver: options.ca?.resolver ?? createDcvResolver(dns.address),
      fetchFile: createFileFetcher(options.httpPortMap ?? {}),
    });
    ca.maxValidityDays = options.ca?.maxValidityDays ?? ca.maxValidityDays;

    const dependencies: VendorDependencies = { ca, clock, dns, accounts: options.accounts ?? {} };
    const vendors = new Map<string, SandboxVendor>();
    for (const factory of options.vendors ?? []) {
      const simulator = factory(dependencies);
      if (vendors.has(simulator.id)) throw new Error(`Two vendor simulators are called "${simulator.id}".`);
      const port = ports[simulator.id] ?? 0;
      const server = await startVendorServer({ simulator, faults, history, clock, port });
      opened.push(server);
      const epp = await openEpp(simulator);
      vendors.set(simulator.id, {
        simulator,
        baseUrl: server.baseUrl,
        ...(epp === undefined ? {} : { epp }),
      });
    }

    const control: LoopbackServer = await startControl({
      ca,
      dns,
      vendors,
      faults,
      history,
      clock,
      port: ports['control'] ?? 0,
    });
    opened.push(control);

    if (options.tickMs !== undefined && options.tickMs > 0) {
      timer = setInterval(() => {
        // A check that fails is kept with its order; nothing else in a tick can.
        ca.tick().catch(() => undefined);
      }, options.tickMs);
    }
    return { ca, dns, vendors, controlUrl: control.baseUrl, faults, history, tick: () => ca.tick(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

export type { DcvResolver, HttpPortMap, SteerableSandboxCa } from './ca/index.ts';
export type { DnsRecordText, RecordType, SandboxDns, TsigKey } from './dns/index.ts';
export type { EppAddress } from './epp/server.ts';
export type { FaultQueue } from './faults.ts';
export type { SandboxHistory } from './history.ts';
