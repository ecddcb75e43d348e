/** The InterNetX simulator: the JSON API and the XML gateway over one world. */
import type {
  SandboxCa,
  SandboxClock,
  SeededOrder,
  SeedOrder,
  SimulatorAnswer,
  SimulatorRequest,
  VendorSimulator,
} from '../contract.ts';
import type { SandboxDns } from '../dns/index.ts';
import { systemRandom } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import { newUser } from './accounts.ts';
import { compactDay } from './dates.ts';
import { describeRequest, isGatewayPath } from './describe.ts';
import type { Description } from './describe.ts';
import { ApiError, renderEnvelope } from './envelope.ts';
import type { Envelope, FrameContext } from './envelope.ts';
import { orderedRefusal } from './ordered-refusal.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import type { InternetxOptions } from './options.ts';
import { findRoute, withoutPrefix } from './paths.ts';
import { addForeignMessage, repeatLastMessage } from './poll.ts';
import { catchUp } from './progress.ts';
import { RateLimit } from './rate-limit.ts';
import { seedCertificate } from './seed.ts';
import { Sessions } from './sessions.ts';
import type { InternetxAccount } from './sessions.ts';
import type { User, World } from './world.ts';
import { answerGateway } from './xml/gateway.ts';
import { renderResponse, WHOLE_REQUEST } from './xml/response.ts';

export interface InternetxSimulatorSettings {
  readonly ca: SandboxCa;
  readonly clock: SandboxClock;
  /** The name server whose zones this vendor manages; without one it has no zones to show. */
  readonly dns?: SandboxDns;
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
  readonly #rateLimit: RateLimit;
  /** What was asked last: an ordered error has to be told in the same language. Undefined: the JSON API. */
  #gatewayTask: string | undefined;

  constructor(settings: InternetxSimulatorSettings) {
    if (settings.accounts.length === 0) throw new Error('the InterNetX simulator needs at least one account');
    const options = { ...DEFAULT_OPTIONS, ...settings.options };
    const random = settings.random ?? systemRandom;
    const now = settings.clock.now();
    this.id = options.id;
    this.#options = options;
    this.#sessions = new Sessions(settings.accounts, settings.clock, random);
    this.#rateLimit = new RateLimit(options.rateLimit);
    this.#world = {
      ca: settings.ca,
      clock: settings.clock,
      dns: settings.dns,
      random,
      options,
      startedAt: now,
      users: settings.accounts.map(({ user, context }) => newUser(user, context, options, now)),
      nextStid: 9501,
      nextCertificateId: 570,
      // As in the recorded answer: more than 32 bits.
      nextJobId: 4_297_939_738,
      nextMessageId: 1_405_661,
      nextContactId: 1120,
      foreignEvents: 0,
    };
  }

  describe(request: SimulatorRequest): Description {
    const described = describeRequest(request);
    this.#gatewayTask = isGatewayPath(request.path) ? described.command : undefined;
    return described;
  }

  async handle(request: SimulatorRequest): Promise<SimulatorAnswer> {
    catchUp(this.#world);
    const answer = isGatewayPath(request.path)
      ? await this.#handleGateway(request)
      : await this.#handleJson(request);
    // Others may have asked meanwhile; `errorAnswer` may be next, and for this request.
    this.describe(request);
    return answer;
  }

  async #handleJson(request: SimulatorRequest): Promise<SimulatorAnswer> {
    const frame = this.#frame(request);
    try {
      return renderEnvelope(await this.#answer(request, frame), frame);
    } catch (error) {
      if (error instanceof ApiError) return renderEnvelope(error.envelope, frame);
      throw error;
    }
  }

  async #handleGateway(request: SimulatorRequest): Promise<SimulatorAnswer> {
    const { stid } = this.#frame();
    const world = this.#world;
    try {
      this.#rateLimit.check(world.clock.now());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return this.#gatewayRefusal(error.envelope, stid, WHOLE_REQUEST);
    }
    if (request.method !== 'POST') {
      return { status: 405, headers: { allow: 'POST', 'content-type': 'text/plain' }, body: 'POST only\n' };
    }
    return answerGateway({ world, sessions: this.#sessions, stid }, request.body);
  }

  #gatewayRefusal(envelope: Envelope, stid: string, task: string): SimulatorAnswer {
    const { language } = this.#options;
    const answer = renderResponse([{ task, envelope, data: [] }], { stid, options: this.#options, language });
    return { ...answer, headers: { ...answer.headers, ...envelope.headers } };
  }

  #frame(request?: SimulatorRequest): FrameContext {
    const world = this.#world;
    const stid = `${compactDay(world.clock.now())}-app1-sandbox-${world.nextStid}`;
    world.nextStid += 1;
    const ctid = request?.headers['x-domainrobot-ctid'] ?? request?.query.get('ctid') ?? undefined;
    return { stid, ctid, options: this.#options };
  }

  async #answer(request: SimulatorRequest, frame: FrameContext): Promise<Envelope> {
    this.#rateLimit.check(this.#world.clock.now());
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
      path: found.names,
      stid: frame.stid,
      ctid: frame.ctid,
      keys: request.query.getAll('keys[]'),
      body: request.body,
      gateway: false,
    });
  }

  /** In the words of the API that was asked last. */
  errorAnswer(code: string, text?: string): SimulatorAnswer {
    const frame = this.#frame();
    const task = this.#gatewayTask;
    const envelope = orderedRefusal(code, text, task);
    if (task === undefined) return renderEnvelope(envelope, frame);
    return this.#gatewayRefusal(envelope, frame.stid, /^\d+$/.test(task) ? task : WHOLE_REQUEST);
  }

  seed(seed: SeedOrder): SeededOrder {
    return seedCertificate(this.#world, this.#firstUser(), seed);
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
