import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, watch } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ProcessResult } from '../../../src/contracts/platform.ts';
import { createProcesses, nodeProcesses, outputBytesMax } from '../../../src/platform/processes.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';

const timeoutMs = 20_000;
const impatient = createProcesses({ killAfterMs: 50, drainMs: 50 });

/** Resolves when the file is there: children tell that way that they are ready. */
function appears(directory: string, name: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(directory, () => {
      if (!existsSync(`${directory}/${name}`)) return;
      watcher.close();
      resolve();
    });
    if (!existsSync(`${directory}/${name}`)) return;
    watcher.close();
    resolve();
  });
}

/** Whether a process is gone, waiting for the kernel to finish what a signal began. */
async function isGone(pid: number): Promise<boolean> {
  for (let round = 0; round < 2000; round += 1) {
    try {
      process.kill(pid, 0);
      // A zombie whose parent has not asked yet counts as gone.
      if (/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return true;
    } catch {
      return true;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return false;
}

describe('how it ended', () => {
  test('exit code and both outputs', async () => {
    const result = await nodeProcesses.run(['sh', '-c', 'echo out; echo err >&2; exit 3'], { timeoutMs });
    expect(result).toEqual({ exitCode: 3, signal: null, timedOut: false, stdout: 'out\n', stderr: 'err\n' });
  });

  test('a signal', async () => {
    const result = await nodeProcesses.run(['sh', '-c', 'kill -HUP $$'], { timeoutMs });
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGHUP', timedOut: false });
  });

  test('arguments reach the program as they are; no shell looks at them', async () => {
    const odd = ['$(id)', '; rm -rf x', '*', '"', "'", ''];
    const result = await nodeProcesses.run(
      [process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', ...odd],
      { timeoutMs },
    );
    expect(JSON.parse(result.stdout)).toEqual(odd);
  });

  test.each([[['/no/such/program']], [['/etc/passwd']], [[]], [['']], [['echo', 'a\0b']]])(
    '%j cannot be started',
    async (argv) => {
      await expect(nodeProcesses.run(argv, { timeoutMs })).rejects.toMatchObject({ code: 'reload-failed' });
    },
  );
});

describe('what it gets', () => {
  test('input, whole and with an end', async () => {
    const input = 'ü'.repeat(400_000);
    const count =
      "let n = 0; process.stdin.on('data', (c) => (n += c.length)).on('end', () => console.log(n))";
    const result = await nodeProcesses.run([process.execPath, '-e', count], { timeoutMs, input });
    expect(result).toMatchObject({ exitCode: 0, stdout: '800000\n' });
  });

  test('input that it does not read changes nothing', async () => {
    const input = 'x'.repeat(4_000_000);
    const result = await nodeProcesses.run(['sh', '-c', 'exit 7'], { timeoutMs, input });
    expect(result).toMatchObject({ exitCode: 7, timedOut: false });
  });

  test('no input unless it is handed some', async () => {
    const result = await nodeProcesses.run(['sh', '-c', 'cat; echo end'], { timeoutMs });
    expect(result).toMatchObject({ exitCode: 0, stdout: 'end\n' });
  });

  test('a minimal environment', async () => {
    process.env['RENEWD_TEST_SECRET'] = 'planted';
    try {
      const result = await nodeProcesses.run(
        [process.execPath, '-p', 'JSON.stringify(Object.keys(process.env))'],
        { timeoutMs, env: { GIVEN: '1' } },
      );
      const names = JSON.parse(result.stdout);
      expect(names).toContain('GIVEN');
      expect(names).toContain('PATH');
      expect(names).not.toContain('RENEWD_TEST_SECRET');
    } finally {
      delete process.env['RENEWD_TEST_SECRET'];
    }
  });

  test('no standard input', async () => {
    expect(await nodeProcesses.run(['cat'], { timeoutMs })).toMatchObject({ exitCode: 0, stdout: '' });
  });
});

describe('bounds', () => {
  test('output: the beginning is kept, the rest is drained', async () => {
    const result = await nodeProcesses.run(
      [
        'sh',
        '-c',
        'echo first; head -c 2000000 /dev/zero | tr "\\0" x; echo; head -c 2000000 /dev/zero | tr "\\0" y >&2',
      ],
      { timeoutMs },
    );
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toHaveLength(outputBytesMax);
    expect(result.stdout.startsWith('first\nxxx')).toBe(true);
    expect(result.stderr).toHaveLength(outputBytesMax);
  });

  test('time: SIGTERM is enough for most', async () => {
    const result = await nodeProcesses.run(['sleep', '1000'], { timeoutMs: 50 });
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGTERM', timedOut: true });
  });

  test('time: SIGKILL for the others', async () => {
    const result = await impatient.run(['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'], {
      // Enough for it to have set its trap.
      timeoutMs: 2000,
    });
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', stdout: 'ready\n', timedOut: true });
  });

  test('time: children of the program are ended too', async () => {
    const directory = tempDirectory();
    const script = `sh -c 'trap "" TERM; echo $$ > ${directory}/pid.new; mv ${directory}/pid.new ${directory}/pid; while :; do sleep 1; done' & wait`;
    const abort = new AbortController();
    const running = impatient.run(['sh', '-c', script], { timeoutMs, signal: abort.signal });
    await appears(directory, 'pid');
    abort.abort();
    const result = await running;
    expect(result.timedOut).toBe(false);
    expect(result.signal).toBe('SIGTERM');
    expect(await isGone(Number(readFileSync(`${directory}/pid`, 'utf8')))).toBe(true);
  });

  test('a daemon that keeps the output open does not hold the result, and lives on', async () => {
    const directory = tempDirectory();
    const result = await impatient.run(
      ['sh', '-c', `sleep 1000 & echo $! > ${directory}/pid; echo started`],
      { timeoutMs },
    );
    expect(result).toMatchObject({ exitCode: 0, stdout: 'started\n', timedOut: false });
    const pid = Number(readFileSync(`${directory}/pid`, 'utf8'));
    expect(() => process.kill(pid, 'SIGKILL')).not.toThrow();
  });

  test('aborted before it began', async () => {
    const result = await nodeProcesses.run(['sleep', '1000'], { timeoutMs, signal: AbortSignal.abort() });
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGTERM', timedOut: false });
  });
});

test('a program that ended before anything of it was read, while other work held the event loop up: all of it is there', async () => {
  const processes = createProcesses({ drainMs: 50 });
  const work = (ms: number): void => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  };
  const options = { timeoutMs: 60_000, env: {} };
  // It ends while we work, so that the loop hears of it in the turn in which the second program begins and ends, before
  // anything of that was looked at; and whoever waited for it has work to do.
  const first = processes.run(['/bin/true'], options).then(() => work(200));
  const second = new Promise<ProcessResult>((resolve, reject) => {
    randomBytes(1, () => {
      processes.run(['/bin/echo', 'all of it'], options).then(resolve, reject);
      work(200);
    });
  });
  work(200);
  await first;
  expect((await second).stdout).toBe('all of it\n');
});
