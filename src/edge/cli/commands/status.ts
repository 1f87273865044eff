/** `cowcheck status`: what the machines of `--on` are doing. */
import type { Command } from 'commander';
import { modelVersion } from '../../campaign/campaign-key.ts';
import { type CampaignNote, type WorkerNote, campaignsNow, workersNow } from '../../queue/board.ts';
import { type Connection, connect } from '../../queue/connection.ts';
import { PREFIX } from '../../queue/names.ts';
import { addressAsked } from '../io/broker-option.ts';
import { io } from '../io/io.ts';
import { count, duration, json, plural, shown } from '../io/terminal.ts';

interface Status {
  /** Of this build: workers of another one run nothing of it. */
  readonly model: string;
  readonly campaigns: readonly (CampaignNote & { readonly secondsLeft: number | null })[];
  readonly workers: readonly WorkerNote[];
  /** By queue, chunks of units. */
  readonly queues: Readonly<Record<string, { readonly waiting: number; readonly active: number; readonly failed: number }>>;
}

const ABOUT = `
Examples:
  cowcheck status --on redis://queue.example
  cowcheck status --on redis://queue.example --json
`;

export function defineStatus(command: Command): void {
  command
    .optionsGroup('Which machines:')
    .option('--on <url>', 'broker, redis://HOST; default: the environment variable COWCHECK_ON')
    .optionsGroup('Output:')
    .option('--json', 'one JSON object on standard output', false)
    .addHelpText('after', ABOUT)
    .action(async () => {
      const flags = command.optsWithGlobals<{ on?: string; json: boolean }>();
      const connection = await connect(addressAsked(flags));
      try {
        const status = await statusAt(connection);
        io().out(flags.json ? json(status) : inWords(shown(status)));
      } finally {
        connection.redis.disconnect();
      }
    });
}

async function statusAt({ redis, peers }: Connection): Promise<Status> {
  const [campaigns, workers] = [await campaignsNow(redis), await workersNow(redis)];
  const names = [...new Set([...campaigns.map(({ queue }) => queue), ...workers.flatMap(({ queues }) => queues)])].toSorted();
  const queues: Record<string, Status['queues'][string]> = {};
  for (const name of names.slice(0, QUEUES_MAX)) {
    const queue = new peers.Queue(name, { connection: redis, prefix: PREFIX, skipMetasUpdate: true });
    const { waiting = 0, active = 0, failed = 0 } = await queue.getJobCounts('waiting', 'active', 'failed');
    queues[name] = { waiting, active, failed };
  }
  return { model: modelVersion(), campaigns: campaigns.map((note) => ({ ...note, secondsLeft: secondsLeft(note) })), workers, queues };
}

const QUEUES_MAX = 100;

/** Null: nothing is done yet. */
const secondsLeft = ({ seconds, unitsDone, units }: CampaignNote): number | null =>
  unitsDone === 0 ? null : Math.max(0, (seconds * (units - unitsDone)) / unitsDone);

function inWords({ model, campaigns, workers, queues }: Status): string {
  const ofCampaigns = campaigns.map(({ what, by, unitsDone, units, failures, secondsLeft: left }) => {
    const end = left === null ? '' : `, about ${duration(left)} left`;
    return `${what}\n  by ${by}: ${count(unitsDone)} of ${plural(units, 'unit')}${end}, ${plural(failures, 'failure')} so far\n`;
  });
  const ofWorkers = workers.map(({ id, threads, busy, unitsDone, version, model: theirs }) => {
    const other = theirs === model ? '' : `, another build: ${version}, ${theirs}`;
    return `  ${id}: ${busy} of ${plural(threads, 'thread')} at work, ${plural(unitsDone, 'unit')} done${other}\n`;
  });
  const failed = Object.values(queues).reduce((sum, queue) => sum + queue.failed, 0);
  return [
    campaigns.length === 0 ? 'no campaign is running\n' : ofCampaigns.join(''),
    workers.length === 0 ? 'no worker is connected\n' : `${plural(workers.length, 'worker')}:\n${ofWorkers.join('')}`,
    failed === 0 ? '' : `${plural(failed, 'chunk')} of units were refused, or given up after three workers\n`,
  ].join('');
}
