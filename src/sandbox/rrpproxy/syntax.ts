/** Which parameters each command takes. Anything else is refused with 503, a missing mandatory one with 504. */
import { Refusal } from './answers.ts';

export interface CommandSyntax {
  readonly command: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Name without number, and the highest number. */
  readonly indexed: Readonly<Record<string, number>>;
}

const CONTACT_FIELDS =
  'techjobtitle evapproverfirstname evapproverlastname evapproverphone evapproveremail evapproverjobtitle ' +
  'organizationname organizationdba organizationstreet organizationzip organizationcity organizationstate ' +
  'organizationcountry organizationphone organizationemail organizationcontact organizationohandle organizationphandle';

const CONTACT_INDEXED = {
  organizationcontact: 1,
  evapprovercontact: 1,
  techcontact: 1,
  techfirstname: 1,
  techlastname: 1,
  techphone: 1,
  techemail: 1,
};

const LIST = 'wide generatelist sendlistemail first limit order orderby includesub';

function syntax(
  command: string,
  required: string,
  optional = '',
  indexed: Readonly<Record<string, number>> = {},
): CommandSyntax {
  const split = (text: string): string[] => text.split(' ').filter((name) => name !== '');
  return {
    command,
    required: split(required),
    optional: [...split(optional), 'apiversion', 'subuser'],
    indexed,
  };
}

const COMMANDS: readonly CommandSyntax[] = [
  syntax('StartSession', '', 'newpassword type timeout maxttl'),
  syntax('StopSession', ''),
  syntax('EndSession', ''),
  syntax('CheckCertificate', '', 'class generatedcvtoken', { csr: 256, crt: 256, domain: 250 }),
  syntax(
    'AddCertificate',
    'class',
    `${CONTACT_FIELDS} dcvmethod dcvtoken dcvscope dcvlanguage servertype period checkonly noautofilldomains ` +
      'cacertificate algorithm',
    {
      csr: 256,
      domain: 250,
      dcvemail: 250,
      dcvdomain: 250,
      servicetag: 100,
      addservicetag: 100,
      ...CONTACT_INDEXED,
    },
  ),
  syntax(
    'RenewCertificate',
    'certificate',
    `${CONTACT_FIELDS} dcvmethod dcvtoken dcvscope servertype period checkonly cacertificate algorithm`,
    { csr: 256, domain: 250, dcvemail: 250, ...CONTACT_INDEXED },
  ),
  syntax('ReissueCertificate', 'certificate', 'dcvtoken dcvscope cacertificate algorithm', { csr: 256 }),
  syntax('DeleteCertificate', 'certificate', 'action'),
  syntax('RevokeCertificate', 'certificate'),
  syntax('StatusCertificate', 'certificate', 'chainformat'),
  syntax(
    'QueryCertificateList',
    '',
    `${LIST} certificate certificateorder createddate updateddate expirationdate status servertype class domain`,
    { servicetag: 100 },
  ),
  syntax('CancelCertificateOrder', 'certificateorder'),
  syntax('RevokeCertificateOrder', 'certificateorder'),
  syntax('StatusCertificateOrder', 'certificateorder'),
  syntax(
    'QueryCertificateOrderList',
    '',
    `${LIST} certificateorder paiduntil status class createddate updateddate`,
  ),
  syntax(
    'AddCertificateContact',
    'type',
    'phandle ohandle firstname lastname phone email jobtitle organizationname organizationdba organizationstreet ' +
      'organizationzip organizationcity organizationstate organizationcountry organizationphone organizationemail',
  ),
  syntax('StatusCertificateContact', 'certificatecontact'),
  syntax(
    'QueryCertificateContactList',
    '',
    `${LIST} certificatecontact organization email type jobtitle firstname lastname phone organizationdba ` +
      'organizationstreet organizationcity organizationzip organizationstate organizationcountry organizationphone ' +
      'organizationcategory createddate updateddate',
  ),
  syntax('ResendNotification', 'type object', 'reason recipient sub'),
  syntax('GetCertificateInfo', '', 'class'),
  syntax('QueryEventList', '', `${LIST} class subclass history showall mindate maxdate`),
  syntax('StatusEvent', 'event', 'history'),
  syntax('DeleteEvent', 'event'),
];

export function findSyntax(command: string): CommandSyntax | undefined {
  const name = command.toLowerCase();
  return COMMANDS.find((candidate) => candidate.command.toLowerCase() === name);
}

export interface SyntaxRules {
  readonly unknownParameters: 'refuse' | 'ignore';
  readonly missingApiVersion: 'accept' | 'refuse';
}

/** API 2 is the only one spoken here; the older one is closed for orders and renewals. */
export function checkSyntax(
  syntax: CommandSyntax,
  given: ReadonlyMap<string, string>,
  rules: SyntaxRules,
): void {
  const unknown = [...given.keys()].filter((name) => !isKnown(syntax, name));
  if (unknown.length > 0 && rules.unknownParameters === 'refuse') {
    throw new Refusal(503, unknown.map((name) => name.toUpperCase()).join('/'));
  }
  for (const name of syntax.required) {
    if (!given.has(name)) throw new Refusal(504, name.toUpperCase());
  }
  const version = given.get('apiversion');
  if (version === undefined) {
    if (rules.missingApiVersion === 'refuse' && syntax.command.includes('Certificate')) {
      throw new Refusal(504, 'APIVERSION');
    }
  } else if (version === '1') {
    throw new Refusal(549, 'API version 1 is closed on this system');
  } else if (version !== '2') {
    throw new Refusal(505, 'APIVERSION');
  }
}

function isKnown(syntax: CommandSyntax, name: string): boolean {
  if (syntax.required.includes(name) || syntax.optional.includes(name)) return true;
  const match = /^([a-z]+)(\d+)$/.exec(name);
  const last = syntax.indexed[match?.[1] ?? ''];
  return match !== null && last !== undefined && Number(match[2]) <= last;
}

/** Typed access to the parameters of one request. */
export class Parameters {
  readonly #given: ReadonlyMap<string, string>;

  constructor(given: ReadonlyMap<string, string>) {
    this.#given = given;
  }

  text(name: string): string | undefined {
    return this.#given.get(name);
  }

  required(name: string): string {
    const text = this.#given.get(name);
    if (text === undefined) throw new Refusal(504, name.toUpperCase());
    return text;
  }

  flag(name: string): boolean {
    const text = this.#given.get(name);
    if (text !== undefined && text !== '0' && text !== '1') throw new Refusal(505, name.toUpperCase());
    return text === '1';
  }

  count(name: string, fallback: number, least: number): number {
    const text = this.#given.get(name);
    if (text === undefined) return fallback;
    if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw new Refusal(505, name.toUpperCase());
    return Number(text);
  }

  /** One of the words, compared without case, returned in the table's spelling. */
  word<T extends string>(name: string, words: readonly T[]): T | undefined {
    const text = this.#given.get(name)?.toLowerCase();
    if (text === undefined) return undefined;
    const word = words.find((candidate) => candidate.toLowerCase() === text);
    if (word === undefined) throw new Refusal(505, name.toUpperCase());
    return word;
  }

  /** `name0`, `name1`, … by number. */
  indexed(name: string): ReadonlyMap<number, string> {
    const found: [number, string][] = [];
    for (const [key, text] of this.#given) {
      const number = key.startsWith(name) ? key.slice(name.length) : '';
      if (/^\d+$/.test(number)) found.push([Number(number), text]);
    }
    return new Map(found.sort(([a], [b]) => a - b));
  }

  list(name: string): string[] {
    return [...this.indexed(name).values()];
  }
}
