import { describe, expect, test } from 'vitest';
import { dayMs, hourMs, minuteMs, secondMs } from '../../../src/core/durations.ts';
import { noticeLevels } from '../../../src/core/notices.ts';
import { brief, Workspace } from './workspace.ts';

async function load(text: string, env: Readonly<Record<string, string>> = {}, readSecrets = false) {
  const workspace = new Workspace();
  workspace.write('renewd.yaml', text);
  workspace.write('token', 'https://example.com/T0KEN\n');
  const { configuration, diagnostics } = await workspace.load({ env, readSecrets });
  const said = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map((one) => brief(one, workspace).replace(/^renewd\.yaml:/, ''));
  const shown = JSON.stringify(diagnostics);
  return { workspace, configuration, said, shown };
}

describe('channels', () => {
  test('get what is left out', async () => {
    const { workspace, configuration } = await load(`notices:
  chat: { type: webhook, url: "https://chat.example.com/x", secret: { env: KEY } }
  hidden: { type: webhook, url: { file: token }, secret: { env: KEY }, levels: [expired], repeat: 6h, timeout: 2s }
  team: { type: smtp, host: mail.example.com, from: a@example.com, to: [b@example.com] }
  login: { type: smtp, host: mail.example.com, port: 465, from: a@example.com, to: [b@example.com], user: u, password: { env: P } }
  relay: { type: smtp, host: 127.0.0.1, from: a@example.com, to: [b@example.com] }
  sure: { type: smtp, host: localhost, tls: starttls, from: a@example.com, to: [b@example.com] }
  local: { type: command, command: [tell, "the team"] }
`);
    const every = { levels: noticeLevels, repeatMs: dayMs };
    const secret = { env: 'KEY' };
    const mail = { type: 'smtp', from: 'a@example.com', to: ['b@example.com'], timeoutMs: minuteMs };
    const host = 'mail.example.com';
    expect(configuration?.notices).toEqual([
      {
        name: 'chat',
        ...every,
        config: { type: 'webhook', url: 'https://chat.example.com/x', secret, timeoutMs: 15 * secondMs },
      },
      {
        name: 'hidden',
        levels: ['expired'],
        repeatMs: 6 * hourMs,
        config: { type: 'webhook', url: { file: workspace.path('token') }, secret, timeoutMs: 2 * secondMs },
      },
      { name: 'team', ...every, config: { ...mail, host, port: 587, tls: 'starttls' } },
      {
        name: 'login',
        ...every,
        config: { ...mail, host, port: 465, tls: 'implicit', user: 'u', password: { env: 'P' } },
      },
      { name: 'relay', ...every, config: { ...mail, host: '127.0.0.1', port: 25, tls: 'none' } },
      { name: 'sure', ...every, config: { ...mail, host: 'localhost', port: 587, tls: 'starttls' } },
      {
        name: 'local',
        ...every,
        config: { type: 'command', command: ['tell', 'the team'], timeoutMs: 30 * secondMs },
      },
    ]);
  });

  test.each([
    ['a: { type: mail }', '2:14 error there is no such type'],
    ['a: { type: webhook, secret: { env: K } }', '2:3 error "url" is missing'],
    [
      'a: { type: webhook, url: "http://chat.example.com/", secret: { env: K } }',
      '2:28 error must begin with https:// (http:// only for a loopback address)',
    ],
    [
      'a: { type: webhook, url: "https://u:p@chat.example.com/", secret: { env: K } }',
      '2:28 error must not hold a user or password',
    ],
    [
      'a: { type: smtp, host: mail.example.com, tls: none, from: a@b.c, to: [a@b.c] }',
      '2:49 error only mail to a loopback host may go without TLS',
    ],
    [
      'a: { type: smtp, host: localhost, from: "Me <a@b.c>", to: [a@b.c] }',
      '2:43 error must be a mail address alone, e.g. "renewd@example.com"',
    ],
    [
      'a: { type: smtp, host: localhost, from: a@b.c, to: ["a@b.c\\r\\nBcc: x@y.z"] }',
      '2:55 error must be a mail address alone, e.g. "renewd@example.com"',
    ],
    [
      'a: { type: smtp, host: localhost, from: a@b.c, to: ["a@b.c, x@y.z"] }',
      '2:55 error must be a mail address alone, e.g. "renewd@example.com"',
    ],
    [
      'a: { type: smtp, host: localhost, from: a@b.c, to: [a@b.c], user: me }',
      '2:69 error `user` and `password` need each other',
    ],
    [
      'a: { type: command, command: "tell me" }',
      '2:32 error must be a list of program and arguments, because no shell is used: [systemctl, reload, nginx]',
    ],
    ['a: { type: command, command: [x], levels: [] }', '2:45 error is empty'],
    [
      'a: { type: command, command: [x], levels: [loud] }',
      '2:46 error must be one of person, warning, urgent, expired, recovered',
    ],
    ['a: { type: command, command: [x], repeat: 59s }', '2:45 error must be between 1m and 30d'],
    ['a: { type: command, command: [x], timeout: 999ms }', '2:46 error must be between 1s and 5m'],
    ['a: { type: command, command: [x], colour: red }', '2:37 error unknown key'],
  ])('%s', async (line, expected) => {
    const { said } = await load(`notices:\n  ${line}\n`);
    expect(said).toContain(expected);
  });

  test('a secret that was written out is not shown', async () => {
    const { said, shown } = await load(
      'notices:\n  a: { type: webhook, url: "http://x.example/T0KEN", secret: "hunter2 is long" }\n',
    );
    expect(said).toHaveLength(2);
    expect(shown).not.toMatch(/hunter2|T0KEN/);
  });

  test('secrets are tried when the configuration is loaded, each at its place', async () => {
    const text = `notices:
  a: { type: smtp, host: mail.example.com, from: a@b.c, to: [a@b.c], user: me, password: { file: nowhere } }
  b: { type: webhook, url: { env: NOT_SET }, secret: { env: KEY } }
heartbeat: { url: { env: NOT_SET_EITHER } }
`;
    const { said } = await load(text, { KEY: 'k' }, true);
    expect(said).toEqual([
      expect.stringMatching(/^2:90 error there is no secret file .*nowhere$/),
      '3:28 error environment variable NOT_SET is not set',
      '4:19 error environment variable NOT_SET_EITHER is not set',
    ]);
  });
});

describe('the heartbeat', () => {
  test.each([
    ['', null],
    ['heartbeat: { url: "https://x.example/T" }', { url: 'https://x.example/T', intervalMs: 5 * minuteMs }],
    ['heartbeat: { url: { env: BEAT }, interval: 1h }', { url: { env: 'BEAT' }, intervalMs: hourMs }],
    [
      'heartbeat: { url: "http://127.0.0.1:8000/" }',
      { url: 'http://127.0.0.1:8000/', intervalMs: 5 * minuteMs },
    ],
  ])('%s', async (text, expected) => {
    expect((await load(`${text}\n`)).configuration?.heartbeat).toEqual(expected);
  });

  test.each([
    [
      'heartbeat: { url: "http://x.example/" }',
      '1:19 error must begin with https:// (http:// only for a loopback address)',
    ],
    ['heartbeat: { url: "https://x.example/", interval: 9s }', '1:51 error must be between 10s and 24h'],
    ['heartbeat: "https://x.example/"', expect.stringMatching(/^1:12 error must be a mapping/)],
  ])('%s', async (text, expected) => {
    expect((await load(`${text}\n`)).said).toContainEqual(expected);
  });

  test('the file of its URL is found from the configuration', async () => {
    const { workspace, configuration } = await load('heartbeat: { url: { file: token } }\n', {}, true);
    expect(configuration?.heartbeat).toEqual({
      url: { file: workspace.path('token') },
      intervalMs: 5 * minuteMs,
    });
  });
});
