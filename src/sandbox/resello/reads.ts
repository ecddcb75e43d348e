/** GET: certificates and plans. */
import type { SimulatorAnswer } from '../contract.ts';
import { ApiError, listAnswer, objectAnswer, refusal } from './answers.ts';
import { certificateAnswer, certificateJson, shownOf } from './certificate-json.ts';
import type { PlainContext, RouteContext } from './context.ts';
import { findPlan, planJson, PLANS } from './plans.ts';
import { checkQuery, UUID } from './requests.ts';
import type { Certificate, World } from './world.ts';

/** Neither hidden yet nor gone already. */
export function isFound(world: World, certificate: Certificate): boolean {
  const gone = certificate.deletedAt !== undefined && world.options.afterDelete === 'gone';
  return !gone && world.clock.now() >= certificate.visibleFrom;
}

export function listCertificates(context: PlainContext): SimulatorAnswer {
  const { world, account, request } = context;
  const { query } = request;
  checkQuery(query, ['plan', 'client_reference', ...pageParameter(context)], world.options);
  const plan = query.get('plan')?.toLowerCase();
  if (plan !== undefined && !UUID.test(plan)) {
    throw new ApiError(world.options.invalidStatus, [
      { code: 'invalid', field: 'plan', message: 'plan: a UUID would be right.' },
    ]);
  }
  const reference = query.get('client_reference');
  const rows = [...account.certificates.values()].filter((certificate) => {
    const { details } = shownOf(world, certificate);
    return (
      isFound(world, certificate) &&
      (plan === undefined || details.plan.id === plan) &&
      (reference === null || matches(world, details.fields.get('client_reference'), reference))
    );
  });
  return list(
    context,
    rows.map((certificate) => certificateJson(world, certificate)),
  );
}

function matches({ options }: World, actual: string | undefined, wanted: string): boolean {
  if (options.referenceFilter === 'exact') return actual === wanted;
  return actual?.toLowerCase().includes(wanted.toLowerCase()) === true;
}

export function readCertificate({ world, certificate }: RouteContext): SimulatorAnswer {
  return certificateAnswer(world, certificate, 200);
}

/** `?name=<part>&id=<uuid[,uuid…]>`. */
export function listPlans(context: PlainContext): SimulatorAnswer {
  const { world, request } = context;
  const { query } = request;
  checkQuery(query, ['name', 'id', ...pageParameter(context)], world.options);
  const name = query.get('name')?.toLowerCase() ?? '';
  const ids = query.get('id')?.toLowerCase().split(',');
  const rows = PLANS.filter(
    (plan) => plan.name.toLowerCase().includes(name) && (ids === undefined || ids.includes(plan.id)),
  );
  return list(
    context,
    rows.map((plan) => planJson(plan, world.options.currency)),
  );
}

export function readPlan({ world, id }: PlainContext): SimulatorAnswer {
  const plan = findPlan(id);
  if (plan === undefined) throw refusal(404, 'not_found', 'There is no such plan.');
  return objectAnswer(world.options, planJson(plan, world.options.currency));
}

const pageParameter = ({ world }: PlainContext): string[] =>
  world.options.pagination === undefined ? [] : ['page'];

function list({ world, request }: PlainContext, rows: Parameters<typeof listAnswer>[1]): SimulatorAnswer {
  const { query, path, headers } = request;
  return listAnswer(world.options, rows, { query, path, host: headers['host'] ?? '127.0.0.1' });
}
