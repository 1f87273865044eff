/**
 * What QEMU says: error texts, the order of events, error policies. The texts are those of 7.2; another version may word
 * them otherwise, and then only the class is compared, which is part of its interface.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ErrorPolicy } from '../../../../model/job/error-policy.ts';
import type { Errno, Side } from '../../../../model/block/errors.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { Daemon } from '../daemon/daemon.ts';
import { Host } from './host.ts';
import { FollowLoosely } from './picker.ts';
import { PLAIN } from '../../../validate/start.ts';
import { QmpFailure } from '../daemon/qmp.ts';
import { describeWithQemu } from '../daemon/testing.ts';

const MIB = 2 ** 20;
const GENERIC = 'GenericError';

/** Arguments beside `device: source, target: target, sync: full, job-id: j`, and what QEMU answers. */
const REFUSALS: readonly [args: object, desc: string][] = [
  [{ device: 'nope' }, "Cannot find device='nope' nor node-name='nope'"],
  [{ target: 'nope' }, "Cannot find device='nope' nor node-name='nope'"],
  [{ target: 'source' }, 'Source and target cannot be the same'],
  [{ target: 'small' }, 'Source and target image have different sizes'],
  [{ target: 'large' }, 'Source and target image have different sizes'],
  [{ speed: -1 }, "Parameter 'speed' expects a non-negative value"],
  [{ sync: 'bogus' }, "Parameter 'sync' does not accept value 'bogus'"],
  [{ sync: undefined }, "Parameter 'sync' is missing"],
  [{ 'job-id': '1bad' }, "Invalid job ID '1bad'"],
  [{ 'job-id': undefined }, "Invalid job ID ''"],
  [{ 'x-perf': { 'max-workers': 0 } }, 'max-workers must be between 1 and 2147483647'],
  [{ 'x-perf': { 'max-chunk': 4096 } }, 'Required max-chunk (4096) is less than backup cluster size (65536)'],
  [{ sync: 'incremental' }, "must provide a valid bitmap name for 'incremental' sync mode"],
  [{ sync: 'bitmap', bitmap: 'x', 'bitmap-mode': 'never' }, "Bitmap 'x' could not be found"],
  [{ compress: true }, 'Compression is not supported for this drive '],
];

describeWithQemu('blockdev-backup refuses', () => {
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await Daemon.start();
    for (const [name, size] of [
      ['source', MIB],
      ['target', MIB],
      ['small', MIB / 2],
      ['large', 2 * MIB],
    ])
      await daemon.qmp.call('blockdev-add', { driver: 'null-co', 'node-name': name, size });
  });
  afterAll(async () => {
    await daemon.stop();
  });

  const refusal = async (command: string, args: object): Promise<{ class: string; desc: string }> => {
    const reason: unknown = await daemon.qmp.call(command, args).then(
      () => 'it was accepted',
      (error: unknown) => error,
    );
    if (!(reason instanceof QmpFailure)) throw new Error(String(reason));
    return { class: reason.error.class, desc: daemon.version.startsWith('7.2.') ? reason.error.desc : 'not compared' };
  };
  const expected = (errorClass: string, desc: string): object => ({
    class: errorClass,
    desc: daemon.version.startsWith('7.2.') ? desc : 'not compared',
  });

  it.each(REFUSALS)('%j', async (args, desc) => {
    expect(await refusal('blockdev-backup', { device: 'source', target: 'target', sync: 'full', 'job-id': 'j', ...args })).toEqual(
      expected(GENERIC, desc),
    );
  });

  it('what is asked of a job that is not there', async () => {
    for (const command of ['block-job-cancel', 'block-job-pause', 'block-job-resume'])
      expect(await refusal(command, { device: 'd' })).toEqual(expected('DeviceNotActive', "Block job 'd' not found"));
  });
});

/** One cluster, one request or none; the job is asked for in the order of the lists. */
const scenario = (more: Partial<Scenario>): Scenario => ({
  mode: 'full',
  disk: { sectors: 8, clusterSectors: 8, zero: [7], discardReads: 'zero' },
  targetClusterSectors: 0,
  guest: [],
  cancel: false,
  ...more,
});

describeWithQemu('the events of a job', () => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start();
  });
  afterAll(async () => {
    await host.stop();
  });

  /** Without the pairs of paused and running that any drain adds. */
  const events = async (what: Scenario): Promise<string> => {
    const { steps, violation } = await host.run(what, { ...PLAIN, workers: 1 }, new FollowLoosely([]));
    expect(violation).toBeNull();
    const seen = steps
      .flatMap(({ saw }) => saw.split(', '))
      .filter((text) => /^(?:BLOCK_JOB_|created|running|paused|waiting|pending|aborting|concluded|null)/.test(text));
    return seen.join(' ').replaceAll('running paused running', 'running');
  };
  const END = 'concluded null';

  it('that completes', async () => {
    expect(await events(scenario({}))).toBe(`created running waiting pending BLOCK_JOB_COMPLETED ${END}`);
  });

  it('that is cancelled', async () => {
    expect(await events(scenario({ cancel: true }))).toBe(`created running aborting BLOCK_JOB_CANCELLED ${END}`);
    expect(await events(scenario({ mode: 'none', targetClusterSectors: 8, cancel: true }))).toBe(
      `created running aborting BLOCK_JOB_CANCELLED ${END}`,
    );
  });

  const FAILED = { EIO: 'Input/output error', ENOSPC: 'No space left on device' } as const;
  const reported = (op: string, errno: Errno): string =>
    `created running BLOCK_JOB_ERROR ${op} report aborting BLOCK_JOB_COMPLETED ${FAILED[errno]} ${END}`;
  const ignored = (op: string): string => `created running BLOCK_JOB_ERROR ${op} ignore waiting pending BLOCK_JOB_COMPLETED ${END}`;
  const stopped = (op: string): string =>
    `created running BLOCK_JOB_ERROR ${op} stop paused running waiting pending BLOCK_JOB_COMPLETED ${END}`;
  const POLICIES: Record<ErrorPolicy, (op: string, errno: Errno) => string> = {
    report: reported,
    ignore: ignored,
    stop: stopped,
    enospc: (op, errno) => (errno === 'EIO' ? reported(op, errno) : stopped(op)),
  };

  it.each(Object.entries(POLICIES))('that meets an error and should %s', async (policy, told) => {
    for (const side of ['source', 'target'] as Side[]) {
      for (const errno of ['EIO', 'ENOSPC'] as Errno[]) {
        const op = side === 'source' ? 'read' : 'write';
        const onError = { source: policy as ErrorPolicy, target: policy as ErrorPolicy };
        expect(
          await events(scenario({ faults: [{ side, op, cluster: 0, errno, times: 1 }], onError, resume: true })),
          `${side} ${errno}`,
        ).toBe(told(op, errno));
      }
    }
  });
});
