/** What zod found wrong, as complaints that a person can act on. */
import type { z } from 'zod';
import type { Path } from './diagnostics.ts';
import { isSecretAt, knownKeys } from './schema-walk.ts';
import { nearest, suggestion } from './suggest.ts';
import type { Complaint, YamlFile } from './yaml-file.ts';

type Issue = z.core.$ZodIssue;

const zodDefaultMessage = /^(?:Invalid|Too |Unrecognized|Expected)/;

const kindWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys and values',
  record: 'a mapping of keys and values',
};

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number' : 'a number';
  if (typeof value === 'boolean') return 'true or false';
  return 'a mapping of keys and values';
}

export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let current = data;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = Reflect.get(current, step);
  }
  return current;
}

function toPath(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((step) => (typeof step === 'number' ? step : String(step)));
}

export interface IssueContext {
  readonly file: YamlFile;
  /** Path of `data` in the file. */
  readonly base: Path;
  readonly schema: z.core.$ZodType;
  readonly data: unknown;
  /** Keys that are read by someone else before the schema sees the data, for suggestions. */
  readonly otherKeys?: readonly string[];
}

export function complainOfIssues(issues: readonly Issue[], context: IssueContext): void {
  for (const issue of issues) {
    for (const complaint of complaintsOf(issue, [], context)) {
      context.file.complain(complaint);
    }
  }
}

/** The branch of a union that was meant, where one stands out. */
function meantBranch(branches: readonly (readonly Issue[])[], value: unknown): readonly Issue[] | undefined {
  const isOtherKind = (issue: Issue): boolean =>
    issue.path.length === 0 &&
    (issue.code === 'invalid_type' ||
      (issue.code === 'invalid_value' && !issue.values.some((one) => typeof one === typeof value)));
  const fitting = branches.filter((branch) => !branch.some(isOtherKind));
  return fitting.sort((a, b) => a.length - b.length)[0];
}

function complaintsOf(issue: Issue, above: readonly PropertyKey[], context: IssueContext): Complaint[] {
  const inner = toPath([...above, ...issue.path]);
  const path = [...context.base, ...inner];
  const value = valueAt(context.data, inner);
  const isSecret = isSecretAt(context.schema, inner);
  const own = zodDefaultMessage.test(issue.message) ? undefined : issue.message;
  const plain = (message: string, hint?: string): Complaint[] => [{ path, message, hint, isSecret }];

  if (value === undefined && issue.code !== 'unrecognized_keys' && issue.code !== 'custom') {
    const name = String(inner.at(-1) ?? '');
    return [
      {
        path: path.slice(0, -1),
        part: 'key',
        message: `${JSON.stringify(name)} is missing`,
        hint: own ?? missingHint(issue),
      },
    ];
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = [
          ...knownKeys(context.schema, inner),
          ...(inner.length === 0 ? (context.otherKeys ?? []) : []),
        ];
        return {
          path: [...path, key],
          part: 'key',
          message: 'unknown key',
          hint: suggestion(key, known),
          isSecret,
        };
      });
    case 'invalid_union': {
      const branch = meantBranch(issue.errors, value);
      const isShape =
        branch?.some((one) => one.code === 'unrecognized_keys' || one.code === 'invalid_type') ?? true;
      if (own !== undefined && isShape) return plain(own);
      if (branch !== undefined) return branch.flatMap((one) => complaintsOf(one, inner, context));
      const said = issue.errors
        .flatMap((one) => one.map(({ message }) => message))
        .find((text) => !zodDefaultMessage.test(text));
      if (said !== undefined) return plain(said);
      const kinds = issue.errors.flatMap((one) =>
        one[0]?.code === 'invalid_type' ? [kindWords[one[0].expected] ?? one[0].expected] : [],
      );
      return plain(`must be ${[...new Set(kinds)].join(' or ')}, not ${kindOf(value)}`);
    }
    case 'invalid_type': {
      if (isSecret) return plain(own ?? 'is no secret source');
      const [message, hint] = wrongType(issue.expected, value, path, context.file);
      return plain(own ?? message, own === undefined ? hint : undefined);
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const near = typeof value === 'string' ? nearest(value, values) : undefined;
      return plain(
        own ?? `must be ${values.length === 1 ? '' : 'one of '}${values.join(', ')}`,
        near === undefined ? undefined : `did you mean ${JSON.stringify(near)}?`,
      );
    }
    case 'too_small':
      return plain(
        own ??
          (issue.origin === 'number' || issue.origin === 'int'
            ? `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`
            : Number(issue.minimum) <= 1
              ? 'is empty'
              : `must have at least ${issue.minimum}`),
      );
    case 'too_big':
      return plain(
        own ??
          (issue.origin === 'number' || issue.origin === 'int'
            ? `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`
            : `must have at most ${issue.maximum} ${issue.origin === 'string' ? 'characters' : 'entries'}`),
      );
    case 'invalid_format':
      return plain(
        own ??
          (issue.format === 'regex'
            ? 'is not written in the right way'
            : `is no ${issue.format === 'url' ? 'URL' : issue.format}`),
      );
    case 'not_multiple_of':
      return plain(own ?? `must be a multiple of ${issue.divisor}`);
    case 'invalid_key':
      return [{ path, part: 'key', message: issue.issues[0]?.message ?? 'this key is not right', isSecret }];
    case 'invalid_element':
      return plain(own ?? 'is not right');
    case 'custom': {
      const hint: unknown = issue.params?.['hint'];
      return plain(issue.message, typeof hint === 'string' ? hint : undefined);
    }
    default:
      return plain('is not right');
  }
}

function missingHint(issue: Issue): string | undefined {
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  return undefined;
}

function wrongType(
  expected: string,
  value: unknown,
  path: Path,
  file: YamlFile,
): [string, string | undefined] {
  const message = `must be ${kindWords[expected] ?? expected}, not ${kindOf(value)}`;
  const source = (): string => file.sourceOf(path);
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return [message, `write it in quotes: "${source()}"`];
  }
  if (expected === 'boolean' && typeof value === 'string' && /^(?:yes|on|y|no|off|n)$/i.test(value)) {
    return [message, `write ${/^(?:yes|on|y)$/i.test(value) ? 'true' : 'false'}`];
  }
  if (
    (expected === 'number' || expected === 'int') &&
    typeof value === 'string' &&
    /^\d+(?:\.\d+)?$/.test(value)
  ) {
    return [message, `write it without quotes: ${value}`];
  }
  if (expected === 'array' && (typeof value === 'string' || typeof value === 'number')) {
    const text = source();
    return [
      message,
      text.length <= 60 && !text.includes('\n') ? `write it in brackets: [${text}]` : undefined,
    ];
  }
  return [message, undefined];
}
