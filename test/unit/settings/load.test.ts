/** What a right configuration becomes: defaults, merging, paths, files, and many mistakes in one run. */
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ManagedCertificate } from '../../../src/core/certificate.ts';
import { dayMs, hourMs, minuteMs } from '../../../src/core/durations.ts';
import { stampsOf } from '../../../src/settings/inventory-files.ts';
import type { LoadOptions } from '../../../src/settings/load.ts';
import { accounts, brief, Workspace } from './workspace.ts';

async function certificatesOf(
  workspace: Workspace,
  options: Partial<LoadOptions> = {},
): Promise<readonly ManagedCertificate[]> {
  const { configuration, diagnostics } = await workspace.load(options);
  expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  return configuration?.certificates ?? [];
}

describe('a small configuration', () => {
  it('gets all defaults', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `${accounts}certificates:\n  - name: shop\n    names: [Shop.Example.com., "*.example.net"]\n    provider: cl\n    product: stardv\n    deploy: [{ directory: tls/shop }]\n`,
    );
    const { configuration, diagnostics } = await workspace.load();
    expect(diagnostics).toEqual([]);
    expect(configuration).toEqual({
      path: workspace.path('renewd.yaml'),
      files: [workspace.path('renewd.yaml')],
      store: { sqlite: '/var/lib/renewd/renewd.db' },
      keys: '/var/lib/renewd/keys',
      listen: { host: '127.0.0.1', port: 9464 },
      schedule: { cron: '*/5 * * * *', timezone: 'UTC' },
      revocation: { check: true, everyMs: 86_400_000 },
      spend: {},
      log: { level: 'info' },
      resolvers: [],
      authoritative: {},
      notices: [],
      heartbeat: null,
      providers: [
        {
          name: 'cl',
          type: 'closed',
          config: { login: 'me', password: { env: 'PASSWORD' }, environment: 'live' },
          spend: {},
          lostAnswerGraceMs: 10 * minuteMs,
        },
        {
          name: 'op',
          type: 'open',
          config: { token: { env: 'TOKEN' } },
          spend: {},
          lostAnswerGraceMs: 10 * minuteMs,
        },
      ],
      publishers: [
        { name: 'ns', type: 'zonefile', config: { zones: ['example.com', 'example.net'] } },
        { name: 'web', type: 'folder', config: { path: '/var/www', hosts: [] } },
      ],
      certificates: [
        {
          name: 'shop',
          names: ['shop.example.com', '*.example.net'],
          provider: 'cl',
          product: 'stardv',
          order: { period: '1y' },
          key: { type: 'ecdsa-p256', reuse: false, madeBy: 'us' },
          // The product validates by CNAME only.
          dcv: { method: 'dns', record: 'cname', propagationTimeoutMs: hourMs },
          deploy: [
            {
              directory: workspace.path('tls/shop'),
              keyMode: 0o600,
              mode: 0o644,
              reloadTimeoutMs: minuteMs,
              probe: [],
              probeTimeoutMs: minuteMs,
              keepSets: 3,
            },
          ],
          crt: workspace.path('tls/shop/fullchain.pem'),
          windows: { order: [], deploy: [] },
          allowDroppingNames: false,
          hold: false,
          trustAnchors: [],
          source: 'renewd.yaml:8:5',
        },
      ],
    });
    expect(JSON.parse(JSON.stringify(configuration))).toEqual(configuration);
  });

  it('reads every key of the main file', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `store: { sqlite: "\${STATE}/db" }
keys: ./keys
listen: "[::1]:9464"
schedule: { cron: "0 */2 * * * *", timezone: Europe/Berlin }
spend: { ordersPerDay: 9, perMonth: 1000 }
log: { level: debug }
resolvers: [192.0.2.1, "[2001:db8::1]:5353"]
authoritative: { example.com: ["127.0.0.1:5300"] }
providers:
  cl:
    type: closed
    login: me
    password: { file: "\${CREDS}/p" }
    spend: { ordersPerDay: 5, perMonth: 500, perOrder: 19.99, priceTolerance: 5 }
    lostAnswerGrace: 30s
`,
    );
    workspace.write('creds/p', 'x\n');
    chmodSync(workspace.path('creds/p'), 0o600);
    const env = { STATE: '/state', CREDS: workspace.path('creds') };
    const { configuration, diagnostics } = await workspace.load({ env, readSecrets: true });
    expect(diagnostics.map((one) => brief(one, workspace))).toEqual([
      'renewd.yaml:1:1 warning the inventory has no certificate',
      'renewd.yaml:14:41 warning this provider cannot say what an order costs, so a limit of money blocks every paid order',
    ]);
    expect(configuration).toMatchObject({
      store: { sqlite: '/state/db' },
      keys: workspace.path('keys'),
      listen: { host: '::1', port: 9464 },
      schedule: { cron: '0 */2 * * * *', timezone: 'Europe/Berlin' },
      spend: { ordersPerDay: 9, perMonthHundredths: 100_000 },
      log: { level: 'debug' },
      resolvers: ['192.0.2.1:53', '[2001:db8::1]:5353'],
      authoritative: { 'example.com': ['127.0.0.1:5300'] },
      providers: [
        {
          spend: {
            ordersPerDay: 5,
            perMonthHundredths: 50_000,
            perOrderHundredths: 1999,
            priceTolerancePercent: 5,
          },
          config: { password: { file: workspace.path('creds/p') } },
          lostAnswerGraceMs: 30_000,
        },
      ],
    });
  });

  it('knows who may read the listener', async () => {
    const workspace = new Workspace();
    workspace.write('token', '0123456789abcdef\n');
    for (const name of ['cert.pem', 'key.pem', 'ca.pem']) workspace.write(name, 'x');
    workspace.write(
      'renewd.yaml',
      `listen:
  address: "[::]:9464"
  token: { file: "\${CREDS}/token" }
  tls: { certificate: "\${CREDS}/cert.pem", key: key.pem, clientCa: ca.pem }
  hosts: [Status.Example.com]
${accounts}`,
    );
    const env = { CREDS: workspace.directory, PASSWORD: 'x', TOKEN: 'x' };
    const { configuration, diagnostics } = await workspace.load({ env, readSecrets: true });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(configuration?.listen).toEqual({
      host: '::',
      port: 9464,
      token: { file: workspace.path('token') },
      tls: {
        certificate: workspace.path('cert.pem'),
        key: workspace.path('key.pem'),
        clientCa: workspace.path('ca.pem'),
      },
      hosts: ['status.example.com'],
    });
  });

  it('refuses a token that could be guessed, and TLS files that are not there', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `listen:
  address: "127.0.0.1:9464"
  token: { env: SHORT }
  tls: { certificate: cert.pem, key: key.pem }
${accounts}`,
    );
    const env = { SHORT: '0123456789abcde', PASSWORD: 'x', TOKEN: 'x' };
    const { configuration, diagnostics } = await workspace.load({ env, readSecrets: true });
    expect(configuration).toBeUndefined();
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map((one) => brief(one, workspace))).toEqual([
      'renewd.yaml:3:10 error this secret is shorter than 16 characters: it could be guessed',
      `renewd.yaml:4:23 error ${workspace.path('cert.pem')} is not there, or may not be read`,
      `renewd.yaml:4:38 error ${workspace.path('key.pem')} is not there, or may not be read`,
    ]);
  });

  it.each([
    ['0123456789abcdef', 0],
    ['0123456789 abcdef', 1],
    ['0123456789abcdéf', 1],
  ])('a token that cannot be sent is refused: %s', async (token, count) => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `listen: { address: "127.0.0.1:9464", token: { env: WORD } }\n${accounts}`,
    );
    const env = { WORD: token, PASSWORD: 'x', TOKEN: 'x' };
    const { diagnostics } = await workspace.load({ env, readSecrets: true });
    const errors = diagnostics.filter(({ message }) => message.includes('not every client can send'));
    expect(errors).toHaveLength(count);
    expect(JSON.stringify(diagnostics)).not.toContain(token);
  });

  it('can do without a listener', async () => {
    const workspace = new Workspace();
    workspace.write('renewd.yaml', `listen: false\n${accounts}`);
    expect((await workspace.load()).configuration?.listen).toBeNull();
  });
});

describe('defaults', () => {
  it('lie under the defaults of the file, and those under the entry, key by key', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `${accounts}defaults:
  provider: cl
  product: BasicDV
  order: { contact: main, period: 2y }
  key: { type: rsa-2048, reuse: true }
  dcv: { method: dns, propagationTimeout: 2h }
  lead: 20d
  windows: { order: [{ cron: "0 8 * * *", duration: 2h }] }
  deploy: { owner: root, group: tls, mode: "0640", reload: [a], probeTimeout: 5s }
inventory: [team/*.yaml]
`,
    );
    workspace.write(
      'team/a.yaml',
      `defaults:
  order: { contact: team }
  dcv: { record: cname }
  deploy: { group: web }
certificates:
  - name: a
    names: [a.example.com]
    key: rsa-4096
    deploy: [{ directory: x/a, reload: [b, c], keyMode: "0600", keepSets: 7 }]
  - name: b
    names: [b.example.com]
    product: StarDV
    lead: 1w
    crt: b.crt
`,
    );
    const [a, b] = await certificatesOf(workspace);
    expect(a).toMatchObject({
      provider: 'cl',
      product: 'BasicDV',
      order: { contact: 'team', period: '2y' },
      key: { type: 'rsa-4096', reuse: true, madeBy: 'us' },
      dcv: { method: 'dns', record: 'cname', propagationTimeoutMs: 2 * hourMs },
      leadMs: 20 * dayMs,
      windows: { order: [{ cron: '0 8 * * *', durationMs: 2 * hourMs, timezone: 'UTC' }], deploy: [] },
      deploy: [
        {
          directory: workspace.path('team/x/a'),
          owner: 'root',
          group: 'web',
          mode: 0o640,
          keyMode: 0o600,
          reload: ['b', 'c'],
          probeTimeoutMs: 5000,
          keepSets: 7,
        },
      ],
      source: 'team/a.yaml:6:5',
    });
    expect(b?.leadMs).toBe(7 * dayMs);
    expect(b?.crt).toBe(workspace.path('team/b.crt'));
  });

  it('keep product and order with their provider', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `${accounts}defaults: { provider: cl, product: BasicDV, order: { contact: main } }
certificates:
  - { name: a, names: [a.example.com], provider: op, crt: a.crt }
`,
    );
    const { diagnostics } = await workspace.load();
    expect(diagnostics.map((one) => brief(one, workspace))).toEqual([
      'renewd.yaml:9:5 error "product" is missing, here and in the defaults',
    ]);
  });
});

describe('key files', () => {
  it('are readable for the group where there is one', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `${accounts}certificates:\n  - { name: a, names: [a.example.com], provider: op, product: p, deploy: [{ directory: a, group: 33 }] }\n`,
    );
    expect((await certificatesOf(workspace))[0]?.deploy[0]).toMatchObject({ group: '33', keyMode: 0o640 });
  });
});

describe('the inventory', () => {
  const entry = (name: string): string =>
    `- { name: ${name}, names: [${name}.example.com], provider: op, product: p, crt: ${name}.crt }\n`;

  it('is read in alphabetical order, each file once, without hidden files', async () => {
    const workspace = new Workspace();
    workspace.write('renewd.yaml', `${accounts}inventory: ["*.yaml", "more/**/*.yaml", more/b.yaml]\n`);
    workspace.write('more/b.yaml', entry('b'));
    workspace.write('more/a.yaml', entry('a'));
    workspace.write('more/deep/c.yaml', `certificates:\n${entry('c')}`);
    workspace.write('more/.hidden.yaml', 'nonsense: [');
    mkdirSync(workspace.path('more/directory.yaml'));
    symlinkSync(workspace.path('more/a.yaml'), workspace.path('more/z.yaml'));
    const certificates = await certificatesOf(workspace);
    expect(certificates.map(({ name, source }) => `${name} ${source}`)).toEqual([
      'a more/a.yaml:1:3',
      'b more/b.yaml:1:3',
      'c more/deep/c.yaml:2:3',
    ]);
    const { files, globs, stamps } = await workspace.load();
    expect(stamps).toEqual(stampsOf(files, globs));
    expect(files.map((file) => file.slice(workspace.directory.length + 1))).toEqual([
      'renewd.yaml',
      'more/a.yaml',
      'more/b.yaml',
      'more/deep/c.yaml',
    ]);
    expect(globs).toEqual(
      ['*.yaml', 'more/**/*.yaml', 'more/b.yaml'].map((pattern) => join(workspace.directory, pattern)),
    );
  });

  it('saw its files before it read them: what changes meanwhile can be told', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `${accounts.replace('{ env: PASSWORD }', '{ command: [pass, show] }')}certificates:\n${entry('a')}inventory: [more/*.yaml]\n`,
    );
    const run = () => {
      workspace.write('more/late.yaml', entry('late'));
      return Promise.resolve({ exitCode: 0, signal: null, timedOut: false, stdout: 'pw\n', stderr: '' });
    };
    const before = stampsOf([workspace.path('renewd.yaml')], []);
    const { files, globs, stamps } = await workspace.load({
      env: { TOKEN: 't' },
      readSecrets: true,
      processes: { run },
    });
    expect(stamps).toEqual(before);
    expect(Object.keys(stampsOf(files, globs))).toContain(workspace.path('more/late.yaml'));
  });

  it('takes an empty file for an empty list', async () => {
    const workspace = new Workspace();
    workspace.write('renewd.yaml', `${accounts}certificates:\n${entry('a')}inventory: [more/*.yaml]\n`);
    workspace.write('more/empty.yaml', '# nothing yet\n');
    expect(await certificatesOf(workspace)).toHaveLength(1);
  });

  it('sees that two paths are one directory', async () => {
    const workspace = new Workspace();
    mkdirSync(workspace.path('real'));
    symlinkSync(workspace.path('real'), workspace.path('link'));
    workspace.write(
      'renewd.yaml',
      `${accounts}certificates:
  - { name: a, names: [a.example.com], provider: op, product: p, deploy: [{ directory: real/x }] }
  - { name: b, names: [b.example.com], provider: op, product: p, deploy: [{ directory: link/x }] }
`,
    );
    const { diagnostics } = await workspace.load();
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'is the directory of certificate a (renewd.yaml:8:88), too',
    ]);
  });

  it('may share values by alias, within the file', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `${accounts}certificates:
  - { name: a, names: [a.example.com], provider: op, product: p, deploy: [{ directory: a, reload: &r [x, y] }] }
  - { name: b, names: [b.example.com], provider: op, product: p, deploy: [{ directory: b, reload: *r }] }
`,
    );
    const certificates = await certificatesOf(workspace);
    expect(certificates.map(({ deploy }) => deploy[0]?.reload)).toEqual([
      ['x', 'y'],
      ['x', 'y'],
    ]);
    expect(certificates[1]?.source).toBe('renewd.yaml:9:5');
  });

  it('reads Windows line ends and a byte order mark', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `\uFEFF${accounts}certificates:\n${entry('a')}  # end\n`.replaceAll('\n', '\r\n'),
    );
    expect((await certificatesOf(workspace)).map(({ source }) => source)).toEqual(['renewd.yaml:8:3']);
  });
});

describe('many mistakes', () => {
  it('are all reported in one run, in the order of files and lines', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `lisen: x
log: { level: loud }
${accounts}certificates:
  - name: a
    names: [a_b.example.com, ok.example.com, OK.example.com]
    provider: nobody
    deploy: [{ directory: /etc/tls, mode: 0644 }]
  - name: a
    names: ["*.example.com"]
    provider: cl
    product: BasicDV
    hold: yes
    deploy: [{ directory: /etc/tls }]
inventory: [b.yaml, missing.yaml]
`,
    );
    workspace.write('b.yaml', '- name: c\n  names: [c.example.com\n- name: d\n  naems: []\n');
    const { diagnostics, configuration } = await workspace.load();
    expect(configuration).toBeUndefined();
    expect(diagnostics.map((one) => brief(one, workspace))).toEqual([
      'renewd.yaml:1:1 error unknown key',
      'renewd.yaml:2:15 error must be one of debug, info, warn, error',
      'renewd.yaml:11:13 error has an underscore, which host names in certificates must not have',
      'renewd.yaml:11:46 error the name ok.example.com stands in this certificate already: renewd.yaml:11:30',
      'renewd.yaml:12:15 error there is no provider of this name',
      'renewd.yaml:13:43 error must be an octal mode in quotes, e.g. "0640"; without them YAML reads the number 644',
      'renewd.yaml:14:11 error another certificate has this name: renewd.yaml:10:11',
      'renewd.yaml:15:13 error product BasicDV does not cover wildcards',
      'renewd.yaml:18:11 error must be true or false, not text',
      'renewd.yaml:19:27 error is the directory of certificate a (renewd.yaml:13:27), too',
      'b.yaml:3:1 error a bracket or brace is not closed before this place',
      'b.yaml:3:3 error "names" is missing',
      'b.yaml:3:3 error "provider" is missing, here and in the defaults',
      'b.yaml:3:3 error "deploy" is missing, and there is no "crt" either',
      'b.yaml:4:3 error unknown key',
      'missing.yaml:1:1 error there is no such file',
    ]);
  });

  it('beyond a thousand are counted', async () => {
    const workspace = new Workspace();
    const lines = Array.from({ length: 1500 }, (_, index) => `  - { name: c${index}, nmaes: [] }\n`);
    workspace.write('renewd.yaml', `${accounts}certificates:\n${lines.join('')}`);
    const { diagnostics } = await workspace.load();
    expect(diagnostics).toHaveLength(1001);
    expect(diagnostics.at(-1)).toMatchObject({ severity: 'error', hint: 'mend these first' });
    expect(diagnostics.at(-1)?.message).toMatch(/^\d+ more mistakes are not shown$/);
  });
});

describe('warnings without end', () => {
  it('hide no error', async () => {
    const workspace = new Workspace();
    const lines = Array.from(
      { length: 1500 },
      (_, index) =>
        `  - { name: c${index}, names: [c${index}.example.com], provider: cl, product: BasicDV, dcv: { method: email }, crt: a }\n`,
    );
    workspace.write('renewd.yaml', `${accounts}certificates:\n${lines.join('')}  - { name: last }\n`);
    const { diagnostics } = await workspace.load();
    expect(
      diagnostics.filter((one) => one.path === 'certificates[1500]' && one.severity === 'error').length,
    ).toBeGreaterThan(0);
    expect(diagnostics.filter((one) => one.severity === 'warning')).toHaveLength(1000);
  });
});

describe('what stands around a secret', () => {
  it('is never shown', async () => {
    const workspace = new Workspace();
    const secret = 'hunter2secret';
    const wrong = [
      `password: ${secret}`,
      `password: [${secret}]`,
      `password: { env: "${secret} x" }`,
      `password: { evn: ${secret} }`,
      `pasword: ${secret}`,
      `password: !${secret}`,
      `password: *${secret}`,
      `password: &${secret}`,
      `password: "${secret}`,
      `password: @${secret}`,
      `password: a: ${secret}`,
      `password:\n      ${secret}`,
      `password: |\n    ${secret}`,
      `password: { env: P }\n    password: ${secret}`,
      `\tpassword: ${secret}`,
    ];
    for (const line of wrong) {
      for (const text of [
        `providers:\n  cl:\n    type: closed\n    login: me\n    ${line}\n`,
        `{providers: {cl: {type: closed, login: me, ${line.replace('\n', '')}}}}\n`,
        `certificates:\n  - name: a\n    deploy:\n    - directory: /t\n      files:\n      - name: b\n        format: pkcs12\n        ${line.replaceAll('\n', '\n        ')}\n`,
        `certificates:\n  - {name: a, deploy: [{directory: /t, files: [{name: b, format: pkcs12, ${line.replace('\n', '')}}]}]}\n`,
      ]) {
        workspace.write('renewd.yaml', text);
        const { diagnostics, configuration } = await workspace.load();
        expect({ line, isRefused: configuration === undefined }).toEqual({ line, isRefused: true });
        expect(JSON.stringify(diagnostics)).not.toContain(secret);
      }
    }
  });
});
