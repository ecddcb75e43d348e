/** Serial numbers as vendors write them: with colons, in any case, with or without leading zeros. */
import { X509Certificate } from 'node:crypto';
import type { OrderReading } from '../../contracts/order.ts';
import { RenewdError } from '../../core/errors.ts';

/** Hexadecimal digits without leading zeros, lower case. */
function plainSerial(hex: string): string {
  return hex
    .replace(/[^0-9a-f]/gi, '')
    .toLowerCase()
    .replace(/^0+/, '');
}

/** Before something is revoked by its id. Throws `provider-conflict` when the certificate shown there is another one. */
export function refuseOtherSerial(reading: OrderReading, serialHex: string, command: string): void {
  if (reading.leafPem === undefined) return;
  if (plainSerial(new X509Certificate(reading.leafPem).serialNumber) === plainSerial(serialHex)) return;
  throw new RenewdError(
    'provider-conflict',
    `${command}: the certificate at the provider has another serial number`,
  );
}
