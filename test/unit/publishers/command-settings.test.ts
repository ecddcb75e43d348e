import { describe, expect, test } from 'vitest';
import { schemas } from '../../../src/settings/schemas.ts';
import { findSecrets } from '../../../src/settings/secrets.ts';
import { Workspace } from '../settings/workspace.ts';

/** What is said about a configuration with the program and a certificate that asks for `record`. */
async function messages(publishers: string, dcv: string): Promise<readonly string[]> {
  const workspace = new Workspace();
  workspace.write(
    'renewd.yaml',
    `store: { sqlite: renewd.db }
keys: keys
providers:
  shop: { type: resello, url: "https://api.example.test/", username: me, apiKey: { env: KEY } }
publishers:
${publishers}
certificates:
  - name: shop
    names: [shop.example.com]
    provider: shop
    product: 3f7830c3-3fa4-404d-908f-35daaa1cd17b
    dcv: ${dcv}
    deploy: [{ directory: /etc/tls/shop }]
`,
  );
  const { diagnostics } = await workspace.load({ schemas });
  return diagnostics.map(({ severity, message }) => `${severity}: ${message}`);
}

const hook =
  '  hook: { type: command, convention: dehydrated, command: [/opt/hook.sh], zones: [example.com] }';
const plain = '  plain: { type: command, convention: plain, command: [/opt/dns.sh], zones: [example.com] }';
const wrong = /cname records are wanted, and no dns publisher for this certificate can write them/;

describe('CNAME records', () => {
  test.each<[string, string, string, boolean]>([
    ['of a hook for TXT', hook, '{ method: dns, record: cname }', true],
    ['of a plain program', plain, '{ method: dns, record: cname }', false],
    ['where one of two programs can', `${hook}\n${plain}`, '{ method: dns, record: cname }', false],
    [
      'where the other one is named',
      `${hook}\n${plain}`,
      '{ method: dns, record: cname, publisher: hook }',
      true,
    ],
    ['not wanted', hook, '{ method: dns }', false],
  ])('%s', async (_, publishers, dcv, refused) => {
    const said = await messages(publishers, dcv);
    expect(said.some((line) => wrong.test(line))).toBe(refused);
    expect(said).toHaveLength(refused ? 1 : 0);
    expect(said.every((line) => line.startsWith('error'))).toBe(true);
  });
});

test('a mistake in the settings is said where it stands, and nothing follows from it', async () => {
  const said = await messages(
    '  hook: { type: command, convention: certbot, command: [/opt/hook.sh], zones: [example.com] }',
    '{ method: dns, record: cname }',
  );
  expect(said).toEqual(['error: convention certbot needs it']);
});

test('variables from secrets are found by the loader', () => {
  const config = {
    convention: 'plain',
    env: { TOKEN: { file: '/run/token' }, USER_NAME: 'me', B: { env: 'B' } },
  };
  expect([...findSecrets(config)].map(({ path }) => path.join('.'))).toEqual(['env.TOKEN', 'env.B']);
});
