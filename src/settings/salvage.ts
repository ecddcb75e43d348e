/** What an entry with mistakes still says, so that checks between entries find their mistakes in the same run. */
import type { z } from 'zod';
import { certificateSchema, dcvSchema, deploySchema } from './certificate-schema.ts';
import type { CertificateInput } from './certificate-schema.ts';
import { valueAt } from './issues.ts';

export interface Salvage {
  /** A name or directory that cannot be read is "", so that positions in lists stay as they are. */
  readonly input: Partial<CertificateInput>;
  /** Keys that are written but wrong: "names", "dcv.method". */
  readonly broken: ReadonlySet<string>;
}

/** The keys of a mapping that can be read by themselves; the others are added to `broken`. */
function salvageKeys(
  shape: Readonly<Record<string, z.ZodType>>,
  data: unknown,
  prefix: string,
  broken: Set<string>,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(shape)) {
    const value = valueAt(data, [key]);
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      if (value !== undefined) broken.add(prefix + key);
    } else if (parsed.data !== undefined) found[key] = parsed.data;
  }
  return found;
}

function listAt(data: unknown, key: string): readonly unknown[] {
  const value = valueAt(data, [key]);
  return Array.isArray(value) ? value : [];
}

export function salvageEntry(data: unknown): Salvage {
  const broken = new Set<string>();
  const found = salvageKeys(certificateSchema.shape, data, '', broken);
  if (broken.has('names')) {
    const { element } = certificateSchema.shape.names;
    found['names'] = listAt(data, 'names').map((name) => element.safeParse(name).data ?? '');
  }
  if (broken.has('deploy')) {
    found['deploy'] = listAt(data, 'deploy').map((target) => ({
      directory: '',
      ...salvageKeys(deploySchema.shape, target, 'deploy.', broken),
    }));
  }
  if (broken.has('dcv')) found['dcv'] = salvageKeys(dcvSchema.shape, valueAt(data, ['dcv']), 'dcv.', broken);
  return { input: found, broken };
}
