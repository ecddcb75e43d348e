/** What our client sends beyond the samples of the manual (those are in test/samples). */
import { expect, test } from 'vitest';
import type { Client } from '../../../../src/providers/rrpproxy/client.ts';
import { csr } from './samples.ts';
import { commandOf, never, ok, withClient } from './support.ts';

const order = { class: 'ssl123dv', domains: ['example.com'], csrPem: csr };

const samples: readonly (readonly [string, string, (client: Client) => Promise<unknown>])[] = [
  [
    'knowledge base, StatusEvent',
    'command = StatusEvent\nevent = 4711',
    (client) => client.statusEvent('4711', never),
  ],
  [
    'knowledge base, DeleteEvent',
    'command = DeleteEvent\nevent = 4711',
    (client) => client.deleteEvent('4711', never),
  ],
  [
    'knowledge base, QueryEventList',
    'command = QueryEventList\nclass = CERTIFICATE*\nwide = 1\nfirst = 0\nlimit = 5\norderby = DATE\norder = ASC',
    (client) => client.queryEventList({ class: 'CERTIFICATE*', limit: 5 }, never),
  ],
];

test.each(samples)('%s', async (_, text, call) => {
  await withClient(
    () => ok,
    async (client, server) => {
      await call(client);
      expect(server.heard).toEqual([commandOf(text)]);
    },
  );
});

test('OV and EV contacts, by handle and inline (manual 8.1.2)', async () => {
  const person = {
    firstName: 'A',
    lastName: 'B',
    phone: '+49.1234567',
    email: 'a@b.example',
    jobTitle: 'CEO',
  };
  const organization = {
    name: 'Example Corp',
    dba: 'Example',
    street: 'Street 1',
    zip: '12345',
    city: 'Town',
    state: 'EX',
    country: 'DE',
    phone: '+49.1234567',
    email: 'c@b.example',
  };
  await withClient(
    () => ok,
    async (client, server) => {
      await client.addCertificate(
        { ...order, options: { organization, evApprover: person, serverType: 'nginx', period: '365d' } },
        never,
      );
      await client.addCertificate(
        { ...order, options: { organization: 'CC-1234', evApprover: 'CC-2345' } },
        never,
      );
      expect(server.heard[0]).toMatchObject({
        EVAPPROVERFIRSTNAME: 'A',
        EVAPPROVERLASTNAME: 'B',
        EVAPPROVERPHONE: '+49.1234567',
        EVAPPROVEREMAIL: 'a@b.example',
        EVAPPROVERJOBTITLE: 'CEO',
        ORGANIZATIONNAME: 'Example Corp',
        ORGANIZATIONDBA: 'Example',
        ORGANIZATIONSTREET: 'Street 1',
        ORGANIZATIONZIP: '12345',
        ORGANIZATIONCITY: 'Town',
        ORGANIZATIONSTATE: 'EX',
        ORGANIZATIONCOUNTRY: 'DE',
        ORGANIZATIONPHONE: '+49.1234567',
        ORGANIZATIONEMAIL: 'c@b.example',
        SERVERTYPE: 'nginx',
        PERIOD: '365d',
      });
      expect(server.heard[1]).toMatchObject({
        ORGANIZATIONCONTACT: 'CC-1234',
        EVAPPROVERCONTACT0: 'CC-2345',
      });
    },
  );
});
