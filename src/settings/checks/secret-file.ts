/** A file with a secret in it is for its owner. */
import { statSync } from 'node:fs';
import type { Path } from '../diagnostics.ts';
import type { YamlFile } from '../yaml-file.ts';

export function warnOfOpenFile(file: YamlFile, path: Path, secretFile: string): void {
  const mode = statSync(secretFile).mode & 0o777;
  if ((mode & 0o004) === 0) return;
  file.complain({
    severity: 'warning',
    path,
    message: `every user of this host can read secret file ${secretFile} (mode ${mode.toString(8).padStart(4, '0')})`,
    hint: `chmod 0600 ${secretFile}, owned by the user the daemon runs as`,
    isSecret: true,
  });
}
