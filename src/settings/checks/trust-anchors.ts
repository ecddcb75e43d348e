/** Further roots that a chain may end at: the files must be there. */
import { accessSync, constants } from 'node:fs';
import type { Entry } from '../entry.ts';

export function checkTrustAnchors(entry: Entry): void {
  for (const [index, anchor] of entry.draft.trustAnchors.entries()) {
    try {
      accessSync(anchor, constants.R_OK);
    } catch {
      entry.file.complain({
        path: [...entry.path, 'trustAnchors', index],
        message: `cannot be read: ${anchor}`,
        hint: 'name a PEM file; relative paths begin at this file',
      });
    }
  }
}
