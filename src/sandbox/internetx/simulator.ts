/** The InterNetX simulator: the JSON API's certificate, job, poll and SSL contact routes. */
import type {
  SandboxCa,
  SandboxClock,
  SeededOrder,
  SeedOrder,
  SimulatorAnswer,
  SimulatorRequest,
  VendorSimulator,
} from '../contract.ts';
import { digits, systemRandom } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import { draw } from './authentication.ts';
import { compactDay } from './dates.ts';
import { ApiError, renderEnvelope } from './envelope.ts';
import type { Envelope, FrameContext, JsonObject } from './envelope.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import type { InternetxOptions } from './options.ts';
import { addForeignMessage, repeatLastMessage } from './poll.ts';
import { findProduct } from './products.ts';
import { findRoute, withoutPrefix } from './routes.ts';
import { Sessions } from './sessions.ts';
import type { InternetxAccount } from './sessions.ts';
import { catchUp } from './progress.ts';
import type { AuthMethod, Certificate, Contact, OrderDetails, User, World } from './world.ts';

export interface InternetxSimulatorSettings {
  readonly ca: SandboxCa;
  readonly clock: SandboxClock;
  /** Context 9 is the SSL Manager, 4 the domain system, 1 the demo system. */
  readonly accounts: readonly InternetxAccount[];
  readonly random?: RandomSource;
  readonly options?: Partial<InternetxOptions>;
}

export function createInternetxSimulator(settings: InternetxSimulatorSettings): VendorSimulator {
  return new InternetxSimulator(settings);
}

class InternetxSimulator implements VendorSimulator {
  readonly id: string;
  readonly #options: InternetxOptions;
  readonly #world: World;
  readonly #sessions: Sessions;
  #requestTimes: number[] = [];

  constructor(settings: InternetxSimulatorSettings) {
    if (settings.accounts.length === 0) throw new Error('the InterNetX simulator needs at least one account');
    const options = { ...DEFAULT_OPTIONS, ...settings.options };
    const random = settings.random ?? systemRandom;
    this.id = options.id;
    this.#options = options;
    this.#sessions = new Sessions(settings.accounts, settings.clock, random);
    this.#world = {
      ca: settings.ca,
      clock: settings.clock,
      random,
      options,
      users: settings.accounts.map(({ user, context }) =>
        newUser(user, context, options, settings.clock.now()),
      ),
      nextStid: 9501,
      nextCertificateId: 570,
      // As in the recorded answer: more than 32 bits.
      nextJobId: 4_297_939_738,
      nextMessageId: 1_405_661,
      nextContactId: 1120,
      foreignEvents: 0,
    };
  }

  describe(request: SimulatorRequest): { command: string; parameters: Record<string, unknown> } {
    const path = withoutPrefix(request.path);
    const found = findRoute(request.method, request.path, { ...this.#options, routes: 'both' });
    const keys = request.query.getAll('keys[]');
    return {
      command: `${request.method} ${found?.route.path ?? path}`,
      parameters: {
        ...(found === undefined || found.id === 0 ? {} : { id: found.id }),
        ...(keys.length > 0 ? { keys } : {}),
        ...bodyForPeople(request.body),
      },
    };
  }

  async handle(request: SimulatorRequest): Promise<SimulatorAnswer> {
    const frame = this.#frame(request);
    catchUp(this.#world);
    try {
      return renderEnvelope(await this.#answer(request, frame), frame);
    } catch (error) {
      if (error instanceof ApiError) return renderEnvelope(error.envelope, frame);
      throw error;
    }
  }

  #frame(request?: SimulatorRequest): FrameContext {
    const world = this.#world;
    const stid = `${compactDay(world.clock.now())}-app1-sandbox-${world.nextStid}`;
    world.nextStid += 1;
    const ctid = request?.headers['x-domainrobot-ctid'] ?? request?.query.get('ctid') ?? undefined;
    return { stid, ctid, options: this.#options };
  }

  async #answer(request: SimulatorRequest, frame: FrameContext): Promise<Envelope> {
    this.#limitRate();
    if (this.#options.requireUserAgent && (request.headers['user-agent'] ?? '') === '') {
      throw new ApiError(undefined, [{ text: 'The header User-Agent is mandatory.' }]);
    }
    const path = withoutPrefix(request.path);
    if (path === '/login' && request.method === 'POST') return this.#sessions.login(request);
    if (path === '/logout' && (request.method === 'GET' || request.method === 'DELETE')) {
      return this.#sessions.logout(request);
    }
    const account = this.#sessions.authenticate(request);
    const user = this.#world.users.find(
      (candidate) => candidate.user === account.user && candidate.context === account.context,
    );
    const found = findRoute(request.method, request.path, this.#options);
    if (user === undefined || found === undefined)
      throw new ApiError(undefined, [{ text: 'Not found.' }], 404);
    return await found.route.run({
      world: this.#world,
      user,
      id: found.id,
      stid: frame.stid,
      ctid: frame.ctid,
      keys: request.query.getAll('keys[]'),
      body: request.body,
    });
  }

  #limitRate(): void {
    const limit = this.#options.rateLimit;
    if (limit === undefined) return;
    const now = this.#world.clock.now().getTime();
    this.#requestTimes = this.#requestTimes.filter((at) => now - at < 1000);
    if (this.#requestTimes.length >= limit.perSecond) {
      const error = new ApiError(undefined, [{ text: 'Too many requests.' }], 429);
      const { retryAfterSeconds } = limit;
      if (retryAfterSeconds === undefined) throw error;
      throw new RateLimited(error, retryAfterSeconds);
    }
    this.#requestTimes.push(now);
  }

  /** `EF…` in the messages, `E…` in the status, three digits as HTTP status. */
  errorAnswer(code: string, text?: string): SimulatorAnswer {
    const message = text === undefined ? {} : { text };
    const envelope = ((): Envelope => {
      if (/^\d{3}$/.test(code)) {
        return new ApiError(undefined, [{ text: text ?? `HTTP ${code}` }], Number(code)).envelope;
      }
      if (/^E\d/.test(code))
        return { httpStatus: 400, type: 'ERROR', code, messages: text === undefined ? [] : [message] };
      return { httpStatus: 400, type: 'ERROR', messages: [{ code, ...message }] };
    })();
    return renderEnvelope(envelope, this.#frame());
  }

  seed(seed: SeedOrder): SeededOrder {
    const world = this.#world;
    const user = this.#firstUser();
    const product = findProduct(seed.product);
    const [name, ...alternativeNames] = seed.names;
    if (product === undefined) throw new Error(`no product ${seed.product}`);
    if (name === undefined) throw new Error('a certificate needs a name');
    const csr = world.ca.parseCsr(seed.csrPem);
    const issued = world.ca.issueNow(seed);
    const method: AuthMethod = ({ dns: 'DNS', file: 'FILE', email: 'EMAIL' } as const)[seed.dcvMethod];
    const contact = [...user.contacts.keys()][0] ?? 0;
    const details: OrderDetails = {
      name,
      names: seed.names,
      alternativeNames,
      product,
      csrPem: seed.csrPem,
      csr,
      software: 'APACHESSL',
      lifetime: { unit: 'MONTH', period: 12 },
      adminContact: contact,
      technicalContact: contact,
      authentication: draw(world, method, {
        csr,
        csrPem: seed.csrPem,
        product,
        name,
        alternativeNames,
        scope: undefined,
      }),
      transparency: 'PUBLIC',
    };
    world.nextCertificateId += 1;
    const certificate: Certificate = {
      id: world.nextCertificateId,
      createdAt: seed.notBefore,
      updatedAt: seed.notBefore,
      orderId: digits(world.random, 7),
      details,
      paidUntil: seed.paidUntil,
      issued,
      histories: [],
    };
    user.certificates.set(certificate.id, certificate);
    return { certificateId: String(certificate.id), orderId: certificate.orderId, certificate: issued };
  }

  queueForeignEvent(): void {
    catchUp(this.#world);
    addForeignMessage(this.#world, this.#firstUser());
  }

  redeliverLastEvent(): void {
    repeatLastMessage(this.#firstUser());
  }

  invoices(): ReturnType<VendorSimulator['invoices']> {
    catchUp(this.#world);
    return this.#world.users.flatMap((user) => user.invoices);
  }

  snapshot(): Record<string, unknown> {
    catchUp(this.#world);
    return Object.fromEntries(
      this.#world.users.map((user) => [
        `${user.user}@${user.context}`,
        {
          certificates: [...user.certificates.values()],
          jobs: [...user.jobs.values()],
          queue: user.queue,
          confirmed: user.confirmed,
          contacts: [...user.contacts.values()],
          prepared: user.prepared,
          invoices: user.invoices,
        },
      ]),
    );
  }

  #firstUser(): User {
    const [user] = this.#world.users;
    if (user === undefined) throw new Error('no user');
    return user;
  }
}

class RateLimited extends ApiError {
  override readonly envelope: Envelope;

  constructor(error: ApiError, retryAfterSeconds: number) {
    super(undefined, error.envelope.messages ?? [], 429);
    this.envelope = { ...error.envelope, headers: { 'retry-after': String(retryAfterSeconds) } };
  }
}

function newUser(user: string, context: number, options: InternetxOptions, now: Date): User {
  return {
    user,
    context,
    certificates: new Map(),
    jobs: new Map(),
    queue: [],
    confirmed: [],
    contacts: new Map(options.contactIds.map((id) => [id, firstContact(id, now)])),
    prepared: [],
    invoices: [],
  };
}

function firstContact(id: number, now: Date): Contact {
  const fields: JsonObject = {
    fname: 'Erika',
    lname: 'Mustermann',
    organization: 'Sandbox GmbH',
    title: 'Admin',
    address: ['Musterweg 1'],
    pcode: '10115',
    city: 'Berlin',
    country: 'DE',
    state: 'BE',
    phone: '+49-30-123456',
    email: 'hostmaster@example.com',
  };
  return { id, createdAt: now, updatedAt: now, fields };
}

/** The body as an object, without passwords. */
function bodyForPeople(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
    return Object.fromEntries(
      Object.entries(value).filter(([name]) => name !== 'password' && name !== 'token'),
    );
  } catch {
    return {}; // no body, or none that people could read
  }
}
