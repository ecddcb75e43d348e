/** The samples of API 1: our client sends exactly these requests, and reads these answers as the right typed results. */
import { describe, expect, test } from 'vitest';
import type { Challenge } from '../../src/core/challenge.ts';
import type { Client } from '../../src/providers/rrpproxy-v1/client.ts';
import { commands } from '../../src/providers/rrpproxy-v1/commands.ts';
import { toReading } from '../../src/providers/rrpproxy-v1/reading.ts';
import { readCertificate } from '../../src/providers/rrpproxy-v1/schema.ts';
import { parseAnswer } from '../../src/vendors/command-text/wire.ts';
import { csr } from '../unit/providers/rrpproxy/samples.ts';
import { indexed, keyMaterial, never, ok } from '../unit/providers/rrpproxy/support.ts';
import { withClient } from '../unit/providers/rrpproxy-v1/support.ts';
import { answerSamples, requestSamples, status } from './rrpproxy-v1.ts';

const doing: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  'API Command Example 1: No sub is stated': (client) =>
    client.reissueCertificate({ certificate: 'CZ00001', csrPem: csr }, never),
  'API Command Example 2: explicitly stated sub': (client) =>
    client.reissueCertificate({ certificate: 'CZ00001', sub: 'CZ00001-001', csrPem: csr }, never),
  'Obtaining the new CRT': (client) => client.statusCertificate('CZ00001', 'CZ00001-003', never),
  'Revoking a certificate': (client) => client.deleteCertificate('CZ00001', 'CZ00001-001', never),
  'ReissueCertificate API Command': (client) =>
    client.reissueCertificate(
      {
        certificate: 'CZ00001',
        sub: 'CZ00001-002',
        csrPem: csr,
        reissueEmail: 'hostmaster@example.com',
        algorithm: 'sha256',
      },
      never,
    ),
};

test.each(requestSamples)('$section', async ({ section, command, parameters }) => {
  await withClient(
    () => ok,
    async (client, server) => {
      await doing[section]?.(client);
      expect(server.heard).toEqual([{ COMMAND: command, APIVERSION: '1', ...parameters }]);
    },
  );
});

function readingOf(section: string, names: readonly string[]) {
  const sample = answerSamples.find((one) => one.section === section);
  const answer = readCertificate(parseAnswer(sample?.text ?? ''));
  return toReading(answer, { names }).reading;
}

describe('answers', () => {
  test('StatusCertificate: an active sub with its certificate', async () => {
    const key = await keyMaterial();
    const text = status(indexed('csr', key.csrPem), indexed('crt', key.leafPem));
    expect(toReading(readCertificate(parseAnswer(text), 'AB1234567-001'), {}).reading).toEqual({
      handle: { orderId: 'AB1234567', certificateId: 'AB1234567-001' },
      status: 'issued',
      statusWord: 'ACTIVE',
      challenges: [],
      leafPem: key.leafPem,
      caPems: [],
      spkiSha256: key.spkiSha256,
    });
  });

  const digicert = (recordName: string, identifier = recordName): Challenge => ({
    kind: 'dns',
    identifier,
    recordName,
    recordType: 'TXT',
    value: 'k5loo039okyyz1jlrde57ku091h1og39uv6enkzo1v265graqw',
  });

  test('DigiCert DNS: the token at every main domain, www at the one above it', () => {
    const names = ['www.example.com', 'something.example.com', 'example.net', 'anotherthing.example.org'];
    expect(readingOf('validation-method-digicert-dns', names)).toMatchObject({
      handle: { orderId: 'SA4317966', certificateId: 'SA4317966-001' },
      status: 'pending',
      statusWord: 'ORDER_REQUESTED',
      challenges: [
        digicert('example.com'),
        digicert('something.example.com'),
        digicert('example.net'),
        digicert('anotherthing.example.org'),
      ],
    });
  });

  test('DigiCert FILE: one file at every host', () => {
    const { challenges } = readingOf('validation-method-digicert-file', ['www.example.com', 'example.net']);
    expect(challenges.map((one) => one.kind === 'file' && `${one.host}${one.path} ${one.content}`)).toEqual([
      'www.example.com/.well-known/pki-validation/fileauth.txt RInN0UIPzTzZrJDhCD6C',
      'example.net/.well-known/pki-validation/fileauth.txt RInN0UIPzTzZrJDhCD6C',
    ]);
  });

  test('Sectigo DNS: a whole record with two blanks between its fields', () => {
    expect(readingOf('validation-method-sectigo-dns', ['mail.example.com']).challenges).toEqual([
      {
        kind: 'dns',
        identifier: 'mail.example.com',
        recordName: '_47cba4dfbe697765f51230e84f04d091.mail.example.com',
        recordType: 'CNAME',
        value:
          '5b06bda4ffe784373d6616ab8fcbef1.7da4549f0623a25f37e128efb0fbf745d.1f96729172445e721043.comodoca.com',
      },
    ]);
  });

  test.each([
    [
      'validation-method-sectigo-file, order',
      '8C7A3B5360E02F8C0EE6222D42345867.txt',
      '337c212a87093c4c06231b9c974eb848f29afaeb56f17ecb7ada84773779dca4\ncomodoca.com\n0466b86ba44e6ba5607a',
    ],
    [
      'validation-method-sectigo-file, status',
      '8C7A3B5360E02F8C0EE6222D56215867.txt',
      '337c212a87093c4c04681b9c974eb848f29afaeb56f17ecb7ada84773779dca4\ncomodoca.com\n0466b86ba55e6ba5607a',
    ],
  ])('%s: three lines, however they come', (section, file, content) => {
    expect(readingOf(section, ['mail.example.com']).challenges).toEqual([
      {
        kind: 'file',
        identifier: 'mail.example.com',
        host: 'mail.example.com',
        path: `/.well-known/pki-validation/${file}`,
        content,
      },
    ]);
  });
});

test('commands.ts names the proof by samples truthfully', () => {
  const proved = commands.filter(({ proof }) => proof.includes('sample')).map(({ command }) => command);
  expect(proved.sort()).toEqual([...new Set(requestSamples.map(({ command }) => command))].sort());
});
