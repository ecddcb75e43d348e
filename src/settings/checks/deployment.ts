/** What is looked at and probed after a deployment. */
import { isIP } from 'node:net';
import { valueAt } from '../issues.ts';
import { covers } from '../host-names.ts';
import { complainOf } from '../entry.ts';
import type { Entry } from '../entry.ts';

export function checkDeployment(entry: Entry): void {
  const { draft } = entry;
  if (draft.crt === undefined && !entry.broken.has('deploy') && !entry.broken.has('crt')) {
    entry.file.complain({
      path: entry.path,
      message: '"deploy" is missing, and there is no "crt" either',
      hint: 'say where the certificate goes (deploy), or at least which file is looked at (crt)',
    });
  }
  if (draft.names.length === 0 || entry.broken.has('names')) return;
  for (const [target, { probe }] of draft.deploy.entries()) {
    for (const [index, { host, serverName }] of probe.entries()) {
      const asked = serverName ?? (isIP(host) === 0 ? host : undefined);
      if (asked === undefined || draft.names.some((name) => covers(name, asked))) continue;
      const own = ['deploy', target, 'probe', index];
      const isOwn = valueAt(entry.levels[0]?.data, ['deploy', target, 'probe']) !== undefined;
      complainOf(entry, isOwn ? own : ['deploy', 'probe', index], {
        severity: 'warning',
        message: `the certificate ${draft.name ?? ''} does not cover ${asked}, which this probe asks for`,
        hint: `add serverName: { host: ${host}, port: …, serverName: ${draft.names.find((name) => !name.startsWith('*.')) ?? `www.${draft.names[0]?.slice(2) ?? ''}`} }`,
      });
    }
  }
}
