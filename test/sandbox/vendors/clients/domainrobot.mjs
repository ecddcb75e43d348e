// Walks a simulator with the vendor's own js-domainrobot-sdk. In a process of its own: the client changes axios'
// defaults for everybody and writes to the console.
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const { DomainRobot, DomainRobotModels } = createRequire(import.meta.url)('js-domainrobot-sdk');
const input = JSON.parse(await text(process.stdin));
const robot = new DomainRobot({ url: `${input.url}/v1`, auth: input.account });
const order = (csr, extra) => ({
  adminContact: { id: input.contact },
  technicalContact: { id: input.contact },
  name: 'example.com',
  lifetime: { unit: 'MONTH', period: 12 },
  software: 'APACHESSL',
  csr,
  product: 'QUICKSSLPREMIUM',
  ...extra,
});

const codesOf = (...results) => results.map(({ result }) => result.status.code);

/** Which step of the walk; the test publishes records and lets the CA look in between. */
const steps = {
  async prepare() {
    const login = await robot.login().sessionID(input.account, {});
    const contact = await robot.sslcontact().create({
      fname: 'John',
      lname: 'Doe',
      phone: '+49-123-12345',
      email: 'john.doe@example.com',
      organization: 'Company',
      address: ['123 Main Street'],
      pcode: '12345',
      city: 'Anytown',
      country: 'DE',
      state: 'BY',
    });
    const model = new DomainRobotModels.CertificateData({ product: 'QUICKSSLPREMIUM' });
    model.csr = input.csr;
    const prepared = await robot.certificate().prepareOrder(model);
    return {
      session: login.getHeaders()['x-domainrobot-sessionid'],
      contact: contact.result.data[0].id,
      authentication: prepared.result.data[0].authentication,
    };
  },
  async create() {
    const result = await robot
      .certificate()
      .create(order(input.csr, { authentication: input.authentication }));
    return { status: result.result.status, job: result.result.data[0].id, http: result.status };
  },
  async reissue() {
    const body = order(input.csr, { id: input.certificate, authentication: input.authentication });
    const result = await robot.certificate().reissue(body);
    return { status: result.result.status, job: result.result.data[0].id };
  },
  async collect() {
    const polled = await robot.poll().info();
    const message = polled.result.data[0];
    const confirmed = await robot.poll().confirm(message.id);
    const empty = await robot.poll().info();
    const info = await robot.certificate().info(message.object.data.id);
    const list = await robot
      .certificate()
      .list({ filters: [], view: { limit: 10, offset: 0 } }, ['expire', 'product']);
    return {
      job: message.job,
      confirmed: confirmed.result.status.code,
      leftover: empty.result.data ?? null,
      certificate: info.result.data[0],
      list: list.result.data,
      total: list.result.object.summary,
    };
  },
  async failure() {
    try {
      await robot.certificate().renew(order(input.csr, { id: input.certificate }));
    } catch (error) {
      return { http: error.status, code: error.error.messages[0].code };
    }
    return { http: 200 };
  },
  async contacts() {
    const person = {
      fname: 'John',
      lname: 'Doe',
      phone: '+49-123-12345',
      email: 'john.doe@example.com',
      address: ['123 Main Street'],
      pcode: '12345',
      city: 'Anytown',
      country: 'DE',
    };
    const { id } = (await robot.sslcontact().create(person)).result.data[0];
    const updated = await robot.sslcontact().update({ ...person, id, lname: 'Roe' });
    const info = await robot.sslcontact().info(id);
    const filters = [{ key: 'lname', operator: 'EQUAL', value: 'Roe' }];
    const list = await robot.sslcontact().list({ filters });
    const deleted = await robot.sslcontact().delete(id);
    return {
      id,
      lname: info.result.data[0].lname,
      listed: list.result.data.map((each) => each.id),
      codes: codesOf(updated, info, list, deleted),
    };
  },
  async renew() {
    const body = order(input.csr, { id: input.certificate, authentication: input.authentication });
    const result = await robot.certificate().renew(body);
    return { status: result.result.status, job: result.result.data[0].id };
  },
  async realtime() {
    const model = new DomainRobotModels.CertificateData({ product: 'BASIC_SSL' });
    model.csr = input.csr;
    const prepared = await robot.certificate().prepareOrder(model);
    const { dns } = prepared.result.data[0].authentication.find(({ method }) => method === 'DNS');
    const streamed = await robot.zone().stream('example.com', { adds: [{ raw: dns }] });
    const authentication = { method: 'DNS', dns };
    const issued = await robot
      .certificate()
      .createRealtime(order(input.csr, { product: 'BASIC_SSL', authentication }));
    return { codes: codesOf(streamed, issued), certificate: issued.result.data[0] };
  },
  async comment() {
    // The client insists on a CSR here too.
    const model = { certificateId: input.certificate, comment: 'a word', csr: input.csr };
    const commented = await robot.certificate().comment(model);
    const filters = [{ key: 'comment', operator: 'LIKE', value: 'a %' }];
    const list = await robot.certificate().list({ filters, view: { limit: 5, offset: 0 } }, ['comment']);
    return { codes: codesOf(commented, list), list: list.result.data };
  },
  async remove() {
    const result = await robot.certificate().delete(input.certificate);
    return { status: result.result.status, job: result.result.data[0].id };
  },
  async zone() {
    const filters = [{ key: 'name', operator: 'EQUAL', value: 'example.com' }];
    const found = await robot.zone().list({ filters });
    const { origin, virtualNameServer } = found.result.data[0];
    const record = { name: '_client', type: 'TXT', value: 'one', ttl: 60 };
    const added = await robot.zone().stream(origin, { adds: [record], rems: null }, ['autofix']);
    const info = await robot.zone().info(origin, virtualNameServer);
    const removed = await robot.zone().stream(origin, { rems: [record] });
    const after = await robot.zone().info(origin, virtualNameServer);
    const names = ({ result }) => result.data[0].resourceRecords.map(({ name }) => name);
    return {
      codes: codesOf(found, added, info, removed, after),
      before: names(info),
      after: names(after),
    };
  },
  async refusals() {
    const record = { adds: [{ name: '_twice', type: 'TXT', value: 'v' }] };
    const wrongContact = { adminContact: { id: 7 }, authentication: { method: 'DNS' } };
    await robot.zone().stream('example.com', record);
    const calls = {
      contact: () => robot.sslcontact().info(7),
      admin: () => robot.certificate().create(order(input.csr, wrongContact)),
      field: () => robot.certificate().create(order(input.csr, { software: 'NOTEPAD' })),
      key: () => robot.certificate().list({ filters: [{ key: 'nonsense', operator: 'EQUAL', value: 'x' }] }),
      record: () => robot.zone().stream('example.com', record),
      message: () => robot.poll().confirm(1),
    };
    const found = {};
    for (const [name, call] of Object.entries(calls)) {
      try {
        await call();
      } catch (error) {
        const { messages, status } = error.error;
        found[name] = {
          exception: error.constructor.name,
          http: error.status,
          status: status.code,
          code: messages[0].code,
        };
      }
    }
    return found;
  },
};

process.stdout.write(`\nRESULT ${JSON.stringify(await steps[input.step]())}\n`);
