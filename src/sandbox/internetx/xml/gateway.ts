/**
 * The XML gateway: one document in, one document out, the task code inside decides. The work is done by the handlers of
 * the JSON routes, so that both APIs show one world.
 */
import type { SimulatorAnswer } from '../../contract.ts';
import { ApiError } from '../envelope.ts';
import type { Envelope } from '../envelope.ts';
import { catchUp } from '../progress.ts';
import type { Sessions } from '../sessions.ts';
import type { User, World } from '../world.ts';
import { session as sessionData } from './answers.ts';
import type { GatewayOptions } from './options.ts';
import type { XmlDocumentElement } from './reader.ts';
import { readDocument, readRequest } from './request.ts';
import type { GatewayRequest } from './request.ts';
import { renderResponse, WHOLE_REQUEST } from './response.ts';
import type { TaskResult } from './response.ts';
import { TaskObject } from './task-object.ts';
import { TASKS } from './tasks.ts';

export interface Gateway {
  readonly world: World;
  readonly sessions: Sessions;
  readonly stid: string;
}

export async function answerGateway(gateway: Gateway, body: Buffer): Promise<SimulatorAnswer> {
  const { world, stid } = gateway;
  const { options } = world;
  const frame = { stid, options, language: options.language };
  let request: GatewayRequest;
  let user: User;
  try {
    request = readRequest(readDocument(body), gateway.sessions, options.xmlUnknownElements);
    user = userOf(world, request);
  } catch (error) {
    return renderResponse([resultOf(WHOLE_REQUEST, error)], frame);
  }
  const results: TaskResult[] = [];
  // One after the other: each sees what the one before it has done.
  for (const task of request.tasks) results.push(await runTask(gateway, request, user, task));
  return renderResponse(results, { ...frame, language: request.language ?? options.language });
}

/** Refusals as results; everything else is a fault of the sandbox. */
function resultOf(task: string, error: unknown): TaskResult {
  if (!(error instanceof ApiError)) throw error;
  return { task, envelope: numberedAs(task, error.envelope), data: [] };
}

/** A task's result carries the task's own number, also where the JSON route behind it has another. */
function numberedAs(task: string, envelope: Envelope): Envelope {
  const [, letter] = /^([SE])\d+$/.exec(envelope.code ?? '') ?? [];
  return letter === undefined ? envelope : { ...envelope, code: letter + task };
}

/** Whoever logged in, or the user it acts for. */
function userOf(world: World, { account, owner }: GatewayRequest): User {
  const wanted = owner ?? account;
  const user = world.users.find((each) => each.user === wanted.user && each.context === wanted.context);
  if (user !== undefined) return user;
  throw new ApiError(WHOLE_REQUEST, [
    { code: 'EF01000', objects: [{ type: 'request.owner', value: `${wanted.user}, ${wanted.context}` }] },
  ]);
}

async function runTask(
  gateway: Gateway,
  request: GatewayRequest,
  user: User,
  element: XmlDocumentElement,
): Promise<TaskResult> {
  const { world } = gateway;
  const code = element.children.find(({ name }) => name === 'code')?.text ?? '';
  const object = new TaskObject(element, '', {
    task: code === '' ? WHOLE_REQUEST : code,
    unknownElements: world.options.xmlUnknownElements,
  });
  catchUp(world);
  let ctid: string | undefined;
  try {
    ctid = ctidOf(object, world.options.xmlCtid);
    if (code === '1321001' || code === '1321003') {
      return { ...sessionTask(gateway, request, code, object, user), ctid };
    }
    const task = TASKS.get(code);
    if (task === undefined || object.text('code') !== code) {
      throw new ApiError(WHOLE_REQUEST, [
        { code: 'EF01000', objects: [{ type: 'request.task.code', value: code }] },
      ]);
    }
    const { id = 0, path = {}, keys = [], body = {} } = task.read(object);
    object.end();
    const envelope = await task.run({
      world,
      user,
      id,
      path,
      keys,
      body,
      stid: gateway.stid,
      ctid,
      gateway: true,
    });
    const data = task.write(envelope, { world, user });
    return { task: code, ctid, envelope: numberedAs(code, envelope), data };
  } catch (error) {
    return { ...resultOf(TASKS.has(code) ? code : WHOLE_REQUEST, error), ctid };
  }
}

function ctidOf(task: TaskObject, rule: GatewayOptions['xmlCtid']): string | undefined {
  const ctid = task.text('ctid');
  if (rule === 'refuse' && ctid !== undefined) throw task.wrong('ctid', 'unknown element');
  return ctid;
}

/** Opens a session for whoever asks, or ends the one that is named. */
function sessionTask(
  { sessions, world }: Gateway,
  { account }: GatewayRequest,
  code: '1321001' | '1321003',
  object: TaskObject,
  user: User,
): TaskResult {
  object.text('code');
  const [named] = object.parts('auth_session', (part) => part.text('hash'));
  object.end();
  if (code === '1321003' && (named === undefined || !sessions.end(named))) {
    throw object.wrong('auth_session.hash', named === undefined ? 'missing' : 'unknown');
  }
  const envelope: Envelope = {
    code: `S${code}`,
    type: 'SUCCESS',
    object: { type: 'user', value: `${account.user}, ${account.context}` },
    ...(code === '1321001' ? { data: [{ hash: sessions.open(account) }] } : {}),
  };
  return {
    task: code,
    envelope,
    data: code === '1321001' ? sessionData(envelope, { world, user }) : [],
  };
}
