/** From the body of an order to what is ordered. */
import { required } from './bodies.ts';
import type { CertificateBody } from './bodies.ts';
import type { RouteContext } from './context.ts';
import { ApiError, wrongValue } from './envelope.ts';
import { readAuthentication } from './order-authentication.ts';
import { certificateNames, productOf, readCsr, readNames } from './order-input.ts';
import type { OrderDetails } from './world.ts';

const TYPE = 'certificate';
/** No product is sold for longer. */
const MONTHS_MAX = 12;

export function months({ unit, period }: { unit: string; period: number }): number {
  return unit === 'YEAR' ? period * 12 : period;
}

export function addMonths(date: Date, count: number): Date {
  const end = new Date(date);
  end.setUTCMonth(end.getUTCMonth() + count);
  return end;
}

/** The whole order; a renewal takes what it does not say from the certificate (`previous`). */
export function readOrder(
  context: RouteContext,
  task: string,
  body: CertificateBody,
  previous: OrderDetails | undefined,
): OrderDetails {
  const { world } = context;
  const productName = required(body.product ?? previous?.product.name, task, `${TYPE}.product`);
  const product = productOf(productName, task, `${TYPE}.product`);
  const csrText = required(body.csr ?? previous?.csrPem, task, `${TYPE}.csr`);
  const { csr, csrPem } = readCsr(world, csrText, task, `${TYPE}.csr`);
  const names = readNames(
    product,
    csr,
    body.name ?? previous?.name,
    body.subjectAlternativeNames ?? previous?.alternativeNames,
    task,
    TYPE,
  );
  const lifetime = required(body.lifetime ?? previous?.lifetime, task, `${TYPE}.lifetime`);
  if (lifetime.period < 1 || months(lifetime) > MONTHS_MAX) {
    throw wrongValue(task, `${TYPE}.lifetime`, `${lifetime.period} ${lifetime.unit}`);
  }
  const software = required(body.software ?? previous?.software, task, `${TYPE}.software`);
  const contacts = readContacts(context, task, body, previous);
  if (previous === undefined) required(body.authentication, task, `${TYPE}.authentication`);
  const authentication = readAuthentication(
    context,
    task,
    body.authentication,
    { csr, csrPem, product, ...names, scope: undefined },
    previous?.authentication,
  );
  const comment = body.comment ?? previous?.comment;
  return {
    ...names,
    names: certificateNames(names.name, names.alternativeNames, authentication.method),
    product,
    csrPem,
    csr,
    software: world.options.renamesSoftware && software === 'APACHESSL' ? 'APACHE2' : software,
    lifetime: { unit: lifetime.unit, period: lifetime.period },
    ...contacts,
    authentication,
    transparency: body.certificateTransparencyPrivacy ?? previous?.transparency ?? 'PUBLIC',
    ...(comment === undefined ? {} : { comment }),
  };
}

function readContacts(
  { user }: RouteContext,
  task: string,
  body: CertificateBody,
  previous: OrderDetails | undefined,
): Pick<OrderDetails, 'adminContact' | 'technicalContact'> {
  const contact = (field: 'adminContact' | 'technicalContact', code: string): number => {
    const id = required(body[field]?.id ?? previous?.[field], task, `${TYPE}.${field}`);
    if (user.contacts.has(id)) return id;
    throw new ApiError(task, [{ code, objects: [{ type: `${TYPE}.${field}`, value: String(id) }] }]);
  };
  return {
    adminContact: contact('adminContact', 'EF4001006'),
    technicalContact: contact('technicalContact', 'EF4001010'),
  };
}
