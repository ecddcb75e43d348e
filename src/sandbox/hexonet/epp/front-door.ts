/** The vendor's commands over EPP: session, greeting, login, and the key-value extension around each command. */
import type { EppAnswer, EppConversation, EppFrontDoor } from '../../contract.ts';
import { messageOf } from '../../guards.ts';
import { pick } from '../../vendor-kit/random.ts';
import type { RandomSource } from '../../vendor-kit/random.ts';
import { Refusal } from '../answers.ts';
import type { Answer } from '../answers.ts';
import { describeCommand } from '../description.ts';
import { accountName, checkLogin } from '../logins.ts';
import type { Login } from '../logins.ts';
import type { HexonetOptions } from '../options.ts';
import { orderedAnswer } from '../service.ts';
import type { Service } from '../service.ts';
import { parseRequest } from './requests.ts';
import type { EppRequest } from './requests.ts';
import { greetingXml, KEYVALUE, OBJECTS, responseXml } from './responses.ts';
import { endsConnection, resultOf } from './results.ts';

export interface EppDoorSettings {
  readonly options: HexonetOptions;
  readonly random: RandomSource;
  readonly logins: readonly Login[];
  readonly service: Service;
  readonly now: () => Date;
}

/** RFC 5730 §2.9.1.1 leaves it to the server; most close after the third wrong password. */
const WRONG_PASSWORDS_MAX = 3;

export function createEppFrontDoor(settings: EppDoorSettings): EppFrontDoor {
  const open: Conversation[] = [];
  return {
    idleMs: settings.options.eppIdleMs,
    connect() {
      const conversation = new Conversation(settings, open);
      open.push(conversation);
      return conversation;
    },
  };
}

interface Session {
  readonly account: string;
  readonly extensions: readonly string[];
}

class Conversation implements EppConversation {
  readonly #settings: EppDoorSettings;
  /** All that are open now, this one among them. */
  readonly #open: Conversation[];
  #session: Session | undefined;
  #wrongPasswords = 0;

  constructor(settings: EppDoorSettings, open: Conversation[]) {
    this.#settings = settings;
    this.#open = open;
  }

  greeting(): string {
    return greetingXml(this.#settings.now());
  }

  describe(xml: string): { command: string; parameters: Record<string, unknown> } {
    const request = parseRequest(xml);
    switch (request.kind) {
      case 'command':
        return describeCommand(request.command);
      case 'login':
        return { command: 'login', parameters: { clID: request.account, extensions: request.extensions } };
      case 'other':
        return { command: request.name, parameters: {} };
      case 'hello':
      case 'logout':
      default:
        return { command: request.kind, parameters: {} };
    }
  }

  async handle(xml: string): Promise<EppAnswer> {
    let request: EppRequest;
    try {
      request = parseRequest(xml);
    } catch (error) {
      return this.#result(2001, undefined, messageOf(error));
    }
    switch (request.kind) {
      case 'hello':
        return { xml: this.greeting(), close: false };
      case 'login':
        return this.#login(request);
      case 'logout':
        return this.#result(this.#session === undefined ? 2002 : 1500, request.clientId);
      case 'command': {
        const { command, clientId } = request;
        if (this.#session === undefined) return this.#result(2002, clientId, 'log in first');
        if (!this.#session.extensions.includes(KEYVALUE)) return this.#result(2103, clientId);
        return this.#answer(await this.#settings.service.run(this.#session.account, command), clientId);
      }
      case 'other':
      default:
        return this.#result(this.#session === undefined ? 2002 : request.result, request.clientId);
    }
  }

  #login(request: EppRequest & { kind: 'login' }): EppAnswer {
    const { options, logins } = this.#settings;
    const { clientId, account, password } = request;
    if (this.#session !== undefined) return this.#result(2002, clientId, 'logged in already');
    if (request.version !== '1.0') return this.#result(2100, clientId);
    if (request.language !== 'en') return this.#result(2102, clientId, 'en is the only language');
    // Some clients name the extension among the objects as well.
    if (request.objects.some((uri) => uri !== KEYVALUE && !OBJECTS.includes(uri))) {
      return this.#result(2307, clientId);
    }
    if (request.extensions.some((uri) => uri !== KEYVALUE)) return this.#result(2103, clientId);
    let name: string;
    try {
      name = accountName(checkLogin(logins, { login: account, password }, 'epp').login);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#wrongPasswords += 1;
      return this.#result(this.#wrongPasswords < WRONG_PASSWORDS_MAX ? 2200 : 2501, clientId);
    }
    if (this.#open.filter((each) => each.#session?.account === name).length >= options.eppConnectionsMax) {
      return this.#result(2502, clientId);
    }
    this.#session = { account: name, extensions: request.extensions };
    return this.#result(1000, clientId);
  }

  errorAnswer(xml: string, code: string): EppAnswer {
    return this.#answer(orderedAnswer(code), clientIdOf(xml));
  }

  endSession(xml: string): EppAnswer {
    return this.#result(2500, clientIdOf(xml), 'the session has ended');
  }

  closed(): void {
    const at = this.#open.indexOf(this);
    if (at >= 0) this.#open.splice(at, 1);
  }

  /** What the command itself answered. */
  #answer({ code, description, properties, pending }: Answer, clientId: string | undefined): EppAnswer {
    const result = resultOf(code, pending === true);
    const reason = `${code} ${description}`;
    const response = { result, reason, properties, clientId, serverId: this.#serverId() };
    return { xml: responseXml(response, this.#settings.options.eppNull), close: endsConnection(result) };
  }

  /** What EPP itself has to say. */
  #result(result: number, clientId: string | undefined, reason?: string): EppAnswer {
    const response = {
      result,
      clientId,
      serverId: this.#serverId(),
      ...(reason === undefined ? {} : { reason }),
    };
    return { xml: responseXml(response, this.#settings.options.eppNull), close: endsConnection(result) };
  }

  /** `RW-XXXX-XXXXXXXXXXXXXXXX`, as the document prints it. */
  #serverId(): string {
    const { random } = this.#settings;
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
    return `RW-${pick(random, letters, 4)}-${pick(random, letters, 16)}`;
  }
}

function clientIdOf(xml: string): string | undefined {
  try {
    const request = parseRequest(xml);
    return request.kind === 'hello' ? undefined : request.clientId;
  } catch {
    // What cannot be read names nothing to be named in the answer.
    return undefined;
  }
}
