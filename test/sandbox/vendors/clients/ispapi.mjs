// Walks a simulator with the vendor group's own @hexonet/ispapi-apiconnector, which prints every answer.
import { text } from 'node:stream/consumers';
import { APIClient } from '@hexonet/ispapi-apiconnector';

const input = JSON.parse(await text(process.stdin));
const client = new APIClient();
client.useOTESystem();
client.setURL(`${input.url}/api/call.cgi`);
client.setCredentials(input.login, input.password);

const login = await client.login();
const added = [];
for (const csr of input.csrs) {
  added.push(
    await client.request({
      COMMAND: 'AddCertificate',
      APIVERSION: 2,
      CLASS: 'ssl123dv',
      TECHCONTACT: ['P-ABC123'],
      DCVMETHOD: 'DNS-TXT',
      DOMAIN: ['example.com'],
      CSR: csr.trim().split('\n'),
    }),
  );
}
const id = added[0].getColumnIndex('CERTIFICATE', 0);
const status = await client.request({ COMMAND: 'StatusCertificate', APIVERSION: 2, CERTIFICATE: id });
const pages = await client.requestAllResponsePages({
  COMMAND: 'QueryCertificateList',
  APIVERSION: 2,
  WIDE: 1,
  LIMIT: 2,
});
const logout = await client.logout();
const result = {
  codes: [login, ...added, status, ...pages, logout].map((response) => response.getCode()),
  session: login.getColumnIndex('SESSION', 0),
  id,
  status: status.getColumnIndex('STATUS', 0),
  csr: status.getColumn('CSR').getData().join('\n'),
  records: status.getColumn('DNSRR').getData(),
  pages: pages.map((page) => page.getColumn('CERTIFICATE').getData()),
  total: pages[0].getRecordsTotalCount(),
};
process.stdout.write(`\nRESULT ${JSON.stringify(result)}\n`);
