/** GetCertificateInfo of API 1. */
import { Refusal, success, value, values } from '../answers.ts';
import type { Command } from '../command.ts';
import { tableProperties } from '../info.ts';
import { findLegacyClass, LEGACY_CLASSES } from './classes.ts';

export const getLegacyCertificateInfo: Command = (_context, parameters) => {
  const name = parameters.text('class');
  if (name === undefined) {
    return success([
      ...values(
        'class',
        LEGACY_CLASSES.map((each) => each.name),
      ),
      ...value('column', 'class'),
    ]);
  }
  const found = findLegacyClass(name);
  if (found === undefined) throw new Refusal(505, 'CLASS');
  const own = new Map([
    ['class', found.name],
    ['name', found.name],
    ['prefix', found.prefix],
    ['wildcard', found.wildcard ? '1' : '0'],
  ]);
  return success(
    tableProperties(found.cls).map((property) => ({
      ...property,
      value: own.get(property.name) ?? property.value,
    })),
  );
};
