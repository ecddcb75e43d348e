/** Create, realtime, reissue, renew, delete: from a request body to a job, and to the CA. */
import type { CaOrder, ParsedCsr } from '../contract.ts';
import {
  baseDomain,
  freeAlternative,
  isWildcard,
  normaliseName,
  withoutWildcard,
} from '../vendor-kit/names.ts';
import { normaliseRequestPem, singleLinePem } from '../vendor-kit/pem.ts';
import { digits } from '../vendor-kit/random.ts';
import { draw, isManaged, offeredMethods, preparedJson, withApprover } from './authentication.ts';
import type { AuthenticationInput } from './authentication.ts';
import { CertificateBody, PrepareBody, readBody, required } from './bodies.ts';
import { certificateJson } from './certificate-json.ts';
import type { RouteContext } from './context.ts';
import { ApiError, wrongValue } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import { findProduct } from './products.ts';
import type { Product } from './products.ts';
import { failJob, takeOver } from './progress.ts';
import type {
  AuthMethod,
  Authentication,
  Certificate,
  Job,
  JobAction,
  OrderDetails,
  User,
  World,
} from './world.ts';

const DAY_MS = 86_400_000;
const METHODS: readonly AuthMethod[] = ['DNS', 'FILE', 'EMAIL'];

export function certificateOf(user: User, id: number, task: string): Certificate {
  const certificate = user.certificates.get(id);
  // The vendor's documents name no message code for this.
  if (certificate === undefined) throw new ApiError(task, [{ text: `There is no certificate ${id}.` }]);
  return certificate;
}

function productOf(name: string, task: string, field: string): Product {
  const product = findProduct(name);
  if (product === undefined) throw wrongValue(task, field, name);
  return product;
}

/** PEM in any line form, at least 2048 bit RSA or 256 bit EC. */
function readCsr(
  world: World,
  text: string,
  task: string,
  field: string,
): { csr: ParsedCsr; csrPem: string } {
  const csrPem = normaliseRequestPem(text);
  if (csrPem === undefined) throw wrongValue(task, field, 'no certificate request');
  let csr: ParsedCsr;
  try {
    csr = world.ca.parseCsr(csrPem);
  } catch (error) {
    throw wrongValue(task, field, error instanceof Error ? error.message : 'unreadable');
  }
  if (!csr.signatureValid) throw wrongValue(task, field, 'wrong signature');
  if (csr.keySize < (csr.keyAlgorithm === 'RSA' ? 2048 : 256)) throw wrongValue(task, field, 'key too short');
  return { csr, csrPem };
}

/** The name of the certificate and the names beyond it, checked against the product. */
function readNames(
  product: Product,
  csr: ParsedCsr,
  given: string | null | undefined,
  alternatives: readonly string[] | null | undefined,
  task: string,
  type: string,
): { name: string; alternativeNames: string[] } {
  const commonName = csr.commonName === '' ? (csr.names[0] ?? '') : csr.commonName;
  const name = normaliseName(given ?? commonName);
  if (name === undefined) throw wrongValue(task, `${type}.name`, given ?? commonName);
  if (csr.commonName !== '' && normaliseName(csr.commonName) !== name) {
    throw wrongValue(task, `${type}.name`, `${name} is not the name in the CSR`);
  }
  if (isWildcard(name) !== product.wildcard)
    throw wrongValue(task, `${type}.product`, `${product.name} for ${name}`);
  const listed = (alternatives ?? csr.names).map((text) => {
    const alternative = normaliseName(text);
    if (alternative === undefined) throw wrongValue(task, `${type}.subjectAlternativeNames`, text);
    return alternative;
  });
  const alternativeNames = [...new Set(listed)].filter((other) => other !== name);
  const beyond = alternativeNames.filter((other) => other !== freeAlternative(name));
  if (beyond.length > 0 && !product.san)
    throw wrongValue(task, `${type}.subjectAlternativeNames`, beyond.join(', '));
  return { name, alternativeNames };
}

/** All names of the certificate: the CA adds `www.` (or takes it away) by itself where one proof serves both. */
function certificateNames(name: string, alternatives: readonly string[], method: AuthMethod): string[] {
  const names = [name, ...alternatives];
  const free = freeAlternative(name);
  const bare = withoutWildcard(name).replace(/^www\./, '');
  if (method !== 'FILE' && bare === baseDomain(name) && !names.includes(free)) names.push(free);
  return names;
}

export function prepareOrder(context: RouteContext): Envelope {
  const { world, user } = context;
  const task = '400110';
  const type = 'certificateData';
  const body = readBody(PrepareBody, context.body, task, type);
  const product = productOf(body.product, task, `${type}.product`);
  const { csr, csrPem } = readCsr(world, body.plain, task, `${type}.plain`);
  const names = readNames(product, csr, body.name, body.subjectAlternativeNames, task, type);
  const input: AuthenticationInput = { csr, csrPem, product, ...names, scope: body.scope ?? undefined };
  // Told which certificate it is for, only that one's method is offered: it cannot be changed.
  const bound = body.certificate === null || body.certificate === undefined ? undefined : body.certificate.id;
  const method =
    bound === undefined ? undefined : certificateOf(user, bound, task).details.authentication.method;
  const authentications = offeredMethods(input)
    .filter((offered) => method === undefined || offered === method)
    .map((offered) => draw(world, offered, input));
  user.prepared.push({ spkiSha256: csr.spkiSha256, product: product.name, authentications });
  return {
    code: 'S400110',
    type: 'SUCCESS',
    data: [
      {
        plain: singleLinePem(csrPem),
        name: names.name,
        keySize: csr.keySize,
        countryCode: csr.subject['C'],
        state: csr.subject['ST'],
        city: csr.subject['L'],
        organization: csr.subject['O'],
        organizationUnit: csr.subject['OU'],
        product: product.name,
        authentication: authentications.map((each) => preparedJson(world, each)),
        algorithm: csr.keyAlgorithm === 'RSA' ? 'RSA' : 'ECC',
        ecCurve: csr.curve,
        signatureHashAlgorithm: 'SHA256',
        validSignature: true,
      },
    ],
  };
}

/** What was prepared for this key comes back byte for byte; without it the server draws anew. */
function readAuthentication(
  context: RouteContext,
  task: string,
  body: CertificateBody['authentication'],
  input: AuthenticationInput,
  previous: Authentication | undefined,
): Authentication {
  const { world, user } = context;
  const field = 'certificate.authentication';
  const given = body?.method?.toUpperCase() ?? previous?.method;
  const method = METHODS.find((known) => known === required(given, task, `${field}.method`));
  if (method === undefined || !offeredMethods(input).includes(method)) {
    throw wrongValue(task, `${field}.method`, given ?? '');
  }
  const provisioning = body?.provisioning === true || context.keys.includes('dnsProvisioning');
  const found = (): Authentication => {
    switch (method) {
      case 'DNS': {
        const dns = body?.dns;
        if (dns === null || dns === undefined) return draw(world, method, input);
        const known = preparedFor(user, input, method).find(({ items }) => items[0]?.dns?.trim() === dns);
        if (known === undefined) throw wrongValue(task, `${field}.dns`, dns);
        return known;
      }
      case 'FILE': {
        const content = body?.fileContent;
        if (content === null || content === undefined) return draw(world, method, input);
        const known = preparedFor(user, input, method).find(({ items }) => items[0]?.fileContent === content);
        if (known === undefined) throw wrongValue(task, `${field}.fileContent`, content);
        return known;
      }
      case 'EMAIL':
      default: {
        const address = body?.approverEmails?.[0];
        const drawn = draw(world, method, input);
        if (address === undefined && previous !== undefined) return previous;
        const chosen = withApprover(drawn, required(address, task, `${field}.approverEmails`));
        if (chosen === undefined) throw wrongValue(task, `${field}.approverEmails`, address ?? '');
        return chosen;
      }
    }
  };
  return { ...found(), provisioning };
}

function preparedFor(user: User, input: AuthenticationInput, method: AuthMethod): Authentication[] {
  const names = [input.name, ...input.alternativeNames].join(' ');
  return user.prepared
    .filter(
      ({ spkiSha256, product }) => spkiSha256 === input.csr.spkiSha256 && product === input.product.name,
    )
    .flatMap(({ authentications }) => authentications)
    .filter((each) => each.method === method && each.items.map(({ name }) => name).join(' ') === names);
}

/** The whole order; a renewal takes what it does not say from the certificate. */
function readOrder(
  context: RouteContext,
  task: string,
  body: CertificateBody,
  previous: OrderDetails | undefined,
): OrderDetails {
  const { world, user } = context;
  const type = 'certificate';
  const product = productOf(
    required(body.product ?? previous?.product.name, task, `${type}.product`),
    task,
    `${type}.product`,
  );
  const csrText = required(body.csr ?? previous?.csrPem, task, `${type}.csr`);
  const { csr, csrPem } = readCsr(world, csrText, task, `${type}.csr`);
  const names = readNames(
    product,
    csr,
    body.name ?? previous?.name,
    body.subjectAlternativeNames ?? previous?.alternativeNames,
    task,
    type,
  );
  const lifetime = required(body.lifetime ?? previous?.lifetime, task, `${type}.lifetime`);
  if (lifetime.period < 1 || months(lifetime) > 12) {
    throw wrongValue(task, `${type}.lifetime`, `${lifetime.period} ${lifetime.unit}`);
  }
  const software = required(body.software ?? previous?.software, task, `${type}.software`);
  const adminContact = required(
    body.adminContact?.id ?? previous?.adminContact,
    task,
    `${type}.adminContact`,
  );
  const technicalContact = required(
    body.technicalContact?.id ?? previous?.technicalContact,
    task,
    `${type}.technicalContact`,
  );
  const wrongContact = (code: string, field: string, id: number): ApiError =>
    new ApiError(task, [{ code, objects: [{ type: `${type}.${field}`, value: String(id) }] }]);
  if (!user.contacts.has(adminContact)) throw wrongContact('EF4001006', 'adminContact', adminContact);
  if (!user.contacts.has(technicalContact))
    throw wrongContact('EF4001010', 'technicalContact', technicalContact);
  if (previous === undefined) required(body.authentication, task, `${type}.authentication`);
  const authentication = readAuthentication(
    context,
    task,
    body.authentication,
    { csr, csrPem, product, ...names, scope: undefined },
    previous?.authentication,
  );
  const comment = body.comment ?? previous?.comment;
  return {
    ...names,
    names: certificateNames(names.name, names.alternativeNames, authentication.method),
    product,
    csrPem,
    csr,
    software,
    lifetime: { unit: lifetime.unit, period: lifetime.period },
    adminContact,
    technicalContact,
    authentication,
    transparency: body.certificateTransparencyPrivacy ?? previous?.transparency ?? 'PUBLIC',
    ...(comment === undefined ? {} : { comment }),
  };
}

function months({ unit, period }: { unit: string; period: number }): number {
  return unit === 'YEAR' ? period * 12 : period;
}

function addMonths(date: Date, count: number): Date {
  const end = new Date(date);
  end.setUTCMonth(end.getUTCMonth() + count);
  return end;
}

function newJob(
  context: RouteContext,
  action: JobAction,
  certificateId: number,
  details: OrderDetails,
  term: { orderId: string; paidUntil: Date },
): Job {
  const { world, user, stid, ctid } = context;
  const now = world.clock.now();
  const job: Job = {
    id: world.nextJobId,
    action,
    certificateId,
    stid,
    ctid,
    details,
    ...term,
    createdAt: now,
    updatedAt: now,
    status: 'RUNNING',
    messages: [],
  };
  world.nextJobId += 1;
  user.jobs.set(job.id, job);
  return job;
}

function nextCertificateId(world: World): number {
  world.nextCertificateId += 1;
  return world.nextCertificateId;
}

/** Puts the order before the CA; a CA that does not take it makes the job fail, not the request. */
function submit(context: RouteContext, job: Job): CaOrder | undefined {
  const { world, user } = context;
  const { details } = job;
  const refusal = world.options.caRefuses?.(details.names);
  if (refusal !== undefined) {
    failJob(world, user, job, refusal, world.clock.now());
    return undefined;
  }
  try {
    const order = world.ca.submit({
      csrPem: details.csrPem,
      names: details.names,
      requirements: details.authentication.items.map(({ requirement }) => requirement),
      notAfterAtMost: job.paidUntil,
    });
    job.caOrderId = order.id;
    if (details.authentication.provisioning && isManaged(world, details.authentication)) {
      for (const { requirement } of details.authentication.items) world.options.provision?.(requirement);
    }
    return order;
  } catch (error) {
    failJob(world, user, job, error instanceof Error ? error.message : 'The CA refused.', world.clock.now());
    return undefined;
  }
}

function charge(context: RouteContext, job: Job): void {
  const { world, user, ctid } = context;
  const { product, lifetime } = job.details;
  const perYear = world.options.prices[product.name] ?? product.price;
  user.invoices.push({
    at: job.createdAt,
    orderId: job.orderId,
    certificateId: String(job.certificateId),
    product: product.name,
    price: Math.round(((perYear * months(lifetime)) / 12) * 100) / 100,
    currency: world.options.currency,
    ...(ctid === undefined ? {} : { reference: ctid }),
  });
}

/** The id in the answer is the job's. */
function started(code: string, job: Job): Envelope {
  return {
    code,
    type: 'NOTIFY',
    object: { type: 'certificate', value: job.details.name },
    data: [{ id: job.id }],
  };
}

export function createCertificate(context: RouteContext): Envelope {
  const { world } = context;
  const details = readOrder(
    context,
    '400101',
    readBody(CertificateBody, context.body, '400101', 'certificate'),
    undefined,
  );
  const job = newJob(context, 'create', nextCertificateId(world), details, {
    orderId: digits(world.random, 7),
    paidUntil: addMonths(world.clock.now(), months(details.lifetime)),
  });
  charge(context, job);
  submit(context, job);
  return started('N400101', job);
}

/** All or nothing: the evidence is in place now, or there is no order and no charge. */
export async function createRealtime(context: RouteContext): Promise<Envelope> {
  const { world, user } = context;
  const task = '4001012';
  const details = readOrder(
    context,
    task,
    readBody(CertificateBody, context.body, task, 'certificate'),
    undefined,
  );
  if (!details.product.realtime) throw wrongValue(task, 'certificate.product', details.product.name);
  const refuse = (text: string): ApiError => new ApiError(task, [{ code: 'EF400139', text }]);
  const refusal = world.options.caRefuses?.(details.names);
  if (refusal !== undefined) throw refuse(refusal);
  let order: CaOrder;
  const paidUntil = addMonths(world.clock.now(), months(details.lifetime));
  try {
    order = world.ca.submit({
      csrPem: details.csrPem,
      names: details.names,
      requirements: details.authentication.items.map(({ requirement }) => requirement),
      notAfterAtMost: paidUntil,
    });
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : 'The CA refused.');
  }
  order = await world.ca.recheck(order.id);
  if (order.status === 'pending') world.ca.cancel(order.id);
  if (order.certificate === undefined) {
    throw refuse(
      order.failure ?? order.checks.find(({ fulfilled }) => !fulfilled)?.detail ?? 'Not issued in time.',
    );
  }
  const job = newJob(context, 'create', nextCertificateId(world), details, {
    orderId: digits(world.random, 7),
    paidUntil,
  });
  job.status = 'SUCCESS';
  charge(context, job);
  const certificate = takeOver(user, job, order.certificate, world.clock.now());
  return {
    code: 'S4001012',
    type: 'SUCCESS',
    object: { type: 'Certificate', value: details.name },
    data: [certificateJson(world, user, certificate, 'full')],
  };
}

/** The whole order is sent again; name, product and method stay as they are. */
export function reissueCertificate(context: RouteContext): Envelope {
  const { world, user } = context;
  const task = '400102';
  const certificate = certificateOf(user, context.id, task);
  const body = readBody(CertificateBody, context.body, task, 'certificate');
  for (const field of ['name', 'product', 'csr'] as const)
    required(body[field], task, `certificate.${field}`);
  const previous = certificate.details;
  const method = required(
    body.authentication?.method,
    task,
    'certificate.authentication.method',
  ).toUpperCase();
  if (method !== previous.authentication.method) {
    throw wrongValue(task, 'certificate.authentication.method', method);
  }
  // Nothing else is taken from the certificate: a reissue says as much as a first order.
  const details = readOrder(context, task, body, undefined);
  if (details.name !== previous.name) throw wrongValue(task, 'certificate.name', details.name);
  if (details.product.name !== previous.product.name) {
    throw wrongValue(task, 'certificate.product', details.product.name);
  }
  const { orderId, paidUntil } = certificate;
  if (paidUntil <= world.clock.now()) throw wrongValue(task, 'certificate.id', 'its term has ended');
  const job = newJob(context, 'reissue', certificate.id, details, { orderId, paidUntil });
  submit(context, job);
  return started(world.options.reissueCode, job);
}

export function renewCertificate(context: RouteContext): Envelope {
  const { world, user } = context;
  const task = '400106';
  const certificate = certificateOf(user, context.id, task);
  const body = readBody(CertificateBody, context.body, task, 'certificate');
  const now = world.clock.now();
  const { renewalWindowDays, renewalWindowBefore } = world.options;
  const end = renewalWindowBefore === 'expire' ? certificate.issued.notAfter : certificate.paidUntil;
  if (end.getTime() - now.getTime() > renewalWindowDays * DAY_MS)
    throw new ApiError(task, [{ code: 'EF4001012' }]);
  const details = readOrder(context, task, body, certificate.details);
  if (details.name !== certificate.details.name) throw wrongValue(task, 'certificate.name', details.name);
  // What is left of the running term is not lost.
  const from = certificate.paidUntil > now ? certificate.paidUntil : now;
  const job = newJob(context, 'renew', certificate.id, details, {
    orderId: digits(world.random, 7),
    paidUntil: addMonths(from, months(details.lifetime)),
  });
  charge(context, job);
  submit(context, job);
  return started('N400106', job);
}

export function deleteCertificate(context: RouteContext): Envelope {
  const certificate = certificateOf(context.user, context.id, '400103');
  const { orderId, paidUntil, details } = certificate;
  return started('N400103', newJob(context, 'delete', certificate.id, details, { orderId, paidUntil }));
}
