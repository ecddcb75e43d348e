/**
 * The kinds of providers and publishers that a configuration may name, with their schemas. Only the loader and the
 * generated documents need this: importing it loads zod.
 */
import { manifest as internetx } from '../providers/internetx/index.ts';
import * as internetxConfig from '../providers/internetx/config.ts';
import { manifest as resello } from '../providers/resello/index.ts';
import * as reselloConfig from '../providers/resello/config.ts';
import { manifest as rrpproxy } from '../providers/rrpproxy/index.ts';
import * as rrpproxyConfig from '../providers/rrpproxy/config.ts';
import { manifest as responder } from '../publishers/responder/index.ts';
import * as responderConfig from '../publishers/responder/config.ts';
import { manifest as rfc2136 } from '../publishers/rfc2136/index.ts';
import * as rfc2136Config from '../publishers/rfc2136/config.ts';
import { manifest as webroot } from '../publishers/webroot/index.ts';
import * as webrootConfig from '../publishers/webroot/config.ts';
import type { ProviderManifest } from '../contracts/provider.ts';
import type { PublisherManifest } from '../contracts/publisher.ts';
import type { ProviderSchemas, PublisherSchemas, SchemaSet } from './schema-set.ts';

function provider(
  { displayName, capabilities }: ProviderManifest,
  { configSchema, orderSchema }: Pick<ProviderSchemas, 'configSchema' | 'orderSchema'>,
): ProviderSchemas {
  return { displayName, capabilities, configSchema, orderSchema };
}

function publisher(
  { displayName, kind }: PublisherManifest,
  { configSchema }: Pick<PublisherSchemas, 'configSchema'>,
): PublisherSchemas {
  return { displayName, kind, configSchema };
}

export const schemas: SchemaSet = {
  providers: {
    internetx: provider(internetx, internetxConfig),
    resello: provider(resello, reselloConfig),
    rrpproxy: provider(rrpproxy, rrpproxyConfig),
  },
  publishers: {
    responder: publisher(responder, responderConfig),
    rfc2136: publisher(rfc2136, rfc2136Config),
    webroot: publisher(webroot, webrootConfig),
  },
};
