/**
 * The vendor's own npm client (@hexonet/ispapi-apiconnector 9.0.8) as an outside judge: it reads every answer sample as we
 * do, and for the same command it sends the same bytes. It prints whatever it does, so it runs in a process of its own.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/core/certificate.ts';
import { column, parseAnswer } from '../../../../src/vendors/command-text/wire.ts';
import { openTransport } from '../../../../src/vendors/hexonet/transport.ts';
import { answerSamples } from '../../../samples/hexonet.ts';
import { account, answer, dependenciesOf, httpVendor, never, newWatch } from './support.ts';

const run = promisify(execFile);
const folder = new URL('../../../../node_modules/@hexonet/ispapi-apiconnector/dist/', import.meta.url).href;

/** The last line of its output is ours; everything before is the client's. */
async function inClient(script: string, ...inputs: readonly string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, ...inputs], {
    timeout: 30_000,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

describe('answers', () => {
  const samples = Object.entries(answerSamples);
  let theirs: unknown;

  beforeAll(async () => {
    const texts = samples.map(([, sample]) => answer(sample.properties));
    theirs = await inClient(
      `import { ResponseParser } from '${folder}responseparser.js';
       const texts = JSON.parse(process.argv[1]);
       console.log(JSON.stringify(texts.map((text) => ResponseParser.parse(text))));`,
      JSON.stringify(texts),
    );
  });

  test('are read alike', () => {
    const ours = samples.map(([, sample]) => {
      const read = parseAnswer(answer(sample.properties));
      const names = Object.keys(read.properties);
      return {
        CODE: String(read.code),
        DESCRIPTION: read.description,
        ...(names.length === 0
          ? {}
          : {
              PROPERTY: Object.fromEntries(names.map((name) => [name, [...(read.properties[name] ?? [])]])),
            }),
      };
    });
    expect(theirs).toEqual(ours);
    const [, first] = samples[0] ?? [];
    expect(column(parseAnswer(answer(first?.properties)), 'VALIDATIONDNSRR')).toHaveLength(1);
  });
});

test('the same command is the same bytes', async () => {
  await using vendor = await httpVendor(() => answer());
  const csr = ['-----BEGIN CERTIFICATE REQUEST-----', 'MIIB+/==', '-----END CERTIFICATE REQUEST-----'];
  await inClient(
    `import { APIClient } from '${folder}apiclient.js';
     const client = new APIClient();
     client.useOTESystem();
     client.setURL(process.argv[1]).setCredentials('user', 'pass word&+%');
     await client.request({ COMMAND: 'CreateSSLCert', SSLCERTCLASS: 'COMODO_UCC', DOMAIN: ['a.example', 'b.example'],
       CSR: ${JSON.stringify(csr)} });
     console.log('\\n1');`,
    vendor.url,
  );
  const settings = {
    url: vendor.url,
    environment: 'ote',
    login: 'user',
    password: new Secret('pass word&+%'),
  };
  const transport = await openTransport(account(settings), dependenciesOf(newWatch()));
  const parameters = { sslcertclass: 'COMODO_UCC', domain: ['a.example', 'b.example'], csr };
  await transport.send({ name: 'CreateSSLCert', parameters, repeatable: false }, never);
  await transport.close();
  const [theirs = '', ours] = vendor.bodies;
  expect(theirs).toContain('s_entity=1234');
  expect(ours).toBe(theirs);
});
