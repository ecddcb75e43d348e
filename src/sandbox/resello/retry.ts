/** `POST …/{id}/validate`. */
import type { SimulatorAnswer } from '../contract.ts';
import { ApiError, refusal } from './answers.ts';
import { certificateAnswer } from './certificate-json.ts';
import type { RouteContext } from './context.ts';
import { addressProblem } from './details.ts';
import { catchUp, submit } from './progress.ts';
import { dcvMethodOf, FIELDS, readFields } from './requests.ts';
import { drawItems, provableByFile } from './validation.ts';
import type { DcvMethod, Details } from './world.ts';

/** Looks again; with another method or address the CA is asked anew. */
export async function retryValidation(context: RouteContext): Promise<SimulatorAnswer> {
  const { world, certificate, request } = context;
  const fields = readFields(request, FIELDS.validate, world.options);
  const order = certificate.open;
  if (order === undefined) throw refusal(409, 'conflict', 'There is nothing to validate.');
  const { details } = order;
  const invalid = (field: string, message: string): ApiError =>
    new ApiError(world.options.invalidStatus, [{ code: 'invalid', field, message: `${field}: ${message}` }]);
  const dcvType = fields.get('dcv_type');
  const method = dcvMethodOf(dcvType);
  if (method === undefined) throw invalid('dcv_type', 'EMAIL, FILE or DNS would be right.');
  if (method === 'FILE' && !provableByFile(details.names)) {
    throw invalid('dcv_type', 'a wildcard cannot be validated by a file.');
  }
  const domain = fields.get('domain');
  if (domain !== undefined) {
    if (world.options.validateDomain === 'refused') {
      throw new ApiError(world.options.invalidStatus, [
        { code: 'unknown_field', field: 'domain', message: 'domain: there is no such field here.' },
      ]);
    }
    const known = [...details.names, ...details.items.map((item) => item.domain)];
    if (!known.includes(domain.toLowerCase())) throw invalid('domain', 'it is not in this certificate.');
  }
  const address = readAddress(context, method, fields.get('email_address'), details, invalid);
  const changed = method !== details.method || address !== addressOf(details);
  if (changed || world.options.validateRedraws) {
    const { plan, csr, names } = details;
    const items = drawItems(world, { plan, csr, names, method, address });
    order.details = { ...details, method, items };
    if (order.caOrderId !== undefined) {
      if (world.ca.get(order.caOrderId)?.status === 'pending') world.ca.cancel(order.caOrderId);
      submit(world, order);
    }
    certificate.updatedAt = world.clock.now();
  }
  if (order.caOrderId !== undefined) await world.ca.recheck(order.caOrderId);
  catchUp(world);
  return certificateAnswer(world, certificate, 200);
}

function addressOf(details: Details): string | undefined {
  const [first] = details.items;
  return first?.requirement.kind === 'email' ? first.requirement.address : undefined;
}

/** "Applicable for EMAIL": without one the mail goes where the last one went. */
function readAddress(
  { world }: RouteContext,
  method: DcvMethod,
  given: string | undefined,
  details: Details,
  invalid: (field: string, message: string) => ApiError,
): string | undefined {
  if (method !== 'EMAIL') return undefined;
  const address = given ?? addressOf(details) ?? details.fields.get('approver_email_address');
  if (address === undefined) throw invalid('email_address', 'this field is required.');
  const problem = addressProblem(world, address, details.names);
  if (problem !== undefined) throw invalid('email_address', problem);
  return address;
}
