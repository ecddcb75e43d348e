/** What people do who are in a hurry, to real processes: nothing is lost by it, and what went wrong is said. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { runRenewd, startRenewd, until } from './processes.ts';

const env = { PASSWORD: 'a-password-nobody-uses' };

/** One certificate that is looked at and never acted on; whoever would be asked refuses the connection. */
function place(): { readonly directory: string; readonly config: string; readonly state: string } {
  const directory = mkdtempSync(join(tmpdir(), 'renewd-careless-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const config = join(directory, 'renewd.yaml');
  const document = {
    store: { sqlite: 'state/renewd.db' },
    keys: 'state/keys',
    listen: false,
    schedule: '*/1 * * * * *',
    providers: {
      cnr: { type: 'rrpproxy', url: 'http://127.0.0.1:9/', login: 'me', password: { env: 'PASSWORD' } },
    },
    publishers: { web: { type: 'webroot', path: directory } },
    certificates: [
      {
        name: 'shop',
        names: ['shop.example.test'],
        provider: 'cnr',
        product: 'ssl123dv',
        hold: true,
        order: { techContact: 'P-ABC1' },
        dcv: { method: 'file', publisher: 'web' },
        deploy: [{ directory: 'tls/shop' }],
      },
    ],
  };
  writeFileSync(config, stringify(document));
  return { directory, config, state: join(directory, 'state') };
}

test('commands that look leave nothing behind: a store that they made might not be the daemon’s to write', async () => {
  const { config, state } = place();
  for (const command of ['status', 'plan']) {
    const { code, stderr } = await runRenewd([command, '-c', config], { env });
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
  }
  const history = await runRenewd(['history', 'shop', '-c', config], { env });
  expect(history).toMatchObject({ code: 1, stdout: '' });
  expect(history.stderr).toMatch(/there is no such file.*start the daemon/);
  expect(existsSync(state)).toBe(false);
}, 60_000);

test('the state directory is moved away while the daemon runs: it stops, says so, and begins no second store', async () => {
  const { config, state } = place();
  const daemon = startRenewd(['run', '-c', config], { env });
  onTestFinished(() => daemon.stop().then(() => undefined));
  await until('ready', 30_000, () => daemon.stderr().includes('renewd is ready'));
  renameSync(state, `${state}.away`);
  mkdirSync(state, { mode: 0o700 });
  const { code, stderr } = await daemon.ended;
  expect(code).toBe(11);
  expect(stderr).toMatch(/was removed or moved while renewd worked with it/);
  expect(stderr).toMatch(/restore a backup.* \[store-gone\]/);
  expect(existsSync(join(state, 'renewd.db'))).toBe(false);
}, 60_000);
