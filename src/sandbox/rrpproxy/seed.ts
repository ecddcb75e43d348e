/** Orders that existed before anybody asked: of API 2, or of API 1 where the seed says so. */
import type { SeededOrder, SeedOrder } from '../contract.ts';
import { digits, unusedId } from '../vendor-kit/random.ts';
import { findClass } from './classes.ts';
import type { DcvMethod } from './classes.ts';
import { makeContact } from './contacts.ts';
import { findLegacyClass } from './legacy/classes.ts';
import { nextSubId } from './legacy/model.ts';
import type { AuthMethod, LegacyOrder } from './legacy/model.ts';
import { planLegacyValidation } from './legacy/validation.ts';
import { planValidation } from './validation.ts';
import { certificateId, orderId } from './world.ts';
import type { Account, Certificate, CertificateOrder, World } from './world.ts';

export function seedOrder(world: World, account: Account, seed: SeedOrder): SeededOrder {
  switch (seed.generation) {
    case 'v1':
      return seedLegacy(world, account, seed);
    case undefined:
    case 'v2':
      return seedCurrent(world, account, seed);
    default:
      throw new Error(`no generation "${seed.generation}"; "v1" or "v2" would be right`);
  }
}

function seedCurrent(world: World, account: Account, seed: SeedOrder): SeededOrder {
  const cls = findClass(seed.product);
  if (cls === undefined) throw new Error(`no class ${seed.product} in the product matrix`);
  const csr = world.ca.parseCsr(seed.csrPem);
  const issued = world.ca.issueNow(seed);
  const order: CertificateOrder = {
    id: orderId(world, cls),
    cls,
    caReference: digits(world.random, 9),
    certificateIds: [],
    paidUntil: seed.paidUntil,
    price: 0,
    createdAt: seed.notBefore,
    updatedAt: seed.notBefore,
  };
  const methods = {
    dns: cls.ca === 'DigiCert' ? 'dns-txt' : 'dns-cname',
    file: 'http',
    email: 'email',
  } as const satisfies Record<string, DcvMethod>;
  const method = methods[seed.dcvMethod];
  const certificate: Certificate = {
    id: certificateId(world, cls),
    orderId: order.id,
    kind: 'request',
    csrPem: seed.csrPem,
    csr,
    names: seed.names,
    dcvMethod: method,
    dcvScope: undefined,
    dcvDomainsChosen: false,
    validations: planValidation(
      {
        cls,
        csrPem: seed.csrPem,
        names: seed.names,
        asked: seed.names,
        method,
        scope: undefined,
        emails: new Map(),
        dcvDomains: [],
        token: undefined,
      },
      world.random,
      world.options,
    ),
    serverType: 'apache',
    techContacts: [seededContact(world, account)],
    serviceTags: [],
    caCertificateId: digits(world.random, 9),
    caOrderId: '',
    status: 'active',
    issued,
    statusRead: true,
    createdAt: seed.notBefore,
    updatedAt: seed.notBefore,
  };
  order.certificateIds.push(certificate.id);
  account.orders.set(order.id, order);
  account.certificates.set(certificate.id, certificate);
  return { certificateId: certificate.id, orderId: order.id, certificate: issued };
}

function seededContact(world: World, account: Account): string {
  const [known] = account.contacts.keys();
  const fields = { lastname: 'Seeded', phone: '+49.30123456', email: 'hostmaster@example.com' };
  return known ?? makeContact(world, account, 'tech', fields).id;
}

const AUTH_METHODS = { dns: 'DNS', file: 'FILE', email: 'EMAIL' } as const satisfies Record<
  string,
  AuthMethod
>;

function seedLegacy(world: World, account: Account, seed: SeedOrder): SeededOrder {
  const cls = findLegacyClass(seed.product);
  if (cls === undefined) throw new Error(`no class ${seed.product} in API 1`);
  const csr = world.ca.parseCsr(seed.csrPem);
  const issued = world.ca.issueNow(seed);
  const order: LegacyOrder = {
    id: unusedId(
      () => cls.prefix + digits(world.random, 7),
      (id) => account.legacyOrders.has(id),
    ),
    cls,
    contacts: { owner: 'P-OWN100', admin: 'P-ADM100', tech: 'P-TEC100', billing: 'P-BIL100' },
    webServerType: 'apache2',
    subs: [],
    paidUntil: seed.paidUntil,
    createdAt: seed.notBefore,
    updatedAt: seed.notBefore,
  };
  const subId = nextSubId(order);
  order.subs.push({
    id: subId,
    csrPem: seed.csrPem,
    csr,
    names: seed.names,
    notAfterAtMost: seed.notAfter,
    validation: planLegacyValidation(
      {
        ca: cls.cls.ca,
        csrPem: seed.csrPem,
        names: seed.names,
        method: AUTH_METHODS[seed.dcvMethod],
        txtPlace: world.options.legacyTxtPlace,
        approvers: new Map(
          seed.names.map((name, index) => [index, `hostmaster@${name.replace(/^(www|\*)\./, '')}`]),
        ),
      },
      world.random,
    ),
    caOrderId: '',
    status: 'ACTIVE',
    issued,
    createdAt: seed.notBefore,
    updatedAt: seed.notBefore,
  });
  account.legacyOrders.set(order.id, order);
  return { certificateId: order.id, subId, certificate: issued };
}
