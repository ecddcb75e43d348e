/** Loaded with `--import`: at the end, writes the packages that the process loaded to the file that it is told. */
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const packages = new Set<string>();

registerHooks({
  load(url, context, nextLoad) {
    const inside = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(url)?.[1];
    if (inside !== undefined) packages.add(inside);
    return nextLoad(url, context);
  },
});

process.on('exit', () => {
  writeFileSync(process.env['PACKAGES_FILE'] ?? '', JSON.stringify([...packages].toSorted()));
});
