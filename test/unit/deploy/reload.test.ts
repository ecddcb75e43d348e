import { describe, expect, test } from 'vitest';
import type { Processes } from '../../../src/contracts/platform.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { nodeProcesses } from '../../../src/platform/processes.ts';
import { reload } from '../../../src/renewal/deploy/reload.ts';

describe('reload', () => {
  test.each<[readonly string[], boolean, RegExp]>([
    [['true'], true, /^true succeeded$/],
    [['sh', '-c', 'exit 7'], false, /ended with exit code 7$/],
    [['sh', '-c', 'kill -9 $$'], false, /was ended by SIGKILL$/],
    [['/no/such/program'], false, /cannot start \/no\/such\/program: there is no such file/],
  ])('%j', async (argv, ok, sentence) => {
    const report = await reload(argv, 20_000, nodeProcesses);
    expect(report.ok).toBe(ok);
    expect(report.sentence).toMatch(sentence);
  });

  test('output is kept', async () => {
    expect(await reload(['sh', '-c', 'echo a; echo b >&2'], 20_000, nodeProcesses)).toMatchObject({
      stdout: 'a\n',
      stderr: 'b\n',
    });
  });

  test('too slow', async () => {
    expect(await reload(['sleep', '1000'], 50, nodeProcesses)).toMatchObject({
      ok: false,
      timedOut: true,
      sentence: 'sleep 1000 was ended after 50 ms',
    });
  });

  test('a zero exit after the time was up is no success', async () => {
    const late: Processes = {
      run: () => Promise.resolve({ exitCode: 0, signal: null, timedOut: true, stdout: '', stderr: '' }),
    };
    expect((await reload(['x'], 5, late)).ok).toBe(false);
  });

  test('what is not a failure to start passes through', async () => {
    const broken: Processes = { run: () => Promise.reject(new TypeError('bug')) };
    await expect(reload(['x'], 5, broken)).rejects.toThrow(TypeError);
    const cannot: Processes = {
      run: () => Promise.reject(new RenewdError('reload-failed', 'cannot start x')),
    };
    expect(await reload(['x'], 5, cannot)).toMatchObject({ ok: false, sentence: 'cannot start x' });
  });
});
