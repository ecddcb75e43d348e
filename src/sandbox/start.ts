/**
 * The sandbox with every vendor simulator in it, as `renewd sandbox`, the quickstart and the flow tests use it. The
 * credentials below open nothing but this.
 */
import type { SandboxClock, SeededOrder, SeedOrder } from './contract.ts';
import type { HttpPortMap } from './ca/index.ts';
import { startSandbox, type Sandbox } from './index.ts';
import { createHexonetSimulator, type HexonetOptions } from './hexonet/index.ts';
import { createInternetxSimulator, type InternetxOptions } from './internetx/index.ts';
import { createReselloSimulator, type ReselloOptions } from './resello/index.ts';
import { createRrpproxySimulator, type RrpproxyOptions } from './rrpproxy/index.ts';

export const sandboxAccounts = {
  /** Contact handles the vendor knows: "P-ABC123" and "P-FCZ28558". */
  hexonet: { login: 'sandbox', password: 'sandbox-hexonet-password' },
  rrpproxy: { login: 'sandbox', password: 'sandbox-rrpproxy-password' },
  internetx: { user: 'sandbox', password: 'sandbox-internetx-password', context: '9' },
  resello: { username: 'sandbox', apiKey: 'sandbox-resello-api-key' },
} as const;

export const sandboxTsigKey = {
  name: 'renewd-sandbox',
  algorithm: 'hmac-sha256',
  secret: Buffer.from('the sandbox opens to everybody!!').toString('base64'),
} as const;

export interface FullSandboxOptions {
  readonly clock: SandboxClock;
  readonly zones: readonly string[];
  readonly httpPortMap?: HttpPortMap;
  readonly ports?: Readonly<Record<string, number>>;
  /** 0: by hand. */
  readonly tickMs: number;
  /** How long the CA takes at least. */
  readonly issuanceDelayMs?: number;
  readonly hexonet?: Partial<HexonetOptions>;
  readonly rrpproxy?: Partial<RrpproxyOptions>;
  readonly internetx?: Partial<InternetxOptions>;
  readonly resello?: Partial<ReselloOptions>;
}

export async function startFullSandbox(options: FullSandboxOptions): Promise<Sandbox> {
  const { clock, zones, httpPortMap, ports, tickMs, issuanceDelayMs } = options;
  const { hexonet, rrpproxy, internetx } = sandboxAccounts;
  return startSandbox({
    clock,
    zones,
    tickMs,
    tsigKeys: [sandboxTsigKey],
    ...(httpPortMap === undefined ? {} : { httpPortMap }),
    ...(ports === undefined ? {} : { ports }),
    ...(issuanceDelayMs === undefined ? {} : { ca: { delayMs: issuanceDelayMs } }),
    vendors: [
      ({ ca, dns }) =>
        createHexonetSimulator({ ca, clock, dns, accounts: [hexonet], options: options.hexonet ?? {} }),
      ({ ca, dns }) =>
        createRrpproxySimulator({ ca, clock, dns, accounts: [rrpproxy], options: options.rrpproxy ?? {} }),
      ({ ca, dns }) =>
        createInternetxSimulator({
          ca,
          clock,
          dns,
          accounts: [
            { user: internetx.user, password: internetx.password, context: Number(internetx.context) },
          ],
          options: options.internetx ?? {},
        }),
      ({ ca }) =>
        createReselloSimulator({
          ca,
          clock,
          accounts: [sandboxAccounts.resello],
          options: options.resello ?? {},
        }),
    ],
  });
}

/** Puts an order that existed before into a vendor's books. */
export function seedOrder(sandbox: Sandbox, vendor: string, order: SeedOrder): SeededOrder {
  const found = sandbox.vendors.get(vendor);
  if (found === undefined) throw new Error(`the sandbox has no vendor "${vendor}"`);
  return found.simulator.seed(order);
}
