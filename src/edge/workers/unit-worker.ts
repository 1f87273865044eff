/** A worker thread: runs one unit of a campaign at a time and keeps its machines for the next. */
import { Piscina } from 'piscina';
import '../../families/block-copy.ts';
import type { ScenarioSource } from '../../scenarios/source.ts';
import { Benches, type UnitResult, runUnit } from '../../search/campaign/campaign.ts';
import { sourceOf } from '../../scenarios/sources.ts';
import type { CampaignData, UnitJob } from './job.ts';
import { ownJobs } from './custom-jobs.ts';
import { tellSighting } from './sightings.ts';

const benches = new Benches();
let source: ScenarioSource | null = null;

export default async function run({ options, unit, stop }: UnitJob): Promise<UnitResult> {
  await ownJobs();
  source ??= sourceOf((Piscina.workerData as CampaignData).subject);
  return runUnit(options, source, unit, benches, () => Atomics.load(stop, 0) !== 0, tellSighting);
}
