/** The repository's documents and what stands in them: fenced blocks, links, tables. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

const skipped = new Set(['node_modules', '.git', 'dist', 'coverage', 'quickstart']);

function* walk(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield relative(root, path);
  }
}

/** Every file that is tracked or would be; without git, everything but what is made. */
export function projectFiles(): readonly string[] {
  try {
    const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return list.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
  } catch {
    return [...walk(root)];
  }
}

export const pages: readonly string[] = projectFiles().filter((path) => path.endsWith('.md'));

export interface Block {
  /** "README.md:12" */
  readonly place: string;
  readonly language: string;
  readonly text: string;
}

/** Fenced blocks, also those that stand indented in a list. */
export function blocksOf(path: string): readonly Block[] {
  const blocks: Block[] = [];
  let open:
    | { readonly line: number; readonly indent: string; readonly language: string; lines: string[] }
    | undefined;
  for (const [index, line] of read(path).split('\n').entries()) {
    const fence = /^(?<indent> *)```(?<language>\S*)/.exec(line);
    if (fence === null) {
      open?.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    } else if (open === undefined) {
      const { indent = '', language = '' } = fence.groups ?? {};
      open = { line: index + 1, indent, language, lines: [] };
    } else {
      const { line: at, language, lines } = open;
      blocks.push({ place: `${path}:${at}`, language, text: `${lines.join('\n')}\n` });
      open = undefined;
    }
  }
  return blocks;
}

function withoutCode(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

/** As GitHub makes them: lower case, punctuation dropped, blanks to hyphens. */
export function anchorsOf(path: string): ReadonlySet<string> {
  const text = read(path).replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Links to files of the repository that lead nowhere, each as "page: target". */
export function brokenLinks(path: string): readonly string[] {
  const targets = [...withoutCode(read(path)).matchAll(/\]\((?<target>[^)\s]+)\)/g)];
  return targets.flatMap(({ groups: { target = '' } = {} }) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [file = '', anchor] = target.split('#');
    const absolute = file === '' ? join(root, path) : resolve(root, dirname(path), file);
    if (!existsSync(absolute)) return [`${path}: ${target}`];
    if (anchor === undefined || statSync(absolute).isDirectory()) return [];
    return anchorsOf(relative(root, absolute)).has(anchor) ? [] : [`${path}: ${target}`];
  });
}

/** Every call of renewd in a shell block of the pages, with its place: "history shop --verify". */
export function documentedCommands(): readonly (readonly [string, string])[] {
  const lines = pages
    .flatMap((path) => blocksOf(path))
    .filter(({ language }) => language === 'console')
    .flatMap(({ place, text }) =>
      text
        .replaceAll('\\\n', ' ')
        .split('\n')
        .flatMap((line) => line.replace(/^\$ /, '').split('&&'))
        .map((line) => [line.trim(), place] as const),
    );
  return lines.flatMap(([line, place]) => {
    const found = /(?:^|\s)(?:renewd|npm run --silent renewd --) (?<rest>[a-z].*)$/.exec(line);
    const isProgram = /^(?:renewd|npm|runuser) /.test(line);
    return found === null || !isProgram ? [] : [[found.groups?.['rest'] ?? '', place] as const];
  });
}
