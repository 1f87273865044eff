/** Shards: a search divided among processes that know nothing of each other. */
export interface Shard {
  /** From 1 to `of`. */
  readonly number: number;
  readonly of: number;
}

export const SHARDS_MAX = 100_000;

/** Whether a unit is one of the shard: shards take turns, so that each has a sample of all. */
export const isInShard = ({ number, of }: Shard, unit: number): boolean => unit % of === number - 1;

/** `3/10` */
export const shardInWords = ({ number, of }: Shard): string => `${number}/${of}`;
