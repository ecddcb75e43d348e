/** StatusUser: the account's money, and its price list as user relations. */
import { dateTime, money, Refusal, success, value, values } from './answers.ts';
import { CERTIFICATE_CLASSES } from './classes.ts';
import type { Command } from './command.ts';

/** When every account of the sandbox was opened. */
const OPENED = new Date('2008-10-27T15:16:40Z');

export const statusUser: Command = ({ world, account }, parameters) => {
  const subuser = parameters.text('SUBUSER');
  if (subuser !== undefined && subuser !== account.name) throw new Refusal(531, 'SUBUSER');
  const { options } = world;
  const spent = account.invoices.reduce((sum, { price }) => sum + price, 0);
  const relations = CERTIFICATE_CLASSES.flatMap(({ id, price }): [string, string][] => [
    [`PRICE_CLASS_SSLCERT_${id}_ANNUAL`, money(options.prices[id] ?? price)],
    [`PRICE_CLASS_SSLCERT_${id}_CURRENCY`, options.currency],
  ]);
  const shown = parameters.flag('RELATIONS') === false ? [] : relations;
  return success([
    ...value('ACCOUNTCREDIT', money(0)),
    ...value('ACCOUNTCURRENCY', options.currency),
    ...value('ACCOUNTCURRENT', money(account.credit)),
    ...value('ACCOUNTDEPOSIT', money(0)),
    ...value('ACCOUNTPAYMENT', money(account.credit + spent)),
    ...value('ACCOUNTTAXRATES', 'MwSt:19.00'),
    ...value('ACCOUNTTEMPCREDIT', money(0)),
    ...value('ACCOUNTVAT', '19.00'),
    ...value('ACCOUNTVOLUME', money(spent)),
    ...value('ACTIVE', '1'),
    ...value('CREATEDDATE', dateTime(OPENED)),
    ...value('OTPSTATUS', 'INACTIVE'),
    ...value('PARENTUSER', 'sandbox.parent'),
    ...values(
      'RELATIONTYPE',
      shown.map(([type]) => type),
    ),
    ...values(
      'RELATIONVALUE',
      shown.map(([, text]) => text),
    ),
    ...value('UPDATEDDATE', dateTime(OPENED)),
    ...value('USER', account.name),
  ]);
};
