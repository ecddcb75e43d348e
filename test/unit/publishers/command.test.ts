import {
  chmodSync,
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
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { DnsPublisher, DnsRecord } from '../../../src/contracts/publisher.ts';
import { Secret } from '../../../src/core/certificate.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { createProcesses } from '../../../src/platform/processes.ts';
import { configSchema, type CommandConfig } from '../../../src/publishers/command/config.ts';
import { lastLines, scrubber } from '../../../src/publishers/command/output.ts';
import { createCommand } from '../../../src/publishers/command/publisher.ts';
import { recordTypesOf } from '../../../src/publishers/command/record-types.ts';
import { createThrottleBook } from '../../../src/vendors/common/throttle.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { keepingLogger } from './silent-logger.ts';

const never = new AbortController().signal;
const zones = ['example.com'];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'command-'));
  return () => rmSync(folder, { recursive: true, force: true });
});

/** A program that writes down, as JSON, how it was called. */
function recorder(file: string, more = ''): readonly string[] {
  const path = join(folder, `${file}.mjs`);
  writeFileSync(
    path,
    `import { appendFileSync } from 'node:fs';
const { PATH: _, LANG, HOME, ...env } = process.env;
appendFileSync(${JSON.stringify(join(folder, file))}, JSON.stringify({ args: process.argv.slice(2), env }) + '\\n');
${more}`,
  );
  return [process.execPath, path];
}

function script(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

function calls(file: string): { args: string[]; env: Record<string, string> }[] {
  return readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function publisherOf(settings: object, env: Readonly<Record<string, string | Secret>> = {}): DnsPublisher {
  const config: CommandConfig = { ...configSchema.parse({ zones, timeout: '20s', ...settings }), env };
  return createCommand('prog', config, {
    files: nodeFiles,
    processes: createProcesses({ killAfterMs: 500 }),
    logger: keepingLogger(),
    throttleOf: createThrottleBook(systemClock),
  });
}

function record(extra: Partial<DnsRecord> = {}): DnsRecord {
  return {
    name: '_acme-challenge.www.example.com',
    type: 'TXT',
    value: 'a\'b $(c) `d` "e" --f',
    ttlSeconds: 60,
    ...extra,
  };
}

async function failure(promise: Promise<unknown>): Promise<RenewdError> {
  const thrown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (thrown instanceof RenewdError) return thrown;
  throw new Error('no RenewdError was thrown', { cause: thrown });
}

describe('plain', () => {
  test('add and remove, TXT and CNAME, every byte of the value', async () => {
    const publisher = publisherOf({ convention: 'plain', command: [...recorder('seen'), '--quiet'] });
    await publisher.publish(record(), never);
    await publisher.withdraw(
      record({ type: 'CNAME', name: '_x.example.com', value: 'y.example.net' }),
      never,
    );
    expect(calls('seen').map(({ args }) => args)).toEqual([
      ['--quiet', 'add', 'TXT', '_acme-challenge.www.example.com', 'a\'b $(c) `d` "e" --f', '60'],
      ['--quiet', 'remove', 'CNAME', '_x.example.com', 'y.example.net', '60'],
    ]);
  });

  test('a script with a shebang', async () => {
    const path = script('hook.sh', `#!/bin/sh\nprintf '%s|' "$@" >"${folder}/args"\n`);
    await publisherOf({ convention: 'plain', command: [path] }).publish(record(), never);
    expect(readFileSync(join(folder, 'args'), 'utf8')).toBe(
      'add|TXT|_acme-challenge.www.example.com|a\'b $(c) `d` "e" --f|60|',
    );
  });

  test('the environment: what is configured, and nothing of ours', async () => {
    process.env['RENEWD_TEST_LEAK'] = 'ours';
    try {
      const env = { API_USER: 'me', API_TOKEN: new Secret('s3cret') };
      await publisherOf({ convention: 'plain', command: recorder('seen') }, env).publish(record(), never);
    } finally {
      delete process.env['RENEWD_TEST_LEAK'];
    }
    expect(calls('seen')[0]?.env).toEqual({ API_USER: 'me', API_TOKEN: 's3cret' });
  });
});

test('lego-exec: present and cleanup with an absolute name', async () => {
  const publisher = publisherOf({ convention: 'lego-exec', command: recorder('seen') });
  await publisher.publish(record(), never);
  await publisher.withdraw(record({ value: 'v' }), never);
  expect(calls('seen').map(({ args }) => args)).toEqual([
    ['present', '_acme-challenge.www.example.com.', record().value],
    ['cleanup', '_acme-challenge.www.example.com.', 'v'],
  ]);
});

describe('certbot', () => {
  test('environment of both hooks, the output of the first for the second', async () => {
    const publisher = publisherOf({
      convention: 'certbot',
      command: recorder('auth', "console.log('  record 42 ');"),
      cleanup: recorder('clean'),
    });
    await publisher.publish(record(), never);
    await publisher.withdraw(record(), never);
    const shared = {
      CERTBOT_DOMAIN: 'www.example.com',
      CERTBOT_VALIDATION: record().value,
      CERTBOT_ALL_DOMAINS: 'www.example.com',
      CERTBOT_REMAINING_CHALLENGES: '0',
    };
    expect(calls('auth')).toEqual([{ args: [], env: shared }]);
    expect(calls('clean')).toEqual([{ args: [], env: { ...shared, CERTBOT_AUTH_OUTPUT: 'record 42' } }]);
    // After a restart nobody remembers.
    await publisher.withdraw(record(), never);
    expect(calls('clean')[1]?.env['CERTBOT_AUTH_OUTPUT']).toBe('');
  });
});

test('dehydrated: a name of the file that means nothing', async () => {
  const publisher = publisherOf({ convention: 'dehydrated', command: recorder('seen') });
  await publisher.publish(record(), never);
  await publisher.withdraw(record(), never);
  expect(calls('seen').map(({ args }) => args)).toEqual([
    ['deploy_challenge', 'www.example.com', '-', record().value],
    ['clean_challenge', 'www.example.com', '-', record().value],
  ]);
});

describe('hooks that put a label before the domain', () => {
  const hook = (convention: string): object =>
    convention === 'certbot'
      ? { convention, command: ['true'], cleanup: ['true'] }
      : { convention, command: ['true'] };

  test.each(['certbot', 'dehydrated'])(
    '%s: other records are refused before anything runs',
    async (convention) => {
      for (const name of ['_dnsauth.example.com', 'example.com', 'x_acme-challenge.example.com']) {
        const thrown = await failure(publisherOf(hook(convention)).publish(record({ name }), never));
        expect(thrown).toMatchObject({ code: 'dcv-publish-failed', kind: 'configuration' });
        expect(thrown.message).toContain('prefix');
      }
    },
  );

  test('another label, or none', async () => {
    const settings = { convention: 'dehydrated', command: recorder('seen') };
    await publisherOf({ ...settings, prefix: '_dnsauth' }).publish(
      record({ name: '_dnsauth.example.com' }),
      never,
    );
    await publisherOf({ ...settings, prefix: '' }).publish(record({ name: '_dnsauth.example.com' }), never);
    expect(calls('seen').map(({ args }) => args[1])).toEqual(['example.com', '_dnsauth.example.com']);
  });
});

describe('acme.sh', () => {
  /** Behaves as acme.sh does where it matters: runs its main function when it is sourced, and keeps accounts. */
  const acmesh = `#!/usr/bin/env sh
_SCRIPT_="$0"
_saveaccountconf_mutable() { echo "SAVED_$1='$2'" >>"$ACCOUNT_CONF_PATH"; }
_info() { echo "$1"; }
_err() { echo "$1" >&2; return 1; }
main() {
  [ -z "$1" ] && echo "usage: help" && return
  echo "main $*" >>"$OUT"
}
main "$@"
`;
  const dnsapi = `#!/usr/bin/env sh
dns_try_info='A script for a test'
dns_try_add() {
  fulldomain=$1
  txtvalue=$2
  renewd=clobbered
  _saveaccountconf_mutable TRY_Token "$TRY_Token"
  printf '%s|' add "$#" "$fulldomain" "$txtvalue" "$TRY_Token" "$HOME" "$(ls -a "$HOME" | tr '\\n' ' ')" >>"$OUT"
  [ -z "$FAIL" ] || { _err "token $TRY_Token was refused"; return 1; }
}
dns_try_rm() {
  printf '%s|' rm "$1" "$2" >>"$OUT"
}
`;

  function install(): { script: string; out: string; env: Record<string, string | Secret> } {
    script('acme/acme.sh', acmesh);
    const out = join(folder, 'out');
    writeFileSync(out, '');
    return {
      script: script('acme/dnsapi/dns_try.sh', dnsapi),
      out,
      env: { OUT: out, TRY_Token: new Secret('t0ken'), TMPDIR: join(folder, 'tmp') },
    };
  }

  beforeEach(() => mkdirSync(join(folder, 'tmp')));

  test('add and rm, with the functions of acme.sh, in a home that is thrown away', async () => {
    const { script: path, out, env } = install();
    const publisher = publisherOf({ convention: 'acme.sh', script: path }, env);
    await publisher.publish(record(), never);
    await publisher.withdraw(record(), never);
    const said = readFileSync(out, 'utf8').split('|');
    expect(said.slice(0, 5)).toEqual([
      'add',
      '2',
      '_acme-challenge.www.example.com',
      record().value,
      't0ken',
    ]);
    expect(said[5]?.startsWith(join(folder, 'tmp'))).toBe(true);
    expect(said[6]).toContain('account.conf');
    expect(said.slice(7)).toEqual(['rm', '_acme-challenge.www.example.com', record().value, '']);
    // acme.sh saw no parameters, and nothing stays behind: no account, no home.
    expect(said.join()).not.toContain('main ');
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    expect(readdirSync(join(folder, 'acme'))).toEqual(['acme.sh', 'dnsapi']);
  });

  test('a failing function: its exit code and words, without the token', async () => {
    const { script: path, env } = install();
    const thrown = await failure(
      publisherOf({ convention: 'acme.sh', script: path }, { ...env, FAIL: '1' }).publish(record(), never),
    );
    expect(thrown).toMatchObject({ code: 'dcv-publish-failed', kind: 'dcv-failed' });
    expect(thrown.message).toBe(`publisher "prog": ${path} failed (exit code 1): token [secret] was refused`);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  test('a script without acme.sh beside it, and without the function', async () => {
    const path = script('alone/dns_other.sh', '#!/bin/sh\ndns_wrong_add() { :; }\n');
    const thrown = await failure(
      publisherOf({ convention: 'acme.sh', script: path }).publish(record(), never),
    );
    expect(thrown.message).toContain('has no function dns_other_add');
  });

  test('what is not there is said when the publisher is made', () => {
    const { script: path } = install();
    const made = (settings: object) => () => publisherOf({ convention: 'acme.sh', ...settings });
    expect(made({ script: join(folder, 'dns_none.sh') })).toThrow('there is no file');
    expect(made({ script: path, acmesh: join(folder, 'none.sh') })).toThrow('there is no file');
  });

  test('a script that hangs is ended, and its home removed', async () => {
    const { env } = install();
    const path = script('acme/dnsapi/dns_slow.sh', 'dns_slow_add() { sleep 600; }\n');
    const publisher = publisherOf({ convention: 'acme.sh', script: path, timeout: '1s' }, env);
    const thrown = await failure(publisher.publish(record(), never));
    expect(thrown).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('longer than 1 s'),
    });
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  }, 10_000);
});

describe('when it fails', () => {
  const failing = (code: string): readonly string[] => recorder('seen', code);

  test('exit code and last lines, bounded and scrubbed', async () => {
    const command = failing(`
for (let line = 0; line < 20; line += 1) console.error('line ' + line);
console.error('sent ' + process.env.TOKEN + ' as ' + Buffer.from(process.env.TOKEN).toString('base64'));
console.error('\\u001b[31mred\\u001b[0m ' + 'x'.repeat(450));
process.exit(7);`);
    const publisher = publisherOf({ convention: 'plain', command }, { TOKEN: new Secret('p@ss w0rd') });
    const thrown = await failure(publisher.publish(record(), never));
    expect(thrown).toMatchObject({ code: 'dcv-publish-failed', kind: 'dcv-failed' });
    expect(thrown.message).toContain('exit code 7');
    expect(thrown.message).toContain('xxx');
    expect(thrown.message).not.toContain('line 10');
    const all = JSON.stringify([thrown.message, thrown.fields]);
    expect(all).not.toMatch(/p@ss|cEBzcyB3|\\u001b/);
    expect(all.length).toBeLessThan(1000);
  });

  test('ended by a signal', async () => {
    const publisher = publisherOf({
      convention: 'plain',
      command: failing("process.kill(process.pid, 'SIGKILL');"),
    });
    expect((await failure(publisher.publish(record(), never))).message).toContain('signal SIGKILL');
  });

  test('a program that is not there, or may not run', async () => {
    const path = join(folder, 'data.txt');
    writeFileSync(path, 'no program');
    for (const command of [[join(folder, 'none')], [path]]) {
      const thrown = await failure(publisherOf({ convention: 'plain', command }).publish(record(), never));
      expect(thrown).toMatchObject({ code: 'dcv-publish-failed', kind: 'configuration' });
      expect(thrown.message).toContain(command[0]);
    }
  });

  test('cancelled: ended at once', async () => {
    const stop = new AbortController();
    const ready = join(folder, 'ready');
    const command = failing(
      `import('node:fs').then(({ writeFileSync }) => writeFileSync(${JSON.stringify(ready)}, '')); setTimeout(() => {}, 600_000);`,
    );
    const call = publisherOf({ convention: 'plain', command }).publish(record(), stop.signal);
    const poll = setInterval(() => existsSync(ready) && stop.abort(new Error('enough')), 5);
    await expect(call).rejects.toThrow('enough');
    clearInterval(poll);
  });

  test('a record outside its zones is not for it', async () => {
    const publisher = publisherOf({ convention: 'plain', command: ['true'] });
    expect((await failure(publisher.publish(record({ name: 'a.example.net' }), never))).code).toBe(
      'dcv-no-publisher',
    );
  });
});

test('one call at a time for a zone, and side by side for two', async () => {
  // The value is the zone: two at once in a zone would collide, and nobody ends before both zones were entered.
  const path = script(
    'hook.sh',
    `#!/bin/sh
cd "${folder}"
mkdir "$4.lock" || exit 1
: >"$3.in"
tries=0
until [ "$(ls -d *.in | wc -l)" -ge 2 ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || exit 1
  sleep 0.05
done
rmdir "$4.lock"
`,
  );
  const publisher = publisherOf({
    convention: 'plain',
    command: [path],
    zones: ['example.com', 'example.net'],
  });
  await Promise.all(
    ['a.example.com', 'b.example.com', 'c.example.net', 'd.example.net'].map((name) =>
      publisher.publish(record({ name, value: name.slice(2) }), never),
    ),
  );
  expect(readdirSync(folder).filter((name) => name.endsWith('.in'))).toHaveLength(4);
});

describe('record types', () => {
  test.each([
    ['plain', ['txt', 'cname']],
    ['acme.sh', ['txt']],
    ['lego-exec', ['txt']],
    ['certbot', ['txt']],
    ['dehydrated', ['txt']],
  ])('%s', async (convention, types) => {
    expect(recordTypesOf(convention)).toEqual(types);
    if (convention === 'plain' || convention === 'acme.sh') return;
    const settings = {
      convention,
      command: ['true'],
      ...(convention === 'certbot' ? { cleanup: ['true'] } : {}),
    };
    const cname = record({ type: 'CNAME', value: 'x.example.net' });
    for (const call of ['publish', 'withdraw'] as const) {
      expect(await failure(publisherOf(settings)[call](cname, never))).toMatchObject({
        kind: 'configuration',
      });
    }
  });
});

describe('settings', () => {
  function complaints(settings: object): string[] {
    const result = configSchema.safeParse({ zones, ...settings });
    return (result.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
  }

  test('what is usual is filled in', () => {
    expect(configSchema.parse({ convention: 'plain', command: ['x'], zones: ['Example.COM.'] })).toEqual({
      convention: 'plain',
      command: ['x'],
      zones: ['example.com'],
      env: {},
      timeout: 120_000,
    });
  });

  test.each<[object, string]>([
    [{ convention: 'plain' }, 'command: convention plain needs it'],
    [{ convention: 'certbot', command: ['a'] }, 'cleanup: convention certbot needs it'],
    [{ convention: 'acme.sh' }, 'script: convention acme.sh needs it'],
    [{ convention: 'acme.sh', script: 'dns_cf.sh' }, 'script: must be an absolute path'],
    [{ convention: 'acme.sh', script: '/x/dns-cf.sh' }, 'script: a dnsapi script is called like dns_cf.sh'],
    [
      { convention: 'lego-exec', command: ['a'], cleanup: ['b'] },
      'cleanup: not used by convention lego-exec',
    ],
    [{ convention: 'plain', command: ['a'], prefix: '_x' }, 'prefix: not used by convention plain'],
    [{ convention: 'dehydrated', command: ['a'], prefix: 'a.b' }, 'prefix: a single label'],
    [{ convention: 'plain', command: [''] }, 'command: names no program'],
    [{ convention: 'plain', command: ['a\0b'] }, 'command.0: holds a NUL'],
    [{ convention: 'plain', command: ['a'], zones: [] }, 'zones: '],
    [{ convention: 'plain', command: ['a'], zones: ['.'] }, 'zones.0: not a zone'],
    [{ convention: 'plain', command: ['a'], env: { 'A-B': 'x' } }, 'env.A-B'],
    [{ convention: 'plain', command: ['a'], env: { env: 'X' } }, 'env.env: '],
    [{ convention: 'plain', command: ['a'], timeout: '1h' }, 'timeout: between 1s and 10m'],
    [{ convention: 'nsupdate', command: ['a'] }, 'convention: '],
  ])('%j', (settings, complaint) => {
    expect(complaints(settings).join('\n')).toContain(complaint);
  });

  test('variables are texts or sources of secrets', () => {
    const env = { USER_NAME: 'me', TOKEN: { file: '/run/token' }, KEY: { command: ['pass', 'x'] } };
    expect(complaints({ convention: 'plain', command: ['a'], env })).toEqual([]);
    expect(z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' })).toMatchObject({
      type: 'object',
    });
  });
});

test('whatever was said: bounded, on one line, without the secret', () => {
  const secret = 'Zq/9+x y"ß';
  const scrub = scrubber([secret]);
  const forms = [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    JSON.stringify(secret).slice(1, -1),
  ];
  const piece = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom('\n', '\r\n', '\u0000', '\u202e', ...forms),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.array(piece, { maxLength: 20 }), (out, err) => {
      const said = lastLines({ stdout: out.join(''), stderr: err.join('') }, scrub);
      expect(said.length).toBeLessThanOrEqual(500);
      expect(forms.filter((form) => said.includes(form))).toEqual([]);
      expect(said).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 300 },
  );
  // Cut by the platform in the middle of the secret.
  const cut = `first\n${'y'.repeat(16 * 1024 - 6 - 4)}Zq/9`;
  expect(lastLines({ stdout: '', stderr: cut }, scrub)).toBe('first / (more was said)');
});
