/** Speaking the text protocol by hand: nothing here comes from the simulator. */
import type { VendorSimulator } from '../../../src/sandbox/contract.ts';
import { bodyText, requestTo } from './kit.ts';

export const LOGIN = { login: 'sandbox', password: 'secret' };

export interface TextAnswer {
  readonly code: number;
  readonly description: string;
  readonly properties: Readonly<Record<string, readonly string[]>>;
  readonly raw: string;
}

export function parseAnswer(raw: string): TextAnswer {
  const properties: Record<string, string[]> = {};
  let code = 0;
  let description = '';
  for (const line of raw.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (at < 0) continue;
    const key = line.slice(0, at).trim().toLowerCase();
    const value = line.slice(at + 1).trim();
    const property = /^property\[(.+)\]\[(\d+)\]$/.exec(key);
    if (property?.[1] !== undefined) (properties[property[1]] ??= []).push(value);
    else if (key === 'code') code = Number(value);
    else if (key === 'description') description = value;
  }
  return { code, description, properties, raw };
}

export type CommandInput = Readonly<Record<string, string | number | readonly string[]>>;

/** As the vendor's SDKs write it: arrays become numbered parameters. */
export function commandText(input: CommandInput): string {
  return Object.entries(input)
    .flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number'
        ? [`${name}=${value}`]
        : value.map((each, index) => `${name}${index}=${each}`),
    )
    .join('\n');
}

export async function call(
  simulator: VendorSimulator,
  input: CommandInput,
  credentials: Record<string, string> = { s_login: LOGIN.login, s_pw: LOGIN.password },
): Promise<TextAnswer> {
  const body = new URLSearchParams({ ...credentials, s_command: commandText(input) }).toString();
  return parseAnswer(bodyText(await simulator.handle(requestTo('POST', '/api/call.cgi', body))));
}

export function pemLines(pem: string): string[] {
  return pem.trim().split('\n');
}

export function first(answer: TextAnswer, name: string): string {
  const value = answer.properties[name]?.[0];
  if (value === undefined) throw new Error(`no property ${name} in\n${answer.raw}`);
  return value;
}
