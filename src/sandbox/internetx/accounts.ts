/** What a user has before anything was asked. */
import type { JsonObject } from './envelope.ts';
import type { InternetxOptions } from './options.ts';
import type { Contact, User } from './world.ts';

export function newUser(user: string, context: number, options: InternetxOptions, now: Date): User {
  return {
    user,
    context,
    certificates: new Map(),
    jobs: new Map(),
    queue: [],
    confirmed: [],
    contacts: new Map(options.contactIds.map((id) => [id, firstContact(id, now)])),
    prepared: [],
    invoices: [],
  };
}

function firstContact(id: number, now: Date): Contact {
  const fields: JsonObject = {
    fname: 'Erika',
    lname: 'Mustermann',
    organization: 'Sandbox GmbH',
    title: 'Admin',
    address: ['Musterweg 1'],
    pcode: '10115',
    city: 'Berlin',
    country: 'DE',
    state: 'BE',
    phone: '+49-30-123456',
    email: 'hostmaster@example.com',
  };
  return { id, createdAt: now, updatedAt: now, fields };
}
