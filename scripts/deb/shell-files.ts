/** What the shell and `man` look for: manual pages and completions, where Debian's programs find them by themselves. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bashCompletions } from '../../src/cli/completions/bash.ts';
import { fishCompletions } from '../../src/cli/completions/fish.ts';
import { zshCompletions } from '../../src/cli/completions/zsh.ts';

const manuals = ['renewd.1', 'renewd.yaml.5'] as const;

/** Content by path on the machine. Throws when a manual page is not where it is generated. */
export function shellFiles(source: string): Readonly<Record<string, Uint8Array>> {
  const pages = manuals.map((name) => {
    const text = readFileSync(join(source, 'docs/man', name));
    return [`usr/share/man/man${name.slice(-1)}/${name}.gz`, gzipSync(text, { level: 9 })] as const;
  });
  return {
    ...Object.fromEntries(pages),
    'usr/share/bash-completion/completions/renewd': Buffer.from(`${bashCompletions()}\n`),
    'usr/share/zsh/vendor-completions/_renewd': Buffer.from(`${zshCompletions()}\n`),
    'usr/share/fish/vendor_completions.d/renewd.fish': Buffer.from(`${fishCompletions()}\n`),
  };
}
