/**
 * The kinds of providers and publishers that a configuration may name, with their schemas. Only the loader and the
 * generated documents need this: importing it loads zod.
 */
import { manifest as hexonet } from '../providers/hexonet/index.ts';
import * as hexonetConfig from '../providers/hexonet/config.ts';
import { manifest as internetx } from '../providers/internetx/index.ts';
import * as internetxConfig from '../providers/internetx/config.ts';
import { manifest as resello } from '../providers/resello/index.ts';
import * as reselloConfig from '../providers/resello/config.ts';
import { manifest as rrpproxy } from '../providers/rrpproxy/index.ts';
import * as rrpproxyConfig from '../providers/rrpproxy/config.ts';
import { manifest as rrpproxyV1 } from '../providers/rrpproxy-v1/index.ts';
import * as rrpproxyV1Config from '../providers/rrpproxy-v1/config.ts';
import { manifest as command } from '../publishers/command/index.ts';
import * as commandConfig from '../publishers/command/config.ts';
import { manifest as hexonetDns } from '../publishers/hexonet-dns/index.ts';
import * as hexonetDnsConfig from '../publishers/hexonet-dns/config.ts';
import { manifest as autodns } from '../publishers/autodns/index.ts';
import * as autodnsConfig from '../publishers/autodns/config.ts';
import { manifest as responder } from '../publishers/responder/index.ts';
import * as responderConfig from '../publishers/responder/config.ts';
import { manifest as rfc2136 } from '../publishers/rfc2136/index.ts';
import * as rfc2136Config from '../publishers/rfc2136/config.ts';
import { manifest as rrpproxyKeydns } from '../publishers/rrpproxy-keydns/index.ts';
import * as rrpproxyKeydnsConfig from '../publishers/rrpproxy-keydns/config.ts';
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
  { displayName, kind, recordTypesOf }: PublisherManifest,
  { configSchema }: Pick<PublisherSchemas, 'configSchema'>,
): PublisherSchemas {
  return { displayName, kind, configSchema, ...(recordTypesOf === undefined ? {} : { recordTypesOf }) };
}

export const schemas: SchemaSet = {
  providers: {
    hexonet: provider(hexonet, hexonetConfig),
    internetx: provider(internetx, internetxConfig),
    resello: provider(resello, reselloConfig),
    rrpproxy: provider(rrpproxy, rrpproxyConfig),
    'rrpproxy-v1': provider(rrpproxyV1, rrpproxyV1Config),
  },
  publishers: {
    autodns: publisher(autodns, autodnsConfig),
    command: publisher(command, commandConfig),
    'hexonet-dns': publisher(hexonetDns, hexonetDnsConfig),
    responder: publisher(responder, responderConfig),
    rfc2136: publisher(rfc2136, rfc2136Config),
    'rrpproxy-keydns': publisher(rrpproxyKeydns, rrpproxyKeydnsConfig),
    webroot: publisher(webroot, webrootConfig),
  },
};
