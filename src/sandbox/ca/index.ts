/** The sandbox's throw-away CA: what other parts of the sandbox and tests may use of it. */
export { createSandboxCa } from './ca.ts';
export type { Revocation, SandboxCaOptions, SteerableSandboxCa } from './ca.ts';
export type { DcvResolver, DnsLook } from './dcv.ts';
export { createFileFetcher } from './file-fetcher.ts';
export type { FetchedFile, FetchFile, HttpPortMap } from './file-fetcher.ts';
export { createDcvResolver } from './resolver.ts';
export { SandboxCaRefusal } from './rules.ts';
