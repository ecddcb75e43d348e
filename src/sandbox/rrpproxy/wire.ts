/**
 * The text protocol: one command per HTTP request as form data in, `[RESPONSE] … EOF` out.
 *
 * Form data is read whatever the Content-Type says and from query and body alike, as clients of this protocol send it
 * in every combination. Names are case-insensitive; a value ends at its line end and cannot carry one.
 */
import type { SimulatorRequest } from '../contract.ts';

/** How an answer is written. The vendor's manual, its knowledge base and its sister system disagree. */
export type AnswerStyle =
  /** LF, lower case, ` = `, code first, `EOF`: as recorded from the live system. */
  | 'wire'
  /** Without queue time and `EOF`, as most examples of the manual are printed. */
  | 'manual'
  /** Neither header nor `EOF`, names padded to a column. */
  | 'knowledge-base'
  /** CRLF, upper case, no blanks, properties first. */
  | 'hexonet';

/** Which of the vendor's spellings of a property is used. */
export type PropertyNames =
  /** As in the examples of the manual. */
  | 'examples'
  /** As in the parameter descriptions under its command tables. */
  | 'tables'
  /** As in the listings above those, slips of the pen included. */
  | 'listings'
  /** As in the knowledge base. */
  | 'knowledge-base';

export interface Property {
  readonly name: string;
  readonly index: number;
  readonly value: string;
}

export interface Answer {
  readonly code: number;
  readonly description: string;
  readonly properties: readonly Property[];
}

export interface Credentials {
  readonly login?: string;
  readonly password?: string;
  readonly sessionId?: string;
  readonly persistent: boolean;
}

export interface ParsedRequest {
  /** As the client spelled it; empty when none was sent. */
  readonly command: string;
  /** Lower-case names; absent and empty are the same thing in this protocol, so empty ones are left out. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly credentials: Credentials;
}

export function parseRequest(request: SimulatorRequest): ParsedRequest {
  const fields = new Map<string, string>();
  for (const [name, value] of request.query) fields.set(name.toLowerCase(), value);
  if (request.method === 'POST') {
    const body = new URLSearchParams(request.body.toString('utf8').trim());
    for (const [name, value] of body) fields.set(name.toLowerCase(), value);
  }

  const parameters = new Map<string, string>();
  const text = fields.get('s_command');
  if (text === undefined) {
    for (const [name, value] of fields) {
      if (!name.startsWith('s_') && name !== 'persistent') parameters.set(name, value.trim());
    }
  } else {
    for (const line of text.split(/\r?\n/)) {
      const at = line.indexOf('=');
      if (at > 0) parameters.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
    }
  }
  const command = parameters.get('command') ?? '';
  const login = fields.get('s_login') ?? parameters.get('login');
  const password = fields.get('s_pw') ?? parameters.get('password');
  const sessionId = fields.get('s_sessionid') ?? fields.get('s_session');
  const persistent = fields.get('persistent') === '1' || parameters.get('persistent') === '1';
  for (const name of ['command', 'login', 'password', 'persistent']) parameters.delete(name);
  for (const [name, value] of parameters) if (value === '') parameters.delete(name);
  return {
    command,
    parameters,
    credentials: {
      ...(login === undefined || login === '' ? {} : { login }),
      ...(password === undefined ? {} : { password }),
      ...(sessionId === undefined || sessionId === '' ? {} : { sessionId }),
      persistent,
    },
  };
}

/** From the spelling of the examples, which the simulator uses inside. */
const TABLE_NAMES: Readonly<Record<string, string>> = {
  'dns rr': 'dnsauth name',
  'file name': 'fileauth name',
  'file contents': 'fileauth contents',
  cert: 'crt',
  root: 'root crt',
  intermediate: 'intermediate crt',
  'expiration date': 'certificate expiration date',
  'dcv email': 'approveremail',
  'dcv domain': 'dcvdomain',
  'dcv token': 'dcvtoken',
  'server type': 'servertype',
  'order paid until': 'paiduntil',
  'csr public key size': 'csr size',
  'csr subject location': 'csr location',
  'csr subject country': 'csr country',
  'csr subject state': 'csr state',
  'csr subject organization': 'csr organization',
  'csr subject organizational unit': 'csr organizational unit',
  'csr subject emailaddress': 'csr emailaddress',
  'crt public key size': 'crt size',
  'job title': 'jobtitle',
  'organization name': 'organizationname',
  'organization dba': 'organizationdba',
  'organization street': 'organizationstreet',
  'organization city': 'organizationcity',
  'organization state': 'organizationstate',
  'organization zip': 'organizationzip',
  'organization country': 'organizationcountry',
  'organization phone': 'organizationphone',
  'organization email': 'organizationemail',
};

/** Whether answers follow the command tables rather than the examples where the two differ in substance. */
export function followsTables(names: PropertyNames): boolean {
  return names === 'tables' || names === 'listings';
}

function spelled(name: string, names: PropertyNames): string {
  if (names === 'listings' && (name === 'dns rr' || name === 'dnsauth name')) return 'dnauth name';
  if (names === 'tables' || names === 'listings') return TABLE_NAMES[name] ?? name;
  if (names === 'knowledge-base' && name === 'order') return 'certificateorder';
  return name;
}

export interface RenderOptions {
  readonly style: AnswerStyle;
  readonly names: PropertyNames;
}

export function renderAnswer(answer: Answer, options: RenderOptions): string {
  // The tables spell lists in a way of their own, which their commands take care of.
  const isList = answer.properties.some(({ name }) => name === 'column');
  const properties = isList
    ? answer.properties
    : answer.properties.map((property) => ({ ...property, name: spelled(property.name, options.names) }));
  const head: [string, string][] = [
    ['code', String(answer.code)],
    ['description', answer.description],
  ];
  switch (options.style) {
    case 'wire':
      return [
        '[RESPONSE]',
        ...head.map(([name, value]) => `${name} = ${value}`),
        'queuetime = 0',
        'runtime = 0.012',
        ...properties.map(({ name, index, value }) => `property[${name}][${index}] = ${value}`),
        'EOF',
        '',
      ].join('\n');
    case 'manual':
      return [
        '[RESPONSE]',
        ...head.map(([name, value]) => `${name} = ${value}`),
        'runtime = 0.012',
        ...properties.map(({ name, index, value }) => `property[${name}][${index}] = ${value}`),
        '',
      ].join('\n');
    case 'knowledge-base': {
      const lines: [string, string][] = [
        ...head,
        ...properties.map(({ name, index, value }): [string, string] => [
          `property[${name}][${index}]`,
          value,
        ]),
      ];
      const width = Math.max(...lines.map(([name]) => name.length));
      return lines.map(([name, value]) => `${name.padEnd(width)} = ${value}`).join('\n');
    }
    case 'hexonet':
    default:
      return [
        '[RESPONSE]',
        ...properties.map(
          ({ name, index, value }) =>
            `PROPERTY[${name.toUpperCase().replaceAll(' ', '')}][${index}]=${value}`,
        ),
        ...head.map(([name, value]) => `${name.toUpperCase()}=${value}`),
        'QUEUETIME=0',
        'RUNTIME=0.012',
        'EOF',
        '',
      ].join('\r\n');
  }
}
