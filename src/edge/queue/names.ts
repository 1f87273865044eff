/** Names of keys and queues. All keys begin with `cowcheck:`, so that a user who may use only these is enough. */
export const PREFIX = 'cowcheck';
export const WORKERS_KEY = `${PREFIX}:workers`;
export const CAMPAIGNS_KEY = `${PREFIX}:campaigns`;
export const searchKey = (id: string): string => `${PREFIX}:search:${id}`;

/** Of what is in the queue. */
const FORMAT = 1;

/**
 * The queue of all that can run the same units: it has the version of the model in its name, so that versions cannot mix, and the
 * digest of a custom job, which only those run who have its file.
 * @param job sha256 of the file of a custom job; null: a built-in job
 */
export const queueName = (model: string, job: string | null): string =>
  `units-${FORMAT}-${model}${job === null ? '' : `-${job.slice(0, 16)}`}`;
