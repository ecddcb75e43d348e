/** XML elements by namespace and local name (Namespaces in XML 1.0 §5), because prefixes are the sender's choice. */
import { RenewdError } from '../../../core/errors.ts';
import type { XmlElement } from '../../common/xml.ts';

export interface QualifiedElement {
  /** Empty: no namespace. */
  readonly namespace: string;
  readonly name: string;
  /** By name as written; those of this protocol have no namespace. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly QualifiedElement[];
  readonly text: string;
}

type Scope = ReadonlyMap<string, string>;

const rootScope: Scope = new Map([
  ['', ''],
  ['xml', 'http://www.w3.org/XML/1998/namespace'],
]);

/** Throws `provider-protocol` for a prefix that nothing declares. Depth is bounded by the reader of the XML. */
export function qualified(element: XmlElement, outer: Scope = rootScope): QualifiedElement {
  const scope = scopeOf(element, outer);
  const colon = element.name.indexOf(':');
  const namespace = scope.get(colon < 0 ? '' : element.name.slice(0, colon));
  if (namespace === undefined) {
    throw new RenewdError('provider-protocol', 'the XML cannot be read: a prefix without a namespace');
  }
  return {
    namespace,
    name: element.name.slice(colon + 1),
    attributes: element.attributes,
    children: element.children.map((child) => qualified(child, scope)),
    text: element.text,
  };
}

function scopeOf({ attributes }: XmlElement, outer: Scope): Scope {
  let inner: Map<string, string> | undefined;
  for (const [name, value] of attributes) {
    const prefix = name === 'xmlns' ? '' : /^xmlns:(.+)$/.exec(name)?.[1];
    if (prefix === undefined) continue;
    inner ??= new Map(outer);
    inner.set(prefix, value);
  }
  return inner ?? outer;
}

export function children(
  element: QualifiedElement | undefined,
  namespace: string,
  name: string,
): readonly QualifiedElement[] {
  return element?.children.filter((child) => child.namespace === namespace && child.name === name) ?? [];
}

/** The first one down the path, all in one namespace. */
export function find(
  element: QualifiedElement | undefined,
  namespace: string,
  ...path: readonly string[]
): QualifiedElement | undefined {
  let at = element;
  for (const name of path) at = children(at, namespace, name)[0];
  return at;
}
