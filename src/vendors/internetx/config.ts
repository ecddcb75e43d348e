/** Settings of an InterNetX account, the same for orders of certificates and for zones. */
import { z } from 'zod';
import { Secret } from '../../core/certificate.ts';
import { secretSchema } from '../../settings/secret-schema.ts';

/** Fields of the schema; contexts differ by what an account is used for. */
export function accountFields(defaultContext: number) {
  return {
    user: z.string().min(1).describe('Login name. A user of its own for renewd keeps its event queue apart.'),
    password: secretSchema.describe('Password of that user.'),
    context: z
      .int()
      .nonnegative()
      .default(defaultContext)
      .describe(
        'Context number of the login: 9 is the SSL Manager, 4 live AutoDNS, 1 the demo system; a Personal AutoDNS has its own.',
      ),
    encoding: z
      .enum(['json', 'xml'])
      .default('json')
      .describe(
        'Which of the two interfaces is spoken: the JSON API, or the XML gateway, which has fewer commands.',
      ),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        'Base URL. Default: https://api.autodns.com/v1 for JSON, https://gateway.autodns.com for XML. Demo: https://api.demo.autodns.com/v1, https://demo.autodns.com/gateway/. Resellers may run their own host.',
      ),
    language: z
      .enum(['de', 'en'])
      .default('en')
      .describe('Language of the texts in answers of the XML gateway; the JSON API follows the account.'),
    requestsPerSecond: z
      .number()
      .positive()
      .max(3)
      .default(2.5)
      .describe(
        'Most requests per second of this account; bursts are counted in. InterNetX allows 3 per source address, over all its users.',
      ),
  };
}

/** The field that replaces the password's source once it was read. */
export const resolvedPassword = { password: z.instanceof(Secret) };
