/** Every command of the Reference Manual (2022), and the neighbouring ones of the knowledge base that are used. */
import type { CommandFact } from '../../contracts/provider-operations.ts';

const everywhere = ['sample', 'simulator'] as const;
/** Also walked by the npm client of the vendor's group. */
const andByVendor = ['sample', 'client', 'simulator'] as const;

function manual(
  section: string,
  command: string,
  use: string,
  repeatable: boolean,
  proof: CommandFact['proof'] = everywhere,
): CommandFact {
  return { command, source: `rrpproxy-ssl-reference-v2, ${section}`, use, repeatable, proof };
}

function knowledgeBase(command: string, use: string): CommandFact {
  return { command, source: `knowledge base, ${command}`, use, repeatable: true, proof: ['simulator'] };
}

export const commands: readonly CommandFact[] = [
  manual('8.1.1', 'CheckCertificate', 'approvers; prepare (immediate issuance); operation check', true),
  manual('8.1.2', 'AddCertificate', 'submit: create', false, andByVendor),
  manual('8.1.2, checkonly=1', 'AddCertificate', 'preview', true),
  manual('8.1.3', 'RenewCertificate', 'submit: renew', false),
  manual('8.1.4', 'ReissueCertificate', 'submit: reissue', false),
  manual('8.1.5', 'DeleteCertificate', 'operation certificate-delete', true),
  manual('8.1.6', 'RevokeCertificate', 'revoke', true),
  manual('8.1.7', 'StatusCertificate', 'read, find, revoke', true, andByVendor),
  manual('8.1.8', 'QueryCertificateList', 'find; operation certificate-list', true, andByVendor),
  manual('8.2.1', 'CancelCertificateOrder', 'cancel; operation order-cancel', true),
  manual('8.2.2', 'RevokeCertificateOrder', 'operation order-revoke', true),
  manual('8.2.3', 'StatusCertificateOrder', 'operation order-status', true),
  manual('8.2.4', 'QueryCertificateOrderList', 'operation order-list', true),
  manual('8.3.1', 'AddCertificateContact', 'operation contact-add', false),
  manual('8.3.2', 'StatusCertificateContact', 'operation contact-status', true),
  manual('8.3.3', 'QueryCertificateContactList', 'operation contact-list', true),
  manual('8.4.1', 'ResendNotification', 'retryValidation', true),
  manual('8.4.2', 'GetCertificateInfo', 'productFacts; operation class-info', true),
  manual('8.4.3', 'QueryCommandSyntax', 'operation command-syntax', true, ['simulator']),
  knowledgeBase('QueryEventList', 'events'),
  knowledgeBase('StatusEvent', 'events'),
  knowledgeBase('DeleteEvent', 'events'),
];
