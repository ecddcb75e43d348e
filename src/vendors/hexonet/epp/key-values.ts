/**
 * Properties in the key-value extension. An index is glued to the name without a sign in between, and index 0 is left
 * out: `CSR`, `CSR1`, `CSR2`. So a name that itself ends in a digit can be told from an index only by what else is there.
 *
 * Source: hexonet-ssl-api, EPP samples; Net::DRI, ISPAPI KeyValue extension.
 */
import { normalName, type Answer } from '../../command-text/wire.ts';

export interface KeyValue {
  readonly key: string;
  /** Undefined: the element had no value, which is NULL. */
  readonly value: string | undefined;
}

/** Lists of this API whose index 0 a server may leave out: for these a number at the end is always an index. */
const knownLists: ReadonlySet<string> = new Set([
  'DOMAIN',
  'VALIDATION',
  'VALIDATIONEMAIL',
  'VALIDATIONDNSRR',
  'VALIDATIONURL',
  'VALIDATIONURLCONTENT',
  'CSR',
  'PEM',
  'CRT',
  'CACRT',
  'ALTERNATECN',
  'EMAIL',
  'LEVEL',
  'RR',
  'DNSZONE',
  'SSLCERTID',
  'SSLCERTCLASS',
  'SSLCERTCN',
  'SSLCERTSTATUS',
  'SSLCERTCREATEDDATE',
  'SSLCERTUPDATEDDATE',
  'SSLCERTEXPIRATIONDATE',
]);

/** No list of the API comes near it (pages of 200); bounds what a made-up index can cost. */
const indexMax = 20_000;

type Properties = Pick<Answer, 'properties' | 'repeated'>;

/** Never throws: a key without a name is left out. */
export function propertiesOf(pairs: readonly KeyValue[]): Properties {
  const rows = pairs
    .map(({ key, value }) => ({ key: normalName(key), value }))
    .filter(({ key }) => key !== '');
  const keys = new Set(rows.map(({ key }) => key));
  const columns = new Map<string, (string | undefined)[]>();
  const taken = new Map<string, Set<number>>();
  const repeats: { readonly name: string; readonly value: string | undefined }[] = [];
  for (const { key, value } of rows) {
    const { name, index } = placeOf(key, keys);
    const values = columns.get(name) ?? [];
    const indices = taken.get(name) ?? new Set<number>();
    columns.set(name, values);
    taken.set(name, indices);
    if (indices.has(index)) {
      repeats.push({ name, value });
    } else {
      indices.add(index);
      values[index] = value;
    }
  }
  for (const { name, value } of repeats) columns.get(name)?.push(value);
  return { properties: withoutPrototype(columns), repeated: new Set(repeats.map(({ name }) => name)) };
}

/** The shortest name that is there as well, or is known to be a list; else the key is a name of its own. */
function placeOf(key: string, keys: ReadonlySet<string>): { name: string; index: number } {
  const digits = /\d{1,5}$/.exec(key)?.[0] ?? '';
  for (let length = digits.length; length > 0; length -= 1) {
    const index = key.slice(-length);
    const name = key.slice(0, -length);
    if (index.startsWith('0') || Number(index) > indexMax) continue;
    if (keys.has(name) || knownLists.has(name)) return { name, index: Number(index) };
  }
  return { name: key, index: 0 };
}

/** A property called `__proto__` is a property like any other. */
function withoutPrototype(columns: ReadonlyMap<string, (string | undefined)[]>): Answer['properties'] {
  const properties: Record<string, readonly (string | undefined)[]> = {};
  Object.setPrototypeOf(properties, null);
  for (const [name, values] of columns) properties[name] = values;
  return properties;
}
