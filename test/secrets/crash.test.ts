/**
 * A mistake in the program that throws with a secret in hand: last words without it, exit code 1. And reports of Node's
 * own, should somebody ask for them: without the environment.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { tempDirectory } from '../builders/temp-directory.ts';
import { freePort } from '../builders/free-port.ts';
import { startRenewd, until } from '../interop/processes.ts';
import { canary, leaks } from './canaries.ts';

const ways = {
  'an exception': 'throw mistake()',
  'a rejected promise': 'void Promise.reject(mistake())',
  'a rejected promise that is no error': 'void Promise.reject(secret)',
} as const;

test.each(Object.entries(ways))(
  '%s',
  async (_, how) => {
    const directory = tempDirectory();
    const secret = canary('crash');
    const report = `${directory}/report.json`;
    // What a library could do: its error holds what it was given, and so does the cause of it.
    writeFileSync(
      `${directory}/mistake.mjs`,
      `const secret = process.env.PLANTED;
    const mistake = () => new Error('cannot log in with ' + secret, { cause: new Error(JSON.stringify({ secret })) });
    process.on('SIGUSR2', () => setTimeout(() => {
      process.report.writeReport(${JSON.stringify(report)});
      ${how};
    }, 0));`,
    );
    const port = await freePort();
    writeFileSync(
      `${directory}/renewd.yaml`,
      `store: { sqlite: renewd.db }
keys: keys
listen: 127.0.0.1:${port}
providers:
  one: { type: resello, url: "http://127.0.0.1:9/api", username: ada, apiKey: { env: PLANTED } }
publishers:
  web: { type: webroot, path: ${directory} }
notices:
  hook: { type: webhook, url: "http://127.0.0.1:9/", secret: { env: PLANTED } }
certificates:
  - { name: shop, names: [shop.example.com], provider: one, product: x, dcv: { method: file }, deploy: [{ directory: ${directory}/shop }] }
`,
    );
    const daemon = startRenewd(['run', '-c', `${directory}/renewd.yaml`], {
      cwd: directory,
      env: { PLANTED: secret, NODE_OPTIONS: `--import=${directory}/mistake.mjs` },
    });
    onTestFinished(() => void daemon.stop());
    // Its order was sent: the account is in use, and its secret known.
    await until('the order', 60_000, () => {
      if (!daemon.isRunning()) throw new Error(daemon.stderr());
      return daemon.stderr().includes('"from":"ordering"');
    });
    daemon.kill('SIGUSR2');
    const { code, stdout, stderr } = await daemon.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /renewd: a mistake in the program ended it \((uncaughtException|unhandledRejection)\): /,
    );
    expect(stderr).toContain('[secret]');
    const places = { stdout, stderr, report: readFileSync(report, 'utf8') };
    expect(places.report).toContain('"javascriptHeap"');
    expect(leaks(places, { secret })).toEqual([]);
  },
  120_000,
);
