/** ModifyCertificate of API 1: another approver while the mail is out, or the move to API 2. */
import { Refusal, success } from '../answers.ts';
import type { Command } from '../command.ts';
import { submitToCa } from '../submission.ts';
import { addLegacyEvent } from './events.ts';
import { migrate } from './migration.ts';
import { AUTH_METHODS, legacyOrderBy, refuseMigrated, subBy } from './model.ts';
import { mailsFrom } from './reissue.ts';
import { planLegacyValidation } from './validation.ts';

export const modifyLegacyCertificate: Command = (context, parameters) => {
  const { world, account } = context;
  const order = legacyOrderBy(account, parameters.required('certificate'));
  if (parameters.flag('migrate')) return migrate(context, order);
  refuseMigrated(order);
  const sub = subBy(order, parameters.text('sub'));
  const mails = mailsFrom(parameters, 'approveremail');
  const method = parameters.word('authmethod', AUTH_METHODS);
  if (mails.size === 0 && method === undefined) throw new Refusal(504, 'APPROVEREMAIL');
  // From DNS or FILE one can only go over to EMAIL, and only at DigiCert (page on the change of the method).
  if (method !== undefined && method !== 'EMAIL') throw new Refusal(541, 'AUTHMETHOD');
  if (method !== undefined && order.cls.cls.ca !== 'DigiCert')
    throw new Refusal(549, 'DigiCert products only');
  if (sub.status !== 'ORDER_REQUESTED') throw new Refusal(557, `${sub.id} is ${sub.status}`);
  if (method === undefined && sub.validation.method !== 'EMAIL') {
    throw new Refusal(557, `${sub.id} is not validated by mail`);
  }
  const validation = planLegacyValidation(
    {
      ca: order.cls.cls.ca,
      csrPem: sub.csrPem,
      names: sub.names,
      method: 'EMAIL',
      approvers: mails,
      txtPlace: world.options.legacyTxtPlace,
    },
    world.random,
  );
  const caOrder = submitToCa(context, {
    csrPem: sub.csrPem,
    names: sub.names,
    requirements: validation.requirements,
    notAfterAtMost: sub.notAfterAtMost,
  });
  if (world.ca.get(sub.caOrderId)?.status === 'pending') world.ca.cancel(sub.caOrderId);
  sub.caOrderId = caOrder.id;
  sub.validation = validation;
  sub.updatedAt = world.clock.now();
  order.updatedAt = sub.updatedAt;
  addLegacyEvent(world, account, order, sub, {
    what: 'MODIFICATION',
    outcome: 'SUCCESSFUL',
    info: `The approval mail for ${sub.id} goes to ${validation.approvers.flat().join(', ')}`,
    at: sub.updatedAt,
  });
  return success();
};
