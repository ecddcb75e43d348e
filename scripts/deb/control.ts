/** The package's own words: control file, changelog, copyright, checksums. Texts only. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PackageFacts {
  /** Of Debian: upstream version, hyphen, revision. */
  readonly version: string;
  /** Of Debian: "amd64". */
  readonly architecture: string;
  readonly description: string;
  readonly nodeVersion: string;
  readonly installedBytes: number;
  /** When the sources were last changed: SOURCE_DATE_EPOCH. */
  readonly changedAt: Date;
}

/** Whoever builds the package answers for it. */
const maintainer = 'renewd, built from source <root@localhost>';

export function controlFile({
  version,
  architecture,
  description,
  nodeVersion,
  installedBytes,
}: PackageFacts) {
  return `Package: renewd
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${Math.ceil(installedBytes / 1024)}
Depends: adduser, libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 9)
Recommends: systemd (>= 252)
Section: admin
Priority: optional
Description: keeps paid TLS certificates valid, deployed and served
 ${description}.
 .
 Brings its own Node.js ${nodeVersion}, which no other program uses.
`;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** RFC 5322 with a leading zero, as Debian Policy 4.4 wants it. */
function debianDate(at: Date): string {
  const [, day = '', month = '', year = '', time = ''] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/.exec(at.toUTCString()) ?? [];
  return `${days[at.getUTCDay()]}, ${day} ${month} ${year} ${time} +0000`;
}

export function debianChangelog({ version, changedAt }: PackageFacts): string {
  return `renewd (${version}) unstable; urgency=medium

  * Built from source; what changed is in changelog.gz.

 -- ${maintainer}  ${debianDate(changedAt)}
`;
}

export interface Dependency {
  readonly path: string;
  readonly version: string;
  readonly license: string;
}

/** In the machine-readable format 1.0 of Debian; the texts of the dependencies' licences lie beside them. */
export function copyrightFile(dependencies: readonly Dependency[], nodeVersion: string): string {
  const paragraphs = dependencies.map(
    ({ path, version, license }) => `Files: usr/lib/renewd/${path}/*
Copyright: see the files of the package, version ${version}
License: ${license}
`,
  );
  const licenses = [...new Set(dependencies.map(({ license }) => license))]
    .filter((license) => license !== 'Apache-2.0')
    .sort()
    .map((license) => `License: ${license}\n The text is in the directory of each package that has it.\n`);
  return [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: renewd\n',
    'Files: *\nCopyright: the authors of renewd\nLicense: Apache-2.0\n',
    `Files: usr/lib/renewd/node\nCopyright: Node.js contributors, version ${nodeVersion}\nLicense: Node\n`,
    ...paragraphs,
    'License: Apache-2.0\n On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.\n',
    'License: Node\n The text, with those of what Node.js contains, is in /usr/lib/renewd/LICENSE.node.\n',
    ...licenses,
  ].join('\n');
}

/** DEBIAN/md5sums: what `dpkg --verify` compares with. Paths without a leading slash. */
export function md5sums(root: string, paths: readonly string[]): string {
  return paths
    .map(
      (path) =>
        `${createHash('md5')
          .update(readFileSync(join(root, path)))
          .digest('hex')}  ${path}\n`,
    )
    .join('');
}
