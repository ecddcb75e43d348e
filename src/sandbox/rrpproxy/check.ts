/** CheckCertificate, of both APIs: what is in a request or certificate, who may approve, and a token in advance. */
import { APPROVER_MAILBOXES, normaliseName, withoutWildcard } from '../vendor-kit/names.ts';
import { lowerAlphanumeric } from '../vendor-kit/random.ts';
import { Refusal, success, value, values } from './answers.ts';
import { findClass } from './classes.ts';
import type { CertificateClass } from './classes.ts';
import type { Command, CommandContext } from './command.ts';
import { csrFrom } from './csr.ts';
import { certificateTextProperties, requestProperties } from './decoded.ts';
import type { Parameters } from './parameters.ts';
import type { Property } from './wire.ts';

const TOKEN_LIFETIME_MS = 30 * 86_400_000;

function domainsOf(parameters: Parameters): string[] {
  return parameters.list('domain').map((text) => {
    const name = normaliseName(text);
    if (name === undefined) throw new Refusal(505, `DOMAIN ${text}`);
    return name;
  });
}

/** What both APIs say about `csr#`, `crt#` and `domain#`. */
function checked({ world }: CommandContext, parameters: Parameters): Property[] {
  const request = csrFrom(world.ca, parameters);
  const certificate = parameters.list('crt');
  const domains = domainsOf(parameters);
  if (request === undefined && certificate.length === 0 && domains.length === 0)
    throw new Refusal(504, 'CSR0');
  const approvers = domains.flatMap((domain) =>
    APPROVER_MAILBOXES.map((mailbox) => [domain, `${mailbox}@${withoutWildcard(domain)}`] as const),
  );
  return [
    ...certificateProperties(certificate),
    ...(request === undefined ? [] : requestProperties(request.pem, request.csr)),
    ...values(
      'dcv email',
      approvers.map(([, address]) => address),
    ),
    ...values(
      'domain',
      approvers.map(([domain]) => domain),
    ),
  ];
}

function certificateProperties(lines: readonly string[]): Property[] {
  if (lines.length === 0) return [];
  try {
    return certificateTextProperties(lines.join('\n'));
  } catch {
    throw new Refusal(505, 'CRT');
  }
}

/** Good for 30 days, for the class and the key it was made for. */
function makeToken(
  context: CommandContext,
  parameters: Parameters,
  cls: CertificateClass | undefined,
): string {
  const { world, account } = context;
  if (cls === undefined) throw new Refusal(504, 'CLASS');
  const request = csrFrom(world.ca, parameters);
  if (request === undefined) throw new Refusal(504, 'CSR0');
  if (!cls.immediateIssuance) throw new Refusal(541, `${cls.id} has no immediate issuance`);
  const token = lowerAlphanumeric(world.random, 32);
  account.tokens.push({
    token,
    classId: cls.id,
    spkiSha256: request.csr.spkiSha256,
    validUntil: new Date(world.clock.now().getTime() + TOKEN_LIFETIME_MS),
  });
  return token;
}

export const checkCertificate: Command = (context, parameters) => {
  const className = parameters.text('class');
  const cls = className === undefined ? undefined : findClass(className);
  if (className !== undefined && cls === undefined) throw new Refusal(505, 'CLASS');
  const properties = checked(context, parameters);
  if (!parameters.flag('generatedcvtoken')) return success(properties);
  return success([...properties, ...value('dcv token', makeToken(context, parameters, cls))]);
};

/** API 1 knows no tokens. */
export const checkLegacyCertificate: Command = (context, parameters) => success(checked(context, parameters));
