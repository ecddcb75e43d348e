/**
 * Arrows between the parts point one way. The table below is the picture; when a change to it is meant, change it here,
 * with a reason.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { providerRegistry } from '../../src/providers/registry.ts';
import { publisherRegistry } from '../../src/publishers/registry.ts';
import { importsOf, sourceFiles, sourceImports } from './source-imports.ts';

interface Part {
  /** A path below src belongs to the longest prefix that fits. */
  readonly prefix: string;
  /** Prefixes it may import beside its own. */
  readonly may: readonly string[];
  readonly why: string;
}

const pureStage = ['core/', 'contracts/'];
/** What every stage shares: its context and its outcome. */
const stageKit = ['renewal/outcome.ts', 'renewal/stage-context.ts'];

const parts: readonly Part[] = [
  { prefix: 'core/', may: [], why: 'the words everything else is written in' },
  { prefix: 'contracts/', may: ['core/'], why: 'promises between the parts, no part' },
  { prefix: 'platform/', may: ['core/', 'contracts/'], why: 'the world behind the contracts' },
  { prefix: 'pki/', may: ['core/', 'contracts/'], why: 'certificates and keys, without our flow' },
  { prefix: 'dns/', may: ['core/', 'contracts/'], why: 'DNS, without our flow' },
  {
    prefix: 'revocation/',
    may: ['core/', 'contracts/', 'pki/'],
    why: 'what CAs say about their certificates, read and checked; without our flow, the network handed in',
  },
  { prefix: 'store/', may: ['core/', 'contracts/'], why: 'an engine behind the port' },
  {
    prefix: 'status/',
    may: ['core/', 'contracts/', 'status/page/index.ts'],
    why: 'reads what is handed in through its own source interface',
  },
  {
    prefix: 'status/page/',
    may: [
      'core/',
      'contracts/',
      'status/source.ts',
      'status/detail.ts',
      'status/state-word.ts',
      'notices/advice.ts',
      'notices/conditions.ts',
    ],
    why: 'HTML of what is handed in; calls a problem what people are told of',
  },
  {
    prefix: 'settings/',
    // What the child process loads is compiled once.
    may: ['core/', 'contracts/', 'platform/compile-cache.ts'],
    why: 'from YAML to the configuration',
  },
  {
    prefix: 'settings/child-main.ts',
    may: ['core/', 'settings/', 'platform/processes.ts'],
    why: 'the process of its own that reads the configuration: a program, not a module',
  },
  {
    prefix: 'settings/schemas.ts',
    may: ['settings/', 'contracts/', 'providers/', 'publishers/'],
    why: 'the one schema is assembled from those of the plug-ins',
  },

  {
    prefix: 'vendors/common/',
    may: ['core/', 'contracts/'],
    why: 'codecs and transport for everything that talks to a vendor',
  },
  {
    prefix: 'vendors/command-text/',
    may: ['core/', 'contracts/', 'vendors/common/text.ts'],
    why: 'the text protocol that two vendors share',
  },
  {
    prefix: 'vendors/*/',
    may: ['core/', 'contracts/', 'vendors/common/', 'vendors/command-text/', 'settings/secret-schema.ts'],
    why: 'what the provider and the DNS publisher of one vendor share: account, transport, result codes',
  },
  {
    prefix: 'providers/*/',
    may: ['core/', 'contracts/', 'vendors/', 'settings/secret-schema.ts'],
    why: 'a plug-in knows its vendor and the contract; a secret in its settings is written like everybody’s',
  },
  { prefix: 'providers/registry.ts', may: ['contracts/', 'providers/*/index.ts'], why: 'the explicit list' },
  { prefix: 'providers/pool.ts', may: ['core/', 'contracts/'], why: 'works on any list' },
  {
    prefix: 'publishers/',
    may: ['core/', 'contracts/', 'dns/name.ts', 'settings/host-names.ts'],
    why: 'what publishers share',
  },
  {
    prefix: 'publishers/*/',
    may: [
      'core/',
      'contracts/',
      'dns/',
      'vendors/',
      'publishers/checked-settings.ts',
      'publishers/dns-name-schema.ts',
      'publishers/hosts-schema.ts',
      'publishers/path-safety.ts',
      // How endpoints, durations and secrets are written is the same everywhere in the YAML.
      'settings/endpoints.ts',
      'settings/duration-schema.ts',
      'settings/secret-schema.ts',
    ],
    why: 'a plug-in knows its server and the contract',
  },
  {
    prefix: 'publishers/registry.ts',
    may: ['contracts/', 'publishers/*/index.ts', 'publishers/*/config.ts'],
    why: 'the explicit list',
  },
  { prefix: 'publishers/pool.ts', may: ['core/', 'contracts/'], why: 'works on any list' },

  {
    prefix: 'renewal/plan/',
    may: [...pureStage, 'pki/names.ts', 'renewal/windows.ts'],
    why: 'pure decision',
  },
  {
    prefix: 'renewal/order/',
    // What a stored request is for stands in the request.
    may: [...pureStage, ...stageKit, 'pki/csr-key-type.ts'],
    why: 'a stage',
  },
  { prefix: 'renewal/dcv/', may: [...pureStage, ...stageKit], why: 'a stage' },
  { prefix: 'renewal/poll/', may: [...pureStage, ...stageKit], why: 'a stage' },
  { prefix: 'renewal/verify/', may: [...pureStage, 'pki/'], why: 'a stage' },
  {
    prefix: 'renewal/deploy/',
    // A set holds key and certificates in the formats that readers want.
    may: [...pureStage, 'pki/pem.ts', 'pki/pkcs12.ts'],
    why: 'a stage',
  },
  { prefix: 'renewal/probe/', may: pureStage, why: 'a stage' },
  { prefix: 'renewal/expiry/', may: [...pureStage, 'pki/'], why: 'a stage' },
  {
    prefix: 'renewal/',
    may: [
      'core/',
      'contracts/',
      'renewal/',
      'pki/key-match.ts',
      // What a receipt says about certificate and files.
      'pki/certificate.ts',
      'pki/file-proof.ts',
      'pki/pem.ts',
    ],
    why: 'joins the stages; sees no concrete provider, publisher or store',
  },
  {
    prefix: 'renewal/spending.ts',
    may: ['core/', 'contracts/', 'renewal/', 'status/source.ts'],
    why: 'fills the status listener’s source',
  },
  {
    prefix: 'renewal/status-view.ts',
    may: ['core/', 'contracts/', 'renewal/', 'status/source.ts'],
    why: 'fills the status listener’s source',
  },
  {
    prefix: 'renewal/detail-view.ts',
    may: [
      'core/',
      'contracts/',
      'renewal/',
      'status/detail.ts',
      'status/source.ts',
      'pki/certificate.ts',
      'pki/pem.ts',
      'audit/chain.ts',
    ],
    why: 'what the status listener shows of one certificate: reads its file and its receipt',
  },

  {
    prefix: 'audit/',
    may: ['core/', 'contracts/', 'pki/file-proof.ts', 'renewal/deploy/layout.ts', 'renewal/deploy/links.ts'],
    why: 'holds receipts against store and files; what it finds is for the command line',
  },

  {
    prefix: 'backup/',
    may: ['core/', 'contracts/'],
    why: 'copies files; how a store is copied is handed in',
  },

  {
    prefix: 'notices/',
    may: ['core/', 'contracts/', 'status/source.ts'],
    why: 'tells people what the status shows; sees nothing that acts',
  },
  { prefix: 'daemon/', may: ['core/', 'contracts/'], why: 'loop, lease and signals of any work' },
  {
    prefix: 'cli/',
    may: [
      'core/',
      'contracts/',
      'audit/',
      'backup/',
      'doctor/finding.ts',
      'init/',
      'renewal/driver.ts',
      'renewal/watchlist.ts',
      'renewal/status-view.ts',
      'renewal/plan/decide.ts',
      'renewal/order/request.ts',
      'renewal/compromise.ts',
      'renewal/second-provider.ts',
      'status/source.ts',
      'status/state-word.ts',
      'pki/',
      'settings/diagnostics.ts',
      'settings/names.ts',
      'settings/render.ts',
      'settings/suggest.ts',
    ],
    why: 'commands work on what the composer hands them',
  },
  {
    prefix: 'doctor/',
    may: ['core/', 'contracts/', 'dns/'],
    why: 'looks at what is handed in and says what is wrong; sees nothing that acts',
  },
  {
    prefix: 'init/',
    may: ['core/', 'contracts/', 'pki/'],
    why: 'from files and servers to a proposed inventory; sees nothing that acts',
  },
  { prefix: 'sandbox/', may: [], why: 'shares no code with what it tests' },
  {
    prefix: 'composition/',
    may: [
      'core/',
      'contracts/',
      'platform/',
      'pki/',
      'dns/',
      'revocation/',
      'backup/',
      'store/',
      'status/',
      'settings/',
      'daemon/',
      'doctor/',
      'cli/',
      'renewal/',
      'notices/',
      'sandbox/',
      'providers/pool.ts',
      'providers/registry.ts',
      'publishers/pool.ts',
      'publishers/registry.ts',
      'vendors/common/throttle.ts',
    ],
    why: 'the one place that sees every concrete part',
  },
  { prefix: 'main.ts', may: ['core/', 'cli/', 'composition/'], why: 'the entry' },
];

const patterns = new Map<string, RegExp>();

function fits(prefix: string, path: string): boolean {
  const known = patterns.get(prefix) ?? patternOf(prefix);
  patterns.set(prefix, known);
  return known.test(path);
}

function patternOf(prefix: string): RegExp {
  const pattern = prefix.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '[^/]+');
  return new RegExp(`^${pattern}${prefix.endsWith('/') ? '' : '$'}`);
}

const partCache = new Map<string, Part | undefined>();

function partOf(path: string): Part | undefined {
  if (!partCache.has(path)) partCache.set(path, closestPart(path));
  return partCache.get(path);
}

function closestPart(path: string): Part | undefined {
  return parts
    .filter(({ prefix }) => fits(prefix, path))
    .toSorted((a, b) => b.prefix.replace('*', '').length - a.prefix.replace('*', '').length)[0];
}

/** The folder that a `*` stands for, so that two plug-ins are two parts. */
function folderOf(part: Part, path: string): string {
  return part.prefix.includes('*') ? path.split('/').slice(0, 2).join('/') : part.prefix;
}

const ours = sourceImports.filter(({ kind }) => kind === 'ours');

describe('arrows', () => {
  test('every file belongs to a part', () => {
    expect(sourceFiles.filter((path) => partOf(path) === undefined)).toEqual([]);
    expect(
      parts.filter((part) => !sourceFiles.some((path) => partOf(path) === part)).map(({ prefix }) => prefix),
    ).toEqual([]);
  });

  test('imports point to files that exist', () => {
    const known = new Set(sourceFiles);
    expect(ours.filter(({ to }) => !known.has(to) && !to.endsWith('.json'))).toEqual([]);
  });

  test('no import leaves the table', () => {
    const wrong = ours.filter(({ from, to }) => {
      const part = partOf(from);
      const target = partOf(to);
      if (part === undefined) return true;
      const own = target === part && folderOf(part, from) === folderOf(part, to);
      return !own && !part.may.some((prefix) => fits(prefix, to));
    });
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test('no permission stands unused', () => {
    const unused = parts.flatMap((part) =>
      part.may
        .filter((prefix) => !ours.some(({ from, to }) => partOf(from) === part && fits(prefix, to)))
        .map((prefix) => `${part.prefix} -> ${prefix}`),
    );
    // Everybody may use the words and the promises, used or not.
    expect(
      unused.filter(
        (line) =>
          !/-> (core|contracts)\/$/.test(line) &&
          !line.includes('renewal/outcome') &&
          !line.includes('renewal/stage-context'),
      ),
    ).toEqual([]);
  });

  test('stages do not know each other', () => {
    const stages = readdirSync('src/renewal', { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    // `drive` holds the driver's own parts: it sees the stages, and only driver.ts sees it.
    expect(stages.filter((name) => name !== 'drive').sort()).toEqual([
      'dcv',
      'deploy',
      'expiry',
      'order',
      'plan',
      'poll',
      'probe',
      'verify',
    ]);
    const intoDrive = ours.filter(
      ({ from, to }) => to.startsWith('renewal/drive/') && !from.startsWith('renewal/drive/'),
    );
    expect([...new Set(intoDrive.map(({ from }) => from))]).toEqual(['renewal/driver.ts']);
    const stageOf = (path: string) => /^renewal\/([^/]+)\//.exec(path)?.[1];
    const between = ours.filter(({ from, to }) => {
      const [a, b] = [stageOf(from), stageOf(to)];
      return a !== undefined && b !== undefined && a !== b && a !== 'drive';
    });
    expect(between).toEqual([]);
  });

  test('concrete parts are seen only where they are joined', () => {
    const concrete = ours.filter(({ to }) => /^(providers|publishers)\/[^/]+\//.test(to));
    const seenFrom = concrete.filter(({ from, to }) => !from.startsWith(to.split('/').slice(0, 2).join('/')));
    expect([...new Set(seenFrom.map(({ from }) => from))].sort()).toEqual([
      'providers/registry.ts',
      'publishers/registry.ts',
      'settings/schemas.ts',
    ]);
    const engines = ours.filter(({ from, to }) => to.startsWith('store/') && !from.startsWith('store/'));
    expect(engines.filter(({ from }) => !from.startsWith('composition/'))).toEqual([]);
  });

  test('the sandbox stands alone', () => {
    expect(ours.filter(({ from, to }) => from.startsWith('sandbox/') && !to.startsWith('sandbox/'))).toEqual(
      [],
    );
    const users = ours.filter(({ from, to }) => to.startsWith('sandbox/') && !from.startsWith('sandbox/'));
    expect(users.filter(({ from }) => !from.startsWith('composition/'))).toEqual([]);
  });

  test('nothing runs in a circle', () => {
    const next = new Map<string, readonly string[]>(
      sourceFiles.map((path) => [
        path,
        ours.filter(({ from, typeOnly }) => from === path && !typeOnly).map(({ to }) => to),
      ]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      const at = trail.indexOf(path);
      if (at >= 0) circles.push([...trail.slice(at), path].join(' -> '));
      if (at >= 0 || done.has(path)) return;
      for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
      done.add(path);
    };
    for (const path of sourceFiles) visit(path, []);
    expect(circles).toEqual([]);
  });
});

describe('packages', () => {
  /** Each package has one home. */
  const homes: Readonly<Record<string, RegExp>> = {
    'node-cron': /^(composition|daemon)\//,
    croner: /^(renewal\/windows\.ts|settings\/windows\.ts|settings\/.*|composition\/daemon\.ts)$/,
    nodemailer: /^notices\/channels\/smtp\.ts$/,
    undici: /^vendors\/common\//,
    saxes: /^vendors\/common\/xml\.ts$/,
    yauzl: /^vendors\/common\/zip\.ts$/,
    pkijs: /^vendors\/common\/pkcs7\.ts$/,
    asn1js: /^vendors\/common\/pkcs7\.ts$/,
    yaml: /^settings\//,
    // The composition root only loads it ahead of time.
    pino: /^(platform\/logger|composition\/composer)\.ts$/,
    'pino-pretty': /^platform\/logger\.ts$/,
    'prom-client': /^status\//,
    '@peculiar/x509': /^(pki|sandbox)\//,
    'reflect-metadata': /^(pki|sandbox)\//,
    // Wherever data comes in from outside.
    zod: /^(settings\/|sandbox\/|(providers|publishers|vendors)\/.*(config|schema|settings)\.ts$|publishers\/registry\.ts$)/,
  };
  const used = sourceImports.filter(({ kind }) => kind === 'package');

  test('have a home, and are used nowhere else', () => {
    const strays = used.filter(({ from, to }) => homes[to]?.test(from) !== true);
    expect(strays.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
    expect(Object.keys(homes).filter((name) => !used.some(({ to }) => to === name))).toEqual([]);
  });

  test('are dependencies, not tools for development', () => {
    const manifest: unknown = JSON.parse(readFileSync('package.json', 'utf8'));
    const names = [...new Set(used.map(({ to }) => to))];
    expect(manifest).toMatchObject({
      dependencies: Object.fromEntries(names.map((name) => [name, expect.any(String)])),
    });
  });

  test('node:http is never imported for a value: that reads all of its exports, some of which load 13 MB', () => {
    const values = sourceImports.filter(({ to, typeOnly }) => to === 'node:http' && !typeOnly);
    expect(values.map(({ from }) => from)).toEqual([]);
  });

  test('only a few files touch the clock, timers, files and processes themselves', () => {
    const outside = sourceFiles.filter(
      (path) => !path.startsWith('sandbox/') && !path.startsWith('composition/'),
    );
    const clock = outside.filter((path) =>
      /\bDate\.now\(|new Date\(\)|Math\.random\(/.test(readFileSync(`src/${path}`, 'utf8')),
    );
    expect(clock).toEqual(['platform/clock.ts']);
    const spawners = sourceImports.filter(
      ({ from, to }) => to === 'node:child_process' && outside.includes(from),
    );
    // Node cannot read ACLs: getfacl is asked.
    expect(spawners.map(({ from }) => from)).toEqual([
      'platform/processes.ts',
      'platform/readable.ts',
      'settings/load-in-child.ts',
    ]);
  });
});

describe('registries', () => {
  const folders = (path: string, but: readonly string[]) =>
    readdirSync(path, { withFileTypes: true })
      .flatMap((entry) => (entry.isDirectory() && !but.includes(entry.name) ? [entry.name] : []))
      .sort();

  test('list every provider folder, under its own id', () => {
    expect(Object.keys(providerRegistry).sort()).toEqual(folders('src/providers', []));
    for (const [id, manifest] of Object.entries(providerRegistry)) expect(manifest.id).toBe(id);
  });

  test('list every publisher folder, under its own id', async () => {
    expect(Object.keys(publisherRegistry).sort()).toEqual(folders('src/publishers', []));
    for (const [id, entry] of Object.entries(publisherRegistry)) expect((await entry.manifest()).id).toBe(id);
  });
});

test('imports are read as they are written', () => {
  const text = [
    "import { a } from './a.ts';",
    "import type { B } from '../b.ts';",
    "import 'reflect-metadata';",
    "import {\n  one,\n  two,\n} from '@scope/pack/deep';",
    "export { c } from './c.ts';",
    "export type * from './d.ts';",
    "import data from './x.json' with { type: 'json' };",
    "const lazy = await import('./e.ts');",
    "type F = import('node:fs').Stats;",
    "// import { no } from './no.ts';",
    "/* import { no } from './no.ts'; */",
    "const sentence = `taken from 'here'`;",
  ].join('\n');
  expect(
    importsOf('renewal/x.ts', text).map(({ to, typeOnly }) => `${to}${typeOnly ? ' (type)' : ''}`),
  ).toEqual([
    'renewal/a.ts',
    'b.ts (type)',
    'reflect-metadata',
    '@scope/pack',
    'renewal/c.ts',
    'renewal/d.ts (type)',
    'renewal/x.json',
    'renewal/e.ts',
    'node:fs',
  ]);
});
