/** HEXONET: every request sample of the document, over HTTP and over EPP; what comes back has what the document shows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bare, login, TinyEppClient } from './hexonet-epp-client.ts';
import { RSA_CSR, RSA_KEY } from './hexonet-keys.ts';
import { commandLines, create, first, LOGIN, NAME, startHexonet } from './hexonet-kit.ts';
import type { HexonetWorld } from './hexonet-kit.ts';
import { SAMPLES } from './hexonet-samples.ts';
import type { SampleData } from './hexonet-samples.ts';
import { pemLines } from './rrpproxy-kit.ts';

let world: HexonetWorld;
let client: TinyEppClient;
beforeAll(async () => {
  world = await startHexonet();
  const address = world.sandbox.vendors.get('hexonet')?.epp;
  if (address === undefined) throw new Error('the sandbox runs no EPP server');
  client = await TinyEppClient.open(address);
  await client.frame();
  await client.ask(login({ account: LOGIN.login, password: LOGIN.password }));
});
afterAll(async () => {
  client.close();
  await world.close();
});

/** One certificate issued and one that waits, for each sample anew. */
async function data(): Promise<SampleData> {
  return {
    name: NAME,
    csr: RSA_CSR,
    pem: pemLines(RSA_KEY),
    issued: first(await world.issued(), 'sslcertid'),
    waiting: first(await world.ok(create({ csr: RSA_CSR })), 'sslcertid'),
  };
}

describe('the samples of the document', () => {
  it.each(SAMPLES)('$title, over HTTP', async ({ command, shows, code }) => {
    const answer = await world.call(command(await data()));
    expect(answer.code).toBe(code);
    const names = shows.map((name) => name.toLowerCase());
    expect(Object.keys(answer.properties)).toEqual(expect.arrayContaining(names));
    // DCV data is empty where the method is another.
    const empty = names.filter((name) => !name.startsWith('validation') && first(answer, name) === '');
    expect(empty).toEqual([]);
  });

  it.each(SAMPLES)('$title, over EPP', async ({ command, shows, code }) => {
    const input = command(await data());
    const answer = await client.ask(bare(commandLines(input)));
    expect(answer.reason).toMatch(new RegExp(`^${code} `));
    expect(Object.keys(answer.pairs)).toEqual(expect.arrayContaining([...shows]));
    const pending = /^(Create|Renew|Reissue)/.test(String(input['COMMAND']));
    expect(answer.code).toBe(code === 504 ? 2003 : pending ? 1001 : 1000);
  });
});
