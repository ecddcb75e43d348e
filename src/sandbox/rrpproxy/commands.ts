/** Which function answers which command, by API. */
import { checkCertificate, checkLegacyCertificate } from './check.ts';
import {
  cancelCertificateOrder,
  deleteCertificate,
  revokeCertificate,
  revokeCertificateOrder,
} from './closing.ts';
import { queryCertificateList, queryCertificateOrderList } from './certificate-lists.ts';
import type { Command } from './command.ts';
import { queryCommandSyntax } from './command-syntax.ts';
import {
  addCertificateContact,
  queryCertificateContactList,
  statusCertificateContact,
} from './contact-commands.ts';
import { deleteEvent, queryEventList, statusEvent } from './events.ts';
import { getCertificateInfo } from './info.ts';
import { modifyDnsZone } from './keydns/modify.ts';
import { exportDnsZone, queryDnsZoneRrList } from './keydns/records-list.ts';
import {
  addDnsZone,
  checkDnsZone,
  deleteDnsZone,
  getDnsZone,
  queryDnsZoneList,
  statusDnsZone,
} from './keydns/zone-commands.ts';
import { deleteLegacyCertificate } from './legacy/closing.ts';
import { getLegacyCertificateInfo } from './legacy/info.ts';
import { modifyLegacyCertificate } from './legacy/modify.ts';
import { reissueLegacyCertificate } from './legacy/reissue.ts';
import { queryLegacyCertificateList, statusLegacyCertificate } from './legacy/status.ts';
import { resendNotification } from './notification.ts';
import { addCertificate, reissueCertificate, renewCertificate } from './ordering.ts';
import { statusCertificate, statusCertificateOrder } from './queries.ts';
import type { CommandSyntax } from './syntax-table.ts';
import { modifyServiceTags } from './tags.ts';

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['any QueryEventList', queryEventList],
  ['any StatusEvent', statusEvent],
  ['any DeleteEvent', deleteEvent],
  ['any ResendNotification', resendNotification],
  ['any QueryCommandSyntax', queryCommandSyntax],

  ['2 AddCertificate', addCertificate],
  ['2 AddCertificateContact', addCertificateContact],
  ['2 CancelCertificateOrder', cancelCertificateOrder],
  ['2 CheckCertificate', checkCertificate],
  ['2 DeleteCertificate', deleteCertificate],
  ['2 GetCertificateInfo', getCertificateInfo],
  ['2 ModifyCertificate', modifyServiceTags],
  ['2 QueryCertificateContactList', queryCertificateContactList],
  ['2 QueryCertificateList', queryCertificateList],
  ['2 QueryCertificateOrderList', queryCertificateOrderList],
  ['2 ReissueCertificate', reissueCertificate],
  ['2 RenewCertificate', renewCertificate],
  ['2 RevokeCertificate', revokeCertificate],
  ['2 RevokeCertificateOrder', revokeCertificateOrder],
  ['2 StatusCertificate', statusCertificate],
  ['2 StatusCertificateContact', statusCertificateContact],
  ['2 StatusCertificateOrder', statusCertificateOrder],

  ['1 CheckCertificate', checkLegacyCertificate],
  ['1 DeleteCertificate', deleteLegacyCertificate],
  ['1 GetCertificateInfo', getLegacyCertificateInfo],
  ['1 ModifyCertificate', modifyLegacyCertificate],
  ['1 QueryCertificateList', queryLegacyCertificateList],
  ['1 ReissueCertificate', reissueLegacyCertificate],
  ['1 StatusCertificate', statusLegacyCertificate],

  ['any AddDNSZone', addDnsZone],
  ['any CheckDNSZone', checkDnsZone],
  ['any DeleteDNSZone', deleteDnsZone],
  ['any ExportDNSZone', exportDnsZone],
  ['any GetDNSZone', getDnsZone],
  ['any ModifyDNSZone', modifyDnsZone],
  ['any QueryDNSZoneList', queryDnsZoneList],
  ['any QueryDNSZoneRRList', queryDnsZoneRrList],
  ['any StatusDNSZone', statusDnsZone],
]);

export function commandFor({ api, command }: CommandSyntax): Command | undefined {
  return COMMANDS.get(`${api} ${command}`);
}
