/** Looking into the JSON answers that the gateway writes as XML. */
import type { Json, JsonObject } from '../envelope.ts';

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value);

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function member(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined;
}

export function items(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

export function fields(value: Json | undefined): readonly (readonly [string, Json])[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => (each === undefined ? [] : [[name, each] as const]));
}

/** Text, number or truth value (1 and 0) as text. */
export function scalar(value: Json | undefined): string | undefined {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

export const text = (value: Json | undefined, name: string): string | undefined =>
  scalar(member(value, name));

/** `2018-12-12T10:53:23.000+0100` as the gateway writes it: the same wall clock, without a zone. */
export const moment = (value: Json | undefined, name: string): string | undefined =>
  text(value, name)?.slice(0, 19).replace('T', ' ');

export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
