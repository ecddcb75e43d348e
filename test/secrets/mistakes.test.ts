/** Whoever writes a secret into the configuration itself is told so, without being shown it: for every key there is. */
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { renderDiagnostics } from '../../src/settings/render.ts';
import { schemas } from '../../src/settings/schemas.ts';
import { Workspace } from '../unit/settings/workspace.ts';
import { leaks } from './canaries.ts';
import { secretKeys, type SecretKey } from './secret-keys.ts';

const word = 'planted-4711-word';
const key = '-----BEGIN PRIVATE KEY-----\nplanted-4711-word\n-----END PRIVATE KEY-----\n';

/** Ways to write it down in the wrong place. */
const ways: Readonly<Record<string, unknown>> = {
  text: word,
  lines: key,
  list: [word, word],
  'unknown form': { value: word },
  'two forms': { env: 'X', value: word },
  'as a variable': { env: `${word}=` },
};

function configurationWith({ section, type, path }: SecretKey, value: unknown): unknown {
  const nested = path
    .map((step) => (step === '*' ? 'TOKEN' : step))
    .reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);
  return section === 'main' ? nested : { [section]: { one: { type, ...Object(nested) } } };
}

test('the schemas have secrets, and all of them are found', () => {
  const names = secretKeys.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(
    expect.arrayContaining([
      'providers/rrpproxy/password',
      'providers/resello/apiKey',
      'publishers/rfc2136/key/secret',
      'publishers/command/env/*',
      'notices/webhook/url',
      'notices/smtp/password',
      'main/heartbeat/url',
    ]),
  );
});

test.each(secretKeys)('$name', async (where) => {
  const shown: Record<string, string> = {};
  for (const [way, value] of Object.entries(ways)) {
    const workspace = new Workspace();
    // A text is no mistake where one may stand: an address without a token, a variable that is no secret.
    workspace.write('renewd.yaml', stringify(configurationWith(where, value)));
    const { diagnostics } = await workspace.load({ schemas, readSecrets: true });
    expect(diagnostics.length).toBeGreaterThan(0);
    shown[way] = renderDiagnostics(diagnostics) + JSON.stringify(diagnostics);
  }
  const free = ['publishers/command/env/*', 'notices/webhook/url', 'main/heartbeat/url'];
  if (free.includes(where.name)) delete shown['text'];
  expect(leaks(shown, { word })).toEqual([]);
});
