/** The machines of `--on`: reached before anything is written, and asked for units. */
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { Recording } from '../../../scenarios/recording.ts';
import type { CampaignKey } from '../../campaign/campaign-key.ts';
import type { UnitCodec } from '../../campaign/unit-codec.ts';
import { addressOf } from '../../queue/address.ts';
import { awaitWorkers } from '../../queue/await-workers.ts';
import { connect } from '../../queue/connection.ts';
import { queueName } from '../../queue/names.ts';
import { QueueRunner } from '../../queue/queue-runner.ts';
import type { UnitRunner } from '../../workers/unit-runner.ts';
import type { Flags } from './flags.ts';
import { io } from './io.ts';
import { textOfSearch } from './shared-search.ts';

/** What other machines have to know of a search, and what they are told of a unit. */
export interface AwayUnits<Job, Result> {
  readonly units: number;
  readonly seed: string | undefined;
  readonly recording: Recording | null;
  readonly scenario: Scenario | null;
  /** What a unit is told besides its number. */
  readonly offOf: (job: Job) => string;
  readonly foundIn: (result: Result) => number;
  /** A thread that runs units here. */
  readonly threads: () => UnitRunner<Job, Result>;
}

export interface Machines {
  runner<Job, Result>(
    codec: UnitCodec<Result>,
    check: (result: Result) => void,
    away: AwayUnits<Job, Result>,
  ): Promise<UnitRunner<Job, Result>>;
  /** Without having asked them for anything. */
  leave(): void;
}

/** @throws FileError if the broker can't be used, or nobody works there who can run this */
export async function reachMachines(on: string, flags: Flags, { model, files, options }: CampaignKey): Promise<Machines> {
  const job = files['job'] ?? null;
  const queue = queueName(model, job);
  const connection = await connect(addressOf(on));
  const leave = (): void => connection.redis.disconnect();
  await awaitWorkers(connection, queue).catch((error: unknown) => {
    leave();
    throw error;
  });
  const what = `check ${flags.exhaustive ? '--exhaustive ' : ''}--mode ${String(options['mode'])} --job ${flags.job}`;
  return {
    leave,
    runner: (codec, check, { units, seed, recording, scenario, offOf, foundIn, threads }) =>
      QueueRunner.open(
        connection,
        {
          text: textOfSearch(flags, { seed, job, recording, scenario }),
          queue,
          what,
          units,
          codec,
          offOf,
          failuresIn: (result) => {
            check(result);
            return foundIn(result);
          },
          again: flags.verify === undefined ? null : { share: flags.verify, runner: threads() },
        },
        (line) => io().err(`cowcheck: ${line}\n`),
      ),
  };
}
