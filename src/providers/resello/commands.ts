/** Every command of the vendor's documents, and what renewd does with it. */
import type { CommandFact } from '../../contracts/provider-operations.ts';

const document = 'SSL Certificate (Purchase)';
const planDocument = 'ssl_certificate_plan';

export const commands: readonly CommandFact[] = [
  {
    command: 'CertificateList',
    source: `${document}, /ssl-certificate GET`,
    use: 'find; operation certificate-list',
    repeatable: true,
    proof: ['sample', 'simulator'],
  },
  {
    command: 'CertificateCreate',
    source: `${document}, /ssl-certificate POST`,
    use: 'submit: create',
    repeatable: false,
    proof: ['sample', 'simulator'],
  },
  {
    command: 'CertificateRead',
    source: `${document}, /ssl-certificate/{id} GET`,
    use: 'read, find, cancel; operation certificate-read',
    repeatable: true,
    proof: ['sample', 'simulator'],
  },
  {
    command: 'CertificateRenew',
    source: `${document}, /ssl-certificate/{id}/renew`,
    use: 'submit: renew',
    repeatable: false,
    proof: ['sample', 'simulator'],
  },
  {
    command: 'CertificateReissue',
    source: `${document}, /ssl-certificate/{id}/reissue`,
    use: 'submit: reissue',
    repeatable: false,
    proof: ['sample', 'simulator'],
  },
  {
    command: 'CertificateDelete',
    source: `${document}, DELETE`,
    use: 'cancel, before the first issuance; operation certificate-delete',
    repeatable: true,
    proof: ['sample', 'simulator'],
  },
  {
    command: 'CertificateValidate',
    source: `${document}, /ssl-certificate/{id}/validate`,
    use: 'retryValidation; operation validate, which can change the method',
    repeatable: true,
    proof: ['sample', 'simulator'],
  },
  {
    command: 'CertificateValidationDetails',
    source: `${document}, /ssl-certificate/{id}/validation-details`,
    use: 'read; operation validation-details',
    repeatable: true,
    proof: ['sample', 'simulator'],
  },
  {
    command: 'CertificateDownload',
    source: `${document}, /ssl-certificate/{id}/download-{zip|pkcs7|crt|csr|ca}`,
    use: 'read: crt and ca, else pkcs7, else zip, csr for its key; operation download',
    repeatable: true,
    proof: ['sample', 'simulator'],
  },
  {
    command: 'PlanList',
    source: `${planDocument}, /ssl-certificate-plan GET`,
    use: 'operation plan-list',
    repeatable: true,
    proof: ['simulator'],
  },
  {
    command: 'PlanRead',
    source: `${planDocument}, /ssl-certificate-plan/{id} GET`,
    use: 'productFacts, read (length of the paid term); operation plan-read',
    repeatable: true,
    proof: ['simulator'],
  },
];
