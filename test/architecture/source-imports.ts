/** What every source file imports, statically and dynamically: read from its text. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, posix } from 'node:path';

export interface SourceImport {
  /** Path below src: "renewal/plan/decide.ts". */
  readonly from: string;
  /** Path below src, or the name of a package. */
  readonly to: string;
  readonly kind: 'ours' | 'package' | 'node';
  /** Only types: nothing is left of it at run time. */
  readonly typeOnly: boolean;
}

const statement = /^[ \t]*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^'\n]+)'/gm;
/** An import of a value, or of a type: `import('…').Type`. */
const call = /\bimport\(\s*'([^'\n]+)'\s*\)/g;

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

export function importsOf(from: string, text: string): readonly SourceImport[] {
  const code = withoutComments(text);
  const found = [
    ...[...code.matchAll(statement)].map(([, type, target = '']) => ({
      target,
      typeOnly: type !== undefined,
    })),
    ...[...code.matchAll(call)].map(([, target = '']) => ({ target, typeOnly: false })),
  ];
  return found.map(({ target, typeOnly }) => {
    if (target.startsWith('.'))
      return { from, to: posix.join(dirname(from), target), kind: 'ours', typeOnly };
    if (target.startsWith('node:')) return { from, to: target, kind: 'node', typeOnly };
    const [scope = '', name = ''] = target.split('/');
    return { from, to: scope.startsWith('@') ? `${scope}/${name}` : scope, kind: 'package', typeOnly };
  });
}

export const sourceFiles: readonly string[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .sort();

export const sourceImports: readonly SourceImport[] = sourceFiles.flatMap((path) =>
  importsOf(path, readFileSync(`src/${path}`, 'utf8')),
);
