/** CreateSSLCert and RenewSSLCert: a new paid order each. */
import { digits } from '../vendor-kit/random.ts';
import { dateTime, Refusal, success, value } from './answers.ts';
import type { Answer } from './answers.ts';
import { certificateProperties } from './certificate-properties.ts';
import { findClass } from './classes.ts';
import type { Command, CommandContext } from './command.ts';
import { checkContacts, givenContacts, ownerOf, whoisContact, whoisContacts } from './contacts.ts';
import { serverSoftware } from './key-material.ts';
import { checkAgreement, checkNames, givenNames, namesFromRequest } from './names.ts';
import type { Parameters } from './parameters.ts';
import { certificateBy } from './queries.ts';
import { keyFrom, requestFrom } from './requests.ts';
import { earlierWishes, namesOfFollower, place, submissionOf } from './submission.ts';
import type { Plan } from './submission.ts';
import { validationWishes } from './wishes.ts';
import { certificateId, expirationOf, steering } from './world.ts';
import type { SslCertificate } from './world.ts';

const DAY_MS = 86_400_000;
/** Certificates of more than some years have not been sold for long. */
const YEARS_MOST = 3;

export const createSslCert: Command = async (context, parameters) => {
  const { world } = context;
  const cls = findClass(parameters.required('SSLCERTCLASS'));
  if (cls === undefined) throw new Refusal(541, 'SSLCERTCLASS');
  const request = requestFrom(world.ca, parameters);
  const given = givenNames(parameters);
  const names = given.length > 0 ? given : request === undefined ? [] : namesFromRequest(cls, request);
  const [first] = names;
  if (first === undefined) throw new Refusal(504, 'DOMAIN0');
  if (request !== undefined) checkAgreement(names, request);
  checkNames(cls, names);
  const contacts =
    givenContacts(parameters, world.options.contacts, whoisContact(first)) ?? whoisContacts(first);
  checkContacts(cls, contacts);
  return buy(context, parameters, {
    cls,
    names,
    contacts,
    wishes: validationWishes(parameters, names, ownerOf(contacts).EMAIL),
    internalDns: parameters.flag('INTERNALDNS') ?? false,
    key: { request, given: keyFrom(parameters), current: undefined, source: 'new' },
    previous: undefined,
  });
};

export const renewSslCert: Command = async (context, parameters) => {
  const { world } = context;
  const previous = certificateBy(context, parameters);
  if (previous.state !== 'active' && previous.before === undefined) {
    throw new Refusal(549, `${previous.id} is ${previous.state}`);
  }
  const window = world.options.renewalWindowDays;
  const left = previous.paidUntil.getTime() - world.clock.now().getTime();
  if (window !== undefined && left > window * DAY_MS) throw new Refusal(548, previous.id);
  const old = previous.submission;
  const request = requestFrom(world.ca, parameters);
  const names = namesOfFollower(parameters, previous, request);
  if (request !== undefined) checkAgreement(names, request);
  checkNames(previous.cls, names);
  const contacts =
    givenContacts(parameters, world.options.contacts, whoisContact(names[0] ?? '')) ?? previous.contacts;
  checkContacts(previous.cls, contacts);
  const given = keyFrom(parameters);
  const newNames = names.join(' ') !== old.names.join(' ');
  const source =
    parameters.flag('CREATEPRIVATEKEY') === true
      ? 'new'
      : parameters.flag('CREATECSR') === true || newNames
        ? 'current'
        : 'as-before';
  return buy(context, parameters, {
    cls: previous.cls,
    names,
    contacts,
    wishes: validationWishes(parameters, names, ownerOf(contacts).EMAIL, earlierWishes(context, old)),
    internalDns: parameters.flag('INTERNALDNS') ?? old.internalDns,
    key: { request, given, current: old, source },
    previous,
  });
};

/** `previous`: what is renewed. */
async function buy(
  context: CommandContext,
  parameters: Parameters,
  plan: Omit<Plan, 'operation'> & { readonly previous: SslCertificate | undefined },
): Promise<Answer> {
  const { world, account } = context;
  const { options } = world;
  const years = parameters.int('PERIOD', 1, YEARS_MOST) ?? 1;
  const price = years * (options.prices[plan.cls.id] ?? plan.cls.price);
  if (steering(plan.names) === 'credit' || account.credit < price) throw new Refusal(546);
  const submission = await submissionOf(context, parameters, {
    ...plan,
    operation: plan.previous === undefined ? 'create' : 'renew',
  });
  // Another order may have been quicker while the key was made.
  if (account.credit < price) throw new Refusal(546);
  const now = world.clock.now();
  const paidUntil = new Date(now);
  paidUntil.setUTCFullYear(paidUntil.getUTCFullYear() + years);
  const certificate: SslCertificate = {
    id: certificateId(world),
    cls: plan.cls,
    orderReference: digits(world.random, 8),
    createdAt: now,
    updatedAt: now,
    paidUntil,
    contacts: plan.contacts,
    serverSoftware: serverSoftware(parameters) ?? plan.previous?.serverSoftware,
    submission,
    state: 'waiting',
    details: '',
    ...(plan.previous === undefined ? {} : { replaces: plan.previous.id }),
  };
  place(context, certificate, submission, () => {
    account.certificates.set(certificate.id, certificate);
    account.credit -= price;
    account.invoices.push({
      at: now,
      orderId: certificate.orderReference,
      certificateId: certificate.id,
      product: plan.cls.id,
      price,
      currency: options.currency,
    });
  });
  return {
    ...success([
      ...certificateProperties(context, certificate, true),
      ...(plan.previous === undefined
        ? []
        : [
            ...value('OLD-EXPIRATIONDATE', dateTime(expirationOf(plan.previous))),
            ...value('OLD-SSLCERTID', plan.previous.id),
          ]),
    ]),
    pending: true,
  };
}
