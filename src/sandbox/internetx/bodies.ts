/** What request bodies may hold. Clients send explicit nulls, ids as text or number, and fields we do not look at. */
import { z } from 'zod';
import { ApiError, wrongValue } from './envelope.ts';
import type { JsonObject } from './envelope.ts';

const Id = z.union([z.int().positive(), z.string().regex(/^\d+$/)]).transform(Number);
const Text = z.string().trim().min(1);
const Reference = z.looseObject({ id: Id });
const AlternativeName = z.union([Text, z.looseObject({ name: Text }).transform(({ name }) => name)]);

const Authentication = z.looseObject({
  method: Text.nullish(),
  dns: Text.nullish(),
  fileName: Text.nullish(),
  fileContent: Text.nullish(),
  approverEmails: z.array(Text).nullish(),
  provisioning: z.boolean().nullish(),
});

const SOFTWARE = ['IIS4', 'IIS5', 'APACHE2', 'APACHESSL', 'PLESK', 'TOMCAT', 'NOT_SET'] as const;

export const CertificateBody = z.looseObject({
  id: Id.nullish(),
  name: Text.nullish(),
  product: Text.nullish(),
  csr: Text.nullish(),
  software: z.enum(SOFTWARE).nullish(),
  lifetime: z
    .looseObject({
      unit: z.enum(['MONTH', 'YEAR']),
      period: z.union([z.int(), z.string().regex(/^\d+$/)]).transform(Number),
    })
    .nullish(),
  adminContact: Reference.nullish(),
  technicalContact: Reference.nullish(),
  authentication: Authentication.nullish(),
  subjectAlternativeNames: z.array(AlternativeName).nullish(),
  certificateTransparencyPrivacy: z.enum(['PUBLIC', 'REDACTED']).nullish(),
  comment: z.string().nullish(),
});
export type CertificateBody = z.output<typeof CertificateBody>;

export const PrepareBody = z.looseObject({
  plain: Text,
  product: Text,
  name: Text.nullish(),
  certificate: Reference.nullish(),
  businessCase: z.enum(['CREATE', 'RENEW', 'REISSUE', 'DELETE']).nullish(),
  checkCaa: z.boolean().nullish(),
  scope: z.enum(['FQDN', 'BASEDOMAIN']).nullish(),
  subjectAlternativeNames: z.array(AlternativeName).nullish(),
});

export const LoginBody = z.looseObject({
  user: Text,
  password: z.string(),
  context: z.union([z.int(), z.string().regex(/^\d+$/)]).transform(Number),
});

export const RevokeBody = z.looseObject({ serialNumber: Text });
export const CommentBody = z.looseObject({ comment: z.string() });

export const ContactBody = z.looseObject({
  id: Id.nullish(),
  fname: Text,
  lname: Text,
  organization: z.string().nullish(),
  title: z.string().nullish(),
  address: z.array(Text).min(1),
  pcode: Text,
  city: Text,
  country: z.string().regex(/^[A-Za-z]{2}$/),
  state: z.string().nullish(),
  phone: z.string().regex(/^\+\d{1,3}-\d+-\d+$/),
  fax: z.string().nullish(),
  email: z.email(),
});

const Scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
export interface Filter {
  readonly key?: string | null | undefined;
  readonly operator?: string | null | undefined;
  readonly value?: string | null | undefined;
  readonly values?: readonly string[] | null | undefined;
  readonly link?: 'AND' | 'OR' | null | undefined;
  readonly filters?: readonly Filter[] | null | undefined;
}
const FilterBody: z.ZodType<Filter> = z.looseObject({
  key: Text.nullish(),
  operator: Text.nullish(),
  value: Scalar.nullish(),
  values: z.array(Scalar).nullish(),
  link: z.enum(['AND', 'OR']).nullish(),
  get filters() {
    return z.array(FilterBody).nullish();
  },
});

export const SearchBody = z.looseObject({
  filters: z.array(FilterBody).nullish(),
  view: z
    .looseObject({
      limit: z.int().min(0).nullish(),
      offset: z.int().min(0).nullish(),
      children: z.boolean().nullish(),
    })
    .nullish(),
  orders: z.array(z.looseObject({ key: Text, type: z.enum(['ASC', 'DESC']).nullish() })).nullish(),
});
export type SearchBody = z.output<typeof SearchBody>;

const WholeNumber = z.union([z.int().min(0), z.string().regex(/^\d{1,9}$/)]).transform(Number);
export const RecordBody = z.looseObject({
  name: z.string().nullish(),
  /** Seconds; 0 or none is the zone's default. */
  ttl: WholeNumber.nullish(),
  type: z.string().nullish(),
  value: z.string().nullish(),
  pref: WholeNumber.nullish(),
  /** A line as in a zone file, instead of all the others. */
  raw: z.string().nullish(),
});
export type RecordBody = z.output<typeof RecordBody>;

export const StreamBody = z.looseObject({
  adds: z.array(RecordBody).nullish(),
  rems: z.array(RecordBody).nullish(),
});
export const PatchBody = z.looseObject({
  resourceRecordsAdd: z.array(RecordBody).nullish(),
  resourceRecordsRem: z.array(RecordBody).nullish(),
});

/** Every Content-Type is taken for JSON; what does not fit is EF01000 with the field's name. */
export function readBody<T extends z.ZodType>(
  schema: T,
  body: Buffer | JsonObject,
  task: string,
  objectType: string,
): z.output<T> {
  const result = schema.safeParse(body instanceof Buffer ? parsed(body, task, objectType) : body);
  if (result.success) return result.data;
  throw new ApiError(
    task,
    result.error.issues.map((issue) => ({
      code: 'EF01000',
      objects: [{ type: [objectType, ...issue.path].join('.'), value: issue.message }],
    })),
  );
}

function parsed(body: Buffer, task: string, objectType: string): unknown {
  const text = body.toString('utf8').trim();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw wrongValue(task, objectType, 'no JSON');
  }
}

export function required<T>(value: T | null | undefined, task: string, field: string): T {
  if (value === null || value === undefined) throw wrongValue(task, field, 'missing');
  return value;
}

const PlainObject: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/** A parsed body as plain JSON, without nulls and without the fields named. */
export function plainFields(body: Readonly<Record<string, unknown>>, ...without: string[]): JsonObject {
  const kept = Object.entries(body).filter(([name, value]) => value !== null && !without.includes(name));
  return PlainObject.parse(JSON.parse(JSON.stringify(Object.fromEntries(kept))));
}
