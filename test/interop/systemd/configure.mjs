// Writes a configuration for the simulated resellers: configure.mjs SANDBOX.json /etc/renewd [LISTEN]. JSON is YAML as well.
// Plain JavaScript, because the package's own Node runs it far away from this project's sources.
import { readFileSync, writeFileSync } from 'node:fs';

const [sandboxPath, directory, listen] = process.argv.slice(2);
const { control, vendors, dns, tsigKey, accounts } = JSON.parse(readFileSync(sandboxPath, 'utf8'));

writeFileSync(`${directory}/credentials/rrpproxy-password`, accounts.rrpproxy.password, { mode: 0o600 });
writeFileSync(`${directory}/credentials/tsig`, tsigKey.secret, { mode: 0o600 });
const root = await fetch(`${control}/ca/root.pem`);
writeFileSync(`${directory}/sandbox-root.pem`, await root.text());
const configuration = {
  listen: '127.0.0.1:9464',
  resolvers: [dns],
  authoritative: { 'example.test': [dns] },
  providers: {
    cnr: {
      type: 'rrpproxy',
      url: `${vendors.rrpproxy}/api/call.cgi`,
      login: accounts.rrpproxy.login,
      password: { file: '${CREDENTIALS_DIRECTORY}/rrpproxy-password' },
      requestsPerSecond: 20,
      defaultTechContact: {
        firstName: 'Jane',
        lastName: 'Doe',
        phone: '+49.301234567',
        email: 'hostmaster@example.test',
      },
      spend: { ordersPerDay: 5, perMonth: 500 },
    },
  },
  publishers: {
    ns1: {
      type: 'rfc2136',
      server: dns,
      zones: ['example.test'],
      key: {
        name: tsigKey.name,
        algorithm: tsigKey.algorithm,
        secret: { file: '${CREDENTIALS_DIRECTORY}/tsig' },
      },
    },
    ...(listen === undefined ? {} : { http: { type: 'responder', listen } }),
  },
  revocation: { check: false },
  defaults: {
    provider: 'cnr',
    product: 'ssl123dv',
    dcv: { method: 'dns', publisher: 'ns1' },
    deploy: { group: 'certs', keyMode: '0640' },
  },
  certificates: [
    {
      name: 'shop',
      names: ['shop.example.test'],
      trustAnchors: ['sandbox-root.pem'],
      deploy: [{ directory: '/etc/nginx/tls/shop' }],
    },
  ],
  inventory: ['inventory.d/*.yaml'],
};
const text = `# Changed by the operator.\n${JSON.stringify(configuration, null, 2)}\n`;
writeFileSync(`${directory}/renewd.yaml`, text);
