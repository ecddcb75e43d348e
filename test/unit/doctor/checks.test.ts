/** The parts of `renewd doctor` that no real machine shows on demand: full disks, other kernels, systemd, checks that hang. */
import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../src/contracts/machine.ts';
import type { ProcessResult } from '../../../src/contracts/platform.ts';
import { offsetFindings, stepFindings } from '../../../src/doctor/checks/clock.ts';
import {
  listenerFindings,
  nodeFindings,
  programFindings,
  securityModuleFindings,
  spaceFindings,
} from '../../../src/doctor/checks/machine.ts';
import { directoryFindings, ownershipFindings } from '../../../src/doctor/checks/permissions.ts';
import { systemdFindings } from '../../../src/doctor/checks/systemd.ts';
import { examine } from '../../../src/doctor/examine.ts';
import { notesOn } from '../../../src/doctor/finding.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { refusing } from '../../builders/stage.ts';

const user = { uid: 999, name: 'renewd' };
const machine = (fields: Partial<Machine>): Machine => refusing<Machine>('machine', { user, ...fields });
const signal = new AbortController().signal;
const at = (text: string): Date => new Date(`2026-11-22T${text}Z`);

describe('what the machine has', () => {
  test.for([
    ['24.15.0', 'ok'],
    ['26.1.0', 'ok'],
    ['25.3.0', 'warn'],
    ['24.14.9', 'fail'],
    ['22.20.0', 'fail'],
  ] as const)('Node %s: %s', ([nodeVersion, level]) => {
    expect(nodeFindings(machine({ nodeVersion }))).toMatchObject([{ area: 'node', level }]);
  });

  test.for([
    [300, 100_000, 100_000, 'ok'],
    [255, 100_000, 100_000, 'warn'],
    [15, 100_000, 100_000, 'fail'],
    [300, 999, 100_000, 'warn'],
    [300, 49, 100_000, 'fail'],
    // Such file systems make inodes as they need them.
    [300, 0, 0, 'ok'],
  ] as const)('%i MiB, %i of %i inodes: %s', ([mebibytes, inodesFree, inodesTotal, level]) => {
    const space = () => ({ bytesFree: mebibytes * 1024 * 1024, inodesFree, inodesTotal });
    expect(spaceFindings('/x', machine({ space }))).toMatchObject([{ area: 'disk', level, where: '/x' }]);
  });

  test('a security module that is enforcing is a note, with the command that shows what it refuses', () => {
    const texts: Record<string, string> = {
      '/sys/fs/selinux/enforce': '1\n',
      '/proc/self/attr/current': 'renewd (enforce)\n',
    };
    const found = securityModuleFindings(machine({ text: (path) => texts[path] }));
    expect(found).toMatchObject([
      { level: 'warn', where: 'SELinux', fix: expect.stringContaining('ausearch') },
      { level: 'warn', where: 'AppArmor', fix: expect.stringContaining('journalctl') },
    ]);
    expect(securityModuleFindings(machine({ text: () => undefined }))).toMatchObject([{ level: 'ok' }]);
  });

  test('systemctl by an unprivileged user needs a rule', () => {
    const found = programFindings(
      'reload',
      { argv: ['systemctl', 'reload', 'nginx'], purpose: 'certificate shop' },
      machine({
        which: () => '/usr/bin/systemctl',
        stat: () => ({ size: 1, mtimeMs: 0, inode: 1, mode: 0o755, kind: 'file' }),
        can: () => true,
      }),
    );
    expect(found).toMatchObject([{ level: 'warn', fix: expect.stringContaining('polkit') }]);
  });

  test('a port below 1024 needs a capability', async () => {
    const found = await listenerFindings(
      { host: '0.0.0.0', port: 80 },
      machine({ tryListen: () => Promise.resolve('EACCES') }),
      at('12:00:00'),
      signal,
    );
    expect(found).toMatchObject([{ level: 'fail', fix: expect.stringContaining('CAP_NET_BIND_SERVICE') }]);
  });

  test.each([
    [
      'of a daemon that wants a token, in one word',
      { token: { env: 'T' } },
      '{"status":"ok"}',
      'ok',
      /makes its passes/,
    ],
    ['of a daemon without one, in one word', {}, '{"status":"ok"}', 'fail', /another web server/],
    ['over TLS is not asked for', { tls: { certificate: '/c', key: '/k' } }, 'never', 'ok', /not asked/],
  ] as const)('health %s', async (_, guard, body, level, what) => {
    const found = await listenerFindings(
      { host: '127.0.0.1', port: 9464, ...guard },
      machine({
        tryListen: () => Promise.resolve('EADDRINUSE'),
        page: () =>
          body === 'never' ? Promise.reject(new Error('asked')) : Promise.resolve({ status: 200, body }),
      }),
      at('12:00:00'),
      signal,
    );
    expect(found).toMatchObject([{ level, what: expect.stringMatching(what) }]);
  });
});

describe('permissions', () => {
  const purpose = { purpose: 'deploy', made: true };
  test('the nearest directory that is there decides', () => {
    const stat: Machine['stat'] = (path) =>
      path === '/etc'
        ? { size: 0, mtimeMs: 0, inode: 1, mode: 0o755, kind: 'directory', uid: 0, gid: 0 }
        : undefined;
    const found = directoryFindings(
      '/etc/nginx/tls/shop',
      purpose,
      machine({ stat, can: () => false, isReadOnly: () => false, accountName: () => 'root' }),
    );
    expect(found).toMatchObject([
      {
        level: 'fail',
        what: 'it is not there, and renewd cannot make it in /etc: it belongs to root:root, mode 0755',
        fix: 'install -d -o renewd -m 0750 /etc/nginx/tls/shop',
      },
    ]);
  });

  test('where nobody could write, neither owner nor mode is to be changed', () => {
    const stat: Machine['stat'] = () => ({ size: 0, mtimeMs: 0, inode: 1, mode: 0o755, kind: 'directory' });
    const found = directoryFindings(
      '/srv/tls',
      purpose,
      machine({ stat, can: () => false, isReadOnly: (path) => path === '/srv/tls' }),
    );
    expect(found).toMatchObject([
      {
        level: 'fail',
        what: 'renewd cannot write there: its file system is read-only',
        fix: expect.stringMatching(/^mount it writable: ReadWritePaths=\/srv\/tls in the unit, /),
      },
    ]);
  });

  test('only root gives files away', () => {
    expect(ownershipFindings('/x', 'postgres', machine({}))).toMatchObject([{ level: 'fail' }]);
    expect(ownershipFindings('/x', 'renewd', machine({}))).toEqual([]);
    expect(ownershipFindings('/x', '999', machine({}))).toEqual([]);
    expect(ownershipFindings('/x', 'postgres', machine({ user: { uid: 0, name: 'root' } }))).toEqual([]);
  });
});

describe('clocks', () => {
  test.for([
    ['12:00:29', 'ok', ''],
    ['12:00:31', 'warn', 'behind'],
    ['11:59:29', 'warn', 'ahead of'],
    ['12:03:59', 'warn', 'behind'],
    ['12:04:00', 'fail', 'behind'],
    ['09:00:00', 'fail', 'ahead of'],
  ] as const)('theirs is %s: %s', ([theirs, level, side]) => {
    const [found] = offsetFindings('api', at(theirs), at('12:00:00'));
    expect(found).toMatchObject({ area: 'clock', level, where: 'api' });
    expect(found?.what).toContain(side);
  });

  test('one that is set meanwhile is noticed', () => {
    const first = { wallMs: 0, monotonicMs: 0 };
    expect(stepFindings(first, { wallMs: 5900, monotonicMs: 5000 })).toMatchObject([{ level: 'ok' }]);
    expect(stepFindings(first, { wallMs: 65_000, monotonicMs: 5000 })).toMatchObject([
      { level: 'warn', what: expect.stringMatching(/forward by 1m/) },
    ]);
    expect(stepFindings(first, { wallMs: -5000, monotonicMs: 5000 })).toMatchObject([
      { what: expect.stringMatching(/back by 10s/) },
    ]);
  });
});

describe('systemd', () => {
  const unit = (lines: readonly string[], exitCode = 0) => {
    const result: ProcessResult = {
      exitCode,
      signal: null,
      timedOut: false,
      stdout: lines.join('\n'),
      stderr: '',
    };
    return { run: () => Promise.resolve(result) };
  };
  const look = (lines: readonly string[], writes: readonly string[] = [], exitCode = 0) =>
    systemdFindings({ processes: unit(lines, exitCode), writes, userName: 'renewd' }, signal);
  const sound = [
    'LoadState=loaded',
    'ActiveState=active',
    'User=renewd',
    'WatchdogUSec=1min',
    'ProtectSystem=strict',
    'ReadWritePaths=-/etc/nginx/tls /srv/tls',
    'StateDirectory=renewd',
  ];

  test('no unit, no systemd, no systemctl: nothing to say', async () => {
    expect(await look(['LoadState=not-found'])).toEqual([]);
    expect(await look([], [], 1)).toEqual([]);
    const none = { run: () => Promise.reject(new Error('ENOENT')) };
    expect(await systemdFindings({ processes: none, writes: [], userName: 'x' }, signal)).toEqual([]);
  });

  test('everything that is written lies below what the unit may write', async () => {
    const writes = ['/etc/nginx/tls/shop', '/var/lib/renewd/keys', '/srv/tls'];
    expect((await look(sound, writes)).map(({ level }) => level)).toEqual(['ok', 'ok', 'ok']);
    const found = await look(sound, [...writes, '/etc/nginx/tlsx', '/var/www/html']);
    expect(found.filter(({ level }) => level === 'fail')).toMatchObject([
      { where: '/etc/nginx/tlsx' },
      { where: '/var/www/html', fix: expect.stringContaining('ReadWritePaths=-/var/www/html') },
    ]);
  });

  test('one that is not running, and one of another user', async () => {
    const found = await look(['LoadState=loaded', 'ActiveState=failed', 'User=other']);
    expect(found.map(({ level }) => level)).toEqual(['warn', 'warn', 'ok']);
    expect(found[0]?.fix).toContain('enable --now');
    expect(found[1]?.fix).toBe('runuser -u other -- renewd doctor');
  });
});

describe('the examination', () => {
  test('a check that hangs or throws is a finding and stops no other', async () => {
    const progress: string[] = [];
    const found = await examine(
      [
        { area: 'dns', where: 'hangs', run: () => new Promise(() => undefined) },
        {
          area: 'dns',
          where: 'ends when told to',
          run: (stop) =>
            new Promise((_, reject) => {
              stop.addEventListener('abort', () => reject(new Error('stopped')));
            }),
        },
        { area: 'store', where: 'throws', run: () => Promise.reject(new Error('no')) },
        {
          area: 'node',
          where: 'throws at once',
          run: () => {
            throw new Error('no');
          },
        },
        { area: 'disk', where: 'fine', run: () => [notesOn('disk', 'fine').ok('fine')] },
      ],
      { clock: systemClock, timeoutMs: 100, progress: (done, all) => progress.push(`${done}/${all}`) },
    );
    expect(found.map(({ where, level }) => `${where} ${level}`)).toEqual([
      'hangs fail',
      'ends when told to fail',
      'throws fail',
      'throws at once fail',
      'fine ok',
    ]);
    expect(found[0]?.what).toBe('no answer within 0.1 s');
    expect(found[1]?.what).toBe('no answer within 0.1 s');
    expect(progress.at(-1)).toBe('5/5');
  });
});
