/** `renewd history` with --verify and --receipt. */
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/cli/arguments.ts';
import { history } from '../../../src/cli/history.ts';
import { terminalOutput } from '../../../src/cli/output.ts';
import type { Disk } from '../../../src/audit/files.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { createLedgerDigest } from '../../../src/core/ledger-digest.ts';
import { receiptHash } from '../../../src/core/receipt.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { numbered, someHash } from '../../builders/receipts.ts';
import { aLedgerEntry, after, aRenewal } from '../../builders/store-records.ts';
import { aStage, type Stage } from './context.ts';

const disk: Disk = {
  files: nodeFiles,
  readKey: () => {
    throw new Error('no key');
  },
};

async function served(store: Store, number: number, certificate = 'shop'): Promise<void> {
  const ledger = { entries: 0, through: 0, sha256: createLedgerDigest().finish() };
  const receipt = numbered(number, { certificate, ledger });
  const id = `r${number}`;
  await store.createRenewal(aRenewal({ id, certificate }), {});
  const told = { certificate, renewalId: id };
  const entries = [
    aLedgerEntry({ ...told, subject: 'receipt' }),
    aLedgerEntry({ ...told, kind: 'transition', subject: 'served' }),
  ];
  await store.updateRenewal(
    id,
    1,
    { state: 'served', nextAt: null },
    { receipt, ledger: entries },
    after(number),
  );
}

async function staged(
  names: readonly string[],
  options: Readonly<Record<string, string | boolean>>,
  receipts: readonly string[] = ['shop', 'mail', 'shop'],
): Promise<Stage> {
  const stage = await aStage({ names, options, disk });
  for (const [index, certificate] of receipts.entries()) await served(stage.store, index + 1, certificate);
  return stage;
}

async function headOf(store: Store): Promise<string> {
  return (await store.receipts({ limit: 99 })).at(-1)?.hash ?? '';
}

describe('--verify', () => {
  test('of one certificate: chain, head, and what was compared', async () => {
    const { context, output, store, log } = await staged(['shop'], { verify: true });
    expect(await history(context)).toBe(0);
    expect(output.lines).toEqual([
      'chain     3 receipt(s), whole from the first to that of 2026-11-22T12:00:00.000Z',
      `head      3 ${await headOf(store)}`,
      '          keep it elsewhere: only --head can tell whether the newest receipts were cut off',
      '          shop: 2 receipt(s), the newest is 3; 0 file(s) compared, as they were; the key fits',
      '<good>nothing differs</>',
    ]);
    expect(log).toEqual(['close store']);
  });

  test('of all: only what is worth a look', async () => {
    const { context, output, store } = await staged([], { verify: true });
    const old = { certificate: 'old', renewalId: 'r0', kind: 'transition', subject: 'served' } as const;
    await store.appendLedger([aLedgerEntry(old)]);
    expect(await history(context)).toBe(0);
    expect(output.lines.filter((line) => /shop|mail/.test(line))).toEqual([]);
    expect(output.lines.filter((line) => line.includes('old'))).toEqual([
      '          old: no receipt',
      '          old: 1 renewal(s) were served before receipts were written: nothing proves those',
    ]);
  });

  test('before the first receipt', async () => {
    const { context, output } = await staged([], { verify: true }, []);
    expect(await history(context)).toBe(0);
    expect(output.lines[0]).toContain('no receipt yet');
  });

  test('a kept hash is found in a chain that has grown since', async () => {
    const stage = await staged(['shop'], { verify: true }, ['shop']);
    const head = await headOf(stage.store);
    await served(stage.store, 2);
    const context = { ...stage.context, options: { verify: true, head: ` ${head.toUpperCase()}\n` } };
    expect(await history(context)).toBe(0);
    expect(stage.output.lines).toContain('kept      is receipt 1; 1 came after it');
  });

  test('a kept hash that is not there is exit code 1', async () => {
    const { context, output } = await staged(['shop'], { verify: true, head: someHash });
    expect(await history(context)).toBe(1);
    expect(output.lines.at(-2)).toMatch(/^<bad>chain {4}<\/> no receipt has the hash 5f5f/);
    expect(output.lines.at(-1)).toBe('<bad>1 difference(s)</>');
  });

  test('what differs is exit code 1, with certificate and sentence; for machines too', async () => {
    const { context, output, store } = await staged(['shop'], { verify: true });
    const cut = aLedgerEntry({ renewalId: 'r9', subject: 'receipt' });
    await store.appendLedger([cut]);
    expect(await history(context)).toBe(1);
    expect(output.lines.at(-2)).toMatch(/^<bad>receipt {2}<\/> shop: the history says that renewal r9/);
    expect(await history({ ...context, options: { verify: true, json: true } })).toBe(1);
    expect(output.documents).toMatchObject([
      {
        ok: false,
        receipts: 3,
        head: { sequence: 3, hash: await headOf(store) },
        break: null,
        kept: null,
        certificates: [{ certificate: 'shop', newest: 3 }],
        problems: [{ certificate: 'shop', subject: 'receipt' }],
      },
    ]);
  });
});

describe('--receipt', () => {
  test('the newest, byte for byte as it was hashed', async () => {
    const { context, store } = await staged(['shop'], { receipt: true });
    let written = '';
    const terminal = { isTTY: true, columns: 80, write: (text: string) => (written += text) };
    // As it really goes out: with what is done to texts for people.
    expect(await history({ ...context, output: terminalOutput(terminal, terminal, {}) })).toBe(0);
    expect(receiptHash(written.replace(/\n$/, ''))).toBe(await headOf(store));
    expect(written).toMatch(/^\{.*\}\n$/);
  });

  test('that of a renewal', async () => {
    const { context, output } = await staged(['shop'], { receipt: true, renewal: 'r1' });
    expect(await history(context)).toBe(0);
    expect(JSON.parse(output.lines[0] ?? '')).toMatchObject({ sequence: 1, renewal: { id: 'r1' } });
  });

  test('with its own hash, for machines', async () => {
    const { context, output, store } = await staged(['shop'], { receipt: true, json: true });
    expect(await history(context)).toBe(0);
    expect(output.documents).toMatchObject([{ hash: await headOf(store), receipt: { sequence: 3 } }]);
  });

  test.each([
    { names: ['none'], options: {} },
    { names: ['shop'], options: { renewal: 'r9' } },
    // The renewal of another certificate.
    { names: ['shop'], options: { renewal: 'r2' } },
  ])('$names $options: there is none', async ({ names, options }) => {
    const { context, output } = await staged(names, { receipt: true, ...options });
    expect(await history(context)).toBe(1);
    expect(output.lines).toEqual([]);
    expect(output.errors[0]).toMatch(/^there is no receipt for /);
  });
});

test.each([
  { names: [], options: {}, message: /needs NAME, except with --verify/ },
  { names: [], options: { receipt: true }, message: /needs NAME/ },
  { names: ['shop'], options: { receipt: true, verify: true }, message: /choose one/ },
  { names: ['shop'], options: { head: someHash }, message: /--head goes with --verify/ },
  { names: ['shop'], options: { renewal: 'r1' }, message: /--renewal goes with --receipt/ },
  { names: ['shop'], options: { verify: true, head: '5f' }, message: /64 hexadecimal digits/ },
])('$names $options is wrong usage', async ({ names, options, message }) => {
  const { context, log } = await aStage({ names, options, disk });
  await expect(history(context)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(message),
  });
  expect(log).toEqual([]);
});

test.each([['history'], ['history', '--verify'], ['history', 'shop', '--verify', '--head', someHash]])(
  'the command line takes %s %s',
  (...argv) => {
    expect(parseCommandLine(argv).command.name).toBe('history');
  },
);
