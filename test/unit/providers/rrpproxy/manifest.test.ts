import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/core/certificate.ts';
import { manifest } from '../../../../src/providers/rrpproxy/index.ts';
import { thrownBy } from '../../vendors/support.ts';
import { dependenciesOf, newWatch } from './support.ts';

describe('manifest', () => {
  test('says what the verbs do', () => {
    const { verbs } = manifest.capabilities;
    expect(verbs.renew).toEqual(verbs.create);
    expect(verbs.reissue).toMatchObject({ invoice: 'free', paidUntil: 'unchanged', certificateId: 'new' });
    expect(manifest.capabilities.reissueKeepsDcvMethod).toBe(true);
    expect(manifest.capabilities.reissueChangesNames).toBe(false);
  });

  test('refuses settings that do not fit, without showing values', async () => {
    const config = {
      login: 'hunter2\n',
      password: new Secret('hunter2'),
      url: 'http://api.example.com/hunter2',
    };
    const thrown = await thrownBy(manifest.create({ ...config, currency: 1 }, dependenciesOf(newWatch())));
    expect(thrown).toMatchObject({ code: 'config-invalid', message: expect.stringContaining('currency') });
    expect(String(thrown)).not.toContain('hunter2');
  });

  test('refuses to send credentials in the clear', async () => {
    const config = { login: 'a', password: new Secret('hunter2'), url: 'http://api.example.com/' };
    expect(await thrownBy(manifest.create(config, dependenciesOf(newWatch())))).toMatchObject({
      code: 'config-invalid',
    });
  });

  test('loads nothing heavy before a client is created', () => {
    const script = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
      await import(${JSON.stringify(import.meta.resolve('../../../../src/providers/rrpproxy/index.ts'))});
      console.log(loaded.filter((url) => url.includes('node_modules')).join(' '));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(output.trim()).toBe('');
  });
});
