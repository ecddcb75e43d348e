import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { stampsOf } from '../../../src/settings/inventory-files.ts';
import type { LoadResult } from '../../../src/settings/load.ts';
import { createConfigurationMemory, maxMemories, maxMemoryBytes } from '../../../src/settings/remember.ts';
import { sourceImports } from '../../architecture/source-imports.ts';
import { Workspace } from './workspace.ts';

const planted = { file: 'planted-in-a-file-4711', env: 'planted-in-a-variable-4712' };

const main = `store: { sqlite: "\${STATE_DIRECTORY}/renewd.db" }
listen: { address: "0.0.0.0:9460", allowUnauthenticated: true }
providers:
  cl: { type: closed, login: me, password: { env: PASSWORD } }
  op: { type: open, token: { file: "\${CREDENTIALS}/token" } }
publishers:
  ns: { type: zonefile, zones: [example.com], key: { secret: { command: [pass, show, key] } } }
  web: { type: folder, path: /var/www }
inventory: [inventory.d/*.yaml, more.yaml]
notices:
  team: { type: webhook, url: { file: "\${CREDENTIALS}/hook" }, secret: { env: HOOK_KEY } }
heartbeat: { url: { env: BEAT } }
`;

function entry(name: string): string {
  return `- { name: ${name}, names: [${name}.example.com], provider: op, product: p, dcv: { method: file }, crt: ${name}.crt, trustAnchors: [root.pem] }\n`;
}

class Scene extends Workspace {
  readonly memories = this.path('memories');
  readonly env: Record<string, string | undefined> = {
    STATE_DIRECTORY: this.path('state'),
    CREDENTIALS: this.path('credentials'),
    PASSWORD: planted.env,
    HOOK_KEY: 'key of the channel',
    BEAT: 'https://beat.example/planted-4713',
  };
  version = '1.2.3';
  keptIn: string | undefined = this.memories;

  constructor() {
    super();
    mkdirSync(this.memories);
    this.write('credentials/token', `${planted.file}\n`);
    this.write('credentials/hook', 'https://hook.example/planted-4714\n');
    this.write('renewd.yaml', main);
    this.write('inventory.d/root.pem', 'a root');
    this.write('root.pem', 'a root');
    this.write('inventory.d/a.yaml', entry('a'));
    this.write(
      'more.yaml',
      `# \${UNSET} is nothing\n${Array.from({ length: 120 }, (_, at) => entry(`m${at}`)).join('')}`,
    );
  }

  get memory(): ReturnType<typeof createConfigurationMemory> {
    return createConfigurationMemory(this.keptIn, { version: this.version, env: this.env });
  }

  async loadAll(): Promise<LoadResult> {
    const processes = {
      run: async () => ({ exitCode: 0, signal: null, timedOut: false, stdout: 'key\n', stderr: '' }),
    };
    return await this.load({ env: this.env, readSecrets: true, processes });
  }

  /** As if everything had been in place long before. */
  keep(result: LoadResult): void {
    this.memory.keep(this.path('renewd.yaml'), result, { startedAt: new Date(Date.now() + 60_000) });
  }

  async recall(): Promise<LoadResult | undefined> {
    return await this.memory.recall(this.path('renewd.yaml'));
  }

  get file(): string {
    const [name = 'nothing was kept'] = readdirSync(this.memories);
    return `${this.memories}/${name}`;
  }
}

async function kept(): Promise<{ readonly scene: Scene; readonly result: LoadResult }> {
  const scene = new Scene();
  const result = await scene.loadAll();
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  scene.keep(result);
  expect(await scene.recall()).toBeDefined();
  return { scene, result };
}

describe('the memory of the configuration', () => {
  it('gives what was loaded, warnings included', async () => {
    const { scene, result } = await kept();
    expect(result.configuration?.certificates).toHaveLength(121);
    expect(result.diagnostics).not.toEqual([]);
    expect(await scene.recall()).toEqual(structuredClone(result));
    expect(statSync(scene.file).mode & 0o777).toBe(0o600);
    expect(readdirSync(scene.memories)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  it('knows the files as they are now, not as they were when they said the same', async () => {
    const { scene, result } = await kept();
    utimesSync(scene.path('more.yaml'), 1, 1);
    const recalled = await scene.recall();
    expect(recalled?.stamps).toEqual(stampsOf(result.files, result.globs));
    expect(recalled?.stamps).not.toEqual(result.stamps);
  });

  it('does not depend on how the path is written', async () => {
    const { scene } = await kept();
    expect(await scene.memory.recall(`${scene.directory}/inventory.d/../renewd.yaml`)).toBeDefined();
    expect(await scene.memory.recall(scene.path('more.yaml'))).toBeUndefined();
  });

  it('never holds a secret', async () => {
    const { scene } = await kept();
    const content = readFileSync(scene.file, 'utf8');
    expect(content).toContain('{"env":"PASSWORD"}');
    for (const secret of Object.values(planted)) expect(content).not.toContain(secret);
  });

  it('is nothing without a directory', async () => {
    const scene = new Scene();
    scene.keptIn = undefined;
    scene.keep(await scene.loadAll());
    expect(await scene.recall()).toBeUndefined();
    scene.keptIn = scene.path('not/there');
    scene.keep(await scene.loadAll());
    expect(await scene.recall()).toBeUndefined();
    expect(existsSync(scene.path('not'))).toBe(false);
  });

  it('reads no secret command, and outlives a changed secret', async () => {
    const { scene } = await kept();
    scene.env['PASSWORD'] = 'rotated';
    scene.write('credentials/token', 'rotated');
    expect(await scene.recall()).toBeDefined();
  });

  const changes: Readonly<Record<string, (scene: Scene) => void>> = {
    'the main file changed': (scene) => appendFileSync(scene.path('renewd.yaml'), '# more\n'),
    'an inventory file changed, with its times kept': (scene) => {
      const path = scene.path('inventory.d/a.yaml');
      const { atime, mtime } = statSync(path);
      writeFileSync(path, entry('b'));
      utimesSync(path, atime, mtime);
    },
    'an inventory file is gone': (scene) => rmSync(scene.path('more.yaml')),
    'an inventory file became a directory': (scene) => {
      rmSync(scene.path('more.yaml'));
      mkdirSync(scene.path('more.yaml'));
    },
    'an inventory file became too large': (scene) => truncateSync(scene.path('more.yaml'), 9 * 1024 * 1024),
    'a new file matches': (scene) => void scene.write('inventory.d/b.yaml', entry('b')),
    'a matched file went to another name': (scene) =>
      renameSync(scene.path('inventory.d/a.yaml'), scene.path('inventory.d/c.yaml')),
    'a file became a link to its like': (scene) => {
      cpSync(scene.path('inventory.d/a.yaml'), scene.path('elsewhere.yaml'));
      rmSync(scene.path('inventory.d/a.yaml'));
      symlinkSync(scene.path('elsewhere.yaml'), scene.path('inventory.d/a.yaml'));
    },
    'a variable changed': (scene) => {
      scene.env['STATE_DIRECTORY'] = '/elsewhere';
    },
    'a variable is gone': (scene) => {
      scene.env['STATE_DIRECTORY'] = undefined;
    },
    'a variable came': (scene) => {
      scene.env['UNSET'] = 'now set';
    },
    'another version asks': (scene) => {
      scene.version = '1.2.4';
    },
    'another runtime asks': ({ file }) => {
      const lines = readFileSync(file, 'utf8').replace(process.version, 'v24.15.0').split('\n').slice(0, -2);
      const body = `${lines.join('\n')}\n`;
      writeFileSync(file, `${body}${createHash('sha256').update(body).digest('hex')}\n`);
    },
    'a secret file is missing': (scene) => rmSync(scene.path('credentials/token')),
    'the secret file of a channel is missing': (scene) => rmSync(scene.path('credentials/hook')),
    'the variable of the heartbeat is unset': (scene) => {
      delete scene.env['BEAT'];
    },
    'a secret file is empty': (scene) => void scene.write('credentials/token', ''),
    'the variable of a secret is unset': (scene) => {
      scene.env['PASSWORD'] = undefined;
    },
    'a trust anchor is missing': (scene) => rmSync(scene.path('root.pem')),
    'others may read the memory': (scene) => chmodSync(scene.file, 0o644),
    'others may write the memory': (scene) => chmodSync(scene.file, 0o620),
    'the memory is somebody else’s': () => {
      const own = process.getuid?.() ?? 0;
      const uid = vi.spyOn(process, 'getuid').mockReturnValue(own + 1);
      onTestFinished(() => uid.mockRestore());
    },
    'the memory is a link': (scene) => {
      const { file } = scene;
      renameSync(file, scene.path('moved'));
      symlinkSync(scene.path('moved'), file);
    },
    'the memory is a directory': (scene) => {
      const { file } = scene;
      rmSync(file);
      mkdirSync(file);
    },
    'the memory is empty': (scene) => truncateSync(scene.file),
    'the memory goes on': (scene) => appendFileSync(scene.file, '{}'),
    'the memory is larger than any': (scene) => truncateSync(scene.file, maxMemoryBytes + 1),
    'a certificate of the memory was edited': (scene) => {
      const content = readFileSync(scene.file, 'utf8');
      writeFileSync(scene.file, content.replace('m77.example.com', 'm78.example.com'));
    },
    'the memory is no text': (scene) => writeFileSync(scene.file, Buffer.alloc(500_000, 0xff)),
    'the header of the memory is another JSON': (scene) =>
      writeFileSync(scene.file, 'null\n[]\n{"files":1}\n'),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`is quiet when ${what}`, async () => {
      const { scene } = await kept();
      change(scene);
      expect(await scene.recall()).toBeUndefined();
    });
  }

  it('is quiet wherever the memory was cut off', async () => {
    const { scene } = await kept();
    const content = readFileSync(scene.file);
    const lengths = Array.from({ length: 40 }, (_, at) => Math.floor((content.length * at) / 40));
    for (const length of [...lengths, content.length - 1, content.length - 2, content.length - 65]) {
      writeFileSync(scene.file, content.subarray(0, length));
      // Without the newline at its end it is still whole.
      expect((await scene.recall()) === undefined, String(length)).toBe(length !== content.length - 1);
    }
    writeFileSync(scene.file, content);
    expect(await scene.recall()).toBeDefined();
  });

  it('is made anew after a change', async () => {
    const { scene } = await kept();
    scene.write('inventory.d/b.yaml', entry('b'));
    const second = await scene.loadAll();
    scene.keep(second);
    expect(second.configuration?.certificates).toHaveLength(122);
    expect(await scene.recall()).toEqual(structuredClone(second));
    expect(readdirSync(scene.memories)).toHaveLength(1);
  });
});

describe('what is not kept', () => {
  it('a configuration with mistakes', async () => {
    const scene = new Scene();
    scene.write('inventory.d/a.yaml', '- { name: a }\n');
    const result = await scene.loadAll();
    expect(result.configuration).toBeUndefined();
    scene.keep(result);
    expect(readdirSync(scene.memories)).toEqual([]);
  });

  it('a secret that is a variable, too: not even its hash', async () => {
    const scene = new Scene();
    scene.write('renewd.yaml', `${main}# from \${PASSWORD}\n`);
    scene.keep(await scene.loadAll());
    expect(readdirSync(scene.memories)).toEqual([]);
  });

  it('a variable that an escape hides', async () => {
    const scene = new Scene();
    scene.write('renewd.yaml', main.replace('${STATE_DIRECTORY}', String.raw`\x24{STATE_DIRECTORY}`));
    const result = await scene.loadAll();
    expect(result.configuration?.store.sqlite).toBe(scene.path('state/renewd.db'));
    scene.keep(result);
    expect(readdirSync(scene.memories)).toEqual([]);
  });

  /** Loads, changes something, and keeps what was loaded. */
  async function keepAfter(change: (scene: Scene) => void, before?: (scene: Scene) => void): Promise<Scene> {
    const scene = new Scene();
    before?.(scene);
    await pause(150);
    const startedAt = new Date();
    const result = await scene.loadAll();
    change(scene);
    scene.memory.keep(scene.path('renewd.yaml'), result, { startedAt });
    return scene;
  }

  it('nothing, when all was in place before the load', async () => {
    const scene = await keepAfter(() => undefined);
    expect(await scene.recall()).toBeDefined();
  });

  it('what changed while it was loaded', async () => {
    const scene = await keepAfter((changed) => void changed.write('inventory.d/a.yaml', entry('b')));
    expect(readdirSync(scene.memories)).toEqual([]);
    const more = await keepAfter((changed) => void changed.write('inventory.d/b.yaml', entry('b')));
    expect(readdirSync(more.memories)).toEqual([]);
  });

  it('what was switched by a link or a rename meanwhile, with files that are older', async () => {
    const behindLink = (scene: Scene): void => {
      renameSync(scene.path('inventory.d'), scene.path('one'));
      cpSync(scene.path('one'), scene.path('two'), { recursive: true });
      writeFileSync(scene.path('two/a.yaml'), entry('z'));
      symlinkSync('one', scene.path('inventory.d'));
    };
    const linked = await keepAfter((scene) => {
      symlinkSync('two', scene.path('new'));
      renameSync(scene.path('new'), scene.path('inventory.d'));
    }, behindLink);
    expect(readdirSync(linked.memories)).toEqual([]);
    expect(await (await keepAfter(() => undefined, behindLink)).recall()).toBeDefined();
    const renamed = await keepAfter(
      (scene) => {
        renameSync(scene.path('inventory.d'), scene.path('old'));
        renameSync(scene.path('two'), scene.path('inventory.d'));
      },
      (scene) => {
        cpSync(scene.path('inventory.d'), scene.path('two'), { recursive: true });
        writeFileSync(scene.path('two/a.yaml'), entry('z'));
      },
    );
    expect(readdirSync(renamed.memories)).toEqual([]);
  });

  it('failures are told to whoever debugs', async () => {
    const scene = new Scene();
    const result = await scene.loadAll();
    const debug = vi.fn<(fields: object, message: string) => void>();
    scene.memory.keep(scene.path('renewd.yaml'), result, { startedAt: new Date(0), logger: { debug } });
    rmSync(scene.memories, { recursive: true });
    writeFileSync(scene.memories, 'in the way');
    const startedAt = new Date(Date.now() + 60_000);
    scene.memory.keep(scene.path('renewd.yaml'), result, { startedAt, logger: { debug } });
    expect(debug.mock.calls).toEqual([
      [{ reason: `${scene.path('renewd.yaml')} changed only now` }, 'the configuration is not remembered'],
      [{ err: expect.any(Error) }, 'the configuration is not remembered'],
    ]);
  });
});

describe('the room it takes', () => {
  it('is bounded: the oldest main files are forgotten', async () => {
    const { scene } = await kept();
    for (let at = 0; at < maxMemories + 5; at += 1) {
      const name = at.toString(16).padStart(64, '0');
      scene.write(at % 2 === 0 ? `memories/${name}` : `memories/${name}.77.new`, 'old');
      utimesSync(
        scene.path(at % 2 === 0 ? `memories/${name}` : `memories/${name}.77.new`),
        1e9 + at,
        1e9 + at,
      );
    }
    scene.write('memories/not-ours', 'stays');
    scene.keep(await scene.loadAll());
    const names = readdirSync(scene.memories);
    expect(names).toHaveLength(maxMemories + 1);
    expect(names).toContain('not-ours');
    expect(names).not.toContain('0'.repeat(64));
    expect(await scene.recall()).toBeDefined();
  });

  it('is bounded: what is too large is not kept, and leaves nothing', async () => {
    const scene = new Scene();
    const result = await scene.loadAll();
    const [certificate] = result.configuration?.certificates ?? [];
    if (result.configuration === undefined || certificate === undefined) throw new Error('nothing loaded');
    const large = { ...certificate, order: { text: 'x'.repeat(1024 * 1024) } };
    const certificates = Array.from({ length: maxMemoryBytes / 1024 / 1024 + 1 }, () => large);
    scene.keep({ ...result, configuration: { ...result.configuration, certificates } });
    expect(readdirSync(scene.memories)).toEqual([]);
  });
});

it('needs neither the YAML library nor the schemas', () => {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { from, to, kind, typeOnly } of sourceImports) {
      if (from === path && !typeOnly && kind !== 'node') visit(to);
    }
  };
  visit('settings/remember.ts');
  expect([...reached].filter((name) => !name.endsWith('.ts'))).toEqual([]);
});
