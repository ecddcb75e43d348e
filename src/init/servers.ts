/** Which server on this machine reads a file: by looking for its path in the configurations of the usual ones. */
import { dirname } from 'node:path';
import type { Files } from '../contracts/platform.ts';
import { fileBytesMax, walk } from './walk.ts';

export interface ServerUse {
  readonly server: string;
  /** "/etc/nginx/sites-enabled/shop:12" */
  readonly where: string;
  readonly reload: readonly string[];
  /** Where new directories for it usually go; the unit of renewd may write there. */
  readonly tlsDirectory: string | undefined;
}

interface Known {
  readonly server: string;
  /** Below `etc`. */
  readonly folders: readonly string[];
  readonly unit: string;
  readonly tlsFolder?: string;
}

const known: readonly Known[] = [
  { server: 'nginx', folders: ['nginx'], unit: 'nginx', tlsFolder: 'nginx/tls' },
  { server: 'Apache httpd', folders: ['apache2'], unit: 'apache2', tlsFolder: 'apache2/tls' },
  { server: 'Apache httpd', folders: ['httpd'], unit: 'httpd', tlsFolder: 'httpd/tls' },
  { server: 'HAProxy', folders: ['haproxy'], unit: 'haproxy', tlsFolder: 'haproxy/tls' },
  { server: 'Postfix', folders: ['postfix'], unit: 'postfix' },
  { server: 'Dovecot', folders: ['dovecot'], unit: 'dovecot' },
];

interface Line {
  readonly server: Known;
  readonly where: string;
  readonly text: string;
}

export type ServerUses = (paths: readonly string[]) => readonly ServerUse[];

const linesMax = 200_000;
const absolute = /\/[A-Za-z0-9_./+@%-]{3,}/;

/** Reads them once; lines without an absolute path and comments are not kept. */
export function serverUses(etc: string, files: Pick<Files, 'list' | 'lstat' | 'stat' | 'read'>): ServerUses {
  const lines: Line[] = [];
  for (const server of known) {
    for (const folder of server.folders) {
      const root = `${etc}/${folder}`;
      if (files.lstat(root)?.kind !== 'directory') continue;
      const seen = new Set<string>();
      for (const path of walk(root, files, { depthMax: 4, entriesMax: 2000 }).paths) {
        // What is enabled is often a link to what is available.
        const inode = String(files.stat(path)?.inode ?? path);
        if (seen.has(inode)) continue;
        seen.add(inode);
        for (const [index, text] of linesOf(path, files).entries()) {
          if (lines.length >= linesMax) break;
          if (absolute.test(text) && !/^\s*[#;]/.test(text))
            lines.push({ server, where: `${path}:${index + 1}`, text });
        }
      }
    }
  }
  return (paths) => {
    const uses = new Map<string, ServerUse>();
    const wanted = paths.flatMap((path) => [path, `${dirname(path)}/`]);
    for (const { server, where, text } of lines) {
      if (uses.has(server.unit) || !wanted.some((path) => mentions(text, path))) continue;
      uses.set(server.unit, {
        server: server.server,
        where,
        reload: ['systemctl', 'reload', server.unit],
        tlsDirectory: server.tlsFolder === undefined ? undefined : `${etc}/${server.tlsFolder}`,
      });
    }
    return [...uses.values()];
  };
}

/** The path as a whole word, or the directory itself (HAProxy's `crt /etc/haproxy/certs/`). */
function mentions(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const after = text.charAt(at + path.length);
    const before = at === 0 ? ' ' : text.charAt(at - 1);
    if (!/[A-Za-z0-9_./-]/.test(after) && !/[A-Za-z0-9_.-]/.test(before)) return true;
  }
  return false;
}

function linesOf(path: string, files: Pick<Files, 'read'>): readonly string[] {
  try {
    const bytes = files.read(path, fileBytesMax);
    return bytes === undefined ? [] : Buffer.from(bytes).toString('utf8').split('\n');
  } catch {
    // Only a hint is lost.
    return [];
  }
}
