/** CheckCertificate and GetCertificateInfo: looking before ordering. */
import { APPROVER_MAILBOXES, normaliseName, withoutWildcard } from '../vendor-kit/names.ts';
import { decodeCertificate, oneLine, requestSignatureAlgorithm } from '../vendor-kit/decode.ts';
import type { DecodedCertificate } from '../vendor-kit/decode.ts';
import { lowerAlphanumeric } from '../vendor-kit/random.ts';
import { dateTime, Refusal, success, value, values } from './answers.ts';
import { CERTIFICATE_CLASSES, findClass, periods, serverTypes, supportsMethod } from './classes.ts';
import type { Command } from './command.ts';
import { csrFrom } from './csr.ts';
import type { Parameters } from './syntax.ts';
import type { Property } from './wire.ts';

const TOKEN_LIFETIME_MS = 30 * 86_400_000;

const NAME_PARTS: readonly (readonly [type: string, property: string])[] = [
  ['C', 'country'],
  ['ST', 'state'],
  ['L', 'location'],
  ['O', 'organization'],
  ['OU', 'organizational unit'],
  ['CN', 'commonname'],
];

function nameProperties(prefix: string, parts: Readonly<Record<string, string>>): Property[] {
  return NAME_PARTS.flatMap(([type, property]) => {
    const text = parts[type];
    return text === undefined ? [] : value(`${prefix} ${property}`, text);
  });
}

export const checkCertificate: Command = ({ world, account }, parameters) => {
  const className = parameters.text('class');
  const cls = className === undefined ? undefined : findClass(className);
  if (className !== undefined && cls === undefined) throw new Refusal(505, 'CLASS');
  const request = csrFrom(world.ca, parameters);
  const certificate = certificateFrom(parameters);
  const domains = parameters.list('domain').map((text) => {
    const name = normaliseName(text);
    if (name === undefined) throw new Refusal(505, `DOMAIN ${text}`);
    return name;
  });
  const wantsToken = parameters.flag('generatedcvtoken');
  if (request === undefined && certificate === undefined && domains.length === 0)
    throw new Refusal(504, 'CSR0');

  const properties: Property[] = certificate === undefined ? [] : decodedProperties(certificate);
  if (request !== undefined) {
    const { csr } = request;
    properties.push(
      ...value('csr commonname', csr.commonName),
      ...value('csr public key algorithm', csr.keyAlgorithm === 'RSA' ? 'rsaEncryption' : 'id-ecPublicKey'),
      ...value('csr public key size', String(csr.keySize)),
      ...values('csr san', csr.names),
      ...value('csr signature algorithm', requestSignatureAlgorithm(request.pem)),
      ...value('csr subject', oneLine(csr.subject)),
      ...nameProperties('csr subject', csr.subject),
    );
  }
  if (wantsToken) {
    if (cls === undefined) throw new Refusal(504, 'CLASS');
    if (request === undefined) throw new Refusal(504, 'CSR0');
    if (!cls.immediateIssuance) throw new Refusal(541, `${cls.id} has no immediate issuance`);
    const token = lowerAlphanumeric(world.random, 32);
    account.tokens.push({
      token,
      classId: cls.id,
      spkiSha256: request.csr.spkiSha256,
      validUntil: new Date(world.clock.now().getTime() + TOKEN_LIFETIME_MS),
    });
    properties.push(...value('dcv token', token));
  }
  const approvers = domains.flatMap((domain) =>
    APPROVER_MAILBOXES.map((mailbox) => [domain, `${mailbox}@${withoutWildcard(domain)}`] as const),
  );
  properties.push(
    ...values(
      'dcv email',
      approvers.map(([, address]) => address),
    ),
    ...values(
      'domain',
      approvers.map(([domain]) => domain),
    ),
  );
  return success(properties);
};

function certificateFrom(parameters: Parameters): DecodedCertificate | undefined {
  const lines = parameters.list('crt');
  if (lines.length === 0) return undefined;
  try {
    return decodeCertificate(lines.join('\n'));
  } catch {
    throw new Refusal(505, 'CRT');
  }
}

function decodedProperties(certificate: DecodedCertificate): Property[] {
  return [
    ...value('crt commonname', certificate.commonName),
    ...values('crt extended key usage', certificate.extendedKeyUsages),
    ...value('crt issuer', certificate.issuer),
    ...nameProperties('crt issuer', certificate.issuerParts),
    ...values('crt key usage', certificate.keyUsages),
    ...(certificate.keyUsageCritical ? value('crt key usage type', 'critical') : []),
    ...value('crt public key algorithm', certificate.publicKeyAlgorithm),
    ...value('crt public key size', String(certificate.publicKeySize)),
    ...values('crt san', certificate.names),
    ...value('crt serial', certificate.serialHex.toLowerCase().replace(/(..)(?=.)/g, '$1:')),
    ...value('crt signature algorithm', certificate.signatureAlgorithm),
    ...value('crt subject', certificate.subject),
    ...nameProperties('crt subject', certificate.subjectParts),
    ...value('crt validity not after', dateTime(certificate.notAfter, 'seconds')),
    ...value('crt validity not before', dateTime(certificate.notBefore, 'seconds')),
    ...value('crt version', String(certificate.version)),
  ];
}

export const getCertificateInfo: Command = (_context, parameters) => {
  const name = parameters.text('class');
  if (name === undefined) {
    return success([
      ...values(
        'class',
        CERTIFICATE_CLASSES.map(({ id }) => id),
      ),
      ...value('column', 'class'),
    ]);
  }
  const cls = findClass(name);
  if (cls === undefined) throw new Refusal(505, 'CLASS');
  const bit = (set: boolean): string => (set ? '1' : '0');
  const need = (set: boolean): string => (set ? 'MANDATORY' : 'NO');
  const most = cls.san ? '250' : '1';
  return success([
    ...value('algorithms', 'sha256'),
    ...value('brand', cls.ca),
    ...value('class', cls.id),
    ...value('dcv dns cname', bit(supportsMethod(cls, 'dns-cname'))),
    ...value('dcv dns txt', bit(supportsMethod(cls, 'dns-txt'))),
    ...value('dcv email', '1'),
    ...value('dcv http', '1'),
    ...value('dcv https', '1'),
    ...value('evapprovercontact', need(cls.contacts.evApprover)),
    ...value('included domains with base', String(cls.includedNames)),
    ...value('included nonwildcard domains with base', String(cls.includedNames)),
    ...value('included wildcard domains with base', cls.wildcard ? String(cls.includedNames) : '0'),
    ...value('max domains', most),
    ...value('max domains including alternatives', '250'),
    ...value('max free alternatives', String(cls.freeAlternatives)),
    ...value('max nonwildcard domains', most),
    ...value('max wildcard domains', cls.wildcard ? most : '0'),
    ...value('name', cls.marketedName),
    ...value('organizationcontact', need(cls.contacts.organization)),
    ...value('periods', periods(cls).join(',')),
    ...value('prefix', cls.prefix),
    ...value('root certificates', 'sandbox'),
    ...values('server type', serverTypes(cls)),
    ...value('supplier', cls.ca.toUpperCase()),
    ...value('supports immediate issuance', bit(cls.immediateIssuance)),
    ...value('techcontact', need(cls.contacts.tech)),
    ...value('type', cls.type),
    ...value('wildcard', bit(cls.wildcard)),
  ]);
};
