/** A user without an entry in the user database, as a container may give one. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ownUser } from '../../../src/platform/own-user.ts';

test('has a name by the user database', () => {
  expect(ownUser()).toEqual({
    uid: process.getuid?.(),
    name: spawnSync('id', ['-un'], { encoding: 'utf8' }).stdout.trim(),
  });
});

test('without an entry there it is the number, and no failure', () => {
  const unknown = () => {
    throw Object.assign(new Error('uv_os_get_passwd returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' });
  };
  expect(ownUser(unknown)).toEqual({ uid: process.getuid?.(), name: String(process.getuid?.()) });
});
