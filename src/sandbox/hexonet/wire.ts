/**
 * The text protocol: one command per HTTP request as form data in, `[RESPONSE] … EOF` out.
 *
 * Form data is read whatever the Content-Type says and from query and body alike, because this protocol's clients send
 * it in every combination. Names are case-insensitive; a value ends at its line end and cannot carry one.
 */
import type { SimulatorRequest } from '../contract.ts';
import type { Answer } from './answers.ts';

/** How an answer is written: the live system and three pieces of paper disagree. */
export type AnswerStyle =
  /** CRLF, upper case, no blanks around `=`, properties first: as recorded from the live system. */
  | 'wire'
  /** LF, lower case, ` = `, code first: the sister system's. */
  | 'rrp'
  /** LF, upper case, ` = `, code first, no run times: as the vendor's documents print answers. */
  | 'document'
  /** Neither header nor `EOF`, names padded to a column. */
  | 'knowledge-base';

export interface Credentials {
  readonly entity?: string;
  readonly login?: string;
  readonly password?: string;
  readonly oneTimePassword?: string;
  readonly session?: string;
  /** Act in the view of this sub-user. */
  readonly user?: string;
}

export interface ParsedCommand {
  /** As the client spelled it; empty when none was sent. */
  readonly command: string;
  /** Upper-case names. An empty value is this protocol's NULL, which is the same as none. */
  readonly parameters: ReadonlyMap<string, string>;
}

export interface ParsedRequest extends ParsedCommand {
  readonly credentials: Credentials;
}

export function parseRequest(request: SimulatorRequest): ParsedRequest {
  const fields = new Map<string, string>();
  for (const [name, text] of request.query) fields.set(name.toLowerCase(), text);
  if (request.method === 'POST') {
    const body = new URLSearchParams(request.body.toString('utf8').trim());
    for (const [name, text] of body) fields.set(name.toLowerCase(), text);
  }
  const text = fields.get('s_command');
  const parsed =
    text === undefined
      ? toCommand([...fields].filter(([name]) => !name.startsWith('s_')))
      : parseCommandText(text);
  const field = (name: string): string | undefined => (fields.get(name) ?? '') || undefined;
  const [entity, login, oneTimePassword, session, user] = [
    field('s_entity'),
    field('s_login'),
    field('s_otp'),
    field('s_session'),
    field('s_user'),
  ];
  // The page about sessions calls the field s_password, every client s_pw.
  const password = field('s_pw') ?? field('s_password');
  return {
    ...parsed,
    credentials: {
      ...(entity === undefined ? {} : { entity }),
      ...(login === undefined ? {} : { login }),
      ...(password === undefined ? {} : { password }),
      ...(oneTimePassword === undefined ? {} : { oneTimePassword }),
      ...(session === undefined ? {} : { session }),
      ...(user === undefined ? {} : { user }),
    },
  };
}

/** `NAME=value` lines; everything else (`[COMMAND]`, `EOF`) says nothing. */
function parseCommandText(text: string): ParsedCommand {
  return toCommand(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const at = line.indexOf('=');
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
    }),
  );
}

export function toCommand(entries: readonly (readonly [string, string])[]): ParsedCommand {
  const parameters = new Map<string, string>();
  for (const [name, text] of entries) parameters.set(name.trim().toUpperCase(), text.trim());
  const command = parameters.get('COMMAND') ?? '';
  parameters.delete('COMMAND');
  for (const [name, text] of parameters) if (text === '') parameters.delete(name);
  return { command, parameters };
}

export function renderAnswer(answer: Answer, style: AnswerStyle): string {
  const properties = answer.properties.map(({ name, index, value }): [string, string] => [
    `PROPERTY[${name}][${index}]`,
    value,
  ]);
  const code: [string, string] = ['CODE', String(answer.code)];
  const description: [string, string] = ['DESCRIPTION', answer.description];
  const times: [string, string][] = [
    ['QUEUETIME', '0'],
    ['RUNTIME', '0.169'],
  ];
  switch (style) {
    case 'rrp':
      return [
        '[RESPONSE]',
        ...[code, description, ...times, ...properties].map(
          ([name, value]) => `${name.toLowerCase()} = ${value}`,
        ),
        'EOF',
        '',
      ].join('\n');
    case 'document':
      return [
        '[RESPONSE]',
        ...[code, description, ...properties].map(([name, value]) => `${name} = ${value}`.trimEnd()),
        'EOF',
        '',
      ].join('\n');
    case 'knowledge-base': {
      const lines = [code, description, ...properties];
      const width = Math.max(...lines.map(([name]) => name.length));
      return lines.map(([name, value]) => `${name.padEnd(width)} = ${value}`).join('\n');
    }
    case 'wire':
    default:
      return [
        '[RESPONSE]',
        ...[...properties, description, code, ...times].map(([name, value]) => `${name}=${value}`),
        'EOF',
        '',
      ].join('\r\n');
  }
}
