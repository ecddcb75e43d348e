/** Every publisher, by the `type` that the configuration names. A test compares this list with the folders. */
import type { ZodType } from 'zod';
import type { PublisherManifest } from '../contracts/publisher.ts';

export interface PublisherEntry {
  readonly manifest: () => Promise<PublisherManifest>;
  /** Loads zod; only the configuration and its documents need it. */
  readonly configSchema: () => Promise<ZodType>;
}

export const publisherRegistry = {
  autodns: {
    manifest: async () => (await import('./autodns/index.ts')).manifest,
    configSchema: async () => (await import('./autodns/config.ts')).configSchema,
  },
  command: {
    manifest: async () => (await import('./command/index.ts')).manifest,
    configSchema: async () => (await import('./command/config.ts')).configSchema,
  },
  'hexonet-dns': {
    manifest: async () => (await import('./hexonet-dns/index.ts')).manifest,
    configSchema: async () => (await import('./hexonet-dns/config.ts')).configSchema,
  },
  responder: {
    manifest: async () => (await import('./responder/index.ts')).manifest,
    configSchema: async () => (await import('./responder/config.ts')).configSchema,
  },
  rfc2136: {
    manifest: async () => (await import('./rfc2136/index.ts')).manifest,
    configSchema: async () => (await import('./rfc2136/config.ts')).configSchema,
  },
  'rrpproxy-keydns': {
    manifest: async () => (await import('./rrpproxy-keydns/index.ts')).manifest,
    configSchema: async () => (await import('./rrpproxy-keydns/config.ts')).configSchema,
  },
  webroot: {
    manifest: async () => (await import('./webroot/index.ts')).manifest,
    configSchema: async () => (await import('./webroot/config.ts')).configSchema,
  },
} as const satisfies Readonly<Record<string, PublisherEntry>>;

export type PublisherId = keyof typeof publisherRegistry;
