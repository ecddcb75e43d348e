// Walks the HEXONET simulator with the vendor's own @hexonet/ispapi-apiconnector, which prints every answer.
import { text } from 'node:stream/consumers';
import { APIClient } from '@hexonet/ispapi-apiconnector';

const input = JSON.parse(await text(process.stdin));
const client = new APIClient();
client.useOTESystem();
client.setURL(`${input.url}/api/call.cgi`);
client.setCredentials(input.login, input.password);

const column = (response, name) => response.getColumn(name)?.getData() ?? [];
const shown = (response, ...names) => ({
  code: response.getCode(),
  description: response.getDescription(),
  runtime: response.getRuntime(),
  columns: Object.fromEntries(names.map((name) => [name, column(response, name)])),
});

const steps = {
  // The whole way of one certificate, the record put into the zone by command.
  async certificate() {
    const login = await client.login();
    const created = await client.request({
      COMMAND: 'CreateSSLCert',
      SSLCERTCLASS: 'COMODO_ESSENTIALSSL',
      DOMAIN: [input.name],
      VALIDATION: ['DNSZONE'],
      CSR: input.csr.trim().split('\n'),
      OWNERCONTACT: ['P-ABC123'],
    });
    const [record] = column(created, 'VALIDATIONDNSRR');
    const added = await client.request({
      COMMAND: 'UpdateDNSZone',
      DNSZONE: input.zone,
      ADDRR: [record.replace(' CNAME ', ' 300 IN CNAME ')],
    });
    const records = await client.request({
      COMMAND: 'QueryDNSZoneRRList',
      DNSZONE: input.zone,
      RRTYPE: 'CNAME',
    });
    return {
      session: column(login, 'SESSION')[0],
      created: shown(created, 'SSLCERTID', 'STATUS', 'DOMAIN', 'VALIDATIONDNSRR'),
      added: shown(added, 'SOASERIAL'),
      records: shown(records, 'RR'),
      state: client.getSession(),
    };
  },
  // In a session somebody else opened.
  async collect() {
    client.setSession(input.session);
    const status = await client.request({ COMMAND: 'StatusSSLCert', SSLCERTID: input.id });
    const list = await client.requestAllResponsePages({ COMMAND: 'QuerySSLCertList', WIDE: 1, LIMIT: 2 });
    const rr = await client.request({ COMMAND: 'QueryDNSZoneRRList', DNSZONE: input.zone, RRTYPE: 'CNAME' });
    const removed = await client.request({
      COMMAND: 'UpdateDNSZone',
      DNSZONE: input.zone,
      DELRR: column(rr, 'RR'),
    });
    const renewed = await client.request({ COMMAND: 'RenewSSLCert', SSLCERTID: input.id });
    const reissued = await client.request({
      COMMAND: 'ReissueSSLCert',
      SSLCERTID: input.id,
      CSR: input.csr.trim().split('\n'),
      VALIDATION0: 'URL',
    });
    const revoked = await client.request({
      COMMAND: 'RevokeSSLCert',
      SSLCERTID: column(renewed, 'SSLCERTID')[0],
      REASON: 'x',
    });
    const logout = await client.logout();
    return {
      status: shown(status, 'STATUS', 'CRT', 'CACRT'),
      pages: list.map((page) => column(page, 'SSLCERTCN')),
      total: list[0].getRecordsTotalCount(),
      removed: shown(removed, 'SOASERIAL'),
      renewed: shown(renewed, 'SSLCERTID', 'OLD-SSLCERTID'),
      reissued: shown(reissued, 'VALIDATIONURL'),
      revoked: shown(revoked),
      logout: shown(logout),
    };
  },
  async errors() {
    client.setCredentials(input.login, 'guess');
    const wrong = await client.login();
    client.setCredentials(input.login, input.password);
    const unknown = await client.request({ COMMAND: 'NoSuchCommand' });
    const missing = await client.request({ COMMAND: 'StatusSSLCert', SSLCERTID: '1' });
    const role = await client
      .setRoleCredentials(input.login, 'robot', 'r2')
      .request({ COMMAND: 'StatusUser' });
    client.setSession('forgotten');
    const over = await client.request({ COMMAND: 'StatusUser' });
    return [wrong, unknown, missing, role, over].map((response) => ({
      code: response.getCode(),
      error: response.isError(),
      description: response.getDescription(),
    }));
  },
};
process.stdout.write(`\nRESULT ${JSON.stringify(await steps[input.step]())}\n`);
