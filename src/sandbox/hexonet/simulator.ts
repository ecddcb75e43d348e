/** The HEXONET simulator: text commands over HTTP, the same commands as key and value over EPP, one world behind both. */
import type {
  EppFrontDoor,
  SandboxCa,
  SandboxClock,
  SeededOrder,
  SeedOrder,
  SimulatorAnswer,
  SimulatorRequest,
  VendorSimulator,
} from '../contract.ts';
import type { SandboxDns } from '../dns/index.ts';
import { digits, systemRandom } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import { Refusal } from './answers.ts';
import type { Answer } from './answers.ts';
import { findClass } from './classes.ts';
import type { ValidationMethod } from './classes.ts';
import { ownerOf, whoisContacts } from './contacts.ts';
import { describeCommand } from './description.ts';
import { createEppFrontDoor } from './epp/front-door.ts';
import { addForeignEvent, repeatLastEvent } from './events.ts';
import { accountName, checkLogin, entityFrom, viewOf } from './logins.ts';
import type { Login } from './logins.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import type { HexonetOptions } from './options.ts';
import { orderedAnswer, Service } from './service.ts';
import { Sessions } from './sessions.ts';
import { findSyntax } from './syntax.ts';
import { alternativesOf, planValidation } from './validation.ts';
import { parseRequest, renderAnswer } from './wire.ts';
import type { ParsedRequest } from './wire.ts';
import { catchUp, certificateId, newAccount, statusOf } from './world.ts';
import type { Account, SslCertificate, World } from './world.ts';
import { createZoneBook } from './zones.ts';

export interface HexonetSimulatorSettings {
  readonly ca: SandboxCa;
  readonly clock: SandboxClock;
  readonly dns: SandboxDns;
  /** The first one's account is what is seeded. */
  readonly accounts: readonly Login[];
  readonly random?: RandomSource;
  readonly options?: Partial<HexonetOptions>;
}

const PATH = '/api/call.cgi';

export function createHexonetSimulator(settings: HexonetSimulatorSettings): VendorSimulator {
  return new HexonetSimulator(settings);
}

class HexonetSimulator implements VendorSimulator {
  readonly id: string;
  readonly epp: EppFrontDoor;
  readonly #options: HexonetOptions;
  readonly #logins: readonly Login[];
  readonly #world: World;
  readonly #service: Service;
  readonly #sessions: Sessions;

  constructor(settings: HexonetSimulatorSettings) {
    const { ca, clock, dns, accounts } = settings;
    const options = { ...DEFAULT_OPTIONS, ...settings.options };
    const random = settings.random ?? systemRandom;
    const names = new Set(
      accounts.flatMap(({ login, subusers }) => [accountName(login), ...(subusers ?? [])]),
    );
    if (names.size === 0) throw new Error('the HEXONET simulator needs at least one account');
    this.id = options.id;
    this.#options = options;
    this.#logins = accounts;
    this.#world = {
      ca,
      clock,
      random,
      options,
      zones: createZoneBook(dns, options.hostedZones, clock.now()),
      accounts: new Map([...names].map((name) => [name, newAccount(name, options.credit)])),
      nextEventId: 22_473_397,
      nextOrderId: 34_236,
    };
    this.#service = new Service(this.#world);
    this.#sessions = new Sessions(clock, random, options);
    this.epp = createEppFrontDoor({
      options,
      random,
      logins: accounts,
      service: this.#service,
      now: () => clock.now(),
    });
  }

  describe(request: SimulatorRequest): { command: string; parameters: Record<string, unknown> } {
    return describeCommand(parseRequest(request));
  }

  async handle(request: SimulatorRequest): Promise<SimulatorAnswer> {
    if (request.path !== PATH) return page(404, 'Not Found');
    if (request.method !== 'POST' && request.method !== 'GET') return page(405, 'Method Not Allowed');
    const parsed = parseRequest(request);
    return this.#render(await this.#service.answering(() => this.#dispatch(parsed)));
  }

  async #dispatch(parsed: ParsedRequest): Promise<Answer> {
    const { credentials } = parsed;
    const entity = entityFrom(credentials.entity);
    const login =
      credentials.session === undefined
        ? checkLogin(this.#logins, credentials, entity)
        : this.#sessions.use(credentials.session, entity);
    const view = viewOf(login, credentials.user);
    switch (findSyntax(parsed.command)?.command) {
      case 'StartSession': {
        const { parameters } = this.#service.check(this.#account(view), parsed);
        return this.#sessions.start(login, entity, parameters);
      }
      case 'EndSession':
        this.#service.check(this.#account(view), parsed);
        return this.#sessions.end(credentials.session);
      default:
        return this.#service.run(view, parsed);
    }
  }

  #account(name: string): Account {
    const account = this.#world.accounts.get(name);
    if (account === undefined) throw new Refusal(530);
    return account;
  }

  #render(answer: Answer): SimulatorAnswer {
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: renderAnswer(answer, this.#options.style),
    };
  }

  errorAnswer(code: string, text?: string): SimulatorAnswer {
    return this.#render(orderedAnswer(code, text));
  }

  endSessions(): void {
    this.#sessions.endAll();
  }

  seed(seed: SeedOrder): SeededOrder {
    const world = this.#world;
    const cls = findClass(seed.product);
    const [first] = seed.names;
    if (cls === undefined || first === undefined)
      throw new Error(`no class ${seed.product} in the product table`);
    const methods = { dns: 'DNSZONE', file: 'URL', email: 'EMAIL' } as const satisfies Record<
      string,
      ValidationMethod
    >;
    const method = methods[seed.dcvMethod];
    const contacts = whoisContacts(first);
    const wishes = seed.names.map((name) => ({ name, method, email: ownerOf(contacts).EMAIL }));
    const alternatives =
      world.options.freeAlternative && cls.names !== 'several' ? alternativesOf(wishes) : [];
    const issued = world.ca.issueNow(seed);
    const certificate: SslCertificate = {
      id: certificateId(world),
      cls,
      orderReference: digits(world.random, 8),
      createdAt: seed.notBefore,
      updatedAt: seed.notBefore,
      paidUntil: seed.paidUntil,
      contacts,
      serverSoftware: undefined,
      submission: {
        operation: 'create',
        csrPem: seed.csrPem,
        csr: world.ca.parseCsr(seed.csrPem),
        key: undefined,
        names: seed.names,
        issuedNames: [...seed.names, ...alternatives],
        validations: planValidation(cls, wishes, seed.csrPem, world.options.validationForm, world.random),
        internalDns: false,
        transmitsAt: seed.notBefore,
        statusRead: true,
      },
      state: 'active',
      details: 'Valid',
      issued,
    };
    this.#firstAccount().certificates.set(certificate.id, certificate);
    return { certificateId: certificate.id, orderId: certificate.orderReference, certificate: issued };
  }

  queueForeignEvent(): void {
    addForeignEvent(this.#world, this.#firstAccount());
  }

  redeliverLastEvent(): void {
    repeatLastEvent(this.#world, this.#firstAccount());
  }

  invoices(): ReturnType<VendorSimulator['invoices']> {
    return [...this.#world.accounts.values()].flatMap((account) => account.invoices);
  }

  /** Keys the vendor holds are shown as held, not as they are. */
  snapshot(): Record<string, unknown> {
    catchUp(this.#world);
    const accounts = [...this.#world.accounts].map(([name, account]) => [
      name,
      {
        credit: account.credit,
        certificates: [...account.certificates.values()].map(
          ({ cls, contacts, submission, before, ...certificate }) => ({
            ...certificate,
            reissueOf: before?.csr.spkiSha256,
            class: cls.id,
            status: statusOf(this.#world, { cls, contacts, submission, ...certificate }),
            contacts: Object.fromEntries(contacts),
            submission: { ...submission, key: submission.key === undefined ? 'none' : 'held' },
          }),
        ),
        orders: [...account.orders.values()].map(({ id, status, command }) => ({
          id,
          status,
          command: command.command,
        })),
        events: account.events,
        invoices: account.invoices,
      },
    ]);
    return {
      accounts: Object.fromEntries(accounts),
      zones: this.#world.zones.list().map(({ origin }) => origin),
    };
  }

  #firstAccount(): Account {
    return this.#account(accountName(this.#logins[0]?.login ?? ''));
  }
}

function page(status: number, text: string): SimulatorAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!DOCTYPE html><html><head><title>${text}</title></head><body><h1>${text}</h1></body></html>\n`,
  };
}
