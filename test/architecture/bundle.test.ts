/** What `npm run build` makes of the sources; slow-to-find mistakes in it would only show in an installation. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { bundle, programs } from '../../scripts/bundle.ts';
import { tempDirectory } from '../builders/temp-directory.ts';
import { sourceFiles } from './source-imports.ts';

const inputs = programs.flatMap(({ input }) => Object.entries(input));

test('what modules name beside themselves is where they look for it, bundled or not', () => {
  const named = sourceFiles.flatMap((path) =>
    [
      ...readFileSync(`src/${path}`, 'utf8').matchAll(/new URL\(\s*[`']([^`']+)[`'],\s*import\.meta\.url/g),
    ].map(([, target = '']) => ({ path, target })),
  );
  const wrong = named.filter(({ path, target }) => {
    const [folder = '', file, ...deeper] = path.split('/');
    if (file === undefined || deeper.length > 0) return true;
    if (target.startsWith('../../config/')) return false;
    const program = /^\.\/([a-z-]+)\$\{extname\(import\.meta\.url\)\}$/.exec(target)?.[1];
    return !inputs.some(([name, source]) => name === program && source === `src/${folder}/${name}.ts`);
  });
  expect(named.length).toBeGreaterThan(2);
  expect(wrong).toEqual([]);
  for (const [name, path] of inputs) expect(basename(path, '.ts')).toBe(name);
});

test('an installation checks a configuration without reading a single package', async () => {
  const root = tempDirectory();
  await bundle(`${root}/dist`);
  for (const path of ['bin', 'package.json']) cpSync(path, `${root}/${path}`, { recursive: true });
  writeFileSync(
    `${root}/renewd.yaml`,
    `store: { sqlite: renewd.db }
keys: keys
schedule: "0 3 31 * *"
providers:
  cnr: { type: rrpproxy, login: test, password: { env: TEST_SECRET }, spend: { ordersPerDay: 1 } }
publishers:
  web: { type: webroot, path: ${root} }
certificates:
  - { name: shop, names: [shop.example.com], provider: cnr, product: ssl123dv, dcv: { method: file }, crt: shop.crt }
  # Not in the shape that is read without the YAML library.
  - &blog { name: "bl\\x6fg", names: [blog.example.com], provider: cnr, product: ssl123dv, dcv: { method: file }, crt: b }
`,
  );
  expect(existsSync(`${root}/node_modules`)).toBe(false);
  const env = { PATH: process.env['PATH'], HOME: root, TEST_SECRET: 'test' };
  const parameters = [`${root}/bin/renewd.js`, 'check', '-c', `${root}/renewd.yaml`];
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8', env });
  expect(stderr).toBe('');
  expect(stdout).toContain('2 certificate(s)');
  expect(status).toBe(0);
});

test('the same sources give the same files, and no path of this machine is in them', async () => {
  const root = tempDirectory();
  await bundle(`${root}/one`);
  await bundle(`${root}/another/further/down`);
  const read = (directory: string): ReadonlyMap<string, string> =>
    new Map(readdirSync(directory).map((name) => [name, readFileSync(`${directory}/${name}`, 'utf8')]));
  const files = read(`${root}/one/app`);
  expect(files).toEqual(read(`${root}/another/further/down/app`));
  expect([...files].filter(([, text]) => text.includes(process.cwd()) || text.includes(root))).toEqual([]);
});
