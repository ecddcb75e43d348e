/** The simulator of Resello's REST API for SSL certificates. It has no events: whoever waits has to ask. */
import { addMonths } from './orders.ts';
import type {
  SandboxCa,
  SandboxClock,
  SeededOrder,
  SeedOrder,
  SimulatorAnswer,
  SimulatorRequest,
  VendorSimulator,
} from '../contract.ts';
import { isRecord } from '../guards.ts';
import { systemRandom } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import { ApiError, errorAnswer, refusal, STATUS_BY_CODE } from './answers.ts';
import { lowerHexUuid } from './ids.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import type { ReselloOptions } from './options.ts';
import { findPlan } from './plans.ts';
import { catchUp } from './progress.ts';
import { isFound } from './reads.ts';
import { routesAt } from './routes.ts';
import { drawItems } from './validation.ts';
import type { Account, Certificate, ReselloAccount, World } from './world.ts';

export interface ReselloSimulatorSettings {
  readonly ca: SandboxCa;
  readonly clock: SandboxClock;
  readonly accounts: readonly ReselloAccount[];
  readonly random?: RandomSource;
  readonly options?: Partial<ReselloOptions>;
}

export function createReselloSimulator(settings: ReselloSimulatorSettings): VendorSimulator {
  return new ReselloSimulator(settings);
}

class ReselloSimulator implements VendorSimulator {
  readonly id: string;
  readonly #world: World;
  readonly #first: Account;
  #requestTimes: number[] = [];

  constructor(settings: ReselloSimulatorSettings) {
    const options = { ...DEFAULT_OPTIONS, ...settings.options };
    const accounts = settings.accounts.map((login): Account => ({
      login,
      certificates: new Map(),
      invoices: [],
      credit: options.credit,
    }));
    const [first] = accounts;
    if (first === undefined) throw new Error('the Resello simulator needs at least one account');
    this.id = options.id;
    this.#first = first;
    this.#world = {
      ca: settings.ca,
      clock: settings.clock,
      random: settings.random ?? systemRandom,
      options,
      accounts,
    };
  }

  describe(request: SimulatorRequest): { command: string; parameters: Record<string, unknown> } {
    const { basePath } = this.#world.options;
    const found = routesAt(request.path, basePath).find(({ route }) => route.method === request.method);
    const path = request.path.startsWith(`${basePath}/`) ? request.path.slice(basePath.length) : request.path;
    return {
      command: `${request.method} ${found?.route.path ?? path}`,
      parameters: {
        ...(found === undefined || found.id === '' ? {} : { id: found.id }),
        ...Object.fromEntries(request.query),
        ...bodyForPeople(request.body),
      },
    };
  }

  async handle(request: SimulatorRequest): Promise<SimulatorAnswer> {
    catchUp(this.#world);
    try {
      return await this.#answer(request);
    } catch (error) {
      if (error instanceof ApiError) return errorAnswer(this.#world.options, error);
      throw error;
    }
  }

  async #answer(request: SimulatorRequest): Promise<SimulatorAnswer> {
    this.#limitRate();
    const world = this.#world;
    const account = this.#authenticate(request);
    const here = routesAt(request.path, world.options.basePath);
    if (here.length === 0) throw refusal(404, 'not_found', 'There is nothing at this address.');
    const found = here.find(({ route }) => route.method === request.method);
    if (found === undefined) {
      const allow = here.map(({ route }) => route.method).join(', ');
      const problem = { code: 'method_not_allowed', message: `${allow} would be right here.` };
      throw new ApiError(405, [problem], { allow });
    }
    const { run } = found.route;
    const plain = { world, account, request, id: found.id };
    if (run.on === 'account') return run.handler(plain);
    const certificate = account.certificates.get(found.id.toLowerCase());
    if (certificate === undefined || !isFound(world, certificate)) {
      throw refusal(404, 'not_found', 'There is no such certificate.');
    }
    return run.handler({ ...plain, certificate });
  }

  #authenticate(request: SimulatorRequest): Account {
    const [, encoded = ''] = /^basic +([a-z0-9+/]+=*)$/i.exec(request.headers['authorization'] ?? '') ?? [];
    const given = Buffer.from(encoded, 'base64').toString('utf8');
    const account = this.#world.accounts.find(
      ({ login: { username, apiKey } }) => given === `${username}:${apiKey}`,
    );
    if (account !== undefined) return account;
    const problem = { code: 'unauthorized', message: 'Username or API key are wrong.' };
    throw new ApiError(401, [problem], { 'www-authenticate': 'Basic realm="api"' });
  }

  #limitRate(): void {
    const limit = this.#world.options.rateLimit;
    if (limit === undefined) return;
    const now = this.#world.clock.now().getTime();
    this.#requestTimes = this.#requestTimes.filter((at) => now - at < 1000);
    if (this.#requestTimes.length >= limit.perSecond) {
      const { retryAfterSeconds } = limit;
      throw new ApiError(
        429,
        [{ code: 'rate_limited', message: 'Too many requests.' }],
        retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
      );
    }
    this.#requestTimes.push(now);
  }

  /** Three digits are an HTTP status, a known word has its own, any other word is a 400. */
  errorAnswer(code: string, text?: string): SimulatorAnswer {
    const status = /^[1-9]\d\d$/.test(code) ? Number(code) : (STATUS_BY_CODE.get(code) ?? 400);
    const known = [...STATUS_BY_CODE].find(([, each]) => each === status)?.[0] ?? 'error';
    const word = /^\d/.test(code) ? known : code;
    const retryAfter = status === 429 ? this.#world.options.rateLimit?.retryAfterSeconds : undefined;
    return errorAnswer(
      this.#world.options,
      new ApiError(
        status,
        [{ code: word, message: text ?? `Ordered: ${code}.` }],
        retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
      ),
    );
  }

  seed(seed: SeedOrder): SeededOrder {
    const world = this.#world;
    const plan = findPlan(seed.product);
    if (plan === undefined) throw new Error(`there is no plan "${seed.product}", neither by id nor by name`);
    const csr = world.ca.parseCsr(seed.csrPem);
    const issued = world.ca.issueNow(seed);
    const method = ({ dns: 'DNS', file: 'FILE', email: 'EMAIL' } as const)[seed.dcvMethod];
    const { names } = seed;
    const address = `hostmaster@${names[0] ?? ''}`;
    const certificate: Certificate = {
      id: lowerHexUuid(world.random),
      // Whole terms before the end of what is paid for, so that created plus interval is that end.
      createdAt: addMonths(seed.paidUntil, -plan.intervalMonths),
      updatedAt: seed.notBefore,
      visibleFrom: seed.notBefore,
      eeReferenceOrderId: undefined,
      details: {
        plan,
        fields: new Map(method === 'EMAIL' ? [['approver_email_address', address]] : []),
        csrText: seed.csrPem,
        csrPem: seed.csrPem,
        csr,
        names,
        method,
        items: drawItems(world, { plan, csr, names, method, address }),
      },
      paidUntil: seed.paidUntil,
      issued,
      serials: [{ serialHex: issued.serialHex, revoked: false }],
    };
    this.#first.certificates.set(certificate.id, certificate);
    return { certificateId: certificate.id, certificate: issued };
  }

  queueForeignEvent(): void {
    throw new Error('Resello has no events: its certificates are polled.');
  }

  redeliverLastEvent(): void {
    this.queueForeignEvent();
  }

  invoices(): ReturnType<VendorSimulator['invoices']> {
    catchUp(this.#world);
    return this.#world.accounts.flatMap(({ invoices }) => invoices);
  }

  snapshot(): Record<string, unknown> {
    catchUp(this.#world);
    return Object.fromEntries(
      this.#world.accounts.map(({ login, certificates, invoices, credit }) => [
        login.username,
        { credit, invoices, certificates: [...certificates.values()].map(forPeople) },
      ]),
    );
  }
}

/** Maps do not survive JSON. */
function forPeople(certificate: Certificate): Record<string, unknown> {
  const { details, open, stale, ...rest } = certificate;
  const plainFields = (from: Certificate['details']): Record<string, unknown> => ({
    ...from,
    fields: Object.fromEntries(from.fields),
  });
  return {
    ...rest,
    details: plainFields(details),
    ...(open === undefined ? {} : { open: { ...open, details: plainFields(open.details) } }),
    ...(stale === undefined ? {} : { staleUntil: stale.until }),
  };
}

/** The body as an object; what is no JSON is told by nothing. */
function bodyForPeople(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
