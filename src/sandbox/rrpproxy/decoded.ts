/** What CheckCertificate and, in its table's form, StatusCertificate print about a request or a certificate. */
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  X509Certificate,
} from '@peculiar/x509';
import type { ParsedCsr } from '../contract.ts';
import { decodeCertificate, oneLine, requestSignatureAlgorithm } from '../vendor-kit/decode.ts';
import { dateTime, value, values } from './answers.ts';
import type { Property } from './wire.ts';

const NAME_PARTS: readonly (readonly [type: string, property: string])[] = [
  ['C', 'country'],
  ['ST', 'state'],
  ['L', 'location'],
  ['O', 'organization'],
  ['OU', 'organizational unit'],
  ['CN', 'commonname'],
  ['emailAddress', 'emailaddress'],
];

const KEY_USAGES: readonly (readonly [KeyUsageFlags, string])[] = [
  [KeyUsageFlags.digitalSignature, 'Digital Signature'],
  [KeyUsageFlags.nonRepudiation, 'Non Repudiation'],
  [KeyUsageFlags.keyEncipherment, 'Key Encipherment'],
  [KeyUsageFlags.dataEncipherment, 'Data Encipherment'],
  [KeyUsageFlags.keyAgreement, 'Key Agreement'],
];

const KEY_USAGE_OID = '2.5.29.15';

const colons = (hex: string): string => hex.toLowerCase().replace(/(..)(?=.)/g, '$1:');

function nameProperties(prefix: string, parts: Readonly<Record<string, string>>): Property[] {
  return NAME_PARTS.flatMap(([type, property]) => {
    const text = parts[type];
    return text === undefined ? [] : value(`${prefix} ${property}`, text);
  });
}

/** The library's name for the mail address in a subject is "E", OpenSSL's is the long one. */
function opensslNames(subject: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(subject).map(([type, text]) => [
      type === 'E' || type === '1.2.840.113549.1.9.1' ? 'emailAddress' : type,
      text,
    ]),
  );
}

export function requestProperties(pem: string, csr: ParsedCsr): Property[] {
  const subject = opensslNames(csr.subject);
  const extension = new Pkcs10CertificateRequest(pem).getExtension(KEY_USAGE_OID);
  const usages = extension instanceof KeyUsagesExtension ? extension.usages : 0;
  return [
    ...value('csr commonname', csr.commonName),
    ...values(
      'csr key usage',
      KEY_USAGES.filter(([flag]) => (usages & flag) !== 0).map(([, name]) => name),
    ),
    ...value('csr public key algorithm', csr.keyAlgorithm === 'RSA' ? 'rsaEncryption' : 'id-ecPublicKey'),
    ...value('csr public key size', String(csr.keySize)),
    ...values('csr san', csr.names),
    ...value('csr signature algorithm', requestSignatureAlgorithm(pem)),
    ...value('csr subject', oneLine(subject)),
    ...nameProperties('csr subject', subject),
  ];
}

/** Throws when the text holds no certificate. */
export function certificateTextProperties(pem: string): Property[] {
  const certificate = decodeCertificate(pem);
  const authority = new X509Certificate(pem).getExtension(AuthorityKeyIdentifierExtension)?.keyId;
  return [
    ...(authority === undefined ? [] : value('crt authority key identifier', colons(authority))),
    ...value('crt commonname', certificate.commonName),
    ...values('crt extended key usage', certificate.extendedKeyUsages),
    ...value('crt issuer', certificate.issuer),
    ...nameProperties('crt issuer', certificate.issuerParts),
    ...values('crt key usage', certificate.keyUsages),
    ...(certificate.keyUsageCritical ? value('crt key usage type', 'critical') : []),
    ...value('crt public key algorithm', certificate.publicKeyAlgorithm),
    ...value('crt public key size', String(certificate.publicKeySize)),
    ...values('crt san', certificate.names),
    ...value('crt serial', colons(certificate.serialHex)),
    ...value('crt signature algorithm', certificate.signatureAlgorithm),
    ...value('crt subject', certificate.subject),
    ...nameProperties('crt subject', certificate.subjectParts),
    ...value('crt validity not after', dateTime(certificate.notAfter, 'seconds')),
    ...value('crt validity not before', dateTime(certificate.notBefore, 'seconds')),
    ...value('crt version', String(certificate.version)),
  ];
}
