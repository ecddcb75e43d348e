/** The CentralNic Reseller (RRPproxy) simulator: text commands over HTTP; certificates of both APIs, events, KeyDNS. */
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
import { describeCode, Refusal } from './answers.ts';
import { catchUp } from './catch-up.ts';
import { commandFor } from './commands.ts';
import { addForeignEvent, repeatLastEvent } from './events.ts';
import { withTransaction } from './keydns/transaction.ts';
import { openZones } from './keydns/zones.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import type { RrpproxyOptions } from './options.ts';
import { Parameters } from './parameters.ts';
import { seedOrder } from './seed.ts';
import { Sessions } from './sessions.ts';
import type { Login } from './sessions.ts';
import { snapshotOf } from './snapshot.ts';
import { checkParameters, chooseSyntax, commandSpelling } from './syntax.ts';
import { parseRequest, renderAnswer } from './wire.ts';
import type { Answer, ParsedRequest } from './wire.ts';
import { newAccount } from './world.ts';
import type { Account, World } from './world.ts';

export interface RrpproxySimulatorSettings {
  readonly ca: SandboxCa;
  readonly clock: SandboxClock;
  /** The name server whose zones KeyDNS manages; without one its zones are nobody's to ask. */
  readonly dns?: SandboxDns;
  /** Several logins of one account share its name before the colon: `account:user`. */
  readonly accounts: readonly Login[];
  readonly random?: RandomSource;
  readonly options?: Partial<RrpproxyOptions>;
}

const PATHS = new Set(['/', '/api/call', '/api/call.cgi']);

export function createRrpproxySimulator(settings: RrpproxySimulatorSettings): VendorSimulator {
  return new RrpproxySimulator(settings);
}

class RrpproxySimulator implements VendorSimulator {
  readonly id: string;
  readonly #options: RrpproxyOptions;
  readonly #world: World;
  readonly #sessions: Sessions;
  readonly #requestTimes = new Map<string, number[]>();
  readonly #lockedUntil = new Map<string, number>();

  constructor(settings: RrpproxySimulatorSettings) {
    const options = { ...DEFAULT_OPTIONS, ...settings.options };
    const random = settings.random ?? systemRandom;
    const names = [...new Set(settings.accounts.map(({ login }) => accountName(login)))];
    if (names.length === 0) throw new Error('the RRPproxy simulator needs at least one account');
    this.id = options.id;
    this.#options = options;
    this.#sessions = new Sessions(settings.accounts, settings.clock, random, options);
    this.#world = {
      ca: settings.ca,
      clock: settings.clock,
      dns: settings.dns,
      random,
      options,
      accounts: new Map(names.map((name) => [name, newAccount(name, options.credit)])),
      nextEventId: 4_700_001,
      nextTransaction: 1,
    };
    openZones(this.#world, this.#firstAccount());
  }

  describe(request: SimulatorRequest): { command: string; parameters: Record<string, unknown> } {
    const parsed = parseRequest(request);
    const parameters: Record<string, unknown> = {};
    const lists = new Map<string, string[]>();
    for (const [name, text] of parsed.parameters) {
      const stem = /^([a-z]+)\d+$/.exec(name)?.[1];
      if (stem === undefined) parameters[name] = text;
      else lists.set(stem, [...(lists.get(stem) ?? []), text]);
    }
    for (const [name, list] of lists) parameters[name] = list;
    return { command: commandName(parsed), parameters };
  }

  async handle(request: SimulatorRequest): Promise<SimulatorAnswer> {
    if (!PATHS.has(request.path)) return page(404, 'Not Found');
    if (request.method !== 'POST' && request.method !== 'GET') return page(405, 'Method Not Allowed');
    catchUp(this.#world);
    let answer: Answer;
    try {
      answer = await this.#dispatch(parseRequest(request));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer = { code: error.code, description: error.message, properties: error.properties };
    }
    return this.#render(answer);
  }

  async #dispatch(parsed: ParsedRequest): Promise<Answer> {
    const login = this.#sessions.authenticate(parsed.credentials);
    const account = this.#account(accountName(login));
    this.#limitRate(account.login);
    const command = commandName(parsed);
    if (command === '') throw new Refusal(507, 'no command');
    const { parameters } = parsed;
    const syntax = chooseSyntax(command, parameters, this.#options);
    checkParameters(syntax, parameters, this.#options);
    if (parameters.has('subuser')) throw new Refusal(531, 'SUBUSER');
    switch (syntax.command) {
      case 'StartSession':
        return this.#sessions.start(login);
      case 'StopSession':
      case 'EndSession':
        return this.#sessions.stop(parsed.credentials.sessionId);
      default: {
        const run = commandFor(syntax);
        if (run === undefined) throw new Refusal(500, command);
        const context = { world: this.#world, account };
        return await withTransaction(context, new Parameters(parameters), run);
      }
    }
  }

  #account(name: string): Account {
    const account = this.#world.accounts.get(name);
    if (account === undefined) throw new Refusal(530);
    return account;
  }

  /** Too many commands within a second lock the account, and asking again while locked keeps it so. */
  #limitRate(login: string): void {
    const limit = this.#options.rateLimit;
    if (limit === undefined) return;
    const now = this.#world.clock.now().getTime();
    const recent = (this.#requestTimes.get(login) ?? []).filter((at) => now - at < 1000);
    recent.push(now);
    this.#requestTimes.set(login, recent);
    if (recent.length > limit.perSecond) this.#lockedUntil.set(login, now + limit.lockMs);
    if (now < (this.#lockedUntil.get(login) ?? 0)) throw new Refusal(422);
  }

  #render(answer: Answer): SimulatorAnswer {
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=UTF-8' },
      body: renderAnswer(answer, this.#options),
    };
  }

  errorAnswer(code: string, text?: string): SimulatorAnswer {
    const number = Number(code);
    return this.#render({ code: number, description: text ?? describeCode(number), properties: [] });
  }

  seed(seed: SeedOrder): SeededOrder {
    return seedOrder(this.#world, this.#firstAccount(), seed);
  }

  queueForeignEvent(): void {
    catchUp(this.#world);
    addForeignEvent(this.#world, this.#firstAccount());
  }

  redeliverLastEvent(): void {
    repeatLastEvent(this.#world, this.#firstAccount());
  }

  invoices(): ReturnType<VendorSimulator['invoices']> {
    catchUp(this.#world);
    return [...this.#world.accounts.values()].flatMap((account) => account.invoices);
  }

  snapshot(): Record<string, unknown> {
    catchUp(this.#world);
    return snapshotOf(this.#world);
  }

  #firstAccount(): Account {
    const [account] = this.#world.accounts.values();
    if (account === undefined) throw new Error('no account');
    return account;
  }
}

function accountName(login: string): string {
  return login.split(/[:!]/)[0] ?? login;
}

/** The vendor's spelling where the command is known. Opening a session may go without naming a command. */
function commandName(parsed: ParsedRequest): string {
  if (parsed.command === '' && parsed.credentials.persistent) return 'StartSession';
  return commandSpelling(parsed.command) ?? parsed.command;
}

function page(status: number, text: string): SimulatorAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8' },
    body: `<!DOCTYPE html><html><head><title>${text}</title></head><body><h1>${text}</h1></body></html>\n`,
  };
}
