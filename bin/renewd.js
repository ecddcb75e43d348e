#!/usr/bin/env node
// Plain JavaScript on purpose: it has to run on runtimes that are too old for everything else, and say so.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(
    `renewd needs Node.js 24.15 or newer, this is ${process.versions.node} (use "npm start", or "npx renewd" inside the project, which bring their own)\n`,
  );
  process.exit(1);
}
const { existsSync } = await import('node:fs');
// A checkout runs from its sources, an installation from what was compiled.
const source = new URL('../src/main.ts', import.meta.url);
const isCheckout = existsSync(source);
if (!isCheckout) {
  const { useCompileCache } = await import(new URL('../dist/app/compile-cache.js', import.meta.url).href);
  useCompileCache(process.env);
}
const { main } = await import(
  isCheckout ? source.href : new URL('../dist/app/main.js', import.meta.url).href
);
process.exitCode = await main(process.argv.slice(2));
