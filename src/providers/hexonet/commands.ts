/** Every command of the vendor's document, and those of its neighbours that are used. */
import type { CommandFact } from '../../contracts/provider-operations.ts';

const everywhere = ['sample', 'simulator'] as const;
/** Also walked by the vendor's npm client. */
const andByVendor = ['sample', 'client', 'simulator'] as const;

export const commands: readonly CommandFact[] = [
  {
    command: 'CreateSSLCert',
    source: 'hexonet-ssl-api, Order certificate (all variants)',
    use: 'submit: create',
    repeatable: false,
    proof: andByVendor,
  },
  {
    command: 'RenewSSLCert',
    source: 'hexonet-ssl-api, Renew certificate (all variants)',
    use: 'submit: renew',
    repeatable: false,
    proof: andByVendor,
  },
  {
    command: 'ReissueSSLCert',
    source: 'hexonet-ssl-api, Reissue SSL certificate',
    use: 'submit: reissue',
    repeatable: false,
    proof: andByVendor,
  },
  {
    command: 'StatusSSLCert',
    source: 'hexonet-ssl-api, Get status of SSL certificate order',
    use: 'read, find, revoke, retryValidation; operations certificate-status and certificate-key',
    repeatable: true,
    proof: andByVendor,
  },
  {
    command: 'RevokeSSLCert',
    source: 'hexonet-ssl-api, Revoke SSL certificate',
    use: 'revoke',
    repeatable: true,
    proof: andByVendor,
  },
  {
    command: 'ParseSSLCertCSR',
    source: 'hexonet-ssl-api, Parse CSR',
    use: 'operation csr-parse',
    repeatable: true,
    proof: everywhere,
  },
  {
    command: 'ResendSSLCertEmail',
    source: 'hexonet-ssl-api, Resend validation email',
    use: 'retryValidation of an e-mail order; operation email-resend',
    repeatable: true,
    proof: everywhere,
  },
  {
    command: 'QuerySSLCertDCVEMailAddressList',
    source: 'hexonet-ssl-api, Request list of possible validation email addresses',
    use: 'approvers; operation approver-list',
    repeatable: true,
    proof: everywhere,
  },
  {
    command: 'QuerySSLCertList',
    source: 'vendor command page API/SSLCERT/QUERYSSLCERTLIST',
    use: 'find; operation certificate-list',
    repeatable: true,
    proof: andByVendor,
  },
];
