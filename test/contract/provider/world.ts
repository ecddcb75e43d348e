/**
 * One provider, its vendor's simulator and everything around them, fresh in every test: a clock moved by hand, a name
 * server and a web server for the proofs, and a tap on the wire. Ending it looks for leaked secrets everywhere.
 */
import { createThrottleBook } from '../../../src/vendors/common/throttle.ts';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { expect } from 'vitest';
import type { Clock, Logger, Random } from '../../../src/contracts/platform.ts';
import type { OrderAction, OrderHandle, OrderReading, OrderRequest } from '../../../src/contracts/order.ts';
import type { Provider, ProviderDependencies } from '../../../src/contracts/provider.ts';
import { Secret } from '../../../src/core/certificate.ts';
import type { Challenge } from '../../../src/core/challenge.ts';
import { dayMs } from '../../../src/core/durations.ts';
import { RenewdError, type ErrorKind } from '../../../src/core/errors.ts';
import { createCsr } from '../../../src/pki/csr.ts';
import { generateKey } from '../../../src/pki/keys.ts';
import { covers } from '../../../src/pki/names.ts';
import type { Fault, HistoryEntry, VendorSimulator } from '../../../src/sandbox/contract.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { seedOrder, startFullSandbox } from '../../../src/sandbox/start.ts';
import { openTap, type Tap } from './tap.ts';
import type { ProviderUnderTest, SimulatorOptions, VendorFacts } from './vendor.ts';

export const zone = 'example.test';
const start = new Date('2026-11-02T09:00:00Z');

export const never: AbortSignal = new AbortController().signal;

/** Sleeping moves it on at once, unless it is told to hold: then only the signal ends a sleep. */
export interface WorldClock extends Clock {
  advance(ms: number): void;
  hold: boolean;
  /** Sleeps that were asked for while it held. */
  readonly held: number[];
}

function worldClock(): WorldClock {
  let nowMs = start.getTime();
  const held: number[] = [];
  return {
    hold: false,
    held,
    now: () => new Date(nowMs),
    advance(ms) {
      nowMs += ms;
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      if (!this.hold) {
        nowMs += ms;
        return;
      }
      held.push(ms);
      await new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('cancelled')), { once: true });
      });
    },
  };
}

export interface Key {
  readonly pem: string;
  readonly spkiSha256: string;
}

export interface Wanted {
  readonly action?: OrderAction;
  readonly names?: readonly string[];
  readonly product?: string;
  readonly method?: OrderRequest['dcv']['method'];
  readonly record?: OrderRequest['dcv']['record'];
  readonly approver?: string;
  readonly previous?: OrderHandle;
  /** Default: a new one. */
  readonly key?: Key;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface Placed {
  readonly request: OrderRequest;
  readonly spkiSha256: string;
  readonly reading: OrderReading;
}

export interface WorldOptions {
  readonly simulator?: SimulatorOptions;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface World {
  readonly vendor: VendorFacts;
  readonly provider: Provider;
  readonly sandbox: Sandbox;
  readonly simulator: VendorSimulator;
  readonly clock: WorldClock;
  readonly tap: Tap;
  readonly observations: readonly { command: string; outcome: string; seconds: number }[];
  /** Another client of the same account, with other settings; closed with the world. */
  another(settings: Readonly<Record<string, unknown>>): Promise<Provider>;
  /** The settings of the account as `create` takes them. */
  settings(more?: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  dependencies(): ProviderDependencies;
  fault(fault: Omit<Fault, 'vendor'>): void;
  history(command?: string): HistoryEntry[];
  /** Requests that were sent, preparations and looks included. */
  requests(): number;
  request(wanted?: Wanted): Promise<{ request: OrderRequest; spkiSha256: string }>;
  /** Everything up to the answer to the order. */
  place(wanted?: Wanted): Promise<Placed>;
  /** Puts in place what is asked for, and follows the link where a mail is what is asked for. */
  prove(challenges: readonly Challenge[]): void;
  /** Proves, lets the CA look, and reads until the certificate is there. */
  finish(placed: Pick<Placed, 'reading'>): Promise<OrderReading>;
  /** An order from beginning to end. */
  buy(wanted?: Wanted): Promise<Placed & { readonly issued: OrderReading }>;
  find(placed: Pick<Placed, 'request' | 'spkiSha256'>, since?: Date): ReturnType<Provider['find']>;
  /** The error; fails when there is none or another kind. It is searched for secrets like all others. */
  failure(promise: Promise<unknown>, kind: ErrorKind): Promise<RenewdError>;
  end(): Promise<void>;
}

export async function openWorld(under: ProviderUnderTest, options: WorldOptions = {}): Promise<World> {
  const { vendor, open } = under;
  const id = vendor.simulator ?? vendor.manifest.id;
  const clock = worldClock();
  const files = await fileServer();
  const sandbox = await startFullSandbox({
    clock,
    zones: [zone],
    httpPortMap: files.port,
    tickMs: 0,
    ...options.simulator,
  });
  const side = sandbox.vendors.get(id);
  if (side === undefined) throw new Error(`the sandbox has no vendor ${id}`);
  const epp = vendor.epp === true ? side.epp : undefined;
  const tap = await openTap(epp?.port ?? Number(new URL(side.baseUrl).port));
  // A clock that jumps over every pause would have a session kept alive without end.
  const access =
    epp === undefined
      ? { url: `http://127.0.0.1:${tap.port}${vendor.path}` }
      : { url: `epps://127.0.0.1:${tap.port}`, transport: 'epp', ca: epp.caPem, keepAliveSeconds: 0 };
  const { simulator } = side;

  const logged: string[] = [];
  const failures: unknown[] = [];
  const observations: { command: string; outcome: string; seconds: number }[] = [];
  const providers: Provider[] = [];
  let orders = 0;

  function settings(more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    const { password = vendor.password, ...rest } = more;
    return {
      ...access,
      ...vendor.settings,
      ...options.settings,
      ...rest,
      password: new Secret(String(password)),
    };
  }

  const throttleOf = createThrottleBook(clock);

  function dependencies(): ProviderDependencies {
    return {
      clock,
      random: halves,
      logger: capture(logged),
      throttleOf,
      observe: (observation) => observations.push(observation),
    };
  }

  async function another(more: Readonly<Record<string, unknown>>): Promise<Provider> {
    const provider = await open(settings(more), dependencies());
    providers.push(provider);
    return provider;
  }

  const provider = await another({});

  async function request(
    wanted: Wanted = {},
  ): Promise<{ request: OrderRequest; spkiSha256: string; key: Key }> {
    orders += 1;
    const names = wanted.names ?? ['shop.example.test', 'www.shop.example.test'];
    const key = wanted.key ?? (await generateKey('ecdsa-p256'));
    const { method = 'dns', record = 'txt', approver } = wanted;
    const buys = (wanted.action ?? 'create') === 'create';
    const held = vendor.held !== undefined && buys ? await heldOrder(names, wanted.product) : undefined;
    const previous = wanted.previous ?? held;
    return {
      key,
      spkiSha256: key.spkiSha256,
      request: {
        action: held === undefined ? (wanted.action ?? 'create') : 'reissue',
        reference: `rnwd-test-${String(orders).padStart(10, '0')}`,
        names,
        product: wanted.product ?? vendor.products.usual,
        csrPem: await createCsr(key.pem, names),
        dcv: { method, record, ...(approver === undefined ? {} : { approver }) },
        ...(previous === undefined ? {} : { previous }),
        options: wanted.options ?? {},
      },
    };
  }

  /** What was bought while that was possible; a new certificate is then a reissue of it. */
  async function heldOrder(
    names: readonly string[],
    product = vendor.products.usual,
  ): Promise<OrderHandle | undefined> {
    const { held } = vendor;
    if (held === undefined) return undefined;
    const { pem } = await generateKey('ecdsa-p256');
    const nowMs = clock.now().getTime();
    const notAfter = new Date(nowMs + 365 * dayMs);
    const order = {
      names,
      product,
      csrPem: await createCsr(pem, names),
      notBefore: new Date(nowMs - dayMs),
      notAfter,
      paidUntil: notAfter,
      dcvMethod: 'dns',
      generation: held.generation,
    } as const;
    return held.handle(seedOrder(sandbox, id, order));
  }

  async function prepared(bare: OrderRequest): Promise<OrderRequest> {
    const token = await provider.prepare?.(bare, never);
    return token === undefined ? bare : { ...bare, prepared: token };
  }

  async function place(wanted: Wanted = {}): Promise<Placed> {
    const { request: bare, spkiSha256 } = await request(wanted);
    const complete = await prepared(bare);
    return { request: complete, spkiSha256, reading: await provider.submit(complete, never) };
  }

  function prove(challenges: readonly Challenge[]): void {
    for (const challenge of challenges) {
      switch (challenge.kind) {
        case 'dns':
          sandbox.dns.addRecord({
            name: challenge.recordName,
            type: challenge.recordType,
            value: challenge.value,
          });
          break;
        case 'file':
          files.put(challenge.host, challenge.path, challenge.content);
          break;
        case 'email':
          for (const order of sandbox.ca.orders()) {
            if (order.status === 'pending') sandbox.ca.approveByEmail(order.id);
          }
      }
    }
  }

  async function finish({ reading }: Pick<Placed, 'reading'>): Promise<OrderReading> {
    const known = reading.challenges.length > 0 ? reading : await provider.read(reading.handle, never);
    prove(known.challenges);
    await sandbox.tick();
    return provider.read(reading.handle, never);
  }

  return {
    vendor,
    provider,
    sandbox,
    simulator,
    clock,
    tap,
    observations,
    another,
    settings,
    dependencies,
    fault: (fault) => sandbox.faults.add({ vendor: id, ...fault }),
    history: (command) =>
      sandbox.history.entries(id).filter((entry) => command === undefined || entry.command === command),
    requests: () => (epp === undefined ? tap.requestLines().length : sandbox.history.entries(id).length),
    request: async (wanted) => {
      const { request: bare, spkiSha256 } = await request(wanted);
      return { request: await prepared(bare), spkiSha256 };
    },
    place,
    prove,
    finish,
    async buy(wanted) {
      const placed = await place(wanted);
      const issued = await finish(placed);
      expectIssued(sandbox, placed, issued);
      return { ...placed, issued };
    },
    find: ({ request: asked, spkiSha256 }, since) =>
      provider.find(
        {
          reference: asked.reference,
          spkiSha256,
          names: asked.names,
          product: asked.product,
          ...(asked.previous === undefined ? {} : { previous: asked.previous }),
          ...(since === undefined ? {} : { since }),
        },
        never,
      ),
    async failure(promise, kind) {
      const thrown = await promise.then(
        (value) => {
          throw new Error(`nothing was thrown, but ${inspect(value)} returned`);
        },
        (reason: unknown) => reason,
      );
      failures.push(thrown);
      if (!(thrown instanceof RenewdError)) throw new Error('not a RenewdError', { cause: thrown });
      expect({ kind: thrown.kind, message: thrown.message }).toEqual({ kind, message: thrown.message });
      return thrown;
    },
    async end() {
      await Promise.all(providers.map((one) => one.close()));
      await tap.close();
      await sandbox.close();
      await files.close();
      expectNoSecret(vendor, { logged, failures, observations, requestLines: tap.requestLines() });
    },
  };
}

/** Issued, for our key and names, with a chain that ends at the sandbox's root. */
export function expectIssued(
  sandbox: Sandbox,
  { request, spkiSha256 }: Pick<Placed, 'request' | 'spkiSha256'>,
  reading: OrderReading,
): void {
  expect(reading).toMatchObject({ status: 'issued', challenges: [], spkiSha256 });
  const leaf = new X509Certificate(reading.leafPem ?? '');
  const sans = (leaf.subjectAltName ?? '').split(', ').map((entry) => entry.replace(/^DNS:/, ''));
  expect(request.names.filter((name) => !covers(sans, name))).toEqual([]);
  const authorities = (reading.caPems ?? []).map((pem) => new X509Certificate(pem));
  const chain = [leaf];
  for (let last: X509Certificate | undefined = leaf; last !== undefined;) {
    const child: X509Certificate = last;
    last = authorities.find(
      (one) => !chain.includes(one) && child.checkIssued(one) && child.verify(one.publicKey),
    );
    if (last !== undefined) chain.push(last);
  }
  const root = new X509Certificate(sandbox.ca.rootPem);
  // A vendor may leave out the root, which whoever verifies has anyway.
  const top = chain.at(-1);
  if (
    top?.checkIssued(root) === true &&
    top.fingerprint256 !== root.fingerprint256 &&
    top.verify(root.publicKey)
  ) {
    chain.push(root);
  }
  expect(chain.at(-1)?.fingerprint256).toBe(root.fingerprint256);
  expect(chain).toHaveLength(3);
}

/** Days from now until the paid term ends; NaN where nothing is said. */
export function paidDays(clock: Clock, reading: OrderReading): number {
  return ((reading.paidUntil?.getTime() ?? Number.NaN) - clock.now().getTime()) / dayMs;
}

export function expectNoSecret(vendor: VendorFacts, places: Readonly<Record<string, unknown>>): void {
  const forms = secretForms(vendor.login, vendor.password);
  const leaks = Object.entries(places).flatMap(([place, value]) => {
    const text = inspect(value, {
      depth: null,
      showHidden: true,
      maxArrayLength: null,
      maxStringLength: null,
      breakLength: Infinity,
    });
    return forms.filter((form) => text.includes(form)).map((form) => `${place} holds ${form}`);
  });
  expect(leaks).toEqual([]);
}

/** The password in every coat it travels in. */
export function secretForms(login: string, password: string): string[] {
  const base64 = Buffer.from(`${login}:${password}`).toString('base64');
  return [
    ...new Set([
      password,
      encodeURIComponent(password),
      new URLSearchParams({ p: password }).toString().slice(2),
      JSON.stringify(password).slice(1, -1),
      base64,
    ]),
  ];
}

const halves: Random = { bytes: (count) => new Uint8Array(count).fill(0x55), fraction: () => 0.5 };

function capture(lines: string[]): Logger {
  const write = (fields: object, message: string): void => {
    lines.push(`${inspect(fields, { depth: null, showHidden: true })} ${message}`);
  };
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  return logger;
}

/** The web servers of all names: files by host and path. */
async function fileServer(): Promise<{
  readonly port: number;
  put(host: string, path: string, content: string): void;
  close(): Promise<void>;
}> {
  const files = new Map<string, string>();
  const server = createServer((incoming, response) => {
    const host = (incoming.headers.host ?? '').replace(/:\d+$/, '');
    const content = files.get(host + (incoming.url ?? ''));
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': 'text/plain' });
    response.end(content ?? 'not here');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the file server got no port');
  return {
    port: address.port,
    put: (host, path, content) => void files.set(host + path, content),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
