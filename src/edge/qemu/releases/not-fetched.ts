/** Why a release can't be had; one line. */
export class NotFetched extends Error {}
