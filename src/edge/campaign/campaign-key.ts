/** What tells one campaign from another: results of units may be added up only where all of this is the same. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../files/package-root.ts';

export interface CampaignKey {
  readonly kind: 'random' | 'exhaustive' | 'real qemu';
  /** All that decides the outcome, defaults and seed included, as the JSON of the report has it. */
  readonly options: Readonly<Record<string, unknown>>;
  /** By option: the sha256 of the file that it names. */
  readonly files: Readonly<Record<string, string>>;
  /** As in `modelVersion`. */
  readonly model: string;
}

/** A digest of the model, of what checks and searches it, and of the libraries that they use (tools/command), with Node's major version. */
export function modelVersion(): string {
  const digest = readFileSync(join(PACKAGE_ROOT, 'dist/command/model-version.txt'), 'utf8').trim();
  return `${digest}-node${process.versions.node.split('.', 1)[0]}`;
}

/** The same for the same campaign, in whichever process. @returns 16 hex digits */
export const campaignId = ({ kind, options, files, model }: CampaignKey): string =>
  createHash('sha256')
    .update(JSON.stringify([kind, inOrder(options), inOrder(files), model]))
    .digest('hex')
    .slice(0, 16);

/**
 * What is different in another campaign, in words such as `--runs is 30 there and 40 here`.
 * @returns null: nothing is
 */
export function differenceOf(there: CampaignKey, here: CampaignKey): string | null {
  if (there.model !== here.model) return `another build of cowcheck wrote it: its model is ${there.model}, this one's is ${here.model}`;
  if (there.kind !== here.kind) return `it belongs to ${SEARCH[there.kind]}, but this is ${SEARCH[here.kind]}`;
  for (const name of new Set([...Object.keys(there.options), ...Object.keys(here.options)])) {
    const [a, b] = [JSON.stringify(there.options[name]), JSON.stringify(here.options[name])];
    if (a !== b) return `it belongs to another search: ${optionNamed(name)} is ${a ?? 'absent'} there and ${b ?? 'absent'} here`;
  }
  for (const name of new Set([...Object.keys(there.files), ...Object.keys(here.files)]))
    if (there.files[name] !== here.files[name]) return `it belongs to another search: the file of ${optionNamed(name)} has changed`;
  return null;
}

const SEARCH = { random: 'a random search', exhaustive: 'an exhaustive search', 'real qemu': 'a search on a real QEMU' } as const;

const optionNamed = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

const inOrder = (object: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1));
