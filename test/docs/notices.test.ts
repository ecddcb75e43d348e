/** What docs/notices.md tells receivers to do is done here, with what renewd really sends. */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { noticeLevels } from '../../src/core/notices.ts';
import { signatureOf } from '../../src/notices/channels/signature.ts';
import { composeMessage } from '../../src/notices/message.ts';
import { aCertificateStatus } from '../builders/statuses.ts';
import { noon } from '../builders/store-records.ts';
import { tempDirectory } from '../builders/temp-directory.ts';
import { blocksOf, read } from './pages.ts';

const page = 'docs/notices.md';
const secret = 'ein Schlüssel';
const options = { instance: 'höst', at: noon, scrub: (text: string) => text };
const message = composeMessage(
  [
    {
      event: 'raised',
      level: 'urgent',
      subject: 'shop',
      cause: 'dcv-not-visible',
      why: 'nicht sichtbar: ö',
      status: aCertificateStatus(),
    },
  ],
  options,
);
const body = Buffer.from(message.payload);
const headers = signatureOf(secret, noon, message.payload);

function block(language: string): string {
  const [first, ...more] = blocksOf(page).filter((one) => one.language === language);
  if (first === undefined || more.length > 0) throw new Error(`not one ${language} block`);
  return first.text;
}

describe('the example of a receiver', () => {
  let isFromRenewd: (...parameters: readonly unknown[]) => unknown;
  beforeEach(() => {
    const path = join(tempDirectory(), 'receiver.mjs');
    writeFileSync(path, block('js'));
    const module: unknown = createRequire(import.meta.url)(pathToFileURL(path).pathname);
    if (typeof module !== 'object' || module === null || !('isFromRenewd' in module))
      throw new Error('no function');
    const found = module.isFromRenewd;
    if (typeof found !== 'function') throw new Error('no function');
    isFromRenewd = (...parameters): unknown => Reflect.apply(found, undefined, parameters);
  });

  test('takes what renewd sent', () => {
    expect(isFromRenewd(headers, body, secret, noon.getTime())).toBe(true);
    expect(isFromRenewd(headers, body, secret, noon.getTime() + 300_000)).toBe(true);
  });

  test.each([
    ['another key', [headers, body, 'another', noon.getTime()]],
    ['another body', [headers, Buffer.from(`${message.payload} `), secret, noon.getTime()]],
    ['a later moment', [headers, body, secret, noon.getTime() + 301_000]],
    ['another moment', [{ ...headers, 'renewd-timestamp': '1795348801' }, body, secret, noon.getTime()]],
    ['no signature', [{ 'renewd-timestamp': headers['renewd-timestamp'] }, body, secret, noon.getTime()]],
    ['no header at all', [{}, body, secret, noon.getTime()]],
  ])('refuses %s', (_, parameters) => {
    expect(isFromRenewd(...parameters)).toBe(false);
  });
});

test('the line with openssl comes to the same signature', () => {
  const directory = tempDirectory();
  writeFileSync(join(directory, 'body.json'), body);
  const said = execFileSync('sh', ['-c', block('sh')], {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', TIMESTAMP: headers['renewd-timestamp'], SECRET: secret },
  });
  expect(said.trim().split(' ').at(-1)).toBe(headers['renewd-signature'].slice('sha256='.length));
});

test('the example of a body has the keys of a real one', () => {
  const keysOf = (value: unknown): readonly string[] =>
    typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const [example, real]: readonly unknown[] = [JSON.parse(block('json')), JSON.parse(message.payload)];
  expect(keysOf(example)).toEqual(keysOf(real));
  const noticeOf = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'notices' in value && Array.isArray(value.notices)
      ? value.notices[0]
      : undefined;
  expect(keysOf(noticeOf(example))).toEqual(keysOf(noticeOf(real)));
});

test('every level has its row', () => {
  for (const level of noticeLevels) expect(read(page)).toMatch(new RegExp(`^\\| \`${level}\` \\|`, 'm'));
});
