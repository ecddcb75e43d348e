/** What the loader must know about the kinds of providers and publishers; assembled in schemas.ts, smaller in tests. */
import type { z } from 'zod';
import type { ProviderCapabilities } from '../contracts/capabilities.ts';
import type { PublisherManifest } from '../contracts/publisher.ts';

export interface ProviderSchemas {
  readonly displayName: string;
  /** The account: an entry of `providers` without `type` and `spend`. */
  readonly configSchema: z.ZodType;
  /** `order` of a certificate. */
  readonly orderSchema: z.ZodType;
  readonly capabilities: ProviderCapabilities;
}

export interface PublisherSchemas {
  readonly displayName: string;
  /** An entry of `publishers` without `type`. */
  readonly configSchema: z.ZodType;
  readonly kind: 'dns' | 'file';
  /** Where the settings decide which records can be written; absent: TXT and CNAME. */
  readonly recordTypesOf?: NonNullable<PublisherManifest['recordTypesOf']>;
}

export interface SchemaSet {
  readonly providers: Readonly<Record<string, ProviderSchemas>>;
  readonly publishers: Readonly<Record<string, PublisherSchemas>>;
}
