/** What systemd is told, and when: with a helper program that only writes down its arguments. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ProcessResult } from '../../../src/contracts/platform.ts';
import {
  connectServiceManager,
  watchdogIntervalMs,
  type ServiceManagerParts,
} from '../../../src/daemon/service-manager.ts';
import { recordingLogger } from '../../builders/stage.ts';
import { noon } from '../../builders/store-records.ts';
import { worldClock } from '../../builders/world-clock.ts';

const ended: ProcessResult = { exitCode: 0, signal: null, timedOut: false, stdout: '', stderr: '' };

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function setUp(
  parts: Partial<ServiceManagerParts> & { readonly helper?: () => Promise<ProcessResult> } = {},
) {
  const clock = worldClock(noon);
  clock.byHand = true;
  const logger = recordingLogger();
  const calls: (readonly string[])[] = [];
  const environments: unknown[] = [];
  let atOnce = 0;
  let most = 0;
  const state = { healthy: true, status: 'one' };
  const { helper = () => Promise.resolve(ended), ...more } = parts;
  const service = connectServiceManager({
    env: { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '20000000', SECRET: 'x' },
    pid: 7,
    processes: {
      async run(argv, { env }) {
        atOnce += 1;
        most = Math.max(most, atOnce);
        calls.push(argv);
        environments.push(env);
        try {
          return await helper();
        } finally {
          atOnce -= 1;
        }
      },
    },
    clock,
    logger,
    statusLine: () => Promise.resolve(state.status),
    isHealthy: () => state.healthy,
    ...more,
  });
  onTestFinished(() => service.close());
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 1000) {
      clock.advance(Math.min(left, 1000));
      await settle();
    }
  };
  const said = (): readonly string[] => calls.splice(0).map((argv) => argv.slice(1).join(' '));
  return { service, state, calls, environments, said, pass, logger, most: () => most };
}

describe('without a service manager', () => {
  test.for([[{}], [{ NOTIFY_SOCKET: '', WATCHDOG_USEC: '20000000' }]] as const)(
    'no program is ever started (%j)',
    async ([env]) => {
      const { service, calls, pass } = setUp({ env });
      service.ready();
      service.reloading();
      service.refresh();
      await pass(120_000);
      service.stopping();
      await service.close();
      expect(calls).toEqual([]);
    },
  );
});

describe('the life of a daemon', () => {
  test('ready with the status, reloading, ready again, stopping', async () => {
    const { service, state, said, calls, environments } = setUp();
    service.ready();
    await settle();
    expect(calls[0]?.[0]).toBe('systemd-notify');
    expect(said()).toEqual(['READY=1 STATUS=one']);
    service.reloading();
    await settle();
    state.status = 'two';
    service.ready();
    await settle();
    expect(said()).toEqual(['RELOADING=1', 'READY=1 STATUS=two']);
    service.stopping();
    await service.close();
    expect(said()).toEqual(['STOPPING=1 STATUS=stopping: what must not be cut is finished first']);
    // The helper gets the socket, and nothing else of ours.
    expect(environments[0]).toEqual({ NOTIFY_SOCKET: '/run/systemd/notify' });
  });

  test('nothing is said after the end was', async () => {
    const { service, state, said } = setUp();
    service.stopping();
    state.status = 'two';
    service.ready();
    service.refresh();
    await settle();
    expect(said()).toHaveLength(1);
  });

  test('a status is told once, in one line, and not endlessly', async () => {
    const { service, state, said } = setUp();
    service.refresh();
    await settle();
    service.refresh();
    await settle();
    expect(said()).toEqual(['STATUS=one']);
    state.status = `a\nREADY=1\u0000\u001b[31m${'x'.repeat(1000)}`;
    service.refresh();
    await settle();
    const [line = ''] = said();
    expect(line).toMatch(/^STATUS=a READY=1 \[31mx+$/);
    expect(line).toHaveLength('STATUS='.length + 500);
  });

  test('a status that cannot be made keeps nothing back', async () => {
    const { service, said, pass } = setUp({ statusLine: () => Promise.reject(new Error('no')) });
    service.ready();
    await pass(10_000);
    expect(said()).toEqual(['READY=1', 'WATCHDOG=1']);
  });
});

describe('the watchdog', () => {
  test.for([
    [{ WATCHDOG_USEC: '20000000' }, 10_000],
    [{ WATCHDOG_USEC: '20000000', WATCHDOG_PID: '7' }, 10_000],
    [{ WATCHDOG_USEC: '1' }, 1],
    [{ WATCHDOG_USEC: '20000000', WATCHDOG_PID: '8' }, undefined],
    [{ WATCHDOG_USEC: '0' }, undefined],
    [{ WATCHDOG_USEC: '-5' }, undefined],
    [{ WATCHDOG_USEC: '1e6' }, undefined],
    [{}, undefined],
  ] as const)('%j is %s ms', ([env, ms]) => {
    expect(watchdogIntervalMs(env, 7)).toBe(ms);
  });

  test('hears of a healthy loop at half of its time, of a stuck one never', async () => {
    const { state, said, pass, logger } = setUp();
    await pass(9000);
    expect(said()).toEqual([]);
    await pass(1000);
    expect(said()).toEqual(['WATCHDOG=1', 'STATUS=one']);
    await pass(20_000);
    expect(said()).toEqual(['WATCHDOG=1', 'WATCHDOG=1']);
    state.healthy = false;
    await pass(40_000);
    expect(said()).toEqual([]);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    state.healthy = true;
    await pass(10_000);
    expect(said()).toEqual(['WATCHDOG=1']);
  });

  test('does not cut an end that takes its time', async () => {
    const { service, state, said, pass } = setUp();
    state.healthy = false;
    service.stopping();
    await pass(20_000);
    expect(said().slice(1)).toEqual(['WATCHDOG=1', 'WATCHDOG=1']);
  });

  test('without one the status is told once a minute', async () => {
    const { state, said, pass } = setUp({ env: { NOTIFY_SOCKET: '@abstract' } });
    await pass(60_000);
    state.status = 'two';
    await pass(59_000);
    expect(said()).toEqual(['STATUS=one']);
    await pass(1000);
    expect(said()).toEqual(['STATUS=two']);
  });
});

describe('the helper program', () => {
  test('runs once at a time; what comes meanwhile goes out together', async () => {
    const open: (() => void)[] = [];
    const { service, said, pass, most } = setUp({
      helper: () =>
        new Promise((resolve) => {
          open.push(() => resolve(ended));
        }),
    });
    service.ready();
    await settle();
    service.reloading();
    await pass(30_000);
    service.ready();
    await settle();
    expect(said()).toEqual(['READY=1 STATUS=one']);
    open.shift()?.();
    await settle();
    expect(said()).toEqual(['READY=1 WATCHDOG=1']);
    expect(most()).toBe(1);
    open.shift()?.();
  });

  test.for([
    ['is missing', () => Promise.reject(new Error('ENOENT'))],
    ['fails', () => Promise.resolve({ ...ended, exitCode: 1, stderr: 'No such file' })],
    ['hangs', () => Promise.resolve({ ...ended, exitCode: null, signal: 'SIGTERM', timedOut: true })],
  ] as const)('that %s is complained of once', async ([, helper]) => {
    const { service, said, pass, logger } = setUp({ helper });
    service.ready();
    await pass(30_000);
    expect(said()).toHaveLength(4);
    expect(logger.lines.map(({ level, message }) => ({ level, message }))).toEqual([
      {
        level: 'warn',
        message: 'systemd-notify failed: the service manager does not learn how renewd is',
      },
    ]);
  });
});
