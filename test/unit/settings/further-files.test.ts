/** Further files of a set, readers and endpoints, from YAML to what is deployed. */
import { describe, expect, it } from 'vitest';
import { accounts, brief, Workspace } from './workspace.ts';

const env = { PASSWORD: 'p', TOKEN: 't' };

function certificate(deploy: string): string {
  return `  - { name: shop, names: [shop.example.com], provider: cl, product: BasicDV, deploy: [${deploy}] }\n`;
}

async function targetIn(workspace: Workspace, deploy: string, readSecrets = false) {
  workspace.write('renewd.yaml', `${accounts}inventory: [inventory.d/*.yaml]\n`);
  workspace.write('inventory.d/team.yaml', certificate(deploy));
  const { configuration, diagnostics } = await workspace.load({ env, readSecrets });
  return { target: configuration?.certificates[0]?.deploy[0], diagnostics };
}

describe('further files', () => {
  it('get defaults; the path of a password begins at the main file', async () => {
    const workspace = new Workspace();
    const { target, diagnostics } = await targetIn(
      workspace,
      `{ directory: /t, files: [{ name: a.key, format: key, group: 12, mode: "0640" }, { name: a.p12, format: pkcs12, password: { file: p12 } }, { name: t.p12, format: truststore, password: { env: PASSWORD }, profile: legacy, alias: My roots }] }`,
    );
    expect(diagnostics).toEqual([]);
    expect(target?.files).toEqual([
      { name: 'a.key', format: 'key', group: '12', mode: 0o640 },
      {
        name: 'a.p12',
        format: 'pkcs12',
        password: { file: workspace.path('p12') },
        profile: 'modern',
        alias: 'shop',
      },
      {
        name: 't.p12',
        format: 'truststore',
        password: { env: 'PASSWORD' },
        profile: 'legacy',
        alias: 'My roots',
      },
    ]);
  });

  it('say at once which password cannot be read, once for each source', async () => {
    const workspace = new Workspace();
    workspace.write('given', 'secret\n');
    const file = (name: string, path: string): string =>
      `{ name: ${name}, format: pkcs12, password: { file: ${path} } }`;
    const files = [file('a', 'given'), file('b', 'absent'), file('c', 'absent')].join(', ');
    const { diagnostics } = await targetIn(workspace, `{ directory: /t, files: [${files}] }`, true);
    expect(
      diagnostics
        .filter(({ severity }) => severity === 'error')
        .map((one) => brief(one, workspace).replace(/:\d+:\d+ /, ' ')),
    ).toEqual([`inventory.d/team.yaml error there is no secret file ${workspace.path('absent')}`]);
  });

  it('may stand in the defaults, where the complaint is, too', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `${accounts}defaults:\n  deploy:\n    files: [{ name: a.p12, format: pkcs12, password: { file: absent } }]\ncertificates:\n${certificate('{ directory: /t }')}`,
    );
    const { diagnostics } = await workspace.load({ env, readSecrets: true });
    const [complaint] = diagnostics.filter(({ severity }) => severity === 'error');
    expect(complaint).toMatchObject({ line: 9, message: expect.stringContaining('no secret file') });
  });
});

describe('readers and endpoints', () => {
  it('a reader is a user, or user and group', async () => {
    const { target: alone } = await targetIn(new Workspace(), '{ directory: /t, readableBy: nginx }');
    expect(alone?.readableBy).toEqual({ user: 'nginx' });
    const { target: both } = await targetIn(
      new Workspace(),
      '{ directory: /t, readableBy: "1001:ssl-cert" }',
    );
    expect(both?.readableBy).toEqual({ user: '1001', group: 'ssl-cert' });
    const { diagnostics } = await targetIn(new Workspace(), '{ directory: /t, readableBy: "a:b:c" }');
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'must be a user, or user and group: "nginx", "haproxy:tls"',
    ]);
  });

  it('ports follow the protocol', async () => {
    const host = 'host: shop.example.com';
    const { target } = await targetIn(
      new Workspace(),
      `{ directory: /t, probe: [shop.example.com:465, { ${host} }, { ${host}, protocol: tls, port: 8443 }, { ${host}, protocol: smtp }, { ${host}, protocol: imap }, { ${host}, protocol: postgresql, port: 6432 }, { ${host}, protocol: postgresql }] }`,
    );
    expect(target?.probe.map(({ port, protocol }) => [protocol, port])).toEqual([
      [undefined, 465],
      [undefined, 443],
      [undefined, 8443],
      ['smtp', 25],
      ['imap', 143],
      ['postgresql', 6432],
      ['postgresql', 5432],
    ]);
  });
});
