/** Task 400110: is the CSR usable, and what would have to be published. */
import { singleLinePem } from '../vendor-kit/pem.ts';
import { draw, offeredMethods, preparedJson } from './authentication.ts';
import type { AuthenticationInput } from './authentication.ts';
import { PrepareBody, readBody } from './bodies.ts';
import type { RouteContext } from './context.ts';
import type { Envelope } from './envelope.ts';
import { certificateOf } from './lookup.ts';
import { productOf, readCsr, readNames } from './order-input.ts';

export function prepareOrder(context: RouteContext): Envelope {
  const { world, user } = context;
  const task = '400110';
  const type = 'certificateData';
  const body = readBody(PrepareBody, context.body, task, type);
  const product = productOf(body.product, task, `${type}.product`);
  const { csr, csrPem } = readCsr(world, body.plain, task, `${type}.plain`);
  const names = readNames(product, csr, body.name, body.subjectAlternativeNames, task, type);
  const input: AuthenticationInput = { csr, csrPem, product, ...names, scope: body.scope ?? undefined };
  // Told which certificate it is for, only that one's method is offered: it cannot be changed.
  const bound = body.certificate === null || body.certificate === undefined ? undefined : body.certificate.id;
  const method =
    bound === undefined ? undefined : certificateOf(user, bound, task).details.authentication.method;
  const authentications = offeredMethods(input)
    .filter((offered) => method === undefined || offered === method)
    .map((offered) => draw(world, offered, input));
  user.prepared.push({ spkiSha256: csr.spkiSha256, product: product.name, authentications });
  return {
    code: 'S400110',
    type: 'SUCCESS',
    data: [
      {
        plain: singleLinePem(csrPem),
        name: names.name,
        keySize: csr.keySize,
        countryCode: csr.subject['C'],
        state: csr.subject['ST'],
        city: csr.subject['L'],
        organization: csr.subject['O'],
        organizationUnit: csr.subject['OU'],
        email: csr.subject['E'],
        product: product.name,
        authentication: authentications.map((each) => preparedJson(world, each)),
        algorithm: csr.keyAlgorithm === 'RSA' ? 'RSA' : 'ECC',
        ecCurve: csr.curve,
        signatureHashAlgorithm: 'SHA256',
        validSignature: true,
      },
    ],
  };
}
