/** How an order says that control over its names will be shown. */
import { draw, offeredMethods, withApprover } from './authentication.ts';
import type { AuthenticationInput } from './authentication.ts';
import { required } from './bodies.ts';
import type { CertificateBody } from './bodies.ts';
import type { RouteContext } from './context.ts';
import { wrongValue } from './envelope.ts';
import type { AuthMethod, Authentication, User } from './world.ts';

const METHODS: readonly AuthMethod[] = ['DNS', 'FILE', 'EMAIL'];
const FIELD = 'certificate.authentication';

type Given = CertificateBody['authentication'];

/** What was prepared for this key comes back byte for byte; without it the server draws anew. */
export function readAuthentication(
  context: RouteContext,
  task: string,
  body: Given,
  input: AuthenticationInput,
  previous: Authentication | undefined,
): Authentication {
  const { world } = context;
  const given = body?.method?.toUpperCase() ?? previous?.method;
  const method = METHODS.find((known) => known === required(given, task, `${FIELD}.method`));
  if (method === undefined || !offeredMethods(input).includes(method)) {
    throw wrongValue(task, `${FIELD}.method`, given ?? '');
  }
  const provisioning = body?.provisioning === true || context.keys.includes('dnsProvisioning');
  const chosen =
    method === 'EMAIL'
      ? byMail(context, task, body, input, previous)
      : (prepared(context, task, method, body, input) ?? draw(world, method, input));
  // Wrong data is refused all the same before something else is wanted.
  const wanted =
    method !== 'EMAIL' && world.options.redrawsAuthentication ? draw(world, method, input) : chosen;
  return { ...wanted, provisioning };
}

/** What the order sends back of its preparation; undefined when it sends nothing. */
function prepared(
  context: RouteContext,
  task: string,
  method: 'DNS' | 'FILE',
  body: Given,
  input: AuthenticationInput,
): Authentication | undefined {
  const [field, sent] =
    method === 'DNS' ? (['dns', body?.dns] as const) : (['fileContent', body?.fileContent] as const);
  if (sent === null || sent === undefined) return undefined;
  // The gateway writes blanks for tabs, and gets them back.
  const form = (line: string | undefined): string | undefined =>
    context.gateway ? line?.trim().replace(/\s+/g, ' ') : line?.trim();
  const known = preparedFor(context.user, input, method).find(
    ({ items }) => form(items[0]?.[field]) === form(sent),
  );
  if (known === undefined) throw wrongValue(task, `${FIELD}.${field}`, sent);
  return known;
}

function byMail(
  context: RouteContext,
  task: string,
  body: Given,
  input: AuthenticationInput,
  previous: Authentication | undefined,
): Authentication {
  const address = body?.approverEmails?.[0];
  if (address === undefined && previous !== undefined) return previous;
  const drawn = draw(context.world, 'EMAIL', input);
  const chosen = withApprover(drawn, required(address, task, `${FIELD}.approverEmails`));
  if (chosen === undefined) throw wrongValue(task, `${FIELD}.approverEmails`, address ?? '');
  return chosen;
}

function preparedFor(user: User, input: AuthenticationInput, method: AuthMethod): Authentication[] {
  const names = [input.name, ...input.alternativeNames].join(' ');
  return user.prepared
    .filter(
      ({ spkiSha256, product }) => spkiSha256 === input.csr.spkiSha256 && product === input.product.name,
    )
    .flatMap(({ authentications }) => authentications)
    .filter((each) => each.method === method && each.items.map(({ name }) => name).join(' ') === names);
}
