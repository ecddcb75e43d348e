/** Commands that work do so as the daemon's user, not as root. */
import { expect, test } from 'vitest';
import { requireOwnUser } from '../../../src/composition/own-user.ts';

const store = '/var/lib/renewd/renewd.db';
const at = (owners: Readonly<Record<string, number>>) => (path: string) => {
  const uid = owners[path];
  return uid === undefined ? undefined : { uid };
};

test.each([
  ['the store is the daemon’s', { [store]: 990, '/var/lib/renewd': 990 }, store],
  ['the directory is, and there is no store yet', { '/var/lib/renewd': 990 }, '/var/lib/renewd'],
])('root is refused where %s', (_, owners, place) => {
  expect(() => requireOwnUser(store, 0, at(owners))).toThrow(
    expect.objectContaining({ code: 'wrong-user', fields: { path: place, owner: 990 } }),
  );
  expect(() => requireOwnUser(store, 990, at(owners))).not.toThrow();
});

test.each([
  ['where the store is root’s', { [store]: 0, '/var/lib/renewd': 990 }],
  ['where nothing is there yet', {}],
])('root may work %s', (_, owners) => {
  expect(() => requireOwnUser(store, 0, at(owners))).not.toThrow();
});
