/** From a finished plan to an order at the CA: preview, payment, submission. */
import type { ParsedCsr } from '../contract.ts';
import { digits } from '../vendor-kit/random.ts';
import { money, Refusal, success, value, values } from './answers.ts';
import type { CertificateClass, DcvMethod } from './classes.ts';
import type { CommandContext } from './command.ts';
import type { Billing, OrderNames } from './domains.ts';
import type { OrderContacts } from './order-contacts.ts';
import { certificateProperties } from './properties.ts';
import { steerOf } from './steering.ts';
import { issueAtOnce, submitToCa } from './submission.ts';
import { planValidation } from './validation.ts';
import type { ValidationInput } from './validation.ts';
import { followsTables } from './wire.ts';
import type { Answer, Property } from './wire.ts';
import { certificateId, orderId } from './world.ts';
import type { Certificate, CertificateOrder } from './world.ts';

/** Everything that decides what the CA is asked for. */
export interface Plan {
  readonly cls: CertificateClass;
  readonly csrPem: string;
  readonly csr: ParsedCsr;
  readonly names: OrderNames;
  readonly method: DcvMethod;
  readonly scope: 'base' | 'fqdn' | undefined;
  readonly emails: ReadonlyMap<number, string>;
  readonly dcvDomains: readonly string[];
  readonly token: string | undefined;
  readonly serverType: string;
  readonly serviceTags: readonly string[];
  readonly parentId?: string;
}

function billingProperties(
  context: CommandContext,
  billing: Billing,
): { lines: Property[]; amounts: Property[] } {
  const { vatRate, currency } = context.world.options;
  return {
    lines: [
      ...values(
        'billingcount',
        billing.lines.map(({ count }) => String(count)),
      ),
      ...values(
        'billingtype',
        billing.lines.map(({ type }) => type),
      ),
    ],
    amounts: [
      ...value('currency', currency),
      ...value('price', money(billing.price)),
      ...value('vat', money(billing.price * vatRate)),
    ],
  };
}

/** `checkonly`: what it would cost and which names it would carry. */
export function preview(context: CommandContext, plan: Plan, billing: Billing): Answer {
  planValidation(validationInput(plan), context.world.random, context.world.options);
  const { lines, amounts } = billingProperties(context, billing);
  return success([...lines, ...values('domain', plan.names.names), ...amounts]);
}

export async function buy(
  context: CommandContext,
  plan: Plan,
  billing: Billing,
  paidUntil: Date,
  contacts: () => OrderContacts,
): Promise<Answer> {
  const { world, account } = context;
  const now = world.clock.now();
  const broke = account.credit < billing.price || steerOf(plan.names.names, world.options) === 'credit';
  if (broke) throw new Refusal(546);
  const order: CertificateOrder = {
    id: orderId(world, plan.cls),
    cls: plan.cls,
    caReference: digits(world.random, 9),
    certificateIds: [],
    paidUntil,
    price: billing.price,
    createdAt: now,
    updatedAt: now,
  };
  const made = contacts();
  const certificate = await submit(context, plan, order, made);
  order.certificateIds.push(certificate.id);
  account.orders.set(order.id, order);
  account.certificates.set(certificate.id, certificate);
  account.credit -= billing.price;
  const reference = plan.serviceTags[0];
  account.invoices.push({
    at: now,
    orderId: order.id,
    certificateId: certificate.id,
    product: plan.cls.id,
    price: billing.price,
    currency: world.options.currency,
    ...(reference === undefined ? {} : { reference }),
  });
  const { lines, amounts } = billingProperties(context, billing);
  // The renewal example names the order as the list does.
  const properties = certificateProperties(world, account, certificate).map((property) =>
    plan.parentId !== undefined && property.name === 'order'
      ? { ...property, name: 'certificateorder' }
      : property,
  );
  return success([
    ...lines,
    ...properties,
    ...(plan.parentId === undefined ? [] : value('parent certificate', plan.parentId)),
    ...(followsTables(world.options.names) ? tableProperties(plan) : []),
    ...amounts,
  ]);
}

/** In the command table of AddCertificate, in none of its examples. */
function tableProperties(plan: Plan): Property[] {
  const { token } = plan;
  return [
    ...value('billingclass', plan.cls.id),
    ...(token === undefined
      ? []
      : values(
          'dcv token',
          plan.names.names.map(() => token),
        )),
  ];
}

/** Hands the request to the CA; with a token the answer comes at once or not at all. */
export async function submit(
  context: CommandContext,
  plan: Plan,
  order: CertificateOrder,
  contacts: OrderContacts,
): Promise<Certificate> {
  const { world } = context;
  const now = world.clock.now();
  if (plan.token !== undefined) checkToken(context, plan, plan.token);
  const validations = planValidation(validationInput(plan), world.random, world.options);
  const submitted = submitToCa(context, {
    csrPem: plan.csrPem,
    names: plan.names.names,
    requirements: validations.map(({ requirement }) => requirement),
    notAfterAtMost: order.paidUntil,
  });
  const caOrder = plan.token === undefined ? submitted : await issueAtOnce(context, submitted);
  const issued = plan.token === undefined ? undefined : caOrder.certificate;
  return {
    id: certificateId(world, plan.cls),
    orderId: order.id,
    kind: order.certificateIds.length === 0 ? 'request' : 'reissue',
    ...(plan.parentId === undefined ? {} : { parentId: plan.parentId }),
    csrPem: plan.csrPem,
    csr: plan.csr,
    names: plan.names.names,
    dcvMethod: plan.method,
    dcvScope: plan.scope,
    dcvDomainsChosen: plan.dcvDomains.length > 0,
    validations,
    serverType: plan.serverType,
    techContacts: contacts.tech,
    ...(contacts.organization === undefined ? {} : { organizationContact: contacts.organization }),
    ...(contacts.evApprover === undefined ? {} : { evApproverContact: contacts.evApprover }),
    serviceTags: plan.serviceTags,
    caCertificateId: digits(world.random, 9),
    caOrderId: caOrder.id,
    status: issued === undefined ? 'processing' : 'active',
    ...(issued === undefined ? {} : { issued }),
    statusRead: false,
    createdAt: now,
    updatedAt: now,
  };
}

/** A token is good for 30 days, for the class and the key it was made for. */
function checkToken(context: CommandContext, plan: Plan, token: string): void {
  if (!plan.cls.immediateIssuance) throw new Refusal(541, `${plan.cls.id} has no immediate issuance`);
  if (plan.method === 'email') throw new Refusal(541, 'DCVTOKEN with e-mail validation');
  const known = context.account.tokens.find((candidate) => candidate.token === token);
  const good =
    known !== undefined &&
    known.classId === plan.cls.id &&
    known.spkiSha256 === plan.csr.spkiSha256 &&
    known.validUntil > context.world.clock.now();
  if (!good) throw new Refusal(541, 'DCVTOKEN');
}

function validationInput(plan: Plan): ValidationInput {
  return { ...plan, names: plan.names.names, asked: plan.names.asked };
}
