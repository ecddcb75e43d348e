/** Root can do everything, but what root makes is root's: the daemon could not read its own keys afterwards. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { RenewdError } from '../core/errors.ts';
import { ownUser } from '../platform/own-user.ts';

/** What the file system says of a path; undefined: nothing is there. */
export type OwnerOf = (path: string) => { readonly uid: number } | undefined;

const ownerOnDisk: OwnerOf = (path) => statSync(path, { throwIfNoEntry: false });

/** Throws `wrong-user` where root is about to work in the place of a store, or of its directory, that is another user's. */
export function requireOwnUser(
  store: string,
  uid: number | undefined = process.getuid?.(),
  ownerOf: OwnerOf = ownerOnDisk,
): void {
  if (uid !== 0) return;
  const place = ownerOf(store) === undefined ? dirname(store) : store;
  const owner = ownerOf(place)?.uid ?? 0;
  if (owner === 0) return;
  throw new RenewdError(
    'wrong-user',
    `${place} belongs to the user with the number ${owner}, and this is root: keys and files that root makes would be out of the daemon's reach. Nothing was done`,
    { fields: { path: place, owner } },
  );
}

/** For the ledger: who says it. */
export function ownName(): string {
  return ownUser().name;
}
