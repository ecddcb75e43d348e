/** From an order's wishes to what the CA is given, and into the books. */
import { messageOf } from '../guards.ts';
import { Refusal } from './answers.ts';
import type { CertificateClass } from './classes.ts';
import type { CommandContext } from './command.ts';
import { ownerOf } from './contacts.ts';
import type { ContactSet } from './contacts.ts';
import { keyMaterial } from './key-material.ts';
import type { KeyWish } from './key-material.ts';
import { givenNames, namesFromRequest } from './names.ts';
import type { Parameters } from './parameters.ts';
import type { GivenRequest } from './requests.ts';
import { alternativesOf, planValidation } from './validation.ts';
import type { ValidationWish } from './validation.ts';
import { steering, transmit } from './world.ts';
import type { SslCertificate, Submission } from './world.ts';

/** Everything that decides what is ordered. */
export interface Plan {
  readonly operation: Submission['operation'];
  readonly cls: CertificateClass;
  readonly names: readonly string[];
  readonly contacts: ContactSet;
  readonly wishes: readonly ValidationWish[];
  readonly internalDns: boolean;
  readonly key: KeyWish;
}

export async function submissionOf(
  context: CommandContext,
  parameters: Parameters,
  plan: Plan,
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
export function place(
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

/** Named in the command, or by a request for several; what says less keeps the names there are. */
export function namesOfFollower(
  parameters: Parameters,
  previous: SslCertificate,
  request: GivenRequest | undefined,
): readonly string[] {
  const given = givenNames(parameters);
  if (given.length > 0) return given;
  const says = request !== undefined && previous.cls.names === 'several' && request.csr.names.length > 0;
  return says ? namesFromRequest(previous.cls, request) : previous.submission.names;
}

/** What the earlier validations tell about the new ones. */
export function earlierWishes({ world }: CommandContext, old: Submission): readonly ValidationWish[] {
  if (world.options.validationDefault === 'email') return [];
  return old.validations.map(({ name, method, email }) => ({ name, method, email }));
}
