/** The real hands of `renewd init`. */
import { fileURLToPath } from 'node:url';
import type { InitTools } from '../cli/context.ts';
import { secondMs } from '../core/durations.ts';
import { providerRegistry } from '../providers/registry.ts';
import type { ProviderManifest } from '../contracts/provider.ts';
import { probeEndpoint } from '../renewal/probe/probe-endpoint.ts';
import type { World } from './world.ts';

const handshakeTimeoutMs = 10 * secondMs;

/** Beside `src`, and beside `dist` of an installation. */
function schemaPath(name: string): string {
  return fileURLToPath(new URL(`../../config/${name}`, import.meta.url));
}

export function initTools({ files }: World): InitTools {
  const manifests: Readonly<Record<string, ProviderManifest>> = providerRegistry;
  return {
    files,
    look: (endpoint) => probeEndpoint(endpoint, { timeoutMs: handshakeTimeoutMs }),
    capabilities: (type) => (Object.hasOwn(manifests, type) ? manifests[type]?.capabilities : undefined),
    schemas: { main: schemaPath('renewd.schema.json'), inventory: schemaPath('inventory.schema.json') },
  };
}
