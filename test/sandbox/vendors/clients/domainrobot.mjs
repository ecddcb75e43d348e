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
};

process.stdout.write(`\nRESULT ${JSON.stringify(await steps[input.step]())}\n`);
