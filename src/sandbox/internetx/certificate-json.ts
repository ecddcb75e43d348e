/** The Certificate model as this API prints it, in its three degrees of completeness. */
import { singleLinePem } from '../vendor-kit/pem.ts';
import { authenticationJson } from './authentication.ts';
import { localTime, skewedTime } from './dates.ts';
import type { JsonObject } from './envelope.ts';
import { ownerJson } from './world.ts';
import type { Certificate, User, World } from './world.ts';

/** Without leading zeros, unlike X.509 prints it. */
export function printedSerial(serialHex: string): string {
  return serialHex.toUpperCase().replace(/^0+(?=.)/, '');
}

export type CertificateView =
  /** GET /certificate/{id}. */
  | 'full'
  /** In a poll message: no chain. */
  | 'message'
  /** Inside a running job: nothing issued yet. */
  | 'partial';

export function certificateJson(
  world: World,
  user: User,
  certificate: Omit<Certificate, 'issued'> & { readonly issued?: Certificate['issued'] },
  view: CertificateView,
): JsonObject {
  const { details, issued } = certificate;
  const time = world.options.skewedDates ? skewedTime : localTime;
  const full = view === 'full';
  const contact = (id: number): JsonObject => ({ ...user.contacts.get(id)?.fields, id });
  return {
    created: issued === undefined ? localTime(certificate.createdAt) : time(issued.notBefore),
    ...(full
      ? { updated: localTime(certificate.updatedAt), owner: ownerJson(user), updater: ownerJson(user) }
      : {}),
    id: certificate.id,
    orderId: certificate.orderId,
    adminContact: contact(details.adminContact),
    technicalContact: contact(details.technicalContact),
    name: details.name,
    lifetime: details.lifetime,
    software: details.software,
    comment: details.comment,
    csr: singleLinePem(details.csrPem),
    ...(issued === undefined
      ? {}
      : {
          server: issued.leafPem,
          serialNumber: printedSerial(issued.serialHex),
          expire: time(issued.notAfter),
          payable: time(certificate.paidUntil),
        }),
    product: details.product.name,
    ...(full
      ? {
          certificateType: 'FQDN',
          signatureHashAlgorithm: 'SHA2',
          histories: certificate.histories.map(({ serialHex, orderId, revokedAt }) => ({
            serialNumber: printedSerial(serialHex),
            orderId,
            revoked: revokedAt === undefined ? undefined : localTime(revokedAt),
          })),
          certificationAuthority: chainJson(world, certificate),
        }
      : {}),
    subjectAlternativeNames:
      details.alternativeNames.length > 0 ? details.alternativeNames.map((name) => ({ name })) : undefined,
    authentication: authenticationJson(details.authentication),
    certificateTransparencyPrivacy: details.transparency,
    ...(full ? { domain: details.name } : { hasCsr: false }),
  };
}

/** CA certificates come without the newline at their end, unlike the server certificate. */
function chainJson(
  world: World,
  { issued, updatedAt }: { issued?: Certificate['issued']; updatedAt: Date },
): JsonObject[] {
  if (issued === undefined) return [];
  const at = localTime(updatedAt);
  const chain = [
    { created: at, updated: at, caType: 'INTERMEDIATE', caCertificate: issued.intermediatePem.trimEnd() },
    { created: at, updated: at, caType: 'ROOT', caCertificate: issued.rootPem.trimEnd() },
  ];
  return world.options.reversedChain ? chain.toReversed() : chain;
}
