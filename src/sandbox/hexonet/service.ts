/** What both front doors lead to: one command of one account, from its name to its answer. */
import { describeCode, Refusal } from './answers.ts';
import type { Answer } from './answers.ts';
import { resendSslCertEmail, revokeSslCert } from './closing.ts';
import type { Command, CommandContext } from './command.ts';
import { deleteEvent, queryEventList, statusEvent } from './events.ts';
import { createSslCert, renewSslCert } from './ordering.ts';
import { deleteOrder, executeDueOrders, executeOrder, queryOrderList, queueInstead } from './orders.ts';
import { Parameters } from './parameters.ts';
import {
  parseSslCertCsr,
  querySslCertDcvEmailAddressList,
  querySslCertList,
  statusSslCert,
} from './queries.ts';
import { reissueSslCert } from './reissuing.ts';
import { checkSyntax, findSyntax } from './syntax.ts';
import { statusUser } from './user.ts';
import type { ParsedCommand } from './wire.ts';
import { catchUp } from './world.ts';
import type { Account, World } from './world.ts';
import { createDnsZone, deleteDnsZone, updateDnsZone } from './zone-changes.ts';
import { queryDnsZoneList, queryDnsZoneRrList, statusDnsZone } from './zone-queries.ts';

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['CreateDNSZone', createDnsZone],
  ['CreateSSLCert', createSslCert],
  ['DeleteDNSZone', deleteDnsZone],
  ['DeleteEvent', deleteEvent],
  ['DeleteOrder', deleteOrder],
  ['ParseSSLCertCSR', parseSslCertCsr],
  ['QueryDNSZoneList', queryDnsZoneList],
  ['QueryDNSZoneRRList', queryDnsZoneRrList],
  ['QueryEventList', queryEventList],
  ['QueryOrderList', queryOrderList],
  ['QuerySSLCertDCVEMailAddressList', querySslCertDcvEmailAddressList],
  ['QuerySSLCertList', querySslCertList],
  ['ReissueSSLCert', reissueSslCert],
  ['RenewSSLCert', renewSslCert],
  ['ResendSSLCertEmail', resendSslCertEmail],
  ['RevokeSSLCert', revokeSslCert],
  ['StatusDNSZone', statusDnsZone],
  ['StatusEvent', statusEvent],
  ['StatusSSLCert', statusSslCert],
  ['StatusUser', statusUser],
  ['UpdateDNSZone', updateDnsZone],
]);

/** What may wait in the order queue. */
const QUEUEABLE: readonly string[] = ['CreateSSLCert', 'RenewSSLCert'];

export class Service {
  readonly #world: World;
  readonly #requestTimes = new Map<string, number[]>();
  readonly #lockedUntil = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Never throws a `Refusal`: it is an answer like others. */
  async run(accountName: string, parsed: ParsedCommand): Promise<Answer> {
    return this.answering(async () => {
      const account = this.#world.accounts.get(accountName);
      if (account === undefined) throw new Refusal(530);
      const context: CommandContext = { world: this.#world, account };
      catchUp(this.#world);
      await executeDueOrders(context, (command) => this.answering(() => execute(context, command)));
      const { command, parameters } = this.check(account, parsed);
      if (command === 'ExecuteOrder') {
        return executeOrder(context, parameters, (queued) => this.answering(() => execute(context, queued)));
      }
      if (QUEUEABLE.includes(command)) {
        const queued = queueInstead(context, { ...parsed, command }, parameters);
        if (queued !== undefined) return queued;
      }
      return execute(context, { ...parsed, command });
    });
  }

  /** Known, complete, and not too often. */
  check(account: Account, parsed: ParsedCommand): { command: string; parameters: Parameters } {
    this.#limitRate(account.name);
    if (parsed.command === '') throw new Refusal(507, 'COMMAND');
    const syntax = findSyntax(parsed.command);
    if (syntax === undefined) throw new Refusal(500, parsed.command);
    checkSyntax(syntax, parsed.parameters, this.#world.options.unknownParameters);
    return { command: syntax.command, parameters: new Parameters(parsed.parameters) };
  }

  async answering(act: () => Answer | Promise<Answer>): Promise<Answer> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { code: error.code, description: error.message, properties: [] };
    }
  }

  /** Too many commands within a second lock the account, and asking again while locked keeps it so. */
  #limitRate(account: string): void {
    const limit = this.#world.options.rateLimit;
    if (limit === undefined) return;
    const now = this.#world.clock.now().getTime();
    const recent = (this.#requestTimes.get(account) ?? []).filter((at) => now - at < 1000);
    recent.push(now);
    this.#requestTimes.set(account, recent);
    if (recent.length > limit.perSecond) this.#lockedUntil.set(account, now + limit.lockMs);
    if (now < (this.#lockedUntil.get(account) ?? 0)) throw new Refusal(425);
  }
}

async function execute(context: CommandContext, { command, parameters }: ParsedCommand): Promise<Answer> {
  const run = COMMANDS.get(command);
  if (run === undefined) throw new Refusal(500, command);
  return run(context, new Parameters(parameters));
}

/** The vendor's words for a code that was ordered. */
export function orderedAnswer(code: string, text?: string): Answer {
  const number = Number(code);
  return { code: number, description: text ?? describeCode(number), properties: [] };
}
