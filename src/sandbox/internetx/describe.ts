/** What a request is called in faults and in the history. */
import type { SimulatorRequest } from '../contract.ts';
import { ApiError } from './envelope.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import { findRoute, withoutPrefix } from './paths.ts';
import { readDocument, taskCodes } from './xml/request.ts';
import type { XmlDocumentElement } from './xml/reader.ts';

export interface Description {
  readonly command: string;
  readonly parameters: Record<string, unknown>;
}

/** The XML gateway answers here, beside the JSON API. */
export const isGatewayPath = (path: string): boolean => path === '/gateway' || path === '/gateway/';

export function describeRequest(request: SimulatorRequest): Description {
  return isGatewayPath(request.path) ? describeTasks(request) : describeRoute(request);
}

/** By method and current route, whichever spelling was used and whether it exists at the moment. */
function describeRoute(request: SimulatorRequest): Description {
  const found = findRoute(request.method, request.path, { ...DEFAULT_OPTIONS, routes: 'both' });
  const keys = request.query.getAll('keys[]');
  return {
    command: `${request.method} ${found?.route.path ?? withoutPrefix(request.path)}`,
    parameters: {
      ...(found === undefined || found.id === 0 ? {} : { id: found.id }),
      ...found?.names,
      ...(keys.length > 0 ? { keys } : {}),
      ...bodyForPeople(request.body),
    },
  };
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

/** By the task's code, several joined by `+`; the login is left out. */
function describeTasks(request: SimulatorRequest): Description {
  try {
    const document = readDocument(request.body);
    const tasks = document.children.filter(({ name }) => name === 'task').map(taskForPeople);
    const command = taskCodes(document).join('+');
    const [only] = tasks;
    if (only !== undefined) return { command, parameters: tasks.length === 1 ? only : { tasks } };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  // Garbage has no name of the vendor's.
  return { command: `${request.method} ${request.path}`, parameters: {} };
}

const SECRET = new Set(['password', 'hash', 'token']);

function taskForPeople(element: XmlDocumentElement): Record<string, unknown> {
  const shown = element.children.filter(({ name }) => !SECRET.has(name));
  const valueOf = (child: XmlDocumentElement): unknown =>
    child.children.length > 0 ? taskForPeople(child) : child.text;
  return Object.fromEntries(
    [...Map.groupBy(shown, ({ name }) => name)].map(([name, same]) => {
      const values = same.map(valueOf);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}
