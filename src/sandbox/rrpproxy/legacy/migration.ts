/**
 * `ModifyCertificate … migrate=1`: every valid sub becomes a certificate of API 2. Subs made by a reissue share the order
 * of the sub they came from; the others begin an order each. The old objects stay to be looked at, as `migrated`.
 */
import { digits, unusedId } from '../../vendor-kit/random.ts';
import { Refusal, success, values } from '../answers.ts';
import type { DcvMethod } from '../classes.ts';
import type { CommandContext } from '../command.ts';
import { checkedHandle, fromHandle, makeContact } from '../contacts.ts';
import { planValidation } from '../validation.ts';
import type { Answer } from '../wire.ts';
import { certificateId } from '../world.ts';
import type { Certificate, CertificateOrder, Contact } from '../world.ts';
import { refuseMigrated, subStatus } from './model.ts';
import type { LegacyOrder, LegacySub } from './model.ts';

export function migrate(context: CommandContext, order: LegacyOrder): Answer {
  const { account } = context;
  const now = context.world.clock.now();
  refuseMigrated(order);
  const pending = order.subs.find(({ status }) => status === 'ORDER_REQUESTED');
  if (pending !== undefined) throw new Refusal(557, `${pending.id} is in progress`);
  const valid = order.subs.filter((sub) => subStatus(sub, now) === 'ACTIVE');
  if (valid.length === 0) throw new Refusal(557, `${order.id} has no valid sub`);

  const contacts = contactsOf(context, order);
  /** By the sub that began it. */
  const orders = new Map<string, CertificateOrder>();
  for (const sub of valid) {
    const root = rootOf(order, sub).id;
    const target = orders.get(root) ?? newOrder(context, order);
    orders.set(root, target);
    account.orders.set(target.id, target);
    const certificate = copyOf(context, order, sub, target, contacts);
    target.certificateIds.push(certificate.id);
    account.certificates.set(certificate.id, certificate);
    sub.status = 'migrated';
    sub.migratedTo = { certificateId: certificate.id, orderId: target.id };
    sub.updatedAt = now;
  }
  order.updatedAt = now;
  return success([
    ...values(
      'migratedfrom',
      valid.map(({ id }) => id),
    ),
    ...values(
      'migratedto',
      valid.flatMap(({ migratedTo }) => migratedTo?.certificateId ?? []),
    ),
  ]);
}

function rootOf(order: LegacyOrder, sub: LegacySub): LegacySub {
  let root = sub;
  for (;;) {
    const parent = order.subs.find(({ id }) => id === root.parentId);
    if (parent === undefined) return root;
    root = parent;
  }
}

/** Certificate prefix, `O`, eight digits: as the page on the migration shows them. */
function newOrder({ world, account }: CommandContext, order: LegacyOrder): CertificateOrder {
  return {
    id: unusedId(
      () => `${order.cls.cls.prefix}O${digits(world.random, 8)}`,
      (id) => account.orders.has(id),
    ),
    cls: order.cls.cls,
    caReference: digits(world.random, 9),
    certificateIds: [],
    paidUntil: order.paidUntil,
    price: 0,
    createdAt: order.createdAt,
    updatedAt: world.clock.now(),
  };
}

interface MigratedContacts {
  readonly tech: readonly string[];
  readonly organization: string | undefined;
  readonly evApprover: string | undefined;
}

/** What the class asks for in API 2, made from the handles of the old order. */
function contactsOf({ world, account }: CommandContext, order: LegacyOrder): MigratedContacts {
  const { contacts } = order.cls.cls;
  const make = (type: Contact['type'], handle: string): string => {
    const person = checkedHandle(world, 'P', handle);
    const organization = type === 'organization' ? `O-${person.slice(2)}` : undefined;
    return makeContact(world, account, type, fromHandle(person, organization)).id;
  };
  return {
    tech: contacts.tech ? [make('tech', order.contacts.tech)] : [],
    organization: contacts.organization ? make('organization', order.contacts.owner) : undefined,
    evApprover: contacts.evApprover ? make('evapprover', order.contacts.admin) : undefined,
  };
}

function methodOf(order: LegacyOrder, sub: LegacySub): DcvMethod {
  switch (sub.validation.method) {
    case 'EMAIL':
      return 'email';
    case 'DNS':
      return order.cls.cls.ca === 'DigiCert' ? 'dns-txt' : 'dns-cname';
    case 'FILE':
    default:
      return 'http';
  }
}

function copyOf(
  { world }: CommandContext,
  order: LegacyOrder,
  sub: LegacySub,
  target: CertificateOrder,
  contacts: MigratedContacts,
): Certificate {
  const method = methodOf(order, sub);
  const parent = order.subs.find(({ id }) => id === sub.parentId)?.migratedTo;
  return {
    id: certificateId(world, order.cls.cls),
    orderId: target.id,
    kind: target.certificateIds.length === 0 ? 'request' : 'reissue',
    ...(parent === undefined ? {} : { parentId: parent.certificateId }),
    csrPem: sub.csrPem,
    csr: sub.csr,
    names: sub.names,
    dcvMethod: method,
    dcvScope: undefined,
    dcvDomainsChosen: false,
    validations: planValidation(
      {
        cls: order.cls.cls,
        csrPem: sub.csrPem,
        names: sub.names,
        asked: sub.names,
        method,
        scope: undefined,
        emails: new Map(),
        dcvDomains: [],
        token: undefined,
      },
      world.random,
      world.options,
    ),
    serverType: 'other',
    techContacts: contacts.tech,
    ...(contacts.organization === undefined ? {} : { organizationContact: contacts.organization }),
    ...(contacts.evApprover === undefined ? {} : { evApproverContact: contacts.evApprover }),
    serviceTags: [],
    caCertificateId: digits(world.random, 9),
    caOrderId: sub.caOrderId,
    status: 'active',
    ...(sub.issued === undefined ? {} : { issued: sub.issued }),
    statusRead: true,
    createdAt: sub.createdAt,
    updatedAt: world.clock.now(),
  };
}
