/** Every provider, by the `type` that the configuration names. A test compares this list with the folders. */
import type { ProviderManifest } from '../contracts/provider.ts';
import { manifest as hexonet } from './hexonet/index.ts';
import { manifest as internetx } from './internetx/index.ts';
import { manifest as resello } from './resello/index.ts';
import { manifest as rrpproxyV1 } from './rrpproxy-v1/index.ts';
import { manifest as rrpproxy } from './rrpproxy/index.ts';

/** Manifests are light; a client is loaded when it is first needed. */
export const providerRegistry: Readonly<Record<string, ProviderManifest>> = {
  hexonet,
  internetx,
  resello,
  rrpproxy,
  'rrpproxy-v1': rrpproxyV1,
};
