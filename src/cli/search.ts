/** `cowcheck check`, at random: a campaign, with progress, and what it comes to. */
import { randomBytes } from 'node:crypto';
import { rulesOff } from '../../model/backup/eras.ts';
import { loadWorkload } from '../files/workload.ts';
import { type Campaign, type CampaignResult, runCampaign } from '../workers/campaign.ts';
import { barOf, describeLoss, savedFailures } from './failures.ts';
import { type Flags, modesOf } from './flags.ts';
import { INTERRUPTED } from './interrupt.ts';
import { type CheckOptions, type Report, printReport, reportJson } from './report.ts';
import { count, json, painter, shown } from './terminal.ts';

export const SEARCH_DEFAULTS = { effects: 'sector', seconds: 10, clusters: 4, writes: 3 } as const;

/** @returns the exit status */
export async function search(flags: Flags, signal: AbortSignal): Promise<number> {
  const campaign = campaignOf(flags);
  const options = optionsOf(flags, campaign);
  const result = await watched(campaign, flags, signal);
  const failures = await savedFailures(result.tally.found, campaign.options, flags, signal);
  const report: Report = { options, result: { ...result, interrupted: signal.aborted }, failures };
  if (flags.json) process.stdout.write(json(reportJson(report)));
  else printReport(shown(report), painter(flags.color));
  for (const failure of failures) if (failure.loss !== null) process.stderr.write(describeLoss(failure));
  if (signal.aborted) return INTERRUPTED;
  return failures.length > 0 ? 1 : 0;
}

function campaignOf(flags: Flags): Campaign {
  const log = flags.workload === undefined ? null : loadWorkload(flags.workload);
  const { effects = SEARCH_DEFAULTS.effects, clusters = SEARCH_DEFAULTS.clusters, writes = SEARCH_DEFAULTS.writes } = flags;
  return {
    options: {
      seed: flags.seed ?? randomBytes(4).toString('hex'),
      strategy: flags.strategy,
      setting: { effects, wake: flags.wake, job: flags.job, without: rulesOff(flags), requestsMin: log?.requests.length ?? writes },
      keepGoing: flags.keepGoing,
    },
    modes: modesOf(flags),
    scope: { clusters, clusterSectors: flags.clusterSectors, writes, faults: flags.faults },
    log,
    runs: flags.runs ?? null,
    seconds: flags.seconds ?? (flags.runs === undefined ? SEARCH_DEFAULTS.seconds : null),
    workers: flags.workers,
  };
}

/** The whole set of options that decide the outcome. Workers and the output folder do not. */
function optionsOf(flags: Flags, { options, scope, runs, seconds: limit }: Campaign): CheckOptions {
  const { mode, job, without, wake, strategy, faults, keepGoing } = flags;
  const { clusters, clusterSectors, writes } = scope;
  return { mode, job, without, wake, effects: options.setting.effects, strategy, runs, seconds: limit, seed: options.seed, clusters, clusterSectors, writes, workload: flags.workload ?? null, faults, keepGoing };
}

/** Runs the campaign with progress on standard error. Ctrl-C ends it; what was found by then is kept. */
async function watched(campaign: Campaign, flags: Flags, signal: AbortSignal): Promise<CampaignResult> {
  const begin = Date.now();
  const bar = barOf(flags, campaign.seconds === null ? campaign.runs! : campaign.seconds * 1000);
  try {
    return await runCampaign(campaign, signal, (tally) => {
      const done = campaign.seconds === null ? tally.schedules : Date.now() - begin;
      bar?.update(done, `${count(tally.schedules)} schedules${tally.found.length > 0 ? `, ${tally.found.length} failures` : ''}`);
    });
  } finally {
    bar?.stop();
  }
}
