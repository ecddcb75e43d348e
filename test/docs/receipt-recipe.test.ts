/** The recipe for handing over a receipt, run as it stands in docs/operations.md, by a shell and with sha256sum alone. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { numbered } from '../builders/receipts.ts';
import { aRenewal, after } from '../builders/store-records.ts';
import { tempDirectory } from '../builders/temp-directory.ts';
import { blocksOf, root } from './pages.ts';

const recipe = blocksOf('docs/operations.md').find(({ text }) => text.includes('sha256sum'));

const yaml = `store: { sqlite: renewd.db }
keys: keys
providers:
  cnr: { type: rrpproxy, login: test, password: { env: TEST }, spend: { ordersPerDay: 1 } }
publishers:
  web: { type: webroot, path: /nowhere }
certificates:
  - name: shop
    names: [shop.example.com]
    provider: cnr
    product: ssl123dv
    dcv: { method: file, publisher: web }
    deploy: [{ directory: /nowhere/shop }]
`;

test('gives the hash under which the store has it, and which the next receipt names', async () => {
  expect(recipe?.language).toBe('sh');
  const directory = tempDirectory();
  writeFileSync(join(directory, 'renewd.yaml'), yaml);
  const store = await openSqliteStore(join(directory, 'renewd.db'), { create: true });
  const write = async (number: number): Promise<void> => {
    await store.createRenewal(aRenewal({ id: `r${number}` }), {});
    const change = { state: 'served', nextAt: null } as const;
    await store.updateRenewal(`r${number}`, 1, change, { receipt: numbered(number) }, after(number));
  };
  await write(1);
  await write(2);

  mkdirSync(join(directory, 'bin'));
  const program = join(directory, 'bin/renewd');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin/renewd.js')}" "$@"\n`);
  chmodSync(program, 0o755);
  const printed = execFileSync('/bin/sh', ['-eu', '-c', recipe?.text ?? 'exit 1'], {
    cwd: directory,
    encoding: 'utf8',
    env: {
      PATH: `${directory}/bin:${process.env['PATH'] ?? ''}`,
      RENEWD_CONFIG: join(directory, 'renewd.yaml'),
    },
  });
  const [, sum] = /^([0-9a-f]{64}) {2}receipt\.json\n$/.exec(printed) ?? [];
  expect(sum).toBeDefined();
  expect((await store.newestReceipt('shop'))?.hash).toBe(sum);
  expect(JSON.parse(readFileSync(join(directory, 'receipt.json'), 'utf8'))).toMatchObject({
    sequence: 2,
    leaf: { issuer: 'CN=Grüße, 証明書' },
  });
  await write(3);
  const [, , third] = await store.receipts({ limit: 9 });
  expect(JSON.parse(third?.content ?? '{}')).toMatchObject({ previous: sum });
  await store.close();
});
