/** What lies on this disk where the entry points to: trust anchors that can be read, and nothing of another kind. */
import { accessSync, constants, statSync } from 'node:fs';
import type { Path } from '../diagnostics.ts';
import type { Entry } from '../entry.ts';

export function checkPlaces(entry: Entry): void {
  const { trustAnchors, deploy, crt } = entry.draft;
  const complain = (path: Path, message: string, hint: string): void =>
    entry.file.complain({ path: [...entry.path, ...path], message, hint });

  for (const [index, anchor] of trustAnchors.entries()) {
    if (isReadable(anchor) && kindOf(anchor) === 'file') continue;
    complain(
      ['trustAnchors', index],
      `cannot be read: ${anchor}`,
      'name a PEM file; relative paths begin at this file',
    );
  }
  // Else it would be taken for a broken certificate, and another one be bought.
  if (crt !== undefined && !entry.broken.has('crt') && kindOf(crt) === 'directory')
    complain(['crt'], `is a directory: ${crt}`, 'name the file with the certificate in it');
  for (const [index, { directory }] of deploy.entries()) {
    if (directory !== '' && kindOf(directory) === 'file')
      complain(
        ['deploy', index, 'directory'],
        `is a file: ${directory}`,
        'name a directory; it is made when it is missing, and holds privkey.pem, fullchain.pem and so on',
      );
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Undefined also where we may not look: `renewd doctor` says that better. */
function kindOf(path: string): 'file' | 'directory' | undefined {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'file';
  } catch {
    return undefined;
  }
}
