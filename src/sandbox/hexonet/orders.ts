/**
 * The order queue: a command put aside with ORDER=CREATE, executed when asked (ExecuteOrder), or by the vendor itself
 * with the option that puts every order aside. What it answered is kept as text.
 */
import { dateTime, listAnswer, Refusal, success, value } from './answers.ts';
import type { Answer, Row } from './answers.ts';
import type { Command, CommandContext } from './command.ts';
import { percentEncoded } from './events.ts';
import type { Parameters } from './parameters.ts';
import type { Account, QueuedOrder, World } from './world.ts';
import type { ParsedCommand } from './wire.ts';

/** Undefined: to be executed at once. */
export function queueInstead(
  { world, account }: CommandContext,
  command: ParsedCommand,
  parameters: Parameters,
): Answer | undefined {
  const action = parameters.word('ORDER', ['CREATE', 'REPLACE', 'UPDATE']);
  const orderId = parameters.text('ORDERID');
  const always = world.options.orderQueue === 'always';
  if (action === undefined && !always) return undefined;
  const now = world.clock.now();
  const kept = withoutOrder(command);
  if (action === 'REPLACE' || action === 'UPDATE') {
    const order = pendingOrder(account, orderId ?? '');
    order.command =
      action === 'REPLACE'
        ? kept
        : { ...kept, parameters: new Map([...order.command.parameters, ...kept.parameters]) };
    order.updatedAt = now;
    return success(value('ORDERID', order.id));
  }
  const order: QueuedOrder = {
    id: String(world.nextOrderId),
    command: kept,
    createdAt: now,
    updatedAt: now,
    executesAt: always ? new Date(now.getTime() + world.options.orderQueueDelayMs) : undefined,
    status: 'PENDING',
  };
  world.nextOrderId += 1;
  account.orders.set(order.id, order);
  return success(value('ORDERID', order.id));
}

function withoutOrder({ command, parameters }: ParsedCommand): ParsedCommand {
  return {
    command,
    parameters: new Map([...parameters].filter(([name]) => name !== 'ORDER' && name !== 'ORDERID')),
  };
}

function pendingOrder(account: Account, id: string): QueuedOrder {
  const order = account.orders.get(id);
  if (order === undefined) throw new Refusal(545, `ORDERID ${id}`.trim());
  if (order.status !== 'PENDING') throw new Refusal(549, `order ${id} is ${order.status}`);
  return order;
}

/** Runs the command and keeps what it answered. */
async function execute(
  world: World,
  order: QueuedOrder,
  run: (command: ParsedCommand) => Promise<Answer>,
): Promise<Answer> {
  const answer = await run(order.command);
  order.status = answer.code < 300 ? 'COMPLETED' : 'FAILED';
  order.updatedAt = world.clock.now();
  const lines = [
    ...answer.properties.map(({ name, index, value: text }) => `PROPERTY[${name}][${index}]=${text}`),
    `DESCRIPTION=${answer.description}`,
    'QUEUETIME=0',
    `CODE=${answer.code}`,
    'RUNTIME=0.551',
    '',
  ];
  order.lastResponse = { code: answer.code, description: answer.description, text: lines.join('\n') };
  return answer;
}

export async function executeOrder(
  { world, account }: CommandContext,
  parameters: Parameters,
  run: (command: ParsedCommand) => Promise<Answer>,
): Promise<Answer> {
  return execute(world, pendingOrder(account, parameters.required('ORDERID')), run);
}

/** What the vendor executes by itself, as far as its time has come. */
export async function executeDueOrders(
  { world, account }: CommandContext,
  run: (command: ParsedCommand) => Promise<Answer>,
): Promise<void> {
  const now = world.clock.now();
  for (const order of account.orders.values()) {
    if (order.status === 'PENDING' && order.executesAt !== undefined && order.executesAt <= now) {
      await execute(world, order, run);
    }
  }
}

export const deleteOrder: Command = ({ account }, parameters) => {
  const order = pendingOrder(account, parameters.required('ORDERID'));
  account.orders.delete(order.id);
  return success();
};

export const queryOrderList: Command = ({ world, account }, parameters) => {
  const id = parameters.text('ORDERID');
  const wantedClass = parameters.text('CLASS')?.toUpperCase() ?? 'SSLCERT';
  const types = [parameters.text('OPERATIONTYPE') ?? [], parameters.list('OPERATIONTYPE')].flat();
  const payment = parameters.text('PAYMENTSTATUS')?.toUpperCase();
  const rows = [...account.orders.values()]
    .filter(
      (order) =>
        (id === undefined || order.id === id) &&
        wantedClass === 'SSLCERT' &&
        (types.length === 0 || types.includes(operationOf(order))) &&
        (payment === undefined || paymentOf(order) === payment),
    )
    .map((order): Row => [
      ['ACTION', 'EXECUTE'],
      ['CREATEDDATE', dateTime(order.createdAt)],
      ['CURRENCY', world.options.currency],
      ['ERRORCOUNT', order.status === 'FAILED' ? '1' : '0'],
      ['EXPIRATIONDATE', '0000-00-00 00:00:00'],
      ['LASTRESPONSE', percentEncoded(order.lastResponse?.text ?? '')],
      ['LASTRESPONSECODE', String(order.lastResponse?.code ?? '')],
      ['LASTRESPONSEDESCRIPTION', order.lastResponse?.description ?? ''],
      ['OBJECTCLASS', 'SSLCERT'],
      ['OBJECTID', ''],
      ['OPERATIONTYPE', operationOf(order)],
      ['ORDERCOMMAND', percentEncoded(commandText(order.command))],
      ['ORDERID', order.id],
      ['ORDERSTATUS', order.status],
      ['PAYMENTSTATUS', paymentOf(order)],
      ['PROCESSINGSTATUS', 'INACTIVE'],
      ['UPDATEDDATE', dateTime(order.updatedAt)],
      ['USER', account.name],
    ]);
  const answer = listAnswer(rows, parameters.page(10_000));
  if (parameters.flag('NOTOTAL') !== true) return answer;
  return { ...answer, properties: answer.properties.filter(({ name }) => name !== 'TOTAL') };
};

const operationOf = ({ command }: QueuedOrder): string =>
  command.command.toLowerCase().startsWith('renew') ? 'RENEW' : 'CREATE';

const paymentOf = ({ status }: QueuedOrder): string => (status === 'COMPLETED' ? 'PAID' : 'UNPAID');

const commandText = ({ command, parameters }: ParsedCommand): string =>
  [['COMMAND', command], ...parameters].map(([name, text]) => `${name}=${text}`).join('\n');
