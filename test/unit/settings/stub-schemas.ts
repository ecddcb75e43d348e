/** Two small providers and three publishers with known limits, so that messages do not depend on the real ones. */
import { z } from 'zod';
import type { ProviderCapabilities, VerbEffect } from '../../../src/contracts/capabilities.ts';
import type { SchemaSet } from '../../../src/settings/schema-set.ts';
import { secretSchema } from '../../../src/settings/secret-schema.ts';

const verb: VerbEffect = {
  invoice: 'charged',
  paidUntil: 'new',
  notAfter: 'new',
  key: 'new',
  earlierCertificates: 'kept',
  certificateId: 'new',
};

const capabilities: ProviderCapabilities = {
  verbs: { create: verb, renew: verb, reissue: verb },
  dcvMethods: ['dns', 'file', 'email'],
  recordTypes: ['txt', 'cname'],
  findBy: 'reference',
  reissueKeepsDcvMethod: false,
  reissueChangesNames: true,
  termDays: 365,
  pricePreview: false,
  ca: () => 'some-ca',
  maxNames: 4,
};

export const stubSchemas: SchemaSet = {
  providers: {
    closed: {
      displayName: 'Closed',
      configSchema: z.strictObject({
        login: z.string(),
        password: secretSchema.describe('Password.'),
        environment: z.enum(['live', 'test']).default('live'),
      }),
      orderSchema: z.strictObject({
        contact: z.string().optional(),
        period: z.enum(['1y', '2y']).default('1y'),
      }),
      capabilities: {
        ...capabilities,
        products: {
          BasicDV: { wildcard: false, maxNames: 2 },
          StarDV: { wildcard: true, maxNames: 3, dcv: ['dns'], recordTypes: ['cname'] },
        },
      },
    },
    open: {
      displayName: 'Open',
      configSchema: z.strictObject({ token: secretSchema }),
      orderSchema: z.strictObject({ years: z.int().optional() }),
      capabilities: { ...capabilities, dcvMethods: ['dns', 'file'], recordTypes: ['txt'] },
    },
  },
  publishers: {
    zonefile: {
      displayName: 'Zones',
      kind: 'dns',
      configSchema: z.strictObject({
        zones: z.array(z.string()).min(1),
        key: z.strictObject({ secret: secretSchema }).optional(),
      }),
    },
    folder: {
      displayName: 'Folder',
      kind: 'file',
      configSchema: z.strictObject({ path: z.string(), hosts: z.array(z.string()).default([]) }),
    },
  },
};
