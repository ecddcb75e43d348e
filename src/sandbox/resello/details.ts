/** Reads what an order is for out of its fields, and says everything that is wrong with them at once. */
import type { ParsedCsr } from '../contract.ts';
import { messageOf } from '../guards.ts';
import {
  APPROVER_MAILBOXES,
  baseDomain,
  freeAlternative,
  isSameOrParent,
  isWildcard,
  normaliseName,
  withoutWildcard,
} from '../vendor-kit/names.ts';
import { normaliseRequestPem } from '../vendor-kit/pem.ts';
import { ApiError } from './answers.ts';
import type { Problem } from './answers.ts';
import { findPlan } from './plans.ts';
import type { Plan } from './plans.ts';
import { dcvMethodOf } from './requests.ts';
import { drawItems, provableByFile } from './validation.ts';
import type { DcvMethod, Details, Fields, World } from './world.ts';

/** "At least 2048 bits". */
const KEY_BITS_MIN = 2048;
const NAMES_MAX = 100;
/** "Required for OV and EV". */
const ORGANIZATION_FIELDS = [
  'chamber_of_commerce',
  'department',
  'approver_first_name',
  'approver_last_name',
] as const;

/**
 * `previous`: what the certificate was ordered with; its texts stay where the new order has none. `fixedPlan`: a reissue
 * has no plan of its own. Throws an `ApiError` that names every wrong field.
 */
export function readDetails(world: World, fields: Fields, previous?: Details, fixedPlan?: Plan): Details {
  const problems: Problem[] = [];
  const wrong = (field: string, message: string): undefined => {
    problems.push({ code: 'invalid', field, message: `${field}: ${message}` });
  };
  const required = (field: string): string | undefined => {
    const value = fields.get(field);
    if (value !== undefined && value.trim() !== '') return value;
    problems.push({ code: 'required', field, message: `${field}: this field is required.` });
    return undefined;
  };

  const plan = fixedPlan ?? readPlan(required('plan'), wrong);
  const csrText = required('csr');
  const request = csrText === undefined ? undefined : readCsr(world, csrText, wrong);
  const dcvType = required('dcv_type');
  const method = dcvMethodOf(dcvType);
  if (dcvType !== undefined && method === undefined) wrong('dcv_type', 'EMAIL, FILE or DNS would be right.');
  if (plan !== undefined && plan.validation !== 'DV') {
    for (const field of ORGANIZATION_FIELDS) required(field);
    if (request !== undefined && (request.csr.subject['O'] ?? '') === '') required('company_name');
  }
  const address = method === 'EMAIL' ? required('approver_email_address') : undefined;
  const names = plan === undefined || request === undefined ? undefined : readNames(plan, request.csr, wrong);
  if (names !== undefined) {
    if (method === 'FILE' && !provableByFile(names)) {
      wrong('dcv_type', 'a wildcard cannot be validated by a file.');
    }
    checkSteering(names, wrong);
    if (address !== undefined) {
      const problem = addressProblem(world, address, names);
      if (problem !== undefined) wrong('approver_email_address', problem);
    }
  }
  if (
    problems.length > 0 ||
    plan === undefined ||
    csrText === undefined ||
    request === undefined ||
    method === undefined ||
    names === undefined
  ) {
    throw new ApiError(world.options.invalidStatus, problems);
  }
  const allNames = withFreeName(world, names, method);
  return {
    plan,
    fields: new Map([...(previous?.fields ?? []), ...withCompany(fields, request.csr)]),
    csrText,
    ...request,
    names: allNames,
    method,
    items: drawItems(world, { plan, csr: request.csr, names: allNames, method, address }),
  };
}

type Wrong = (field: string, message: string) => undefined;

function readPlan(id: string | undefined, wrong: Wrong): Plan | undefined {
  if (id === undefined) return undefined;
  const plan = findPlan(id);
  return plan?.id === id.toLowerCase() ? plan : wrong('plan', 'there is no such plan.');
}

function readCsr(world: World, text: string, wrong: Wrong): { csrPem: string; csr: ParsedCsr } | undefined {
  const csrPem = normaliseRequestPem(text);
  if (csrPem === undefined) return wrong('csr', 'no certificate request with header and footer line.');
  let csr: ParsedCsr;
  try {
    csr = world.ca.parseCsr(csrPem);
  } catch (error) {
    return wrong('csr', messageOf(error));
  }
  if (!csr.signatureValid) return wrong('csr', 'its signature is wrong.');
  const short = csr.keyAlgorithm === 'RSA' ? csr.keySize < KEY_BITS_MIN : world.options.ecKeys === 'refused';
  if (short) return wrong('csr', `the key has ${csr.keySize} bits; ${KEY_BITS_MIN} at least would be right.`);
  return { csrPem, csr };
}

/** Every name of the request, common name first, checked against what the plan sells. */
function readNames(plan: Plan, csr: ParsedCsr, wrong: Wrong): string[] | undefined {
  const given = [...(csr.commonName === '' ? [] : [csr.commonName]), ...csr.names];
  const names: string[] = [];
  for (const text of given) {
    const name = normaliseName(text);
    if (name === undefined) return wrong('csr', `"${text}" is no domain name.`);
    if (!names.includes(name)) names.push(name);
  }
  const [first] = names;
  if (first === undefined) return wrong('csr', 'it has no common name.');
  switch (plan.names) {
    case 'wildcard':
      if (!isWildcard(first)) return wrong('csr', 'this plan is for a wildcard, *.example.com.');
      break;
    case 'multi':
      if (names.some(isWildcard)) return wrong('csr', 'this plan is not for wildcards.');
      if (names.length > NAMES_MAX) return wrong('csr', `this plan is for ${NAMES_MAX} names at most.`);
      return names;
    case 'single':
    default:
      if (isWildcard(first)) return wrong('csr', 'this plan is not for wildcards.');
  }
  const beyond = names.filter((name) => name !== first && name !== freeAlternative(first));
  return beyond.length === 0
    ? names
    : wrong('csr', `this plan is for ${first} only, not for ${beyond.join(', ')}.`);
}

function checkSteering(names: readonly string[], wrong: Wrong): void {
  if (names[0]?.startsWith('refuse-') === true) wrong('csr', 'the certificate authority refuses this name.');
}

/** Undefined: mail may go there. */
export function addressProblem(world: World, address: string, names: readonly string[]): string | undefined {
  const [, mailbox = '', domain = ''] = /^([^@\s]+)@([^@\s]+)$/.exec(address.toLowerCase()) ?? [];
  if (mailbox === '') return 'no e-mail address.';
  if (world.options.approverAddresses === 'any') return undefined;
  const constructed =
    APPROVER_MAILBOXES.some((known) => known === mailbox) &&
    names.every((name) => isSameOrParent(domain, withoutWildcard(name)));
  return constructed ? undefined : `one of ${APPROVER_MAILBOXES.join(', ')} at the domain would be right.`;
}

/** CAs give a domain its `www.` name for free where the proof serves both. */
function withFreeName(world: World, names: readonly string[], method: DcvMethod): readonly string[] {
  const [first = ''] = names;
  const free = freeAlternative(first);
  const fits = world.options.addsWww && method !== 'FILE' && withoutWildcard(first) === baseDomain(first);
  return fits && !names.includes(free) ? [...names, free] : names;
}

/** "If it isn't supplied explicitly, the company name will be taken from the CSR." */
function withCompany(fields: Fields, csr: ParsedCsr): Fields {
  const organization = csr.subject['O'];
  if (fields.has('company_name') || organization === undefined) return fields;
  return new Map([...fields, ['company_name', organization]]);
}
