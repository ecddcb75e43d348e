/** CreateSSLCert, RenewSSLCert, ReissueSSLCert: three ways to one submission to the CA. */
import { messageOf } from '../guards.ts';
import { digits } from '../vendor-kit/random.ts';
import { dateTime, Refusal, success, value } from './answers.ts';
import type { Answer } from './answers.ts';
import { certificateProperties, validationProperties } from './certificate-properties.ts';
import { findClass } from './classes.ts';
import type { CertificateClass } from './classes.ts';
import type { Command, CommandContext } from './command.ts';
import {
  checkContacts,
  givenContacts,
  isMailAddress,
  ownerOf,
  whoisContact,
  whoisContacts,
} from './contacts.ts';
import type { ContactSet } from './contacts.ts';
import { keyMaterial, serverSoftware } from './key-material.ts';
import type { KeyWish } from './key-material.ts';
import { checkAgreement, checkNames, givenNames } from './names.ts';
import type { Parameters } from './parameters.ts';
import { keyFrom, requestedNames, requestFrom } from './requests.ts';
import { certificateId, expirationOf, steering, transmit } from './world.ts';
import type { SslCertificate, Submission } from './world.ts';
import { alternativesOf, planValidation } from './validation.ts';
import type { ValidationWish } from './validation.ts';
import { validationWishes } from './wishes.ts';

const DAY_MS = 86_400_000;
/** Certificates of more than some years have not been sold for long. */
const YEARS_MOST = 3;

export const createSslCert: Command = async (context, parameters) => {
  const { world } = context;
  const cls = findClass(parameters.required('SSLCERTCLASS'));
  if (cls === undefined) throw new Refusal(541, 'SSLCERTCLASS');
  const request = requestFrom(world.ca, parameters);
  const given = givenNames(parameters);
  const names = given.length > 0 ? given : request === undefined ? [] : requestedNames(request.csr);
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
  const previous = existing(context, parameters);
  if (previous.state !== 'active' && previous.before === undefined) {
    throw new Refusal(549, `${previous.id} is ${previous.state}`);
  }
  const window = world.options.renewalWindowDays;
  const left = previous.paidUntil.getTime() - world.clock.now().getTime();
  if (window !== undefined && left > window * DAY_MS) throw new Refusal(548, previous.id);
  const old = previous.submission;
  const request = requestFrom(world.ca, parameters);
  const names = namesOfFollower(
    parameters,
    previous,
    request === undefined ? [] : requestedNames(request.csr),
  );
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
    wishes: validationWishes(parameters, names, ownerOf(contacts).EMAIL, earlier(context, old)),
    internalDns: parameters.flag('INTERNALDNS') ?? old.internalDns,
    key: { request, given, current: old, source },
    previous,
  });
};

/** "Free of charge, but you have to go through a validation process again." */
export const reissueSslCert: Command = async (context, parameters) => {
  const { world, account } = context;
  const now = world.clock.now();
  const previous = existing(context, parameters);
  if (previous.state !== 'active') throw new Refusal(549, `${previous.id} is ${previous.state}`);
  if (previous.paidUntil <= now) throw new Refusal(549, `${previous.id} is paid for no longer`);
  const old = previous.submission;
  const request = requestFrom(world.ca, parameters);
  const given = keyFrom(parameters);
  const createKey = parameters.flag('CREATEPRIVATEKEY');
  if (request === undefined && given === undefined && createKey === undefined) throw new Refusal(504, 'CSR0');
  const names = namesOfFollower(
    parameters,
    previous,
    request === undefined ? [] : requestedNames(request.csr),
  );
  if (request !== undefined) checkAgreement(names, request);
  checkNames(previous.cls, names);
  // Only a certificate for several names may change them, and its common name stays.
  if (names[0] !== old.names[0] || (previous.cls.names !== 'several' && names.length > old.names.length)) {
    throw new Refusal(541, `DOMAIN; ${previous.id} is for ${old.names.join(' ')}`);
  }
  const contacts =
    givenContacts(parameters, world.options.contacts, whoisContact(names[0] ?? '')) ?? previous.contacts;
  const mail = parameters.text('EMAIL');
  if (mail !== undefined && !isMailAddress(mail)) throw new Refusal(505, 'EMAIL');
  const before = earlier(context, old).map((wish) => ({ ...wish, email: mail ?? wish.email }));
  const submission = await submissionOf(context, parameters, {
    cls: previous.cls,
    names,
    contacts,
    wishes: validationWishes(parameters, names, mail ?? ownerOf(contacts).EMAIL, before),
    internalDns: parameters.flag('INTERNALDNS') ?? old.internalDns,
    key: { request, given, current: old, source: createKey === true ? 'new' : 'current' },
    previous,
    operation: 'reissue',
  });
  if (previous.state !== 'active') throw new Refusal(549, `${previous.id} is ${previous.state}`);
  const certificate: SslCertificate =
    world.options.reissueId === 'same'
      ? previous
      : {
          ...previous,
          id: certificateId(world),
          orderReference: digits(world.random, 8),
          createdAt: now,
          submission,
          replaces: previous.id,
        };
  place(context, certificate, submission, () => {
    if (certificate === previous) certificate.before = old;
    else delete certificate.issued;
    account.certificates.set(certificate.id, certificate);
  });
  return { ...success(validationProperties(world, certificate, true)), pending: true };
};

/** Everything that decides what is ordered. */
interface Plan {
  readonly cls: CertificateClass;
  readonly names: readonly string[];
  readonly contacts: ContactSet;
  readonly wishes: readonly ValidationWish[];
  readonly internalDns: boolean;
  readonly key: KeyWish;
  readonly previous: SslCertificate | undefined;
}

async function buy(context: CommandContext, parameters: Parameters, plan: Plan): Promise<Answer> {
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

async function submissionOf(
  context: CommandContext,
  parameters: Parameters,
  plan: Plan & Pick<Submission, 'operation'>,
): Promise<Submission> {
  const { world } = context;
  const { options } = world;
  const subject = plan.contacts.get('CSRCONTACT0') ?? ownerOf(plan.contacts);
  const material = await keyMaterial(parameters, plan.key, world.ca, plan.names, subject);
  const alternatives =
    options.freeAlternative && plan.cls.names !== 'several' ? alternativesOf(plan.wishes) : [];
  const slow = steering(plan.names) === 'slow';
  const delayMs = options.transmissionDelayMs + (slow ? options.slowMs : 0);
  return {
    operation: plan.operation,
    csrPem: material.pem,
    csr: material.csr,
    key: material.key,
    names: plan.names,
    issuedNames: [...plan.names, ...alternatives],
    validations: planValidation(plan.cls, plan.wishes, material.pem, options.validationForm, world.random),
    internalDns: plan.internalDns,
    transmitsAt: new Date(world.clock.now().getTime() + delayMs),
    statusRead: false,
  };
}

/** Into the books, unless the CA refuses at once. */
function place(
  { world }: CommandContext,
  certificate: SslCertificate,
  submission: Submission,
  book: () => void,
): void {
  const now = world.clock.now();
  if (steering(submission.names) === 'refuse') {
    throw new Refusal(549, 'The certificate supplier refused the request');
  }
  if (submission.transmitsAt <= now) {
    try {
      transmit(world, { ...certificate, submission });
    } catch (error) {
      throw new Refusal(549, messageOf(error));
    }
  }
  book();
  certificate.submission = submission;
  certificate.state = 'waiting';
  certificate.details = '';
  certificate.updatedAt = now;
  if (submission.internalDns) {
    for (const { dnsRecord } of submission.validations) {
      if (dnsRecord !== undefined) world.zones.publish(dnsRecord, now);
    }
  }
}

function existing({ account }: CommandContext, parameters: Parameters): SslCertificate {
  const id = parameters.required('SSLCERTID');
  const certificate = account.certificates.get(id);
  if (certificate === undefined) throw new Refusal(545, id);
  return certificate;
}

/** Named in the command, or in the request; a request with a common name alone keeps the names there are. */
function namesOfFollower(
  parameters: Parameters,
  previous: SslCertificate,
  fromRequest: readonly string[],
): readonly string[] {
  const given = givenNames(parameters);
  if (given.length > 0) return given;
  return fromRequest.length > 1 ? fromRequest : previous.submission.names;
}

/** What the earlier validations tell about the new ones. */
function earlier({ world }: CommandContext, old: Submission): readonly ValidationWish[] {
  if (world.options.validationDefault === 'email') return [];
  return old.validations.map(({ name, method, email }) => ({ name, method, email }));
}
