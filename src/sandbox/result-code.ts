import type { SimulatorAnswer } from './contract.ts';
import { isRecord } from './guards.ts';

/**
 * The vendor's result code out of an answer, for the history. It knows shapes, not vendors: a line "code = 200", JSON with
 * `status.code` or `code`, XML with a `code` element or a `result code="1000"` attribute.
 */
export function resultCodeOf(answer: SimulatorAnswer): string | undefined {
  const text = answer.body.toString().trimStart();
  if (text.startsWith('{')) return codeInJson(text);
  const match = text.startsWith('<')
    ? /<(?:\w+:)?code>\s*([\w.-]+)\s*<|<(?:\w+:)?result\s+code="([\w.-]+)"/.exec(text)
    : /^\s*code\s*=\s*([\w.-]+)\s*$/im.exec(text);
  return match?.[1] ?? match?.[2];
}

function codeInJson(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // not JSON after all
  }
  const code = property(property(value, 'status'), 'code') ?? property(value, 'code');
  return typeof code === 'string' || typeof code === 'number' ? String(code) : undefined;
}

const property = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);
