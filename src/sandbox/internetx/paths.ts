/** From a request's path to its route: versions, spellings, and what stands in the path. */
import type { InternetxOptions } from './options.ts';
import { ROUTES } from './routes.ts';
import type { Route } from './routes.ts';

/** `_search` and `_stream` never had another spelling. */
function spellings(path: string, options: InternetxOptions): string[] {
  if (!path.includes('/_') || /_(search|stream)$/.test(path)) return [path];
  const plain = path.replace('/_', '/');
  switch (options.routes) {
    case 'both':
      return [path, plain];
    case 'underscore':
      return [path];
    case 'plain':
    default:
      return [plain];
  }
}

export function withoutPrefix(path: string): string {
  return path.replace(/^\/v1(?=\/)/, '').replace(/(?<=.)\/$/, '');
}

interface PathValues {
  /** 0 where the path has none. */
  readonly id: number;
  readonly names: Readonly<Partial<Record<'name' | 'ns', string>>>;
}

export interface FoundRoute extends PathValues {
  readonly route: Route;
}

export function findRoute(method: string, path: string, options: InternetxOptions): FoundRoute | undefined {
  const segments = withoutPrefix(path).split('/');
  for (const route of ROUTES) {
    if (route.method !== method) continue;
    for (const spelling of spellings(route.path, options)) {
      const values = match(spelling.split('/'), segments);
      if (values !== undefined) return { route, ...values };
    }
  }
  return undefined;
}

/** What the path holds in the places of the pattern; undefined when it is another path. */
function match(pattern: readonly string[], segments: readonly string[]): PathValues | undefined {
  if (pattern.length !== segments.length) return undefined;
  let id = 0;
  const names: { name?: string; ns?: string } = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part === '{id}' && /^\d{1,15}$/.test(segment)) id = Number(segment);
    else if (part === '{name}' && isName(segment)) names.name = segment;
    else if (part === '{ns}' && isName(segment)) names.ns = segment;
    else if (part !== segment) return undefined;
  }
  return { id, names };
}

const isName = (segment: string): boolean => /^[A-Za-z0-9*_-]+(\.[A-Za-z0-9_-]+)+\.?$/.test(segment);
