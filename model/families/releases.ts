/** QEMU's releases since the one that brought the three sync modes, in their order. */
export const RELEASES = [
  ...(['1.6', '1.7', '2.0', '2.1', '2.2', '2.3', '2.4', '2.5', '2.6', '2.7', '2.8', '2.9', '2.10', '2.11', '2.12'] as const),
  ...(['3.0', '3.1', '4.0', '4.1', '4.2', '5.0', '5.1', '5.2', '6.0', '6.1', '6.2', '7.0', '7.1', '7.2'] as const),
  ...(['8.0', '8.1', '8.2', '9.0', '9.1', '9.2', '10.0', '10.1', '10.2', '11.0', '11.1'] as const),
] as const;

export type Release = (typeof RELEASES)[number];

export const isBefore = (a: Release, b: Release): boolean => RELEASES.indexOf(a) < RELEASES.indexOf(b);

/** The release before this one. */
export const lastBefore = (release: Release): Release => RELEASES[RELEASES.indexOf(release) - 1]!;
