/**
 * The package and its units on a real systemd: built, installed, started, disturbed, upgraded, removed. The container goes
 * through the whole life once (systemd/scenario.sh); each test looks at what one step left.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/core/version.ts';
import { projectDirectory, shouldSkip } from './processes.ts';
import { boot, containerMissing, debianTree, evidenceOf, runToEnd } from './systemd/container.ts';

const missing = containerMissing();
/** Another run's container is waited for. */
const bootTimeoutMs = 400_000;

async function buildPackage(output: string, umask: string): Promise<string> {
  const script = join(projectDirectory, 'scripts/package-deb.ts');
  // Stored, not compressed: the test is about what is inside.
  const command = `umask ${umask} && exec "$0" "$1" --compression none --output "$2"`;
  const printed = await runToEnd('/bin/sh', ['-c', command, process.execPath, script, output], {
    SOURCE_DATE_EPOCH: '1795000000',
  });
  return printed.trim();
}

/** The next package: another revision, and another text of the file that the operator leaves alone. */
function nextPackage(first: string, second: string, work: string): void {
  const root = join(work, 'second');
  execFileSync('dpkg-deb', ['--raw-extract', first, root]);
  const control = join(root, 'DEBIAN/control');
  const text = readFileSync(control, 'utf8');
  writeFileSync(control, text.replace(`Version: ${version}-1\n`, `Version: ${version}-2\n`));
  appendFileSync(join(root, 'etc/renewd/inventory.d/example.yaml'), '# Of the second package.\n');
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', root, second], { stdio: 'ignore' });
  rmSync(root, { recursive: true });
}

describe.skipIf(shouldSkip('test/interop/systemd.test.ts', missing))('the Debian package', () => {
  let work = '';
  let first = '';
  let again = '';
  let evidence: ReadonlyMap<string, string> = new Map();
  let journal = '';
  let consoleText = '';

  beforeAll(async () => {
    if (missing !== undefined) throw new Error(missing);
    work = mkdtempSync(join(tmpdir(), 'renewd-systemd-'));
    const [tree, built] = await Promise.all([debianTree(), buildPackage(join(work, 'one'), '022')]);
    first = built;
    const scenario = join(work, 'scenario');
    mkdirSync(scenario);
    const source = join(projectDirectory, 'test/interop/systemd');
    for (const name of readdirSync(source))
      if (!name.endsWith('.ts')) cpSync(join(source, name), join(scenario, name));
    cpSync(first, join(scenario, 'first.deb'));
    nextPackage(first, join(scenario, 'second.deb'), work);
    [consoleText, again] = await Promise.all([
      boot({ tree, scenario, timeoutMs: bootTimeoutMs }),
      buildPackage(join(work, 'two'), '077'),
    ]);
    const read = (name: string): string =>
      existsSync(join(scenario, name)) ? readFileSync(join(scenario, name), 'utf8') : '';
    evidence = evidenceOf(read('result'));
    journal = read('journal');
  }, 900_000);

  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
  });

  function saw(name: string): string {
    const found = evidence.get(name);
    if (found === undefined)
      throw new Error(`the scenario did not come to "${name}"`, {
        cause: `${consoleText}\n${journal.split('\n').slice(-60).join('\n')}`,
      });
    return found;
  }

  /** `systemctl show` as a table. */
  function shown(name: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
      saw(name)
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  }

  test('is the same, byte for byte, whoever builds it', () => {
    expect(readFileSync(again).equals(readFileSync(first))).toBe(true);
  });

  test('says what it is, and holds no file that anybody else could write', () => {
    const fields = execFileSync('dpkg-deb', ['--field', first], { encoding: 'utf8' });
    expect(fields).toMatch(
      new RegExp(`^Package: renewd\nVersion: ${version}-1\nArchitecture: (amd64|arm64)\n`),
    );
    expect(fields).toMatch(/^Depends: adduser, libc6/m);
    const list = execFileSync('dpkg-deb', ['--contents', first], { encoding: 'utf8', maxBuffer: 2 ** 24 });
    const lines = list.trim().split('\n');
    expect(
      lines.filter((line) => !/^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x|lrwxrwxrwx) root\/root /.test(line)),
    ).toEqual([]);
    expect(lines.filter((line) => /node_modules\/(typescript|vitest|@types|node-linux)/.test(line))).toEqual(
      [],
    );
    for (const path of [
      'usr/bin/renewd -> ',
      'usr/lib/renewd/dist/app/main.js',
      'usr/share/doc/renewd/copyright',
    ])
      expect(list).toContain(` ./${path}`);
  });

  test('the scenario came to its end, and systemd-notify never failed', () => {
    expect(saw('end')).toBe('');
    expect(saw('helper-trouble')).toBe('0');
  });

  test('installation makes user and directories, and enables the unit', () => {
    expect(saw('install')).toMatch(/remove \/etc\/renewd\/unconfigured[^]*exit 0$/);
    expect(saw('user')).toMatch(/^renewd:x:\d+:\d+:.*:\/var\/lib\/renewd:\/usr\/sbin\/nologin$/);
    expect(saw('modes').split('\n')).toEqual([
      'root:root 755 /etc/renewd',
      'root:root 644 /etc/renewd/renewd.yaml',
      'root:renewd 750 /etc/renewd/credentials',
      'renewd:renewd 700 /var/lib/renewd',
      'renewd:renewd 700 /var/cache/renewd',
      'root:root 755 /usr/lib/renewd/node',
      'root:root 755 /usr/lib/renewd/bin/renewd.js',
    ]);
    expect(saw('version')).toBe(`${version}\nexit 0`);
    expect(saw('verify-units')).toBe('exit 0');
  });

  test('nothing is started before somebody has configured it', () => {
    expect(saw('enabled')).toBe('enabled\ninactive');
    expect(shown('unconfigured')).toMatchObject({ ActiveState: 'inactive', ConditionResult: 'no' });
    expect(saw('check')).toMatch(/is right: 0 certificate\(s\)\nexit 0$/);
    expect(shown('marker')).toMatchObject({ ActiveState: 'inactive', ConditionResult: 'no' });
  });

  test('`systemctl start` returns when it is ready, not before', () => {
    expect(saw('start')).toBe('exit 0');
    // The listener answers at once.
    expect(saw('healthz')).toMatch(/^HTTP\/1\.1 200 /);
    expect(shown('started')).toMatchObject({ ActiveState: 'active', SubState: 'running', NRestarts: '0' });
    const lines = saw('order').split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('renewd is ready');
    expect(lines[1]).toContain('Started renewd.service');
  });

  test('it runs without any right, behind a filter', () => {
    expect(saw('rights')).toMatch(/^CapEff:\s+0{16}\nNoNewPrivs:\s+1\nSeccomp:\s+2$/);
  });

  test('a certificate is bought, proved and deployed below the hardening, with secrets from LoadCredential', () => {
    expect(saw('configure')).toBe('');
    expect(saw('credentials')).toBe('rrpproxy-password\ntsig');
    expect(shown('renewed')['StatusText']).toMatch(
      /^1 valid, 0 waiting, 0 problems; next due 20\d\d-\d\d-\d\d \d\d:\d\d UTC \(shop\)$/,
    );
    // Given to another group: chown passes the filter.
    expect(saw('deployed').split('\n')).toEqual([
      'renewd:certs 640 /etc/nginx/tls/shop/privkey.pem',
      'renewd:certs 644 /etc/nginx/tls/shop/fullchain.pem',
    ]);
    expect(saw('status')).toBe('1');
  });

  test('a reload takes a change over', () => {
    expect(saw('reload')).toBe('exit 0');
    expect(shown('reloaded')).toMatchObject({ SubState: 'running', NRestarts: '0' });
    expect(shown('reloaded')['StatusText']).toMatch(/^2 valid, 0 waiting, 0 problems; /);
    expect(Number(saw('reload-log'))).toBeGreaterThan(0);
  });

  test('a broken configuration changes nothing, and the status says so', () => {
    expect(saw('reload-broken')).toBe('exit 0');
    expect(shown('refused')).toMatchObject({ ActiveState: 'active', SubState: 'running', NRestarts: '0' });
    expect(shown('refused')['StatusText']).toMatch(
      /^2 valid, .*; the changed configuration is REFUSED, the last good one is in use$/,
    );
    expect(saw('refused-certificates')).toBe('2');
    expect(shown('mended')['StatusText']).toMatch(/^2 valid, 0 waiting, 0 problems; next due [^;]+$/);
    expect(saw('reload-pid')).toBe('same');
  });

  test('port 80 by socket activation, over a reload, without a capability', () => {
    expect(saw('socket')).toMatch(/exit 0$/);
    expect(saw('socket-before')).toBe('inactive');
    expect(saw('socket-answer')).toMatch(/^HTTP\/1\.1 404 /);
    expect(saw('socket-answer').toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(saw('socket-started')).toBe('active');
    expect(saw('socket-rights')).toMatch(/^CapEff:\s+0{16}$/);
    expect(saw('socket-after-reload')).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('the drop-in for low ports gives that capability and no other', () => {
    expect(saw('low-ports')).toMatch(/^CapEff:\s+0{13}400$/);
  });

  test('the watchdog leaves it alone while it works, and kills and restarts it when it hangs', () => {
    expect(shown('before-hang')).toMatchObject({ SubState: 'running', NRestarts: '0' });
    expect(shown('after-hang')).toMatchObject({ ActiveState: 'active', NRestarts: '1' });
    expect(saw('watchdog-log')).toMatch(/Watchdog timeout[^]*Failed with result 'watchdog'/);
    expect(shown('recovered')['StatusText']).toMatch(/^2 valid, 0 waiting, 0 problems; /);
  });

  test('it stops in order', () => {
    expect(saw('stop')).toBe('exit 0');
    expect(shown('stopped')).toMatchObject({
      ActiveState: 'inactive',
      Result: 'success',
      ExecMainStatus: '0',
    });
    expect(saw('stop-log')).toBe('1');
  });

  test('single passes by service and timer', () => {
    expect(saw('once')).toBe('exit 0');
    expect(saw('once-log')).toMatch(/^nothing to do$/m);
    expect(saw('timer')).toMatch(/exit 0$/);
    expect(saw('timer-active')).toBe('active');
  });

  test('an upgrade keeps configuration, keys and what ran', () => {
    expect(saw('upgrade')).toMatch(/exit 0$/);
    expect(saw('upgraded-version')).toBe(`${version}-2 installed`);
    expect(saw('config-after')).toBe(saw('config-before'));
    expect(saw('untouched-conffile')).toBe('# Of the second package.');
    expect(saw('upgraded')).toMatch(/^restarted$/m);
    expect(saw('upgraded')).toMatch(/^SubState=running$/m);
    expect(saw('upgraded')).toMatch(/unconfigured.*No such file/);
    expect(saw('keys-before').split('\n')).toHaveLength(2);
    expect(saw('keys-after')).toBe(saw('keys-before'));
    // Neither started nor enabled behind the operator's back.
    expect(saw('stopped-stays-stopped')).toBe('inactive\ndisabled');
  });

  test('removal stops it and leaves everything but the program', () => {
    expect(saw('remove')).toMatch(/exit 0$/);
    expect(saw('removed')).toMatch(/^inactive$/m);
    expect(saw('removed')).toMatch(/\/usr\/bin\/renewd.*No such file/);
    expect(saw('removed')).toMatch(/renewd\.service.*No such file/);
    expect(saw('removed')).toMatch(/^\/etc\/renewd\/renewd\.yaml$/m);
  });

  test('a purge leaves keys, store and credentials, and says where', () => {
    expect(saw('purge')).toContain('left on purpose: /var/lib/renewd');
    expect(saw('purge')).toMatch(/exit 0$/);
    for (const kept of [
      '/etc/nginx/tls/shop/privkey.pem',
      '/etc/renewd/credentials/tsig',
      '/var/lib/renewd/keys',
      '/var/lib/renewd/renewd.db',
      'renewd',
    ])
      expect(saw('purged').split('\n')).toContain(kept);
    expect(saw('purged')).toMatch(/\/etc\/renewd\/renewd\.yaml.*No such file/);
    expect(saw('purged')).toMatch(/\/var\/cache\/renewd.*No such file/);
  });

  test('a purge with the word leaves none of them, and no user', () => {
    expect(saw('reinstall')).toMatch(/exit 0$/);
    expect(saw('reinstalled').split('\n')).toEqual([
      '/etc/renewd/unconfigured',
      'inactive',
      '/var/lib/renewd/keys',
    ]);
    expect(saw('purge-keys')).toMatch(/exit 0$/);
    expect(saw('purged-keys')).toMatch(/\/var\/lib\/renewd.*No such file/);
    expect(saw('purged-keys')).toMatch(/\/etc\/renewd\/credentials.*No such file/);
    expect(saw('purged-keys')).toMatch(/^\/etc\/nginx\/tls\/shop\/privkey\.pem$/m);
    expect(saw('purged-keys')).toMatch(/^user 2$/m);
  });
});
