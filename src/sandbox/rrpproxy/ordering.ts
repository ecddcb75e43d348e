/** AddCertificate, RenewCertificate, ReissueCertificate: three ways to one submission to the CA. */
import { Refusal, success, value } from './answers.ts';
import { findClass } from './classes.ts';
import type { Command } from './command.ts';
import { csrFrom } from './csr.ts';
import { bill, orderNames } from './domains.ts';
import { orderContacts } from './order-contacts.ts';
import {
  checkCaChoices,
  csrNames,
  dcvMethod,
  dcvScope,
  endOfPeriod,
  existing,
  previousDcvDomains,
  previousEmails,
  requiredCsr,
  serverType,
} from './order-parameters.ts';
import { certificateProperties } from './properties.ts';
import { buy, preview, submit } from './purchase.ts';
import type { Plan } from './purchase.ts';
import { certificateStatus, orderOf, orderStatus } from './world.ts';

const DAY_MS = 86_400_000;

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
  checkCaChoices(parameters);
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
  checkCaChoices(parameters);
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
  checkCaChoices(parameters);
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
