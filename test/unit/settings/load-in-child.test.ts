/** The loading process, for real. */
import { describe, expect, it } from 'vitest';
import { messagesOf, ResultReader } from '../../../src/settings/child-protocol.ts';
import { stampsOf } from '../../../src/settings/inventory-files.ts';
import { loadInChild } from '../../../src/settings/load-in-child.ts';
import { Workspace } from './workspace.ts';

const main = `providers:
  cnr: { type: rrpproxy, login: me, password: { env: RENEWD_TEST_PASSWORD } }
publishers:
  ns: { type: webroot, path: /var/www }
`;

function certificate(index: number): string {
  return `- { name: c${index}, names: [c${index}.example.com], provider: cnr, product: ssl123dv, dcv: { method: file }, crt: c${index}.crt }\n`;
}

describe('loadInChild', () => {
  it('gives what the loader gives, without secrets', async () => {
    const workspace = new Workspace();
    workspace.write('renewd.yaml', `${main}inventory: [more.yaml]\n`);
    workspace.write('more.yaml', Array.from({ length: 120 }, (_, index) => certificate(index)).join(''));
    const env = { ...process.env, RENEWD_TEST_PASSWORD: 'hunter2secret' };
    const result = await loadInChild(workspace.path('renewd.yaml'), { env });
    expect(result.diagnostics).toEqual([]);
    expect(result.files).toEqual([workspace.path('renewd.yaml'), workspace.path('more.yaml')]);
    expect(result.globs).toEqual([workspace.path('more.yaml')]);
    expect(result.stamps).toEqual(stampsOf(result.files, result.globs));
    expect(result.configuration?.certificates.map(({ name }) => name)).toEqual(
      Array.from({ length: 120 }, (_, index) => `c${index}`),
    );
    expect(result.configuration?.files).toEqual(result.files);
    expect(result.configuration?.providers[0]?.config['password']).toEqual({ env: 'RENEWD_TEST_PASSWORD' });
    expect(JSON.stringify(result)).not.toContain('hunter2secret');
  });

  it('gives diagnostics for a broken file', async () => {
    const workspace = new Workspace();
    workspace.write('renewd.yaml', `${main}keyz: /a\n`);
    const result = await loadInChild(workspace.path('renewd.yaml'), { readSecrets: false });
    expect(result.configuration).toBeUndefined();
    expect(result.diagnostics).toMatchObject([
      { line: 5, column: 1, message: 'unknown key', hint: 'did you mean "keys"?' },
    ]);
  });

  it('fails when the process takes too long', async () => {
    const workspace = new Workspace();
    workspace.write('renewd.yaml', main);
    await expect(loadInChild(workspace.path('renewd.yaml'), { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'config-invalid',
      message: 'the configuration could not be loaded: it took longer than 1 ms',
    });
  });

  it('fails when the process dies', async () => {
    const workspace = new Workspace();
    workspace.write('renewd.yaml', main);
    const env = { ...process.env, NODE_OPTIONS: '--no-such-option' };
    await expect(loadInChild(workspace.path('renewd.yaml'), { env })).rejects.toMatchObject({
      code: 'config-invalid',
      message: 'the configuration could not be loaded: the process ended with exit code 9',
    });
  });

  it('ends promptly when aborted', async () => {
    const workspace = new Workspace();
    workspace.write('renewd.yaml', main);
    const controller = new AbortController();
    const pending = loadInChild(workspace.path('renewd.yaml'), { signal: controller.signal });
    controller.abort(new Error('stop'));
    await expect(pending).rejects.toThrow('stop');
    await expect(loadInChild(workspace.path('renewd.yaml'), { signal: controller.signal })).rejects.toThrow(
      'stop',
    );
  });
});

describe('the protocol', () => {
  it('tells a cut-off answer from a whole one', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      'providers: { op: { type: open, token: { env: T } } }\npublishers: { w: { type: folder, path: /w } }\ncertificates: [{ name: a, names: [a.example.com], provider: op, product: p, dcv: { method: file }, crt: a }]\n',
    );
    const lines = [...messagesOf(await workspace.load())].map((message) => JSON.stringify(message));
    expect(lines).toHaveLength(4);
    for (let left = 0; left < lines.length; left += 1) {
      const reader = new ResultReader();
      for (const line of lines.filter((_, index) => index !== left)) reader.take(line);
      expect(reader.finish()?.configuration).toBeUndefined();
    }
  });
});
