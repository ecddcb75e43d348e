/** Building answers: result codes with their texts, properties, dates and list pages. */
import type { Answer, Property } from './wire.ts';

/** The vendor's code table, cut down to what a certificate account can meet. */
const DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: 'Command completed successfully',
  210: 'Available',
  211: 'Not available',
  220: 'Command completed successfully; server closing connection',
  420: 'Command failed due to server error; server closing connection',
  421: 'Command failed due to server error; client should try again',
  422: 'Abuse detected; account locked for some minutes',
  423: 'Command failed due to server error; could not open socket',
  425: 'Service temporarily locked; usage exceeded',
  500: 'Unknown command',
  503: 'Unknown attribute name',
  504: 'Missing required attribute',
  505: 'Invalid attribute value syntax',
  506: 'Invalid option value',
  507: 'Invalid command format',
  520: 'Server closing connection; client should open a new connection',
  521: 'Too many sessions open',
  530: 'Authentication failed',
  531: 'Authorization failed',
  535: 'Source address not allowed',
  540: 'Attribute value is not unique',
  541: 'Invalid attribute value',
  545: 'Entity reference not found',
  546: 'Credit limit exceeded',
  547: 'Invalid command sequence',
  548: 'Object is not up for renewal',
  549: 'Command failed',
  557: 'Object status prohibits operation',
};

export function describeCode(code: number, detail?: string): string {
  const text = DESCRIPTIONS[code] ?? (code < 300 ? 'Command completed successfully' : 'Command failed');
  return detail === undefined ? text : `${text}; ${detail}`;
}

/** A refusal. Thrown by the commands, turned into an answer where they are dispatched. */
export class Refusal extends Error {
  readonly code: number;
  readonly properties: readonly Property[];

  constructor(code: number, detail?: string, properties: readonly Property[] = []) {
    super(describeCode(code, detail));
    this.name = 'Refusal';
    this.code = code;
    this.properties = properties;
  }
}

/** A success that says more than 200. */
export function succeeded(code: number, properties: readonly Property[] = []): Answer {
  return { code, description: describeCode(code), properties };
}

export function success(properties: readonly Property[] = []): Answer {
  return succeeded(200, properties);
}

/** One property, one value per index. */
export function values(name: string, list: readonly string[]): Property[] {
  return list.map((value, index) => ({ name, index, value }));
}

export function value(name: string, text: string): Property[] {
  return [{ name, index: 0, value: text }];
}

/** `YYYY-MM-DD HH:MM:SS`, UTC; single objects carry a fraction, lists do not. */
export function dateTime(date: Date, precision: 'fraction' | 'seconds' = 'fraction'): string {
  const text = date.toISOString().slice(0, 19).replace('T', ' ');
  return precision === 'fraction' ? `${text}.0` : text;
}

export function money(amount: number): string {
  return String(Math.round(amount * 100) / 100);
}
