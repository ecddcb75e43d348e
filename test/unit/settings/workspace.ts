/** A temporary directory with configuration files, and the loader over it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Diagnostic } from '../../../src/settings/diagnostics.ts';
import { loadConfiguration } from '../../../src/settings/load.ts';
import type { LoadOptions, LoadResult } from '../../../src/settings/load.ts';
import { stubSchemas } from './stub-schemas.ts';

export class Workspace {
  readonly directory: string;

  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), 'renewd-settings-'));
    onTestFinished(() => rmSync(this.directory, { recursive: true, force: true }));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, content: string | Uint8Array): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  async load(options: Partial<LoadOptions> = {}): Promise<LoadResult> {
    return await loadConfiguration(this.path('renewd.yaml'), {
      schemas: stubSchemas,
      env: {},
      readSecrets: false,
      ...options,
    });
  }
}

/** Providers and publishers that most tests need; the certificates follow. */
export const accounts = `providers:
  cl: { type: closed, login: me, password: { env: PASSWORD } }
  op: { type: open, token: { env: TOKEN } }
publishers:
  ns: { type: zonefile, zones: [example.com, example.net] }
  web: { type: folder, path: /var/www }
`;

/** "renewd.yaml:3:5 error message" */
export function brief(diagnostic: Diagnostic, workspace: Workspace): string {
  const file = diagnostic.file.slice(workspace.directory.length + 1);
  return `${file}:${diagnostic.line}:${diagnostic.column} ${diagnostic.severity} ${diagnostic.message}`;
}
