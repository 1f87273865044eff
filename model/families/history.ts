/** In which releases of QEMU a rule was broken, as data; and the sentence that is made of it. */
import { type Release, isBefore, lastBefore } from './releases.ts';

/** QEMU with exactly this omission. */
export interface Broken {
  /** The section of QEMU's history that tells of it: `S-01` of 1.6 as it was, `B-02` of later releases. */
  readonly id: string;
  /** Other sections that tell of the same. */
  readonly also?: readonly string[];
  readonly since: Release;
  /** The first release without it; null: there is none yet; `untraced`: nobody has looked how long it stayed. */
  readonly fixed: Release | null | 'untraced';
  /** What fixed it, where one commit did. */
  readonly commit: string | null;
  /** How QEMU went about it. */
  readonly how?: string;
  /** What else there is to say of its end. */
  readonly end?: string;
}

/** What a rule says of its history. */
export interface Remembered {
  readonly broken?: Broken;
  /** More about a rule that no release is known to have broken. */
  readonly note?: string;
}

const CLASSIC = 'classic mistake, not in QEMU';

/** Whether this release had the omission. Where nobody has looked when it went, only the first is known to. */
export function wasBrokenIn({ since, fixed }: Broken, release: Release): boolean {
  if (fixed === 'untraced') return release === since;
  return !isBefore(release, since) && (fixed === null || isBefore(release, fixed));
}

/** The sections of QEMU's history that tell of it. */
export const defectsOf = ({ broken }: Remembered): readonly string[] => (broken === undefined ? [] : [broken.id, ...(broken.also ?? [])]);

/** `QEMU 1.6 to 2.6 (S-01): no notifier was called; fixed by ec050f77a5 (2.7)`, or that no release is known to have broken it. */
export function historyOf(rule: Remembered): string {
  const { broken, note } = rule;
  if (broken === undefined) return note === undefined ? CLASSIC : `${CLASSIC}; ${note}`;
  const { how, end } = broken;
  const what = `QEMU ${releasesOf(broken)} (${defectsOf(rule).join(', ')})${how === undefined ? '' : `: ${how}`}`;
  const fix = fixOf(broken);
  return [what, ...(fix === null ? [] : [`fixed by ${fix}`]), ...(end === undefined ? [] : [end])].join('; ');
}

/** `ec050f77a5 (2.7)`; null: no one commit is known to have fixed it. */
export function fixOf({ commit, fixed }: Broken): string | null {
  return commit === null || fixed === null || fixed === 'untraced' ? null : `${commit} (${fixed})`;
}

/** `1.6 to 2.6` */
export function releasesOf({ since, fixed }: Broken): string {
  if (fixed === null) return `since ${since}`;
  if (fixed === 'untraced' || lastBefore(fixed) === since) return since;
  return `${since} to ${lastBefore(fixed)}`;
}
