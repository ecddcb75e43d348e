/** Names: unique over the inventory, unique within a certificate, and no two certificates for the same set. */
import type { Entry } from '../entry.ts';

export function checkNames(entries: readonly Entry[]): void {
  const byName = new Map<string, Entry>();
  const bySet = new Map<string, Entry>();
  for (const entry of entries) {
    checkOwnName(entry, byName);
    checkRepetition(entry);
    checkSameSet(entry, bySet);
  }
}

function checkOwnName(entry: Entry, byName: Map<string, Entry>): void {
  const { name } = entry.draft;
  if (name === undefined) return;
  // Names become directories: two that differ only in case must not meet on a file system that folds it.
  const folded = name.toLowerCase();
  const first = byName.get(folded);
  if (first === undefined) {
    byName.set(folded, entry);
    return;
  }
  entry.file.complain({
    path: [...entry.path, 'name'],
    message: `another certificate has this name: ${first.file.where([...first.path, 'name'])}`,
    hint: 'every certificate needs a name of its own',
  });
}

function checkRepetition(entry: Entry): void {
  const { names } = entry.draft;
  if (new Set(names).size === names.length) return;
  const seen = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    if (name === '') continue;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, index);
    else {
      entry.file.complain({
        path: [...entry.path, 'names', index],
        message: `the name ${name} stands in this certificate already: ${entry.file.where([...entry.path, 'names', first])}`,
        hint: 'leave one of the two out',
      });
    }
  }
}

function checkSameSet(entry: Entry, bySet: Map<string, Entry>): void {
  const { names } = entry.draft;
  if (names.length === 0 || entry.broken.has('names')) return;
  const set = [...new Set(names)].sort().join(' ');
  const first = bySet.get(set);
  if (first === undefined) {
    bySet.set(set, entry);
    return;
  }
  entry.file.complain({
    severity: 'warning',
    path: [...entry.path, 'names'],
    message: `certificate ${first.draft.name ?? ''} has the same names: ${first.file.where(first.path)}`,
    hint: 'one certificate can be deployed to several directories; two are paid for twice',
  });
}
