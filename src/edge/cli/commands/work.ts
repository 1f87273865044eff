/** `cowcheck work`: runs units of searches that other machines have started with `--on`. */
import type { Command } from 'commander';
import { modelVersion } from '../../campaign/campaign-key.ts';
import { digestOf } from '../../files/digest.ts';
import { cowcheckVersion } from '../../files/package-root.ts';
import { connect } from '../../queue/connection.ts';
import { queueName } from '../../queue/names.ts';
import { QueueWorker } from '../../queue/queue-worker.ts';
import { addressAsked } from '../io/broker-option.ts';
import { HOLDS } from '../io/exit-status.ts';
import { interruptible } from '../io/interrupt.ts';
import { io } from '../io/io.ts';
import { plural } from '../io/terminal.ts';
import { workersOption } from '../io/usage.ts';
import { jobFile } from './custom-job.ts';
import { sharedUnits } from './shared-units.ts';

const ABOUT = `
Runs until Ctrl-C or SIGTERM, then returns its unfinished units. A worker never
runs code from the broker: a custom job is a local file, named with --job, and
runs only for checks whose job file is identical.

Examples:
  cowcheck work --on redis://queue.example
  COWCHECK_ON=rediss://user:password@queue.example cowcheck work --workers 8
  cowcheck work --on redis://queue.example --job my-job.mjs
`;

interface WorkFlags {
  readonly on?: string;
  readonly workers: number;
  readonly job: readonly string[];
}

export function defineWork(command: Command): void {
  command
    .optionsGroup('Where units come from:')
    .option('--on <url>', 'broker, redis://HOST; default: the environment variable COWCHECK_ON')
    .optionsGroup('Resources:')
    .addOption(workersOption('worker threads'))
    .optionsGroup('What runs here:')
    .option(
      '--job <file>',
      'custom job that this machine may run; repeatable',
      (text: string, before: string[]) => [...before, jobFile(text)],
      [],
    )
    .addHelpText('after', ABOUT)
    .action(async () => {
      const flags = command.optsWithGlobals<WorkFlags>();
      io().end(await work(flags));
    });
}

/** @returns the exit status */
async function work(flags: WorkFlags): Promise<number> {
  const address = addressAsked(flags);
  const [model, version] = [modelVersion(), cowcheckVersion()];
  const files = new Map<string, { readonly path: string; readonly digest: string }>();
  for (const path of flags.job) {
    const digest = await digestOf(path);
    files.set(queueName(model, digest), { path, digest });
  }
  const connection = await connect(address);
  const say = (line: string): void => io().err(`cowcheck: ${line}\n`);
  const works = {
    threads: flags.workers,
    queues: [queueName(model, null), ...files.keys()],
    model,
    version,
    load: (text: string, queue: string) => sharedUnits(text, files.get(queue) ?? null, flags.workers),
  };
  return interruptible(async (signal) => {
    const worker = new QueueWorker(connection, works, say);
    say(`${plural(flags.workers, 'thread')} at work for ${address.shown}, with the model ${model}`);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await worker.end();
    return HOLDS;
  });
}
