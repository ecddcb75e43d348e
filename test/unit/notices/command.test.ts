import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commandChannel } from '../../../src/notices/channels/command.ts';
import { composeTest } from '../../../src/notices/message.ts';
import { createProcesses } from '../../../src/platform/processes.ts';
import { noon } from '../../builders/store-records.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';

const processes = createProcesses({ killAfterMs: 50, drainMs: 50 });
const message = composeTest('local', { instance: 'höst', at: noon, scrub: (text) => text });
const never = new AbortController().signal;

function program(source: string): readonly string[] {
  const path = `${tempDirectory()}/tell.mjs`;
  writeFileSync(path, source);
  return [process.execPath, path];
}

function send(command: readonly string[], timeoutMs = 10_000, signal = never) {
  return commandChannel({ type: 'command', command, timeoutMs }, processes).send(message, signal);
}

test('gets the notice on its input and the gist in its environment', async () => {
  const directory = tempDirectory();
  const command = program(`
    import { readFileSync, writeFileSync } from 'node:fs';
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('RENEWD_')));
    writeFileSync(process.argv[2], JSON.stringify({ input: readFileSync(0, 'utf8'), env, rest: process.argv.slice(3) }));
  `);
  const { readFileSync } = await import('node:fs');
  await send([...command, `${directory}/out`, '$(id); *']);
  expect(JSON.parse(readFileSync(`${directory}/out`, 'utf8'))).toEqual({
    input: `${message.payload}\n`,
    env: {
      RENEWD_NOTICE_ID: message.id,
      RENEWD_NOTICE_LEVEL: 'test',
      RENEWD_NOTICE_SUBJECT: 'renewd: test of local',
      RENEWD_NOTICE_TOTAL: '0',
    },
    rest: ['$(id); *'],
  });
});

describe('trouble', () => {
  test('an exit code other than 0, with what it said in one line', async () => {
    await expect(send(['sh', '-c', 'echo no; echo "not\u0007 today" >&2; exit 3'])).rejects.toMatchObject({
      code: 'notice-failed',
      message: 'sh failed (exit code 3): not today',
    });
  });

  test('a program that is not there', async () => {
    await expect(send(['/no/such/program'])).rejects.toMatchObject({
      code: 'notice-failed',
      message: expect.stringMatching(/^\/no\/such\/program could not be started/),
    });
  });

  test('one that does not end', async () => {
    await expect(send(['sleep', '60'], 100)).rejects.toMatchObject({
      code: 'notice-failed',
      message: 'sleep took longer than 0.1 s',
    });
  });

  test('one that reads nothing has been told all the same', async () => {
    await expect(send(['true'])).resolves.toBeUndefined();
  });

  test('our own end cuts it', async () => {
    const ending = new AbortController();
    const failure = send(['sleep', '60'], 10_000, ending.signal);
    ending.abort();
    await expect(failure).rejects.toMatchObject({ code: 'notice-failed', message: 'sleep was cut short' });
  });
});
