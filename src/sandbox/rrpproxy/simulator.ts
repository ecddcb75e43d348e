/** The CentralNic Reseller (RRPproxy) simulator: text commands over HTTP, API 2 certificates, orders and events. */
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
import { describeCode, Refusal } from './answers.ts';
import { findClass } from './classes.ts';
import type { DcvMethod } from './classes.ts';
import {
  cancelCertificateOrder,
  deleteCertificate,
  resendNotification,
  revokeCertificate,
  revokeCertificateOrder,
} from './closing.ts';
import type { Command } from './command.ts';
import { addCertificateContact, queryCertificateContactList, statusCertificateContact } from './contacts.ts';
import { addForeignEvent, deleteEvent, queryEventList, repeatLastEvent, statusEvent } from './events.ts';
import { checkCertificate, getCertificateInfo } from './info.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import type { RrpproxyOptions } from './options.ts';
import { addCertificate, reissueCertificate, renewCertificate } from './ordering.ts';
import {
  queryCertificateList,
  queryCertificateOrderList,
  statusCertificate,
  statusCertificateOrder,
} from './queries.ts';
import { Sessions } from './sessions.ts';
import type { Login } from './sessions.ts';
import { checkSyntax, findSyntax, Parameters } from './syntax.ts';
import { planValidation } from './validation.ts';
import { parseRequest, renderAnswer } from './wire.ts';
import type { Answer, ParsedRequest } from './wire.ts';
import { catchUp, certificateId, certificateStatus, newAccount, orderId, orderStatus } from './world.ts';
import type { Account, Certificate, CertificateOrder, World } from './world.ts';

export interface RrpproxySimulatorSettings {
  readonly ca: SandboxCa;
  readonly clock: SandboxClock;
  /** Several logins of one account share its name before the colon: `account:user`. */
  readonly accounts: readonly Login[];
  readonly random?: RandomSource;
  readonly options?: Partial<RrpproxyOptions>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  addcertificate: addCertificate,
  addcertificatecontact: addCertificateContact,
  cancelcertificateorder: cancelCertificateOrder,
  checkcertificate: checkCertificate,
  deletecertificate: deleteCertificate,
  deleteevent: deleteEvent,
  getcertificateinfo: getCertificateInfo,
  querycertificatecontactlist: queryCertificateContactList,
  querycertificatelist: queryCertificateList,
  querycertificateorderlist: queryCertificateOrderList,
  queryeventlist: queryEventList,
  reissuecertificate: reissueCertificate,
  renewcertificate: renewCertificate,
  resendnotification: resendNotification,
  revokecertificate: revokeCertificate,
  revokecertificateorder: revokeCertificateOrder,
  statuscertificate: statusCertificate,
  statuscertificatecontact: statusCertificateContact,
  statuscertificateorder: statusCertificateOrder,
  statusevent: statusEvent,
};

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
      random,
      options,
      accounts: new Map(names.map((name) => [name, newAccount(name, options.credit)])),
      nextEventId: 4_700_001,
    };
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
    const syntax = findSyntax(command);
    if (syntax === undefined) throw new Refusal(500, command);
    checkSyntax(syntax, parsed.parameters, this.#options);
    if (parsed.parameters.has('subuser')) throw new Refusal(531, 'SUBUSER');
    switch (syntax.command) {
      case 'StartSession':
        return this.#sessions.start(login);
      case 'StopSession':
      case 'EndSession':
        return this.#sessions.stop(parsed.credentials.sessionId);
      default: {
        const run = COMMANDS[syntax.command.toLowerCase()];
        if (run === undefined) throw new Refusal(500, command);
        return await run({ world: this.#world, account }, new Parameters(parsed.parameters));
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
    const world = this.#world;
    const account = this.#firstAccount();
    const cls = findClass(seed.product);
    if (cls === undefined) throw new Error(`no class ${seed.product} in the product matrix`);
    const csr = world.ca.parseCsr(seed.csrPem);
    const issued = world.ca.issueNow(seed);
    const order: CertificateOrder = {
      id: orderId(world, cls),
      cls,
      caReference: digits(world.random, 9),
      certificateIds: [],
      paidUntil: seed.paidUntil,
      price: 0,
      createdAt: seed.notBefore,
      updatedAt: seed.notBefore,
    };
    const methods = {
      dns: cls.ca === 'DigiCert' ? 'dns-txt' : 'dns-cname',
      file: 'http',
      email: 'email',
    } as const satisfies Record<string, DcvMethod>;
    const method = methods[seed.dcvMethod];
    const contactId = [...account.contacts.keys()][0] ?? this.#seedContact(account);
    const certificate: Certificate = {
      id: certificateId(world, cls),
      orderId: order.id,
      kind: 'request',
      csrPem: seed.csrPem,
      csr,
      names: seed.names,
      dcvMethod: method,
      dcvScope: undefined,
      dcvDomainsChosen: false,
      validations: planValidation(
        {
          cls,
          csrPem: seed.csrPem,
          names: seed.names,
          asked: seed.names,
          method,
          scope: undefined,
          emails: new Map(),
          dcvDomains: [],
          token: undefined,
        },
        world.random,
        world.options,
      ),
      serverType: 'apache',
      techContacts: [contactId],
      serviceTags: [],
      caCertificateId: digits(world.random, 9),
      caOrderId: '',
      status: 'active',
      issued,
      statusRead: true,
      createdAt: seed.notBefore,
      updatedAt: seed.notBefore,
    };
    order.certificateIds.push(certificate.id);
    account.orders.set(order.id, order);
    account.certificates.set(certificate.id, certificate);
    return { certificateId: certificate.id, orderId: order.id, certificate: issued };
  }

  #seedContact(account: Account): string {
    const id = `CC-${digits(this.#world.random, 8)}`;
    account.contacts.set(id, {
      id,
      type: 'tech',
      fields: { lastname: 'Seeded', phone: '+49.30123456', email: 'hostmaster@example.com' },
      createdAt: this.#world.clock.now(),
    });
    return id;
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
    const now = this.#world.clock.now();
    return Object.fromEntries(
      [...this.#world.accounts].map(([name, account]) => [
        name,
        {
          credit: account.credit,
          orders: [...account.orders.values()].map(({ cls, ...order }) => ({
            ...order,
            class: cls.id,
            status: orderStatus(account, { cls, ...order }, now),
          })),
          certificates: [...account.certificates.values()].map((certificate) => ({
            ...certificate,
            status: certificateStatus(certificate, now),
          })),
          contacts: [...account.contacts.values()],
          events: account.events,
          invoices: account.invoices,
        },
      ]),
    );
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
  return findSyntax(parsed.command)?.command ?? parsed.command;
}

function page(status: number, text: string): SimulatorAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8' },
    body: `<!DOCTYPE html><html><head><title>${text}</title></head><body><h1>${text}</h1></body></html>\n`,
  };
}
