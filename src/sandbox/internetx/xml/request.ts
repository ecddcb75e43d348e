/** A gateway request: who asks, in which language, for whom, and the tasks. */
import { ApiError } from '../envelope.ts';
import { unauthorized } from '../sessions.ts';
import type { InternetxAccount, Sessions } from '../sessions.ts';
import { readXml, XmlReadError } from './reader.ts';
import type { XmlDocumentElement } from './reader.ts';
import { WHOLE_REQUEST } from './response.ts';
import { TaskObject } from './task-object.ts';
import type { ReadingRules } from './task-object.ts';

export interface GatewayRequest {
  readonly account: InternetxAccount;
  readonly owner: { readonly user: string; readonly context: number } | undefined;
  readonly language: 'en' | 'de' | undefined;
  readonly tasks: readonly XmlDocumentElement[];
}

const refused = (text: string): ApiError =>
  new ApiError(WHOLE_REQUEST, [{ code: 'EF01000', text, objects: [{ type: 'request', value: '' }] }]);

export function readDocument(body: Buffer): XmlDocumentElement {
  try {
    return readXml(body);
  } catch (error) {
    if (error instanceof XmlReadError) throw refused(error.message);
    throw error;
  }
}

/** The code of each task, for people; a task without one is named by a question mark. */
export function taskCodes(document: XmlDocumentElement): string[] {
  return document.children
    .filter(({ name }) => name === 'task')
    .map((task) => task.children.find(({ name }) => name === 'code')?.text ?? '?');
}

/** Refuses what cannot be understood and whoever is not known. */
export function readRequest(
  document: XmlDocumentElement,
  sessions: Sessions,
  unknownElements: ReadingRules['unknownElements'],
): GatewayRequest {
  if (document.name !== 'request') {
    throw refused(`The document element is <${document.name}>, not <request>.`);
  }
  const request = new TaskObject(document, 'request', { task: WHOLE_REQUEST, unknownElements });
  const tasks = request.elements('task');
  const [session] = request.parts('auth_session', (part) => neededText(part, 'hash'));
  const [byPassword] = request.parts('auth', (part) => ({
    user: neededText(part, 'user'),
    password: neededText(part, 'password'),
    context: contextOf(part),
  }));
  const [owner] = request.parts('owner', (part) => ({
    user: neededText(part, 'user'),
    context: contextOf(part),
  }));
  const language = languageOf(request);
  request.end();
  if (tasks.length === 0) throw request.wrong('task', 'missing');
  const account =
    session === undefined
      ? byPassword && sessions.byPassword(byPassword.user, byPassword.password, byPassword.context)
      : sessions.bySession(session);
  if (account === undefined) throw unauthorized(WHOLE_REQUEST);
  return { account, owner, language, tasks };
}

function neededText(part: TaskObject, name: string): string {
  const text = part.text(name);
  if (text === undefined) throw part.wrong(name, 'missing');
  return text;
}

function contextOf(part: TaskObject): number {
  const text = neededText(part, 'context');
  if (!/^\d{1,9}$/.test(text)) throw part.wrong('context', text);
  return Number(text);
}

function languageOf(request: TaskObject): 'en' | 'de' | undefined {
  const language = request.text('language');
  if (language === undefined || language === 'en' || language === 'de') return language;
  throw request.wrong('language', language);
}
