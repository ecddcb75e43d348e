/** ReissueCertificate of API 1: a new sub from the data of an older one, free of charge and ending no later. */
import { normaliseName } from '../../vendor-kit/names.ts';
import { Refusal, success, value, values } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { csrFrom } from '../csr.ts';
import type { Parameters } from '../parameters.ts';
import { submitToCa } from '../submission.ts';
import type { Property } from '../wire.ts';
import { addLegacyEvent } from './events.ts';
import {
  AUTH_METHODS,
  legacyOrderBy,
  newestActive,
  nextSubId,
  refuseMigrated,
  subBy,
  subStatus,
} from './model.ts';
import type { LegacyOrder, LegacySub, LegacyValidation } from './model.ts';
import { planLegacyValidation } from './validation.ts';

const ALGORITHMS = [
  'SHA2-256',
  'SHA256-FULL-CHAIN',
  'SHA256-ECC-FULL',
  'SHA256-ECC-HYBRID',
  'PRIVATE-SHA1-PCA3G1',
  'PRIVATE-SHA256-PCA3G1',
  'PRIVATE-SHA1-PCA3G2',
  'PRIVATE-SHA256-PCA3G2',
] as const;

/** `reissueemail0` goes before `reissueemail`, which it replaced (page on SAN certificates). */
export function mailsFrom(parameters: Parameters, name: string): Map<number, string> {
  const mails = new Map(parameters.indexed(name));
  const single = parameters.text(name);
  if (single !== undefined && !mails.has(0)) mails.set(0, single);
  return mails;
}

/** The sub named, or the newest active one. */
function baseOf(context: CommandContext, order: LegacyOrder, id: string | undefined): LegacySub {
  const now = context.world.clock.now();
  if (id === undefined) {
    const newest = newestActive(order, now);
    if (newest === undefined) throw new Refusal(557, `${order.id} has no active sub`);
    return newest;
  }
  const sub = subBy(order, id);
  const status = subStatus(sub, now);
  if (status !== 'ACTIVE') throw new Refusal(557, `${sub.id} is ${status}`);
  return sub;
}

function namesFor(parameters: Parameters, base: LegacySub): string[] {
  const given = parameters.list('domain').map((text) => {
    const name = normaliseName(text);
    if (name === undefined) throw new Refusal(505, `DOMAIN ${text}`);
    return name;
  });
  return given.length === 0 ? [...base.names] : [...new Set(given)];
}

/** Lines of the file one by one, as the commands that order print them. */
function validationProperties(validation: LegacyValidation): Property[] {
  const { dnsNames, file } = validation;
  return [
    ...values('dnsauth name', dnsNames),
    ...(file === undefined
      ? []
      : [...values('fileauth contents', file.lines), ...value('fileauth name', file.name)]),
  ];
}

export const reissueLegacyCertificate: Command = (context, parameters) => {
  const { world, account } = context;
  const now = world.clock.now();
  const order = legacyOrderBy(account, parameters.required('certificate'));
  refuseMigrated(order);
  const { cls } = order.cls;
  if (cls.ca === 'Sectigo' && world.options.sectigoReissue === 'refuse') {
    throw new Refusal(549, `${order.cls.name} certificates cannot be reissued`);
  }
  if (order.paidUntil <= now) throw new Refusal(557, `${order.id} has ended`);
  const base = baseOf(context, order, parameters.text('sub'));
  const inProgress = order.subs.some(({ status }) => status === 'ORDER_REQUESTED');
  if (inProgress && world.options.concurrentReissue === 'refuse') {
    throw new Refusal(557, `${order.id} has a reissue in progress`);
  }
  parameters.word('algorithm', ALGORITHMS);
  const method = parameters.word('authmethod', AUTH_METHODS) ?? base.validation.method;
  const given = csrFrom(world.ca, parameters);
  if (given === undefined && world.options.legacyReissueCsr === 'required') throw new Refusal(504, 'CSR0');
  const { pem, csr } = given ?? { pem: base.csrPem, csr: base.csr };
  const names = namesFor(parameters, base);
  const mails = mailsFrom(parameters, 'reissueemail');
  const approvers = mails.size > 0 ? mails : previousApprovers(base);
  const validation = planLegacyValidation(
    { ca: cls.ca, csrPem: pem, names, method, approvers, txtPlace: world.options.legacyTxtPlace },
    world.random,
  );
  const notAfterAtMost =
    world.options.legacyReissueExpiry === 'unchanged'
      ? (base.issued?.notAfter ?? order.paidUntil)
      : order.paidUntil;
  const caOrder = submitToCa(context, {
    csrPem: pem,
    names,
    requirements: validation.requirements,
    notAfterAtMost,
  });
  const sub: LegacySub = {
    id: nextSubId(order),
    parentId: base.id,
    csrPem: pem,
    csr,
    names,
    notAfterAtMost,
    validation,
    caOrderId: caOrder.id,
    status: 'ORDER_REQUESTED',
    createdAt: now,
    updatedAt: now,
  };
  order.subs.push(sub);
  order.updatedAt = now;
  addLegacyEvent(world, account, order, sub, {
    what: 'REISSUE',
    outcome: 'NOTIFY',
    info: `Reissue of ${base.id} was requested`,
    at: now,
  });
  return success([
    ...value('certificate', order.id),
    ...validationProperties(validation),
    ...value('status', 'REQUESTED'),
    ...value('sub', sub.id),
    ...value('sub status', 'ORDER_REQUESTED'),
  ]);
};

/** The addresses of before, where it was one and not the CA's whole list. */
function previousApprovers({ validation }: LegacySub): Map<number, string> {
  const kept = validation.approvers.flatMap((addresses, index): [number, string][] => {
    const [first, second] = addresses;
    return first === undefined || second !== undefined ? [] : [[index, first]];
  });
  return new Map(kept);
}
