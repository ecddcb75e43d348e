/** SSL contacts: create, inquire, change, delete, list. */
import { ContactBody, plainFields, readBody, SearchBody } from './bodies.ts';
import type { RouteContext } from './context.ts';
import { localTime } from './dates.ts';
import { ApiError } from './envelope.ts';
import type { Envelope, JsonObject } from './envelope.ts';
import { search } from './search.ts';
import type { Keys } from './search.ts';
import { ownerJson } from './world.ts';
import type { Contact, User } from './world.ts';

function contactOf(user: User, id: number, task: string): Contact {
  const contact = user.contacts.get(id);
  if (contact === undefined) {
    throw new ApiError(task, [{ code: 'EF4002001', objects: [{ type: 'SslContact', value: String(id) }] }]);
  }
  return contact;
}

export function contactJson(user: User, contact: Contact): JsonObject {
  return {
    created: localTime(contact.createdAt),
    updated: localTime(contact.updatedAt),
    owner: ownerJson(user),
    updater: ownerJson(user),
    ...contact.fields,
    id: contact.id,
  };
}

function answer(code: string, user: User, contact: Contact): Envelope {
  return {
    code,
    type: 'SUCCESS',
    object: { type: 'SslContact', value: String(contact.id) },
    data: [contactJson(user, contact)],
  };
}

function fieldsFrom(context: RouteContext, task: string): JsonObject {
  return plainFields(
    readBody(ContactBody, context.body, task, 'sslContact'),
    'id',
    'created',
    'updated',
    'owner',
    'updater',
  );
}

export function createContact(context: RouteContext): Envelope {
  const { world, user } = context;
  const now = world.clock.now();
  const contact: Contact = {
    id: world.nextContactId,
    createdAt: now,
    updatedAt: now,
    fields: fieldsFrom(context, '400201'),
  };
  world.nextContactId += 1;
  user.contacts.set(contact.id, contact);
  return answer('S400201', user, contact);
}

export function updateContact(context: RouteContext): Envelope {
  const contact = contactOf(context.user, context.id, '400202');
  contact.fields = fieldsFrom(context, '400202');
  contact.updatedAt = context.world.clock.now();
  return answer('S400202', context.user, contact);
}

export function deleteContact({ user, id }: RouteContext): Envelope {
  const contact = contactOf(user, id, '400203');
  user.contacts.delete(contact.id);
  return { code: 'S400203', type: 'SUCCESS', object: { type: 'SslContact', value: String(contact.id) } };
}

export function contactInfo({ user, id }: RouteContext): Envelope {
  return answer('S400204', user, contactOf(user, id, '400204'));
}

const text = (name: string) => (contact: Contact) => {
  const value = contact.fields[name];
  return typeof value === 'string' ? value : undefined;
};

const KEYS: Keys<Contact> = {
  id: ({ id }) => String(id),
  ...Object.fromEntries(
    ['fname', 'lname', 'organization', 'title', 'pcode', 'city', 'country', 'state', 'phone', 'email'].map(
      (name) => [name, text(name)],
    ),
  ),
  created: ({ createdAt }) => localTime(createdAt),
  updated: ({ updatedAt }) => localTime(updatedAt),
};

export function searchContacts({ user, body }: RouteContext): Envelope {
  const task = '400205';
  const { found, total } = search(
    [...user.contacts.values()],
    readBody(SearchBody, body, task, 'query'),
    KEYS,
    task,
  );
  return {
    code: 'S400205',
    type: 'SUCCESS',
    object: { type: 'SslContact', value: '', summary: total },
    data: found.map((contact) => contactJson(user, contact)),
  };
}
