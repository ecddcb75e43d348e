/**
 * Objects of the XML gateway in the JSON API's field names, so that one schema checks both. Element names become camel
 * case, but for those that are called otherwise; empty elements are absent, listed ones arrays, times get their zone.
 */
import { textAt, childOf, childrenOf, type XmlElement } from '../../vendors/common/xml.ts';
import { withZone } from './dates.ts';

type Plain = Readonly<Record<string, unknown>>;

/** Where the JSON API says it differently (reissue walkthrough, both encodings of the same answers). */
const fieldNames: ReadonlyMap<string, string> = new Map([
  ['admin', 'adminContact'],
  ['technical', 'technicalContact'],
  ['first', 'fname'],
  ['last', 'lname'],
  ['postal_code', 'pcode'],
  ['sha', 'signatureHashAlgorithm'],
  ['ca_cert', 'caCertificate'],
  ['approver_email', 'approverEmails'],
  ['subject_alternative_name', 'subjectAlternativeNames'],
  ['history', 'histories'],
]);

/** Lists even with a single element. */
const listFields: ReadonlySet<string> = new Set([
  'approverEmails',
  'authentication',
  'certificationAuthority',
  'domains',
  'histories',
  'subjectAlternativeNames',
]);

const momentFields: ReadonlySet<string> = new Set([
  'created',
  'updated',
  'expire',
  'payable',
  'execution',
  'revoked',
]);

/** Sent back byte for byte, or PEM: white space is left as it is. */
const verbatimFields: ReadonlySet<string> = new Set([
  'dns',
  'fileContent',
  'plain',
  'csr',
  'server',
  'caCertificate',
]);

/** An element's children as fields. Attributes and text beside children say nothing in this interface. */
export function plainObject(element: XmlElement): Plain {
  const fields = new Map<string, unknown[]>();
  for (const child of element.children) {
    const field = fieldName(child);
    const value = valueOf(field, child);
    if (value === undefined) continue;
    const values = fields.get(field) ?? [];
    values.push(value);
    fields.set(field, values);
  }
  return Object.fromEntries(
    [...fields].map(([field, values]) => [
      field,
      values.length > 1 || listFields.has(field) ? values : values[0],
    ]),
  );
}

function fieldName({ name, children }: XmlElement): string {
  // A field of this name would be taken for the prototype further on.
  if (name === '__proto__') return '_proto_';
  // A certificate has a domain, a text; validation data has one element of the same name for each further name.
  if (name === 'domain' && children.length > 0) return 'domains';
  return fieldNames.get(name) ?? name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function valueOf(field: string, element: XmlElement): unknown {
  if (element.children.length > 0) return plainObject(element);
  const trimmed = element.text.trim();
  if (trimmed === '') return undefined;
  if (verbatimFields.has(field)) return element.text;
  if (momentFields.has(field)) return withZone(trimmed);
  if (field === 'provisioning') return trimmed === '1' || trimmed.toLowerCase() === 'true';
  // Plain months; JSON has a unit beside the number.
  if (field === 'lifetime' && /^\d{1,4}$/.test(trimmed)) return { unit: 'MONTH', period: Number(trimmed) };
  return trimmed;
}

/** `certificate_job` of 400114 and the lists: the job, its steps, and the certificate it is about. */
export function plainJob(element: XmlElement): Plain {
  const jobElement = childOf(element, 'job');
  const certificate = childOf(element, 'certificate') ?? childOf(jobElement, 'certificate');
  const { object, certificate: _inside, ...job } = jobElement === undefined ? {} : plainObject(jobElement);
  const name = textAt(certificate, 'name') ?? (typeof object === 'string' ? object : undefined);
  return {
    job,
    object: {
      type: 'certificate',
      ...(name === undefined ? {} : { value: name }),
      ...(certificate === undefined ? {} : { data: plainObject(certificate) }),
    },
    authentication: childrenOf(element, 'authentication').map(plainObject),
  };
}

/** What stands beside the object inside the `job` of a message. */
const messageJobParts: ReadonlySet<string> = new Set([
  'job_id',
  'status',
  'stid',
  'ctid',
  'action',
  'sub_type',
  'msg',
  'owner',
  'updater',
]);

/** Status types of a finished job in a message, in the words of jobs. */
const jobWords: ReadonlyMap<string, string> = new Map([
  ['success', 'SUCCESS'],
  ['error', 'FAILED'],
  ['failed', 'FAILED'],
  ['notify', 'RUNNING'],
]);

/** `message` of 0905: the object is the child of `job` that is named after its type; the job's id is `job_id` here. */
export function plainMessage(element: XmlElement): Plain {
  const job = childOf(element, 'job');
  const wrapped = childOf(childOf(job, 'certificate_job'), 'certificate');
  const object =
    wrapped ?? job?.children.find(({ name, children }) => children.length > 0 && !messageJobParts.has(name));
  const status = childOf(job, 'status');
  const type = object?.name ?? textAt(status, 'object', 'type') ?? textAt(element, 'object', 'type');
  const value = textAt(status, 'object', 'value') ?? textAt(object, 'name');
  const word = textAt(status, 'type')?.toLowerCase() ?? status?.text.trim().toLowerCase();
  const { job: _job, object: _object, ...rest } = plainObject(element);
  return {
    ...rest,
    ...optional('ctid', textAt(element, 'ctid') ?? textAt(job, 'ctid')),
    ...(job === undefined
      ? {}
      : {
          job: {
            ...optional(
              'id',
              textAt(job, 'job_id') ?? textAt(job, 'id') ?? textAt(job, 'certificate_job', 'job', 'id'),
            ),
            ...optional(
              'status',
              word === undefined ? undefined : (jobWords.get(word) ?? word.toUpperCase()),
            ),
            ...optional('action', textAt(job, 'action')),
            ...optional('code', textAt(status, 'code')),
            ...optional('stid', textAt(job, 'stid')),
          },
        }),
    object: {
      ...optional('type', type),
      ...optional('value', value),
      ...(object === undefined ? {} : { data: plainObject(object) }),
    },
  };
}

function optional(field: string, value: string | undefined): Plain {
  return value === undefined || value === '' ? {} : { [field]: value };
}
