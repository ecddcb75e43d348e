/** The Resello simulator's attachments, judged by openssl, unzip and Python's zipfile. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReselloOptions } from '../../../src/sandbox/resello/index.ts';
import { run, temporaryFolder } from '../core/support.ts';
import { csrFor } from './kit.ts';
import { DV, openDesk, planId } from './resello-kit.ts';
import type { Desk, Reply } from './resello-kit.ts';

let folder: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => folder.remove());

async function active(
  options: Partial<ReselloOptions> = {},
): Promise<{ desk: Desk; download: (format: string) => Promise<Reply> }> {
  const desk = openDesk(options);
  const { id } = await desk.active();
  return { desk, download: (format) => desk.send('GET', `/ssl-certificate/${id}/download-${format}`) };
}

const pemBlocks = (text: string): string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
const subjectsOf = (text: string): string[] =>
  pemBlocks(text).map((pem) => /^CN=(.*)$/m.exec(new X509Certificate(pem).subject)?.[1] ?? '?');

const LEAF = 'example.com';
const INTERMEDIATE = 'renewd sandbox intermediate - NOT A CA';
const ROOT = 'renewd sandbox root - NOT A CA';

describe('attachments', () => {
  it.each([
    ['crt', 'example_com.crt'],
    ['ca', 'example_com.ca-bundle'],
    ['csr', 'example_com.csr'],
    ['pkcs7', 'example_com.p7b'],
    ['zip', 'example_com.zip'],
  ])('%s comes as bytes called %s', async (format, name) => {
    const { download } = await active();
    const reply = await download(format);
    expect([reply.status, reply.headers]).toEqual([
      200,
      {
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="${name}"`,
      },
    ]);
  });

  it('gives back the CSR as it was sent, issued or not', async () => {
    const desk = openDesk();
    const csr = (await csrFor(['*.example.com'])).replaceAll('\n', '\r\n');
    const { id } = await desk.order({ csr, dcv_type: 'DNS', plan: planId('DV Wildcard') });
    const reply = await desk.send('GET', `/ssl-certificate/${id}/download-csr`);
    expect(reply.body.toString()).toBe(csr);
    expect(reply.headers['content-disposition']).toBe('attachment; filename="STAR_example_com.csr"');
  });

  it.each([
    ['not-found', 404, /"not_found"/],
    ['empty', 200, /^$/],
  ] as const)('are %s while there is nothing', async (downloadWhilePending, status, text) => {
    const desk = openDesk({ downloadWhilePending });
    const { id } = await desk.order({ csr: await csrFor([LEAF]), dcv_type: 'DNS', plan: DV });
    for (const format of ['crt', 'ca', 'pkcs7', 'zip']) {
      const reply = await desk.send('GET', `/ssl-certificate/${id}/download-${format}`);
      expect([reply.status, reply.body.toString()]).toEqual([status, expect.stringMatching(text)]);
    }
  });
});

describe('PEM', () => {
  it.each([
    ['leaf', [LEAF]],
    ['chain', [LEAF, INTERMEDIATE]],
  ] as const)('crt with the %s', async (crt, subjects) => {
    const { download } = await active({ crt });
    expect(subjectsOf((await download('crt')).body.toString())).toEqual(subjects);
  });

  it('crt as DER', async () => {
    const { download } = await active({ crt: 'der' });
    const { body } = await download('crt');
    expect(body[0]).toBe(0x30);
    expect(new X509Certificate(body).subjectAltName).toBe('DNS:example.com');
  });

  it.each([
    ['intermediate', [INTERMEDIATE]],
    ['intermediate-root', [INTERMEDIATE, ROOT]],
    ['root-intermediate', [ROOT, INTERMEDIATE]],
  ] as const)('ca with %s', async (ca, subjects) => {
    const { download } = await active({ ca });
    expect(subjectsOf((await download('ca')).body.toString())).toEqual(subjects);
  });

  it.each([
    ['lf', /[^\r]\n$/],
    ['crlf', /\r\n$/],
    ['no-final', /-$/],
  ] as const)('ends its lines as told: %s', async (lineEnds, end) => {
    const { download } = await active({ lineEnds });
    for (const format of ['crt', 'ca', 'pkcs7']) {
      expect((await download(format)).body.toString()).toMatch(end);
    }
  });

  it('verifies with openssl', async () => {
    const { desk, download } = await active();
    for (const [name, text] of [
      ['root.pem', desk.ca.rootPem],
      ['ca.pem', (await download('ca')).body.toString()],
      ['crt.pem', (await download('crt')).body.toString()],
    ] as const) {
      writeFileSync(path.join(folder.path, name), text);
    }
    const at = String(Math.floor(desk.clock.now().getTime() / 1000));
    const file = (name: string) => path.join(folder.path, name);
    const { output } = await run('openssl', [
      'verify',
      '-attime',
      at,
      '-CAfile',
      file('root.pem'),
      '-untrusted',
      file('ca.pem'),
      file('crt.pem'),
    ]);
    expect(output).toMatch(/crt\.pem: OK/);
  });
});

describe('PKCS #7', () => {
  it.each([
    ['pem', 'PEM'],
    ['der', 'DER'],
  ] as const)('is read by openssl as %s', async (pkcs7, form) => {
    const { download } = await active({ pkcs7, ca: 'root-intermediate' });
    const { body } = await download('pkcs7');
    const output = execFileSync('openssl', ['pkcs7', '-inform', form, '-print_certs'], {
      input: body,
      encoding: 'utf8',
    });
    expect(subjectsOf(output).sort()).toEqual([LEAF, INTERMEDIATE, ROOT]);
    expect(body.toString('latin1').startsWith('-----BEGIN PKCS7-----\n')).toBe(pkcs7 === 'pem');
  });

  it('is DER that openssl writes back byte for byte, the certificates sorted', async () => {
    const { download } = await active({ pkcs7: 'der', ca: 'intermediate-root' });
    const { body } = await download('pkcs7');
    const again = execFileSync('openssl', ['pkcs7', '-inform', 'DER', '-outform', 'DER'], { input: body });
    expect(again.equals(body)).toBe(true);
    const text = execFileSync('openssl', ['pkcs7', '-inform', 'DER', '-print_certs'], { input: body });
    const order = pemBlocks(text.toString()).map((pem) => new X509Certificate(pem).raw);
    expect(order).toEqual(order.toSorted((one, other) => one.compare(other)));
  });

  it('passes for CMS too (RFC 5652)', async () => {
    const { download } = await active({ pkcs7: 'der' });
    const { body } = await download('pkcs7');
    const output = execFileSync('openssl', ['cms', '-inform', 'DER', '-cmsout', '-print', '-noout'], {
      input: body,
      encoding: 'utf8',
    });
    expect(output).toMatch(/pkcs7-signedData[^]*?version: 1\n/);
    expect(output).toMatch(/signerInfos:\s+<EMPTY>/);
  });
});

function installed(tool: string): boolean {
  try {
    execFileSync(tool, ['-h'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Reads every entry whole: "name size" lines, or the error. */
const PYTHON_READ = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    for info in archive.infolist():
        print(info.filename, len(archive.read(info)))
`;

describe('ZIP', () => {
  async function archive(zip: ReselloOptions['zip'], ca: ReselloOptions['ca'] = 'intermediate') {
    const { download } = await active({ zip, ca });
    const { body } = await download('zip');
    const file = path.join(folder.path, `${zip}.zip`);
    writeFileSync(file, body);
    return { body, file };
  }
  const WELL_FORMED = ['plain', 'odd-names', 'climbing', 'bomb'] as const;
  const READERS = [
    // unzip does not look at the stated size of a deflated entry.
    ['unzip', ['encrypted', 'wrong-crc'], (file: string) => run('unzip', ['-t', file])],
    [
      'python3',
      ['encrypted', 'wrong-crc', 'lying-sizes'],
      (file: string) => run('python3', ['-c', PYTHON_READ, file]),
    ],
  ] as const;

  describe.each(READERS)('by %s', (tool, damaged, read) => {
    it
      .skipIf(!installed(tool))
      .each([
        ...WELL_FORMED.map((zip) => [zip, true] as const),
        ...damaged.map((zip) => [zip, false] as const),
      ])('%s is sound: %s', async (zip, sound) => {
      const { file } = await archive(zip);
      const { code, output } = await read(file);
      expect([code === 0, output]).toEqual([sound, expect.any(String)]);
    });
  });

  it.skipIf(!installed('unzip'))('holds the certificate and its chain', async () => {
    const { file } = await archive('plain', 'root-intermediate');
    const out = path.join(folder.path, 'out');
    await run('unzip', ['-q', file, '-d', out]);
    const text = (name: string) => readFileSync(path.join(out, name), 'utf8');
    expect(readdirSync(out).sort()).toEqual(['example_com.ca-bundle', 'example_com.crt']);
    expect(subjectsOf(text('example_com.crt'))).toEqual([LEAF]);
    expect(subjectsOf(text('example_com.ca-bundle'))).toEqual([ROOT, INTERMEDIATE]);
  });

  it.skipIf(!installed('python3'))('has names that are odd and legal', async () => {
    const { file } = await archive('odd-names', 'intermediate-root');
    const { output } = await run('python3', ['-X', 'utf8', '-c', PYTHON_READ, file]);
    expect(output.split('\n').map((line) => line.replace(/ \d+$/, ''))).toEqual([
      'certificates/',
      '__MACOSX/certificates/._leaf.pem',
      'certificates/Zertifikat für example_com (neu).PEM',
      'certificates/AddTrust & Söhne – CA 1..crt',
      'certificates/AddTrust & Söhne – CA 2..crt',
      'README',
      'empty',
      '',
    ]);
  });

  it.skipIf(!installed('python3'))('climbs, or blows up, when told to', async () => {
    const climbing = await run('python3', ['-c', PYTHON_READ, (await archive('climbing')).file]);
    expect(climbing.output).toMatch(/^\.\.\/\.\.\/etc\/cron\.d\/renew \d+$/m);
    const { body, file } = await archive('bomb');
    expect(body.length).toBeLessThan(256 * 1024);
    const bomb = await run('python3', ['-c', PYTHON_READ, file]);
    expect(bomb.output).toMatch(/^notes\.txt 67108864$/m);
  });

  it.skipIf(!installed('python3'))('says why it is unsound', async () => {
    const errorOf = async (zip: ReselloOptions['zip']) =>
      (await run('python3', ['-c', PYTHON_READ, (await archive(zip)).file])).output.trim().split('\n').at(-1);
    expect(await errorOf('wrong-crc')).toMatch(/Bad CRC-32/);
    expect(await errorOf('lying-sizes')).toMatch(/Bad CRC-32/);
    expect(await errorOf('encrypted')).toMatch(/encrypted|password/);
  });
});
