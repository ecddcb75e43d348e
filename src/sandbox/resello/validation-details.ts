/**
 * `GET …/{id}/validation-details`: the document says what it is for and nothing of what it looks like, so it comes in
 * several shapes that a client has to read, or to give up on without guessing.
 */
import type { DcvRequirement, SimulatorAnswer } from '../contract.ts';
import { objectAnswer } from './answers.ts';
import type { RouteContext } from './context.ts';
import type { JsonObject } from './json.ts';
import type { ReselloOptions } from './options.ts';
import type { Certificate, Details, ValidationItem, World } from './world.ts';

interface Step {
  readonly domain: string;
  readonly done: boolean;
  readonly requirement: DcvRequirement;
}

export function validationDetails({ world, certificate }: RouteContext): SimulatorAnswer {
  const { options } = world;
  const details = certificate.open?.details ?? certificate.details;
  const steps = stepsOf(world, certificate, details);
  const head = { status: options.words[statusOf(certificate)], dcv_type: details.method };
  const statusWord = (step: Step): string => (step.done ? 'completed' : 'pending');
  switch (options.details) {
    case 'zone-lines':
      return objectAnswer(options, {
        ...head,
        domains: steps.map((step) => ({
          name: step.domain,
          status: statusWord(step),
          ...asLine(options, step.requirement),
        })),
      });
    case 'flat': {
      const [first] = steps;
      const flat = first === undefined ? {} : instruction(options, first.requirement);
      return objectAnswer(options, { ...head, ...flat });
    }
    case 'list':
      return objectAnswer(
        options,
        steps.map((step) => ({ domain: step.domain, ...instruction(options, step.requirement) })),
      );
    case 'text': {
      const lines = steps.flatMap(({ requirement }) =>
        Object.values(asLine(options, requirement)).flat().map(String),
      );
      return {
        status: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: `${lines.join('\n')}\n`,
      };
    }
    case 'prose':
      return objectAnswer(options, {
        ...head,
        steps: steps.map((step) => ({
          title: `Show that you control ${step.domain}`,
          done: step.done,
          help: 'Please read the section on how to prepare a domain for the validation.',
        })),
      });
    case 'objects':
    default:
      return objectAnswer(options, {
        ...head,
        domains: steps.map((step) => ({
          domain: step.domain,
          status: statusWord(step),
          [details.method.toLowerCase()]: instruction(options, step.requirement),
        })),
      });
  }
}

function statusOf({ open, failure, issued }: Certificate): 'pending' | 'failed' | 'active' {
  if (open !== undefined) return 'pending';
  return failure === undefined && issued !== undefined ? 'active' : 'failed';
}

/** None while the order is not with the CA yet. */
function stepsOf({ ca, options }: World, certificate: Certificate, details: Details): Step[] {
  const { open } = certificate;
  if (open !== undefined && open.caOrderId === undefined) return [];
  const checks = open?.caOrderId === undefined ? [] : (ca.get(open.caOrderId)?.checks ?? []);
  return details.items.map((item: ValidationItem, index) => ({
    domain: item.domain,
    done: open === undefined ? certificate.failure === undefined : checks[index]?.fulfilled !== false,
    requirement: harmful(options, item.requirement),
  }));
}

/** Only what is told does harm; the CA goes on asking for the honest evidence. */
function harmful({ harmfulDetails }: ReselloOptions, requirement: DcvRequirement): DcvRequirement {
  if (harmfulDetails === 'path' && requirement.kind === 'http') {
    const url = requirement.url.replace(/[^/]+$/, '../../../../etc/cron.d/renew');
    return { ...requirement, url };
  }
  if (harmfulDetails === 'name' && (requirement.kind === 'dns-txt' || requirement.kind === 'dns-cname')) {
    return { ...requirement, recordName: '_dnsauth.somebody-else.test' };
  }
  return requirement;
}

function instruction(options: ReselloOptions, requirement: DcvRequirement): JsonObject {
  switch (requirement.kind) {
    case 'dns-txt':
      return record(options, 'TXT', requirement.recordName, requirement.value);
    case 'dns-cname':
      return record(options, 'CNAME', requirement.recordName, requirement.target);
    case 'http':
      return { ...filePlace(options, requirement.url), content: requirement.content };
    case 'email':
    default:
      return { email_addresses: [requirement.address] };
  }
}

function record(options: ReselloOptions, type: string, owner: string, data: string): JsonObject {
  switch (options.instructionNames) {
    case 'host-content':
      return { type, host: owner, content: data };
    case 'host-target':
      return { type, host: owner, target: data };
    case 'name-value':
    default:
      return { type, name: owner, value: data };
  }
}

function filePlace({ fileForm }: ReselloOptions, url: string): JsonObject {
  const path = url.replace(/^http:\/\/[^/]+/, '');
  switch (fileForm) {
    case 'url':
      return { url };
    case 'name':
      return { file_name: path.slice(path.lastIndexOf('/') + 1) };
    case 'path':
    default:
      return { path };
  }
}

/** Records as zone lines, everything else as it is. */
function asLine(options: ReselloOptions, requirement: DcvRequirement): JsonObject {
  switch (requirement.kind) {
    case 'dns-txt':
      return { validation: `${requirement.recordName}. 300 IN TXT "${requirement.value}"` };
    case 'dns-cname':
      return { validation: `${requirement.recordName}. 300 IN CNAME ${requirement.target}.` };
    case 'http':
    case 'email':
    default:
      return instruction(options, requirement);
  }
}
