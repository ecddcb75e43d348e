/** AddCertificate, RenewCertificate, ReissueCertificate: three ways to one submission to the CA. */
import type { ParsedCsr } from '../contract.ts';
import { digits } from '../vendor-kit/random.ts';
import { money, Refusal, success, value, values } from './answers.ts';
import { findClass, findServerType, periods } from './classes.ts';
import type { CertificateClass, DcvMethod } from './classes.ts';
import type { Command, CommandContext } from './command.ts';
import { orderContacts } from './contacts.ts';
import type { OrderContacts } from './contacts.ts';
import { csrFrom } from './csr.ts';
import { bill, orderNames } from './domains.ts';
import type { Billing, OrderNames } from './domains.ts';
import { certificateProperties } from './properties.ts';
import type { Parameters } from './syntax.ts';
import { planValidation } from './validation.ts';
import type { ValidationInput } from './validation.ts';
import type { Answer, Property } from './wire.ts';
import { certificateId, certificateStatus, failureId, orderId, orderOf, orderStatus } from './world.ts';
import type { Certificate, CertificateOrder } from './world.ts';

const DAY_MS = 86_400_000;
const METHODS = ['EMAIL', 'DNS-TXT', 'DNS-CNAME', 'HTTP', 'HTTPS', 'FILE'] as const;

export const addCertificate: Command = async (context, parameters) => {
  const { world, account } = context;
  const cls = findClass(parameters.required('class'));
  if (cls === undefined) throw new Refusal(505, 'CLASS');
  const { pem, csr } = requiredCsr(context, parameters);
  const given = parameters.list('domain');
  const names = orderNames(
    cls,
    given.length > 0 ? given : csrNames(csr),
    !parameters.flag('noautofilldomains'),
  );
  const billing = bill(cls, names.paid, world.options.prices[cls.id]);
  const contacts = orderContacts(world, account, cls, parameters);
  const method = dcvMethod(parameters) ?? 'email';
  const plan = {
    cls,
    csrPem: pem,
    csr,
    names,
    method,
    scope: dcvScope(parameters),
    emails: parameters.indexed('dcvemail'),
    dcvDomains: parameters.list('dcvdomain'),
    token: parameters.text('dcvtoken'),
    serverType: serverType(cls, parameters) ?? 'apache',
    serviceTags: [...parameters.list('servicetag'), ...parameters.list('addservicetag')],
  };
  checkAlgorithm(parameters);
  const paidUntil = endOfPeriod(cls, parameters, world.clock.now());
  if (parameters.flag('checkonly')) return preview(context, plan, billing);
  return await buy(context, plan, billing, paidUntil, contacts);
};

export const renewCertificate: Command = async (context, parameters) => {
  const { world, account } = context;
  const now = world.clock.now();
  const previous = existing(context, parameters);
  const order = orderOf(account, previous);
  const status = certificateStatus(previous, now);
  if (status !== 'active' && status !== 'expired') throw new Refusal(557, `${previous.id} is ${status}`);
  const window = world.options.renewalWindowDays;
  if (window !== undefined && order.paidUntil.getTime() - now.getTime() > window * DAY_MS) {
    throw new Refusal(548, previous.id);
  }
  const { cls } = order;
  const { pem, csr } = csrFrom(world.ca, parameters) ?? { pem: previous.csrPem, csr: previous.csr };
  const given = parameters.list('domain');
  const names = orderNames(cls, given.length > 0 ? given : previous.names, given.length > 0);
  const billing = bill(cls, names.paid, world.options.prices[cls.id]);
  const contacts = orderContacts(world, account, cls, parameters, {
    tech: previous.techContacts,
    organization: previous.organizationContact,
    evApprover: previous.evApproverContact,
  });
  const plan = {
    cls,
    csrPem: pem,
    csr,
    names,
    method: dcvMethod(parameters) ?? previous.dcvMethod,
    scope: dcvScope(parameters) ?? previous.dcvScope,
    emails: parameters.indexed('dcvemail'),
    dcvDomains: given.length > 0 ? [] : previousDcvDomains(previous),
    token: parameters.text('dcvtoken'),
    serverType: serverType(cls, parameters) ?? previous.serverType,
    serviceTags: world.options.serviceTagsInherited ? previous.serviceTags : [],
    parentId: previous.id,
  };
  checkAlgorithm(parameters);
  const paidUntil = endOfPeriod(cls, parameters, now);
  if (parameters.flag('checkonly')) return preview(context, plan, billing);
  return await buy(context, plan, billing, paidUntil, contacts);
};

export const reissueCertificate: Command = async (context, parameters) => {
  const { world, account } = context;
  const now = world.clock.now();
  const previous = existing(context, parameters);
  const order = orderOf(account, previous);
  const { cls } = order;
  if (cls.ca === 'Sectigo' && world.options.sectigoReissue === 'refuse') {
    throw new Refusal(549, `${cls.id} certificates cannot be reissued`);
  }
  const state = orderStatus(account, order, now);
  if (state !== 'active' && state !== 'processing') throw new Refusal(557, `order ${order.id} is ${state}`);
  // A certificate that was issued once is enough: even a revoked one leaves its order usable (manual 8.1.6).
  if (previous.issued === undefined) throw new Refusal(557, `${previous.id} is ${previous.status}`);
  if (state === 'processing' && world.options.concurrentReissue === 'refuse') {
    throw new Refusal(557, `order ${order.id} has a reissue in progress`);
  }
  checkAlgorithm(parameters);
  const { pem, csr } = csrFrom(world.ca, parameters) ?? { pem: previous.csrPem, csr: previous.csr };
  const plan: Plan = {
    cls,
    csrPem: pem,
    csr,
    names: { names: previous.names, asked: previous.names, paid: [] },
    method: previous.dcvMethod,
    scope: dcvScope(parameters) ?? previous.dcvScope,
    emails: previousEmails(previous),
    dcvDomains: previousDcvDomains(previous),
    token: parameters.text('dcvtoken'),
    serverType: previous.serverType,
    serviceTags: world.options.serviceTagsInherited ? previous.serviceTags : [],
    parentId: previous.id,
  };
  const certificate = await submit(context, plan, order, {
    tech: previous.techContacts,
    organization: previous.organizationContact,
    evApprover: previous.evApproverContact,
  });
  order.certificateIds.push(certificate.id);
  order.updatedAt = now;
  account.certificates.set(certificate.id, certificate);
  return success([
    ...certificateProperties(world, account, certificate),
    ...value('parent certificate', previous.id),
    ...value('price', '0'),
  ]);
};

/** Everything that decides what the CA is asked for. */
interface Plan {
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
function preview(context: CommandContext, plan: Plan, billing: Billing): Answer {
  planValidation(validationInput(plan), context.world.random, context.world.options);
  const { lines, amounts } = billingProperties(context, billing);
  return success([...lines, ...values('domain', plan.names.names), ...amounts]);
}

async function buy(
  context: CommandContext,
  plan: Plan,
  billing: Billing,
  paidUntil: Date,
  contacts: () => OrderContacts,
): Promise<Answer> {
  const { world, account } = context;
  const now = world.clock.now();
  if (account.credit < billing.price) throw new Refusal(546);
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
    ...amounts,
  ]);
}

/** Hands the request to the CA; with a token the answer comes at once or not at all. */
async function submit(
  context: CommandContext,
  plan: Plan,
  order: CertificateOrder,
  contacts: OrderContacts,
): Promise<Certificate> {
  const { world } = context;
  const now = world.clock.now();
  if (plan.token !== undefined) checkToken(context, plan, plan.token);
  const validations = planValidation(validationInput(plan), world.random, world.options);
  const refused = world.options.caRefuses?.(plan.names.names);
  if (refused !== undefined) throw caFailure(context, refused);
  let caOrder;
  try {
    caOrder = world.ca.submit({
      csrPem: plan.csrPem,
      names: plan.names.names,
      requirements: validations.map(({ requirement }) => requirement),
      notAfterAtMost: order.paidUntil,
    });
  } catch (error) {
    throw caFailure(context, error instanceof Error ? error.message : 'the CA refused the request');
  }
  if (plan.token !== undefined) {
    caOrder = await world.ca.recheck(caOrder.id);
    const seen = caOrder.checks.every(({ fulfilled }) => fulfilled);
    if (caOrder.status === 'pending' && !seen) {
      world.ca.cancel(caOrder.id);
      throw caFailure(context, 'the CA could not see the validation token');
    }
  }
  if (caOrder.status === 'failed') throw caFailure(context, caOrder.failure ?? 'the CA refused the request');
  // A CA that saw the token but takes its time leaves the order in progress like any other.
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

function caFailure(context: CommandContext, reason: string): Refusal {
  const { world } = context;
  return new Refusal(549, reason, world.options.failureIds ? value('certificate', failureId(world)) : []);
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

function requiredCsr(context: CommandContext, parameters: Parameters): { pem: string; csr: ParsedCsr } {
  const found = csrFrom(context.world.ca, parameters);
  if (found === undefined) throw new Refusal(504, 'CSR0');
  return found;
}

function csrNames(csr: ParsedCsr): string[] {
  return [...new Set([csr.commonName, ...csr.names].map((name) => name.toLowerCase()))].filter(
    (name) => name !== '',
  );
}

function existing(context: CommandContext, parameters: Parameters): Certificate {
  const id = parameters.required('certificate').toUpperCase();
  const certificate = context.account.certificates.get(id);
  if (certificate === undefined) throw new Refusal(545, id);
  return certificate;
}

function previousDcvDomains(previous: Certificate): string[] {
  return previous.dcvDomainsChosen ? previous.validations.map(({ dcvDomain }) => dcvDomain) : [];
}

function previousEmails(previous: Certificate): ReadonlyMap<number, string> {
  return new Map(
    previous.validations.flatMap(({ name, email }): [number, string][] =>
      email === undefined ? [] : [[previous.names.indexOf(name), email]],
    ),
  );
}

/** `FILE` is the renewal table's word for HTTP. */
function dcvMethod(parameters: Parameters): DcvMethod | undefined {
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

function dcvScope(parameters: Parameters): 'base' | 'fqdn' | undefined {
  return parameters.word('dcvscope', ['base', 'fqdn']);
}

function serverType(cls: CertificateClass, parameters: Parameters): string | undefined {
  const text = parameters.text('servertype');
  if (text === undefined) return undefined;
  const type = findServerType(cls, text);
  if (type === undefined) throw new Refusal(505, 'SERVERTYPE');
  return type;
}

/** The CA accepts its own ids only, which the sandbox has one of each. */
function checkAlgorithm(parameters: Parameters): void {
  parameters.word('algorithm', ['sha256']);
  parameters.word('cacertificate', ['sandbox']);
}

function endOfPeriod(cls: CertificateClass, parameters: Parameters, from: Date): Date {
  const text = (parameters.text('period') ?? '1y').toLowerCase();
  const period = text === '1' ? '1y' : text;
  if (!periods(cls).includes(period)) throw new Refusal(505, 'PERIOD');
  const end = new Date(from);
  if (period === '1y') end.setUTCFullYear(end.getUTCFullYear() + 1);
  else end.setTime(end.getTime() + Number(period.slice(0, -1)) * DAY_MS);
  return end;
}
