/** Every request sample of the manual for the commands we use is what our client sends for the same intent. */
import { expect, test } from 'vitest';
import type { Client } from '../../../../src/providers/rrpproxy/client.ts';
import { crt, csr } from './samples.ts';
import { commandOf, never, ok, withClient } from './support.ts';

const csrText = csr
  .trim()
  .split('\n')
  .map((line, index) => `csr${index} = ${line}`)
  .join('\n');
const crtText = crt
  .trim()
  .split('\n')
  .map((line, index) => `crt${index} = ${line}`)
  .join('\n');
const order = { class: 'ssl123dv', domains: ['example.com'], csrPem: csr };
const known = { techContact: 'P-ABC123' };

const samples: readonly (readonly [string, string, (client: Client) => Promise<unknown>])[] = [
  [
    '9.1.3',
    `command = CheckCertificate\napiversion = 2\n${csrText}`,
    (client) => client.checkCertificate({ csrPem: csr }, never),
  ],
  [
    '9.1.4',
    `command = CheckCertificate\napiversion = 2\n${crtText}`,
    (client) => client.checkCertificate({ certificatePem: crt }, never),
  ],
  [
    '9.1.5',
    'command = CheckCertificate\napiversion = 2\nclass = ssl123dv\ndomain0 = example.com\ndomain1 = example.org',
    (client) =>
      client.checkCertificate({ class: 'ssl123dv', domains: ['example.com', 'example.org'] }, never),
  ],
  [
    '9.1.6',
    `command = CheckCertificate\napiversion = 2\nclass = ssl123dv\ndomain0 = example.com\ndomain1 = example.org\n${csrText}\n${crtText}`,
    (client) =>
      client.checkCertificate(
        { class: 'ssl123dv', domains: ['example.com', 'example.org'], csrPem: csr, certificatePem: crt },
        never,
      ),
  ],
  [
    '9.1.13',
    `command = AddCertificate\napiversion = 2\ntechcontact0 = P-ABC123\nclass = ssl123dv\ndomain0 = example.com\ncheckonly = 1\n${csrText}`,
    (client) => client.previewCertificate({ ...order, options: known }, never),
  ],
  [
    '9.1.14',
    `command = AddCertificate\napiversion = 2\ntechcontact0 = P-ABC123\nclass = ssl123dv\ndomain0 = example.com\ndomain1 = example.net\ndomain2 = ftp.example.org\ncheckonly = 1\n${csrText}`,
    (client) =>
      client.previewCertificate(
        { ...order, domains: ['example.com', 'example.net', 'ftp.example.org'], options: known },
        never,
      ),
  ],
  [
    '9.1.15',
    `command = AddCertificate\napiversion = 2\ntechcontact0 = P-ABC123\nclass = ssl123dv\ndomain0 = example.com\ndomain1 = example.net\ndomain2 = ftp.example.com\ncheckonly = 1\nnoautofilldomains = 1\n${csrText}`,
    (client) =>
      client.previewCertificate(
        {
          ...order,
          domains: ['example.com', 'example.net', 'ftp.example.com'],
          options: { ...known, noAutoFillDomains: true },
        },
        never,
      ),
  ],
  [
    '9.1.16',
    `command = AddCertificate\napiversion = 2\ntechcontact0 = P-ABC123\nclass = ssl123dv\ndcvmethod = EMAIL\ndomain0 = example.com\ndcvemail0 = hostmaster@example.com\n${csrText}`,
    (client) =>
      client.addCertificate(
        { ...order, dcvMethod: 'EMAIL', dcvEmails: ['hostmaster@example.com'], options: known },
        never,
      ),
  ],
  [
    '9.1.17',
    `command = AddCertificate\napiversion = 2\ntechcontact0 = P-ABC123\nclass = ssl123dv\ndcvmethod = DNS-TXT\ndomain0 = example.com\n${csrText}`,
    (client) => client.addCertificate({ ...order, dcvMethod: 'DNS-TXT', options: known }, never),
  ],
  [
    '9.1.18',
    `command = AddCertificate\napiversion = 2\ntechcontact0 = P-ABC123\nclass = ssl123dv\ndcvmethod = HTTP\ndomain0 = example.com\n${csrText}`,
    (client) => client.addCertificate({ ...order, dcvMethod: 'HTTP', options: known }, never),
  ],
  [
    '9.1.19',
    `command = AddCertificate\napiversion = 2\nclass = ssl123dv\ndcvmethod = EMAIL\ndomain0 = example.com\n${csrText}\ntechfirstname0 = Max\ntechlastname0 = Mustermann\ntechemail0 = max@example.org\ntechphone0 = +1.2345678`,
    (client) =>
      client.addCertificate(
        {
          ...order,
          dcvMethod: 'EMAIL',
          options: {
            techContact: {
              firstName: 'Max',
              lastName: 'Mustermann',
              email: 'max@example.org',
              phone: '+1.2345678',
            },
          },
        },
        never,
      ),
  ],
  [
    '9.1.20, first step',
    `command = CheckCertificate\napiversion = 2\ngeneratedcvtoken = 1\nclass = ssl123dv\n${csrText}\ndomain0 = example.com`,
    (client) => client.checkCertificate({ ...order, generateDcvToken: true }, never),
  ],
  [
    '9.1.20, second step',
    `command = AddCertificate\napiversion = 2\ntechcontact0 = P-ABC123\nclass = ssl123dv\ndcvmethod = DNS-TXT\ndomain0 = example.com\n${csrText}\ndcvtoken=token`,
    (client) =>
      client.addCertificate({ ...order, dcvMethod: 'DNS-TXT', dcvToken: 'token', options: known }, never),
  ],
  [
    '9.1.21',
    'command = StatusCertificate\napiversion = 2\ncertificate = DD12345678',
    (client) => client.statusCertificate('DD12345678', never),
  ],
  [
    '9.1.23',
    'command = QueryCertificateList\napiversion = 2\nwide = 1',
    (client) => client.queryCertificateList({ wide: true }, never),
  ],
  [
    '9.1.24',
    'command = RenewCertificate\napiversion = 2\ncertificate = DK12345678',
    (client) => client.renewCertificate({ certificate: 'DK12345678' }, never),
  ],
  [
    '9.1.25',
    `command = ReissueCertificate\napiversion = 2\ncertificate = DK12345678\n${csrText}`,
    (client) => client.reissueCertificate({ certificate: 'DK12345678', csrPem: csr }, never),
  ],
  [
    '9.1.26',
    'command = RevokeCertificate\napiversion = 2\ncertificate = DK12345678',
    (client) => client.revokeCertificate('DK12345678', never),
  ],
  [
    '9.1.27',
    'command = ResendNotification\ntype = CERTIFICATE\nobject = D12345678',
    (client) => client.resendNotification('D12345678', never),
  ],
  [
    '9.1.29',
    'command = CancelCertificateOrder\napiversion = 2\ncertificateorder = DK012345678',
    (client) => client.cancelCertificateOrder('DK012345678', never),
  ],
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
