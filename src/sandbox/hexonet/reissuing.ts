/** ReissueSSLCert: another certificate within the term that is paid for. */
import { digits } from '../vendor-kit/random.ts';
import { Refusal, success } from './answers.ts';
import { validationProperties } from './certificate-properties.ts';
import type { Command } from './command.ts';
import { checkContacts, givenContacts, isMailAddress, ownerOf, whoisContact } from './contacts.ts';
import { checkAgreement, checkNames } from './names.ts';
import { certificateBy } from './queries.ts';
import { keyFrom, requestFrom } from './requests.ts';
import { earlierWishes, namesOfFollower, place, submissionOf } from './submission.ts';
import { validationWishes } from './wishes.ts';
import { certificateId } from './world.ts';
import type { SslCertificate } from './world.ts';

/** "Free of charge, but you have to go through a validation process again." */
export const reissueSslCert: Command = async (context, parameters) => {
  const { world, account } = context;
  const now = world.clock.now();
  const previous = certificateBy(context, parameters);
  requireActive(previous);
  if (previous.paidUntil <= now) throw new Refusal(549, `${previous.id} is paid for no longer`);
  const old = previous.submission;
  const request = requestFrom(world.ca, parameters);
  const given = keyFrom(parameters);
  const createKey = parameters.flag('CREATEPRIVATEKEY');
  if (request === undefined && given === undefined && createKey === undefined) throw new Refusal(504, 'CSR0');
  const names = namesOfFollower(parameters, previous, request);
  if (request !== undefined) checkAgreement(names, request);
  checkNames(previous.cls, names);
  if (names[0] !== old.names[0]) throw new Refusal(541, `DOMAIN0; ${previous.id} is for ${old.names[0]}`);
  const contacts =
    givenContacts(parameters, world.options.contacts, whoisContact(names[0] ?? '')) ?? previous.contacts;
  checkContacts(previous.cls, contacts);
  const mail = parameters.text('EMAIL');
  if (mail !== undefined && !isMailAddress(mail)) throw new Refusal(505, 'EMAIL');
  const before = earlierWishes(context, old).map((wish) => ({ ...wish, email: mail ?? wish.email }));
  const submission = await submissionOf(context, parameters, {
    cls: previous.cls,
    names,
    contacts,
    wishes: validationWishes(parameters, names, mail ?? ownerOf(contacts).EMAIL, before),
    internalDns: parameters.flag('INTERNALDNS') ?? old.internalDns,
    key: { request, given, current: old, source: createKey === true ? 'new' : 'current' },
    operation: 'reissue',
  });
  // Another reissue may have been quicker while the key was made.
  requireActive(previous);
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

function requireActive({ id, state }: SslCertificate): void {
  if (state !== 'active') throw new Refusal(549, `${id} is ${state}`);
}
