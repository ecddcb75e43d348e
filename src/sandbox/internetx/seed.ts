/** A certificate that was there before the sandbox was asked anything. */
import type { SeededOrder, SeedOrder } from '../contract.ts';
import { digits } from '../vendor-kit/random.ts';
import { draw } from './authentication.ts';
import { findProduct } from './products.ts';
import type { AuthMethod, Certificate, OrderDetails, User, World } from './world.ts';

export function seedCertificate(world: World, user: User, seed: SeedOrder): SeededOrder {
  const product = findProduct(seed.product);
  const [name, ...alternativeNames] = seed.names;
  if (product === undefined) throw new Error(`no product ${seed.product}`);
  if (name === undefined) throw new Error('a certificate needs a name');
  const csr = world.ca.parseCsr(seed.csrPem);
  const issued = world.ca.issueNow(seed);
  const method: AuthMethod = ({ dns: 'DNS', file: 'FILE', email: 'EMAIL' } as const)[seed.dcvMethod];
  const contact = [...user.contacts.keys()][0] ?? 0;
  const details: OrderDetails = {
    name,
    names: seed.names,
    alternativeNames,
    product,
    csrPem: seed.csrPem,
    csr,
    software: 'APACHESSL',
    lifetime: { unit: 'MONTH', period: 12 },
    adminContact: contact,
    technicalContact: contact,
    authentication: draw(world, method, {
      csr,
      csrPem: seed.csrPem,
      product,
      name,
      alternativeNames,
      scope: undefined,
    }),
    transparency: 'PUBLIC',
  };
  world.nextCertificateId += 1;
  const certificate: Certificate = {
    id: world.nextCertificateId,
    createdAt: seed.notBefore,
    updatedAt: seed.notBefore,
    orderId: digits(world.random, 7),
    details,
    paidUntil: seed.paidUntil,
    issued,
    histories: [],
  };
  user.certificates.set(certificate.id, certificate);
  return { certificateId: String(certificate.id), orderId: certificate.orderId, certificate: issued };
}
