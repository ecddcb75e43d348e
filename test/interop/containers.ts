/**
 * Containers for tests, without an engine that runs in the background and without a registry: buildah builds in a chroot,
 * podman starts by runc. As root; images and containers are where CONTAINERS_STORAGE_CONF says.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectDirectory, start, type Finished } from './processes.ts';

export const baseImage = 'localhost/renewd-base:bookworm';

const podmanFlags = ['--runtime', 'runc', '--cgroup-manager', 'cgroupfs'];

/** Why containers cannot be tried here; undefined when they can. */
export function containersMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'containers are built and run as root';
  for (const program of ['buildah', 'podman', 'runc', 'nginx', 'haproxy']) {
    const { error } = spawnSync(program, ['-v'], { stdio: 'ignore' });
    if (error !== undefined) return `${program} (Debian package of that name) is not installed`;
  }
  const { status } = spawnSync('buildah', ['inspect', '--type', 'image', baseImage], { stdio: 'ignore' });
  return status === 0 ? undefined : `there is no image ${baseImage}; scripts/container/base.sh makes one`;
}

function finished(program: string, parameters: readonly string[], env = {}): Promise<Finished> {
  const { CONTAINERS_STORAGE_CONF } = process.env;
  return start(program, parameters, {
    env: { ...(CONTAINERS_STORAGE_CONF === undefined ? {} : { CONTAINERS_STORAGE_CONF }), ...env },
  }).ended;
}

/** Its standard output; throws when it fails. */
async function succeeded(program: string, parameters: readonly string[], env = {}): Promise<string> {
  const { code, stdout, stderr } = await finished(program, parameters, env);
  if (code !== 0)
    throw new Error(`${program} ${parameters.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout.trim();
}

export function podman(...parameters: readonly string[]): Promise<string> {
  return succeeded('podman', [...podmanFlags, ...parameters]);
}

/** As it ended, whatever that was. */
export function tryPodman(...parameters: readonly string[]): Promise<Finished> {
  return finished('podman', [...podmanFlags, ...parameters]);
}

/**
 * The image of the Dockerfile over the local base. npm and its like come from this machine's /usr, Node from the project, the
 * packages from npm's cache where they are in it.
 */
export async function buildImage(name: string): Promise<void> {
  const node = dirname(process.execPath);
  const cache = join(homedir(), '.npm');
  const volumes = [
    '/usr:/usr:ro',
    `${node}:/usr/local/sbin:ro`,
    ...(existsSync(cache) ? [`${cache}:/root/.npm`] : []),
  ];
  await succeeded('buildah', [
    'bud',
    '--isolation',
    'chroot',
    '--format',
    'docker',
    '--tag',
    name,
    '--build-arg',
    `BASE=${baseImage}`,
    '--build-arg',
    `BUILD_BASE=${baseImage}`,
    ...volumes.flatMap((volume) => ['--volume', volume]),
    projectDirectory,
  ]);
}

export interface ContainerPlan {
  readonly name: string;
  readonly image: string;
  /** "/on/the/host:/inside[:ro]" */
  readonly volumes: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Name of a container whose process namespace is shared. */
  readonly processesOf?: string;
  /** In place of the image's own. */
  readonly command?: readonly string[];
}

const limits = ['--no-healthcheck', '--ulimit', 'nofile=4096:4096', '--ulimit', 'nproc=4096:4096'];

/** As production is meant to be: no root, no capability, nothing writable but volumes and /tmp. */
export async function runContainer(plan: ContainerPlan): Promise<void> {
  const { name, image, volumes, env = {}, processesOf, command = [] } = plan;
  await succeeded(
    'podman',
    [
      ...podmanFlags,
      'run',
      '--detach',
      '--name',
      name,
      '--network',
      'host',
      ...limits,
      '--read-only',
      '--tmpfs',
      '/tmp',
      '--user',
      '10464:10464',
      '--cap-drop',
      'all',
      '--security-opt',
      'no-new-privileges',
      ...(processesOf === undefined ? [] : ['--pid', `container:${processesOf}`]),
      ...volumes.flatMap((volume) => ['--volume', volume]),
      // Without its value: it would stand in the list of processes.
      ...Object.keys(env).flatMap((variable) => ['--env', variable]),
      image,
      ...command,
    ],
    env,
  );
}
