/**
 * The network between renewd and the simulated resellers: it takes time, it breaks, and a reseller may be away for
 * hours. A request is applied at the moment it arrives; what becomes of the answer is another matter.
 */
import { createHash } from 'node:crypto';
import { secondMs } from '../../src/core/durations.ts';
import type { Fault, VendorSimulator } from '../../src/sandbox/contract.ts';
import { answerTo } from '../../src/sandbox/http.ts';
import type { Chance } from './chance.ts';
import type { Journal } from './journal.ts';
import type { Timeline } from './timeline.ts';
import type { Wire, WireAnswer, WireRequest } from './undici.ts';

/** How a reseller is away: nobody listens; a proxy answers for it; it takes requests and never answers. */
export type Absence = 'refused' | 'proxy-page' | 'silent' | 'busy';

export interface Vendor {
  readonly simulator: VendorSimulator;
  readonly origin: string;
  /** Away until then, and how. */
  awayUntilMs: number;
  away: Absence;
  /** Chance of a fault for one request. */
  faultRate: number;
}

export interface Arrival {
  readonly vendor: Vendor;
  readonly command: string;
  /** The same for the same question of the same account. */
  readonly identity: string;
}

export interface Network extends Wire {
  readonly requests: number;
  /** Before a request is applied. */
  arriving: (arrival: Arrival) => void;
  /** A request was applied, whatever becomes of its answer. */
  applied: (arrival: Arrival, parameters: Record<string, unknown>) => void | Promise<void>;
  /** A simulator failed, which is a fault of the sandbox. */
  failed: (text: string) => void;
  /** An answer that asks to wait was given. */
  toldToWait: (arrival: Arrival, ms: number) => void;
}

/** renewd's own limit for one request to an account. */
const patienceMs = 60 * secondMs;
const waitSeconds: readonly number[] = [2, 8, 30, 90];

const kinds: readonly Fault['kind'][] = [
  'drop-before',
  'lose-answer',
  'lose-answer',
  'html',
  'truncate',
  'session-loss',
  'redirect',
];

/** To unpack these takes real time, while which virtual days would pass. The files in them are had one by one, too. */
const unpacked = /\/download-(?:zip|pkcs7)$/;

function broken(code: string): Error {
  return Object.assign(new Error(code), { code });
}

export function createNetwork(
  timeline: Timeline,
  chance: Chance,
  journal: Journal,
  vendors: readonly Vendor[],
): Network {
  const byOrigin = new Map(vendors.map((vendor) => [vendor.origin, vendor]));
  const clock = timeline.clock();
  let requests = 0;

  function vendorAt(origin: string): Vendor {
    const found = byOrigin.get(origin);
    if (found === undefined) throw new Error(`there is nothing at ${origin}`);
    return found;
  }

  const isAway = (vendor: Vendor, how: Absence): boolean =>
    vendor.awayUntilMs > timeline.nowMs && vendor.away === how;

  function simulatorRequest({ method, path, headers, body }: WireRequest) {
    const mark = path.indexOf('?');
    return {
      method,
      path: mark < 0 ? path : path.slice(0, mark),
      query: new URLSearchParams(mark < 0 ? '' : path.slice(mark + 1)),
      headers,
      body: Buffer.from(body),
    };
  }

  function chooseFault(vendor: Vendor): Fault | undefined {
    if (!chance.happens(vendor.faultRate)) return undefined;
    return { vendor: vendor.simulator.id, kind: chance.pick(kinds), location: '/elsewhere' };
  }

  async function answer(arrival: Arrival, request: WireRequest): Promise<WireAnswer> {
    const { vendor, command } = arrival;
    const { simulator } = vendor;
    if (isAway(vendor, 'silent')) {
      journal.fault('silence', simulator.id, command);
      await clock.sleep(patienceMs);
      throw broken('UND_ERR_HEADERS_TIMEOUT');
    }
    if (isAway(vendor, 'busy')) {
      const seconds = chance.pick(waitSeconds);
      network.toldToWait(arrival, seconds * secondMs);
      journal.fault('busy', simulator.id, command, seconds);
      return { status: 429, headers: { 'retry-after': String(seconds) }, body: Buffer.alloc(0), cut: false };
    }
    if (unpacked.test(request.path)) {
      journal.fault('not offered', simulator.id, command);
      return { status: 503, headers: {}, body: Buffer.alloc(0), cut: false };
    }
    const fault: Fault | undefined = isAway(vendor, 'proxy-page')
      ? { vendor: simulator.id, kind: 'html', status: 502 }
      : chooseFault(vendor);
    const asked = simulatorRequest(request);
    const { parameters } = simulator.describe(asked);
    const { applied, answer: given } = await answerTo(simulator, asked, fault);
    const digest = createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, 12);
    const line = [simulator.id, command, digest, applied, given?.status] as const;
    if (fault === undefined) journal.note('request', ...line);
    else journal.fault('request', ...line, fault.kind);
    if (given?.status === 500 && String(given.body).startsWith("The sandbox's simulator"))
      network.failed(String(given.body));
    if (applied) await network.applied(arrival, parameters);
    await clock.sleep(20 + chance.around(300));
    if (given === undefined || fault?.kind === 'lose-answer') throw broken('UND_ERR_SOCKET');
    const body = typeof given.body === 'string' ? Buffer.from(given.body) : given.body;
    return { status: given.status, headers: given.headers, body, cut: fault?.kind === 'truncate' };
  }

  const network: Network = {
    get requests() {
      return requests;
    },
    arriving: () => undefined,
    applied: () => undefined,
    failed: () => undefined,
    toldToWait: () => undefined,
    async connect(origin) {
      const vendor = vendorAt(origin);
      await clock.sleep(5 + chance.between(0, 40));
      if (!isAway(vendor, 'refused')) return;
      journal.fault('refused', vendor.simulator.id);
      throw broken('ECONNREFUSED');
    },
    async exchange(request) {
      requests += 1;
      const vendor = vendorAt(request.origin);
      await clock.sleep(5 + chance.between(0, 100));
      const command = vendor.simulator.describe(simulatorRequest(request)).command;
      const text = `${request.method} ${request.path} ${request.body}`;
      const identity = createHash('sha256').update(text).digest('hex');
      const arrival = { vendor, command, identity };
      network.arriving(arrival);
      return answer(arrival, request);
    },
  };
  return network;
}
