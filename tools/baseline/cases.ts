/** What the baseline holds on to: commands whose whole outcome must not change when only the house does. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SYNC_MODES } from '../../model/sync.ts';

export interface Case {
  readonly name: string;
  /** Of the command line; paths are relative to the tree. */
  readonly args: readonly string[];
}

const VARIANTS = ['plain', 'dependencies', 'half', 'fault', 'early', 'copyOnRead', 'existing', 'savevm', 'reader'] as const;
const FORMATS = ['text', 'md', 'svg', 'html', 'json', 'test'] as const;
/** Time decides nothing: neither a limit nor a proof, and the number of workers is fixed. */
const TIMELESS = ['--json', '--prove-seconds', '0', '--workers', '1'];

/** Of the whole tree, in the order in which they are run. @param root where `traces` and `examples` are */
export function casesOf(root: string): Case[] {
  return [
    ...searches(),
    ...exhaustiveSearches(),
    ...customJobs(),
    ...workloads(),
    ...tracesIn(root).flatMap(({ path, job }) => ofTrace(path, job)),
  ];
}

function searches(): Case[] {
  const settings: [string, readonly string[]][] = [
    ['plain', []],
    ['faults', ['--faults']],
    ['qemu-1.6', ['--job', 'qemu-1.6']],
    ['qemu-1.6, keep going', ['--job', 'qemu-1.6', '--faults', '--keep-going']],
    ['wake qemu', ['--wake', 'qemu']],
    ['effects cluster', ['--effects', 'cluster']],
  ];
  return SYNC_MODES.flatMap((mode) =>
    settings.map(([name, more]) => ({
      name: `check ${mode} ${name}`,
      args: ['check', '--mode', mode, '--runs', '3000', '--seed', 'a', ...more, ...TIMELESS],
    })),
  );
}

function exhaustiveSearches(): Case[] {
  const scope = ['--exhaustive', '--writes', '1'];
  return SYNC_MODES.flatMap((mode) =>
    VARIANTS.map((variant) => ({
      name: `exhaustive ${mode} ${variant}`,
      args: ['check', '--mode', mode, '--variants', variant, ...scope, ...TIMELESS],
    })),
  );
}

function customJobs(): Case[] {
  return ['chunked', 'forgetful'].map((job) => ({
    name: `custom job ${job}`,
    args: ['check', '--job', `examples/own-job/${job}.mjs`, '--runs', '3000', '--seed', 'a', ...TIMELESS],
  }));
}

function workloads(): Case[] {
  const cases: [log: string, mode: string][] = [
    ['ext4-sqlite.nbdkit.log', 'full'],
    ['oltp.fio.iolog', 'top'],
    ['oltp.fio.iolog', 'none'],
  ];
  return cases.map(([log, mode]) => ({
    name: `workload ${log} ${mode}`,
    args: ['check', '--workload', `examples/workloads/${log}`, '--mode', mode, '--runs', '20', '--seed', 'a', ...TIMELESS],
  }));
}

function ofTrace(path: string, job: readonly string[]): Case[] {
  return [
    { name: `replay ${path}`, args: ['replay', path, '--json', ...job] },
    { name: `shrink ${path}`, args: ['shrink', path, '--json', '--out', 'out', ...job] },
    ...FORMATS.map((format) => ({ name: `explain ${path} ${format}`, args: ['explain', path, '--format', format, ...job] })),
  ];
}

/** Every trace of the tree, with the options that say where its job is. */
function tracesIn(root: string): { path: string; job: readonly string[] }[] {
  const files = readdirSync(join(root, 'traces'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.trace.yaml'));
  return files
    .toSorted()
    .map((name) => ({ path: join('traces', name), job: name.startsWith('own-job') ? ['--job', `examples/own-job/forgetful.mjs`] : [] }));
}
