/**
 * A disk in memory that forgets, at a power cut, what was not synced. Content is durable once `writeNew` has returned;
 * a name is after `syncDirectory` of its directory. A power cut keeps the changes of each directory up to some moment,
 * in order, as a journaling file system does.
 */
import type { FileStat, Files, Ownership } from '../../src/contracts/platform.ts';
import { RenewdError } from '../../src/core/errors.ts';
import type { Chance } from './chance.ts';

interface Regular {
  readonly kind: 'file';
  readonly content: Uint8Array;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly inode: number;
}
interface Link {
  readonly kind: 'symlink';
  readonly target: string;
  readonly mtimeMs: number;
  readonly inode: number;
}
interface Directory {
  readonly kind: 'directory';
  entries: Map<string, Node>;
  /** What the entries were after each change since the last sync, the synced state first. */
  states: Map<string, Node>[];
  readonly mode: number;
  mtimeMs: number;
  readonly inode: number;
}
type Node = Regular | Link | Directory;

export interface Disk extends Files {
  /** Free space, bytes; what is written meanwhile is not counted. */
  free: number;
  /** Called after each change, with the path. */
  changed: (path: string) => void;
  /** What was not synced is lost, or not, as chance has it. */
  cutPower(chance: Chance): void;
  /** Content as text; undefined when there is none. */
  text(path: string): string | undefined;
  /** Content itself: the same object as long as the file is the same. */
  bytes(path: string): Uint8Array | undefined;
}

const linksMax = 8;

export function createDisk(now: () => number): Disk {
  let inodes = 0;
  const directory = (mode: number): Directory => {
    const entries = new Map<string, Node>();
    inodes += 1;
    return { kind: 'directory', entries, states: [entries], mode, mtimeMs: now(), inode: inodes };
  };
  const root = directory(0o755);

  const fail = (what: string, path: string, why: string): RenewdError =>
    new RenewdError('file-failed', `cannot ${what} ${path}: ${why}`, { fields: { path } });

  const known = new Map<string, readonly string[]>();
  function partsOf(path: string): readonly string[] {
    const before = known.get(path);
    if (before !== undefined) return before;
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    if (known.size > 20_000) known.clear();
    known.set(path, parts);
    return parts;
  }

  function find(path: string, follow: boolean, links = 0): Node | undefined {
    if (links > linksMax) return undefined;
    let here: Node = root;
    const parts = partsOf(path);
    for (let index = 0; index < parts.length; index += 1) {
      const part = parts[index] ?? '';
      if (here.kind !== 'directory') return undefined;
      const next: Node | undefined = here.entries.get(part);
      if (next === undefined) return undefined;
      if (next.kind === 'symlink' && (follow || index < parts.length - 1)) {
        const base = next.target.startsWith('/') ? '' : `/${parts.slice(0, index).join('/')}`;
        const rest = parts.slice(index + 1).join('/');
        return find(`${base}/${next.target}${rest === '' ? '' : `/${rest}`}`, follow, links + 1);
      }
      here = next;
    }
    return here;
  }

  function parentOf(path: string, what: string): { parent: Directory; name: string } {
    const cut = path.lastIndexOf('/');
    const parent = find(path.slice(0, cut), true);
    if (parent?.kind !== 'directory') throw fail(what, path, 'there is no such directory (ENOENT)');
    return { parent, name: path.slice(cut + 1) };
  }

  function change(parent: Directory, path: string, edit: (entries: Map<string, Node>) => void): void {
    const next = new Map(parent.entries);
    edit(next);
    parent.entries = next;
    parent.states.push(next);
    parent.mtimeMs = now();
    disk.changed(path);
  }

  function statOf(node: Node | undefined): FileStat | undefined {
    if (node === undefined) return undefined;
    const { kind, mtimeMs, inode } = node;
    const size = node.kind === 'file' ? node.content.length : 0;
    return { size, mtimeMs, inode, mode: node.kind === 'symlink' ? 0o777 : node.mode, kind, uid: 0, gid: 0 };
  }

  function revert(node: Node, chance: Chance): void {
    if (node.kind !== 'directory') return;
    const kept = node.states[chance.between(0, node.states.length - 1)];
    node.entries = kept ?? node.entries;
    node.states = [node.entries];
    for (const below of node.entries.values()) revert(below, chance);
  }

  const disk: Disk = {
    free: 2 ** 40,
    changed: () => undefined,
    read(path, maxBytes) {
      const node = find(path, true);
      if (node === undefined) return undefined;
      if (node.kind !== 'file') throw fail('read', path, 'it is a directory');
      if (node.content.length > maxBytes) throw fail('read', path, `it is larger than ${maxBytes} bytes`);
      return node.content;
    },
    lstat: (path) => statOf(find(path, false)),
    stat: (path) => statOf(find(path, true)),
    list(path) {
      const node = find(path, true);
      if (node?.kind !== 'directory') throw fail('list', path, 'there is no such directory (ENOENT)');
      return [...node.entries.keys()].sort();
    },
    readLink(path) {
      const node = find(path, false);
      return node?.kind === 'symlink' ? node.target : undefined;
    },
    makeDirectory(path, { mode }: Ownership) {
      const present = find(path, true);
      if (present?.kind === 'directory') return;
      if (present !== undefined) throw fail('create the directory', path, 'something else has that name');
      const above = path.slice(0, path.lastIndexOf('/'));
      if (above !== '' && find(above, true) === undefined) {
        disk.makeDirectory(above, { mode: 0o755 });
        disk.syncDirectory(above.slice(0, above.lastIndexOf('/')) || '/');
      }
      const { parent, name } = parentOf(path, 'create the directory');
      change(parent, path, (entries) => entries.set(name, directory(mode)));
    },
    writeNew(path, content, { mode }) {
      const { parent, name } = parentOf(path, 'create');
      if (parent.entries.has(name)) throw fail('create', path, 'it is there already (EEXIST)');
      const bytes = typeof content === 'string' ? Buffer.from(content) : Uint8Array.from(content);
      if (bytes.length > disk.free) throw fail('write', path, 'no space is left (ENOSPC)');
      inodes += 1;
      const node: Regular = { kind: 'file', content: bytes, mode, mtimeMs: now(), inode: inodes };
      change(parent, path, (entries) => entries.set(name, node));
    },
    symlink(target, path) {
      const { parent, name } = parentOf(path, 'create the link');
      if (parent.entries.has(name)) throw fail('create the link', path, 'it is there already (EEXIST)');
      inodes += 1;
      const node: Link = { kind: 'symlink', target, mtimeMs: now(), inode: inodes };
      change(parent, path, (entries) => entries.set(name, node));
    },
    rename(from, to) {
      const source = parentOf(from, 'put in place');
      const target = parentOf(to, 'put in place');
      const node = source.parent.entries.get(source.name);
      if (node === undefined) throw fail('put in place', to, 'there is no source (ENOENT)');
      const replaced = target.parent.entries.get(target.name);
      if (replaced?.kind === 'directory' && replaced.entries.size > 0)
        throw fail('put in place', to, 'the directory is not empty (ENOTEMPTY)');
      if (source.parent === target.parent) {
        change(source.parent, to, (entries) => {
          entries.delete(source.name);
          entries.set(target.name, node);
        });
        return;
      }
      change(target.parent, to, (entries) => entries.set(target.name, node));
      change(source.parent, from, (entries) => entries.delete(source.name));
    },
    syncDirectory(path) {
      const node = find(path, true);
      if (node?.kind !== 'directory') throw fail('sync the directory', path, 'there is none (ENOENT)');
      node.states = [node.entries];
    },
    remove(path) {
      const cut = path.lastIndexOf('/');
      const parent = find(path.slice(0, cut), true);
      const name = path.slice(cut + 1);
      if (parent?.kind !== 'directory' || !parent.entries.has(name)) return;
      change(parent, path, (entries) => entries.delete(name));
    },
    freeBytes: () => disk.free,
    whyUnreadable: () => undefined,
    cutPower: (chance) => revert(root, chance),
    text(path) {
      const bytes = disk.bytes(path);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1');
    },
    bytes(path) {
      const node = find(path, true);
      return node?.kind === 'file' ? node.content : undefined;
    },
  };
  return disk;
}
