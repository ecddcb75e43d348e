/** What Add, Renew and Reissue read from their parameters and from the certificate before. */
import type { ParsedCsr } from '../contract.ts';
import { Refusal } from './answers.ts';
import { findServerType, periods } from './classes.ts';
import type { CertificateClass, DcvMethod } from './classes.ts';
import type { CommandContext } from './command.ts';
import { csrFrom } from './csr.ts';
import type { Parameters } from './parameters.ts';
import type { Certificate } from './world.ts';

const DAY_MS = 86_400_000;
const METHODS = ['EMAIL', 'DNS-TXT', 'DNS-CNAME', 'HTTP', 'HTTPS', 'FILE'] as const;
const LANGUAGES = ['en', 'de', 'es', 'fr', 'it', 'ja', 'kr', 'nl', 'pt_br', 'ru', 'zh_cn', 'zh_tw'] as const;

export function requiredCsr(
  context: CommandContext,
  parameters: Parameters,
): { pem: string; csr: ParsedCsr } {
  const found = csrFrom(context.world.ca, parameters);
  if (found === undefined) throw new Refusal(504, 'CSR0');
  return found;
}

export function csrNames(csr: ParsedCsr): string[] {
  return [...new Set([csr.commonName, ...csr.names].map((name) => name.toLowerCase()))].filter(
    (name) => name !== '',
  );
}

export function existing(context: CommandContext, parameters: Parameters): Certificate {
  const id = parameters.required('certificate').toUpperCase();
  const certificate = context.account.certificates.get(id);
  if (certificate === undefined) throw new Refusal(545, id);
  return certificate;
}

export function previousDcvDomains(previous: Certificate): string[] {
  return previous.dcvDomainsChosen ? previous.validations.map(({ dcvDomain }) => dcvDomain) : [];
}

export function previousEmails(previous: Certificate): ReadonlyMap<number, string> {
  return new Map(
    previous.validations.flatMap(({ name, email }): [number, string][] =>
      email === undefined ? [] : [[previous.names.indexOf(name), email]],
    ),
  );
}

/** `FILE` is the renewal table's word for HTTP. */
export function dcvMethod(parameters: Parameters): DcvMethod | undefined {
  switch (parameters.word('dcvmethod', METHODS)) {
    case undefined:
      return undefined;
    case 'EMAIL':
      return 'email';
    case 'DNS-TXT':
      return 'dns-txt';
    case 'DNS-CNAME':
      return 'dns-cname';
    case 'HTTP':
    case 'FILE':
      return 'http';
    case 'HTTPS':
    default:
      return 'https';
  }
}

export function dcvScope(parameters: Parameters): 'base' | 'fqdn' | undefined {
  return parameters.word('dcvscope', ['base', 'fqdn']);
}

export function serverType(cls: CertificateClass, parameters: Parameters): string | undefined {
  const text = parameters.text('servertype');
  if (text === undefined) return undefined;
  const type = findServerType(cls, text);
  if (type === undefined) throw new Refusal(505, 'SERVERTYPE');
  return type;
}

/** Taken and without effect. The CA accepts its own ids only, which the sandbox has one of each. */
export function checkCaChoices(parameters: Parameters): void {
  parameters.word('dcvlanguage', LANGUAGES);
  parameters.word('algorithm', ['sha256']);
  parameters.word('cacertificate', ['sandbox']);
}

export function endOfPeriod(cls: CertificateClass, parameters: Parameters, from: Date): Date {
  const text = (parameters.text('period') ?? '1y').toLowerCase();
  const period = text === '1' ? '1y' : text;
  if (!periods(cls).includes(period)) throw new Refusal(505, 'PERIOD');
  const end = new Date(from);
  if (period === '1y') end.setUTCFullYear(end.getUTCFullYear() + 1);
  else end.setTime(end.getTime() + Number(period.slice(0, -1)) * DAY_MS);
  return end;
}
