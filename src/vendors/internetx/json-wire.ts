/**
 * Bytes of the JSON API to plain objects: numbers that JavaScript would round, and the envelope that every answer comes
 * in (HELP: JSON API Basics, "System responses"). Field contents are checked in schema.ts. Texts are German or English
 * by account, so nothing here or elsewhere decides by them.
 */

import { reasonNestingMax, reasonsMax, typeOfCode, type Envelope, type Reason } from './envelope.ts';

export interface JsonEnvelope extends Envelope {
  readonly data: readonly unknown[];
}

/**
 * Parses JSON, keeping integers beyond 2^53 as strings with all their digits (ids are int64) and dropping `__proto__`
 * keys. Undefined when the text is not one JSON value, or is nested too deeply to read.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, reviveExactly);
  } catch {
    // SyntaxError, or RangeError from nesting: both mean that this is not an answer of the API.
    return undefined;
  }
}

function reviveExactly(this: unknown, key: string, value: unknown, context?: { source?: string }): unknown {
  if (key === '__proto__') return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const source = context?.source ?? '';
    return /^-?\d+$/.test(source) ? source : value;
  }
  return value;
}

/**
 * The envelope, or undefined when the text is none: not JSON, not an object, or without a status. Tolerates the names
 * of 2018 (`resultCode`, `messageCode`), lower-case types, a status of a type only or a code only, and `data` that is
 * absent, null or a single object.
 */
export function parseJsonEnvelope(text: string): JsonEnvelope | undefined {
  const root = recordOf(parseJson(text));
  const status = recordOf(root?.status);
  if (root === undefined || status === undefined) return undefined;
  const code = textOf(status.code) ?? textOf(status.resultCode);
  const type = textOf(status.type)?.toUpperCase() ?? typeOfCode(code);
  if (type === undefined) return undefined;
  const object = recordOf(root.object);
  return {
    type,
    code,
    text: textOf(status.text),
    stid: textOf(root.stid),
    reasons: collectReasons(root.messages),
    object: {
      type: textOf(object?.type),
      value: textOf(object?.value),
      summary: typeof object?.summary === 'number' ? object.summary : undefined,
    },
    data: listOf(root.data),
  };
}

function collectReasons(messages: unknown): readonly Reason[] {
  const reasons: Reason[] = [];
  const visit = (list: unknown, depth: number): void => {
    if (!Array.isArray(list) || depth > reasonNestingMax) return;
    for (const item of listOf(list)) {
      if (reasons.length >= reasonsMax) return;
      if (typeof item === 'string') reasons.push({ code: undefined, text: item });
      const message = recordOf(item);
      if (message === undefined) continue;
      const code = textOf(message.code) ?? textOf(message.messageCode);
      const text = textOf(message.text);
      if (code !== undefined || text !== undefined) reasons.push({ code, text, about: aboutOf(message) });
      visit(message.messages, depth + 1);
    }
  };
  visit(messages, 0);
  return reasons;
}

/** The first of `objects[]` names the field that is wrong. */
function aboutOf(message: Readonly<Record<string, unknown>>): string | undefined {
  const [first] = listOf(message.objects);
  return textOf(recordOf(first)?.type);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}
