// Vitest itself starts on older runtimes; renewd does not. Saying so here beats a hundred confusing failures.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  throw new Error(
    `renewd's tests need Node >= 24.15, this is ${process.versions.node}; run them with "npm test", which uses the Node from node_modules`,
  );
}
