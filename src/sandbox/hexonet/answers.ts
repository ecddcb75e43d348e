/** Building answers: result codes with their texts, properties, dates and list pages. */

export interface Property {
  readonly name: string;
  readonly index: number;
  readonly value: string;
}

export interface Answer {
  readonly code: number;
  readonly description: string;
  readonly properties: readonly Property[];
  /** The CA has yet to act: EPP says so with a result code of its own. */
  readonly pending?: boolean;
}

/** The texts of the vendor's command pages. */
const DESCRIPTIONS: ReadonlyMap<number, string> = new Map([
  [200, 'Command completed successfully'],
  [420, 'Command failed due to server error. Server closing connection'],
  [421, 'Command failed due to server error. Client should try again'],
  [423, 'Command failed due to server error. Client should try again (Could not get session)'],
  [425, 'Service temporarily locked; usage exceeded'],
  [500, 'Invalid command name'],
  [503, 'Invalid attribute name'],
  [504, 'Missing required attribute'],
  [505, 'Invalid attribute value syntax'],
  [506, 'Invalid option value'],
  [507, 'Invalid command format'],
  [510, 'Command not supported for this class'],
  [520, 'Server closing connection. Client should try opening new connection'],
  [521, 'Too many sessions open. Server closing connection'],
  [530, 'Authentication failed'],
  [531, 'Authorization failed'],
  [540, 'Attribute value is not unique'],
  [541, 'Invalid attribute value'],
  [545, 'Object not found'],
  [546, 'Credit limit exceeded'],
  [547, 'Invalid command sequence'],
  [548, 'Object is not up for renewal'],
  [549, 'Command failed'],
  [552, 'Object status does not allow for operation'],
]);

export function describeCode(code: number, detail?: string): string {
  const text = DESCRIPTIONS.get(code) ?? (code < 300 ? 'Command completed successfully' : 'Command failed');
  return detail === undefined ? text : `${text}; ${detail}`;
}

/** A refusal. Thrown by the commands, turned into an answer where they are dispatched. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, detail?: string) {
    super(describeCode(code, detail));
    this.name = 'Refusal';
    this.code = code;
  }
}

export function success(properties: readonly Property[] = []): Answer {
  return { code: 200, description: describeCode(200), properties };
}

/** One property, one value per index. */
export function values(name: string, list: readonly string[]): Property[] {
  return list.map((value, index) => ({ name, index, value }));
}

export function value(name: string, text: string): Property[] {
  return [{ name, index: 0, value: text }];
}

/** `YYYY-MM-DD HH:MM:SS`, UTC, as the answers about certificates print it. */
export function dateTime(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

/** Two decimals, as StatusUser prints amounts. */
export function money(amount: number): string {
  return amount.toFixed(2);
}

export type Row = readonly (readonly [column: string, value: string])[];

export interface Page {
  readonly first: number;
  readonly limit: number;
}

/** Counters first, then one column after the other, as the list examples print them. */
export function listAnswer(rows: readonly Row[], page: Page): Answer {
  const shown = rows.slice(page.first, page.first + page.limit);
  const columns = (rows[0] ?? []).map(([column]) => column);
  return success([
    ...value('FIRST', String(page.first)),
    ...value('LAST', String(page.first + shown.length - 1)),
    ...value('COUNT', String(shown.length)),
    ...value('TOTAL', String(rows.length)),
    ...value('LIMIT', String(page.limit)),
    ...columns.flatMap((column, at) =>
      values(
        column,
        shown.map((row) => row[at]?.[1] ?? ''),
      ),
    ),
  ]);
}
