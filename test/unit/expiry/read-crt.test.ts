import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Files } from '../../../src/contracts/platform.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { crtBytesMax, readCrt } from '../../../src/renewal/expiry/read-crt.ts';
import type { CrtState } from '../../../src/renewal/expiry/crt-facts.ts';
import { newChain, newKey } from '../../builders/pki.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';

const { root, intermediate, leaf } = await newChain();
const full = leaf.pem + intermediate.pem;

function factsOf(content: string | Uint8Array, keyPem?: string) {
  const path = `${tempDirectory()}/shop.pem`;
  writeFileSync(path, content);
  return readCrt(path, nodeFiles, keyPem);
}

describe('files that are right', () => {
  test('a chain, leaf first, with its key', () => {
    expect(factsOf(full, leaf.key.pem)).toMatchObject({
      state: 'ok',
      certificates: 2,
      leafFirst: true,
      keyMatches: true,
      leaf: {
        names: ['shop.example.com', 'www.shop.example.com'],
        notAfter: leaf.certificate.notAfter,
        keyType: 'ecdsa-p256',
        selfIssued: false,
      },
    });
  });

  test.each<[string, string | Uint8Array, number, boolean]>([
    ['DER', leaf.der, 1, true],
    ['CRLF', full.replaceAll('\n', '\r\n'), 2, true],
    ['one line each', full.replaceAll('\n', ''), 2, true],
    ['upside down', root.pem + intermediate.pem + leaf.pem, 3, false],
    ['key and certificates in one file', leaf.key.pem + full, 2, true],
    ['text around', `subject: shop\n${full}\nend`, 2, true],
    ['a CA alone', intermediate.pem, 1, true],
  ])('%s', (_title, content, certificates, leafFirst) => {
    expect(factsOf(content)).toMatchObject({ state: 'ok', certificates, leafFirst, keyMatches: undefined });
  });

  test('upside down says so, and the leaf is found all the same', () => {
    const facts = factsOf(intermediate.pem + leaf.pem);
    expect(facts.leaf?.names).toContain('shop.example.com');
    expect(facts.reason).toContain('certificate 2 in');
  });
});

describe('keys', () => {
  test('another key, no key, a broken key', async () => {
    expect(factsOf(full, (await newKey()).pem).keyMatches).toBe(false);
    expect(factsOf(full).keyMatches).toBeUndefined();
    expect(factsOf(full, 'garbage').keyMatches).toBe(false);
    expect(factsOf(full, '').keyMatches).toBe(false);
  });

  test('the key decides which of several certificates is the leaf', () => {
    const facts = factsOf(leaf.pem + intermediate.pem, intermediate.key.pem);
    expect(facts).toMatchObject({
      keyMatches: true,
      leafFirst: false,
      leaf: { subject: 'CN=test intermediate' },
    });
  });
});

describe('files that are wrong', () => {
  test.each<[string, string | Uint8Array, CrtState, RegExp]>([
    ['empty', '', 'empty', /is empty/],
    ['text', 'hello\n', 'not-a-certificate', /no PEM block/],
    ['a private key', leaf.key.pem, 'private-key', /private key where a certificate/],
    [
      'a request',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n',
      'not-a-certificate',
      /CERTIFICATE REQUEST/,
    ],
    ['cut in the text', leaf.pem.slice(0, 300), 'truncated', /no end/],
    [
      'cut inside, marks intact',
      leaf.pem.replace(/\n[A-Za-z0-9+/=]+\n-----END/, '\n-----END'),
      'truncated',
      /middle of a certificate/,
    ],
    ['DER cut short', leaf.der.subarray(0, 200), 'truncated', /middle of a certificate/],
    [
      'other DER',
      Buffer.concat([Buffer.from([0x30, 0x81, 0x80]), Buffer.alloc(128)]),
      'not-a-certificate',
      /binary/,
    ],
    ['no base64', leaf.pem.replace(/\n[^-]{10}/, '\n<html>????'), 'malformed', /base64/],
    [
      'garbage in a block',
      '-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n',
      'malformed',
      /no valid certificate/,
    ],
    ['too large', Buffer.alloc(crtBytesMax + 1, 10), 'too-large', /larger than/],
    ['too many', leaf.pem.repeat(65), 'too-large', /more than 64/],
  ])('%s', (_title, content, state, reason) => {
    const facts = factsOf(content, leaf.key.pem);
    expect(facts.state).toBe(state);
    expect(facts.reason).toMatch(reason);
    expect(facts.reason).toContain('/shop.pem');
  });

  test('the leaf is told even when what follows it is cut', () => {
    const facts = factsOf(full.slice(0, full.length - 50), leaf.key.pem);
    expect(facts).toMatchObject({
      state: 'truncated',
      certificates: 1,
      keyMatches: true,
      leaf: { names: leaf.certificate ? ['shop.example.com', 'www.shop.example.com'] : [] },
    });
  });

  test('every prefix of a file is a fact', () => {
    const path = `${tempDirectory()}/shop.pem`;
    writeFileSync(path, full);
    for (let length = full.length - 1; length >= 0; length -= 7) {
      truncateSync(path, length);
      expect(readCrt(path, nodeFiles, leaf.key.pem).state).toBeDefined();
    }
  });
});

describe('things that are no files', () => {
  test('missing, and missing on the way', () => {
    const directory = tempDirectory();
    expect(readCrt(`${directory}/none`, nodeFiles).state).toBe('missing');
    expect(readCrt(`${directory}/none/none`, nodeFiles).state).toBe('missing');
    symlinkSync('nowhere', `${directory}/dangling`);
    expect(readCrt(`${directory}/dangling`, nodeFiles).state).toBe('missing');
  });

  test('a directory, a pipe, a device', () => {
    const directory = tempDirectory();
    mkdirSync(`${directory}/d`);
    execFileSync('mkfifo', [`${directory}/pipe`]);
    expect(readCrt(`${directory}/d`, nodeFiles).state).toBe('not-a-file');
    expect(readCrt(`${directory}/pipe`, nodeFiles).state).toBe('not-a-file');
    expect(readCrt('/dev/zero', nodeFiles).state).toBe('not-a-file');
  });

  test('a socket', async () => {
    const path = `${tempDirectory()}/s`;
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(readCrt(path, nodeFiles).state).toBe('not-a-file');
  });

  test('a link to the file is followed; a circle is unreadable', () => {
    const directory = tempDirectory();
    writeFileSync(`${directory}/real`, full);
    symlinkSync('real', `${directory}/link`);
    symlinkSync('loop', `${directory}/loop`);
    expect(readCrt(`${directory}/link`, nodeFiles).state).toBe('ok');
    expect(readCrt(`${directory}/loop`, nodeFiles)).toMatchObject({
      state: 'unreadable',
      reason: expect.stringContaining('circle'),
    });
  });

  test('what the system refuses to read is unreadable, with its reason', () => {
    const path = `${tempDirectory()}/shop.pem`;
    writeFileSync(path, full);
    chmodSync(path, 0);
    const refusing: Files = {
      ...nodeFiles,
      read: () => {
        throw new RenewdError('file-failed', `cannot read ${path}: permission denied`);
      },
    };
    expect(readCrt(path, refusing)).toMatchObject({
      state: 'unreadable',
      reason: expect.stringContaining('permission denied'),
    });
  });
});
