/** A task's objects as the bodies that the JSON routes take: the same world is behind both. */
import type { Json, JsonObject } from '../envelope.ts';
import type { TaskObject } from './task-object.ts';

export interface TaskRequest {
  readonly id?: number;
  readonly path?: Readonly<Partial<Record<'name' | 'ns', string>>>;
  readonly keys?: readonly string[];
  readonly body?: JsonObject;
}

/** Reads the one object of a task called `name`, to its end. */
export function objectOf<T>(task: TaskObject, name: string, read: (part: TaskObject) => T): T {
  const part = task.needed(name);
  const value = read(part);
  part.end();
  return value;
}

const reference = (part: TaskObject, name: string): Json | undefined => {
  const [only] = part.parts(name, (each) => ({ id: each.text('id') }));
  return only;
};

const alternativeNames = (part: TaskObject): Json | undefined => {
  const names = part.parts('subject_alternative_name', (each) => each.text('name') ?? '');
  return names.length > 0 ? names : undefined;
};

/** The certificate of an order, a reissue or a renewal: `lifetime` is a plain number of months. */
export function certificateBody(part: TaskObject): JsonObject {
  const period = part.text('lifetime');
  const [authentication] = part.parts('authentication', authenticationBody);
  return {
    name: part.text('name'),
    product: part.text('product'),
    csr: part.text('csr'),
    software: part.text('software'),
    lifetime: period === undefined ? undefined : { unit: 'MONTH', period },
    adminContact: reference(part, 'admin'),
    technicalContact: reference(part, 'technical'),
    authentication,
    subjectAlternativeNames: alternativeNames(part),
    certificateTransparencyPrivacy: part.text('certificate_transparency_privacy'),
    comment: part.text('comment'),
  };
}

function authenticationBody(part: TaskObject): JsonObject {
  const approverEmails = part.texts('approver_email');
  return {
    method: part.text('method'),
    dns: part.text('dns'),
    fileName: part.text('file_name'),
    fileContent: part.text('file_content'),
    approverEmails: approverEmails.length > 0 ? approverEmails : undefined,
    provisioning: part.flag('provisioning'),
  };
}

export function prepareBody(part: TaskObject): JsonObject {
  return {
    plain: part.text('plain'),
    product: part.text('product'),
    name: part.text('name'),
    certificate: reference(part, 'certificate'),
    businessCase: part.text('business_case'),
    checkCaa: part.flag('check_caa'),
    scope: part.text('scope'),
    subjectAlternativeNames: alternativeNames(part),
  };
}

export function contactBody(part: TaskObject): JsonObject {
  return {
    title: part.text('title'),
    fname: part.text('first'),
    lname: part.text('last'),
    organization: part.text('organization'),
    address: part.texts('address'),
    pcode: part.text('postal_code'),
    city: part.text('city'),
    country: part.text('country'),
    state: part.text('state'),
    phone: part.text('phone'),
    fax: part.text('fax'),
    email: part.text('email'),
  };
}

/** 0202001: records added and removed under `default`, and the zone they belong to. */
export function zonePatch(task: TaskObject): TaskRequest {
  const record = (part: TaskObject): JsonObject => ({
    name: part.text('name'),
    ttl: part.count('ttl'),
    type: part.text('type'),
    value: part.text('value'),
    pref: part.count('pref'),
  });
  const body = objectOf(task, 'default', (part) => ({
    resourceRecordsAdd: part.parts('rr_add', record),
    resourceRecordsRem: part.parts('rr_rem', record),
  }));
  return { body, path: objectOf(task, 'zone', zoneKey) };
}

export function zoneKey(part: TaskObject): NonNullable<TaskRequest['path']> {
  const name = part.text('name');
  if (name === undefined) throw part.wrong('name', 'missing');
  const ns = part.text('system_ns');
  return ns === undefined ? { name } : { name, ns };
}
