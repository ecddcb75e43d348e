/** Questions about a zod schema: which keys does it know at a path, and does a secret stand there. */
import type { z } from 'zod';
import type { Path } from './diagnostics.ts';
import { secretSchema } from './secret-schema.ts';

interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
}

function definition(schema: z.core.$ZodType): Definition {
  // oxlint-disable-next-line no-underscore-dangle -- where zod keeps it; each kind of definition has its own type there
  return schema._zod.def;
}

/** `.describe()` and `.meta()` make copies that know what they were made from. */
function isSecretSchema(schema: z.core.$ZodType): boolean {
  // oxlint-disable-next-line no-underscore-dangle -- where zod keeps it
  for (let one: z.core.$ZodType | undefined = schema; one !== undefined; one = one._zod.parent) {
    if (one === secretSchema) return true;
  }
  return false;
}

/** The schemas that may apply at the end of `path`: several where there are unions. */
function schemasAt(schema: z.core.$ZodType, path: Path): readonly z.core.$ZodType[] {
  if (isSecretSchema(schema)) return [schema];
  const def = definition(schema);
  const inner = def.innerType ?? def.in;
  if (inner !== undefined) return schemasAt(inner, path);
  if (def.options !== undefined) return def.options.flatMap((option) => schemasAt(option, path));
  const [step, ...rest] = path;
  if (step === undefined) return [schema];
  const next = def.shape === undefined ? (def.element ?? def.valueType) : def.shape[String(step)];
  return next === undefined ? [] : schemasAt(next, rest);
}

/** The keys that a mapping at `path` may have. */
export function knownKeys(schema: z.core.$ZodType, path: Path): readonly string[] {
  const keys = schemasAt(schema, path).flatMap((one) => Object.keys(definition(one).shape ?? {}));
  return [...new Set(keys)];
}

/** Whether a secret is expected at `path` or around it. */
export function isSecretAt(schema: z.core.$ZodType, path: Path): boolean {
  return schemasAt(schema, path).some(isSecretSchema);
}
