/** The fields of AutoDNS zones that the publisher acts on. `null` means absent. */
import { z } from 'zod';
import { RenewdError } from '../../core/errors.ts';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);

/** A number in JSON, digits in XML; what else it may be is nobody's time to live. */
const ttl = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ])
  .nullish()
  .transform((value) => value ?? undefined)
  .catch(undefined);

const recordSchema = z
  .object({ name: text, type: z.string(), value: text, ttl })
  .transform(({ name = '', type, value = '', ttl: ttlSeconds }) => ({
    name,
    type: type.toUpperCase(),
    value,
    ttlSeconds,
  }));

/** OpenAPI document, "Zone": rows of a search have no records. */
const zoneSchema = z.object({
  origin: text,
  name: text,
  virtualNameServer: text,
  systemNameServer: text,
  resourceRecords: z
    .array(recordSchema)
    .max(20_000)
    .nullish()
    .transform((value) => value ?? []),
});
export type ZoneAnswer = z.output<typeof zoneSchema>;

/** Throws `provider-protocol`, naming the fields that do not fit but not what they hold. */
export function readZone(value: unknown): ZoneAnswer {
  const result = zoneSchema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.slice(0, 5).map((issue) => issue.path.join('.') || 'the whole');
  throw new RenewdError('provider-protocol', `AutoDNS: a zone is not understood (${fields.join(', ')})`);
}
