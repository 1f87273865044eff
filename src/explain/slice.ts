/** Which steps are worth showing: those that had a part in it, and what their coroutines did with the cluster around them. */
import type { Facts } from './story/facts.ts';
import { type Story, type StoryStep, clusterOf, clusterOfStep } from './story/story.ts';

/** A shorter run is shown whole. */
const WHOLE_MAX = 16;
/** And of a longer slice, so many steps around each that had a part. */
const AROUND = 3;
const SLICE_MAX = 60;

/** @param alsoStep a step that is shown in any case @returns the numbers of steps, ascending */
export function sliceOf(story: Story, facts: Facts, alsoStep: number | null): number[] {
  const { steps } = story;
  if (steps.length <= WHOLE_MAX) return steps.map(({ n }) => n);
  const landmarks = new Set([
    ...facts.guilty.map(({ step }) => step),
    steps.length,
    ...(alsoStep === null ? [] : [alsoStep]),
    ...orderSteps(facts),
  ]);
  const people = new Set([...landmarks].map((n) => steps[n - 1]!.who));
  const clusters = clustersIn(story, facts, landmarks);
  const isPart = (step: StoryStep): boolean =>
    landmarks.has(step.n) || changesJob(step) || isCommand(step) || (people.has(step.who) && isAbout(story, step, clusters));
  const slice = steps.filter(isPart).map(({ n }) => n);
  if (slice.length <= SLICE_MAX) return slice;
  return slice.filter(
    (n, i) => landmarks.has(n) || slice.slice(Math.max(0, i - AROUND), i + AROUND + 1).some((near) => landmarks.has(near)),
  );
}

function orderSteps({ order }: Facts): number[] {
  return order === null ? [] : [order.first.step, order.second.step].filter((step) => step !== null);
}

function clustersIn(story: Story, { sector }: Facts, landmarks: ReadonlySet<number>): ReadonlySet<number> {
  if (sector !== null) return new Set([clusterOf(story, sector)]);
  return new Set([...landmarks].map((n) => clusterOfStep(story, story.steps[n - 1]!)).filter((cluster) => cluster !== null));
}

/** A cancel, a pause, a resume: without one of them the run would be another. */
const isCommand = ({ who }: StoryStep): boolean => who === 'user' || who === 'operator';

/** T0, the hook, the end. */
const changesJob = ({ saw }: StoryStep): boolean => /T0|hook|COMPLETED|CANCELLED|refused/.test(saw);

function isAbout(story: Story, step: StoryStep, clusters: ReadonlySet<number>): boolean {
  const cluster = clusterOfStep(story, step);
  return cluster === null ? step.who !== story.disk.job.name : clusters.has(cluster);
}
