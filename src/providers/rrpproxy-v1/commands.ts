/** Every command that the documents list for API 1, and what became of it. */
import type { CommandFact } from '../../contracts/provider-operations.ts';

const closed = 'none: API 1 sells nothing any more (knowledge base, ssl/ssl-2-0.md)';

export const commands: readonly CommandFact[] = [
  {
    command: 'AddCertificate',
    source: 'centralnic-reissue-v1, list of commands',
    use: closed,
    repeatable: false,
    proof: [],
  },
  {
    command: 'RenewCertificate',
    source: 'centralnic-reissue-v1, list of commands',
    use: closed,
    repeatable: false,
    proof: [],
  },
  {
    command: 'ReissueCertificate',
    source: 'centralnic-reissue-v1, ReissueCertificate API Command',
    use: 'submit: reissue',
    repeatable: false,
    proof: ['sample', 'simulator'],
  },
  {
    command: 'StatusCertificate',
    source: 'centralnic-reissue-v1, StatusCertificate API Command',
    use: 'read, find, revoke, cancel, discard; operation status',
    repeatable: true,
    proof: ['sample', 'simulator'],
  },
  {
    command: 'DeleteCertificate',
    source: 'centralnic-reissue-v1, Revoking a certificate',
    use: 'discard, revoke, cancel',
    repeatable: true,
    proof: ['sample', 'simulator'],
  },
  {
    command: 'QueryCertificateList',
    source: 'centralnic-reissue-v1, list of commands',
    use: 'find; operation list',
    repeatable: true,
    proof: ['simulator'],
  },
  {
    command: 'GetCertificateInfo',
    source: 'centralnic-reissue-v1, list of commands',
    use: 'operation info',
    repeatable: true,
    proof: ['simulator'],
  },
  {
    command: 'CheckCertificate',
    source: 'centralnic-reissue-v1, list of commands',
    use: 'operation check',
    repeatable: true,
    proof: ['simulator'],
  },
  {
    command: 'ModifyCertificate',
    source: 'centralnic-reissue-v1, list of commands; knowledge base, ModifyCertificate',
    use: 'operation change-approver',
    repeatable: true,
    proof: ['simulator'],
  },
  {
    command: 'ModifyCertificate',
    source: 'vendor page "API certificate migration v1.0 to v2.0", migrate=1',
    use: 'operation migrate',
    repeatable: false,
    proof: ['simulator'],
  },
  {
    command: 'ResendNotification',
    source: 'rrpproxy-ssl-reference-v2, 8.4.1',
    use: 'retryValidation',
    repeatable: true,
    proof: ['simulator'],
  },
];
