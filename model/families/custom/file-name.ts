/** The name of the file of a custom job, by which it is known: a module. Other names are those of built-in jobs. */
export type CustomJobFile = `${string}.${'' | 'c' | 'm'}${'js' | 'ts'}`;

const LENGTH_MAX = 1_000;

export const isCustomJob = (name: string): name is CustomJobFile =>
  name.length <= LENGTH_MAX && /^[^\p{Cc}\p{Cf}\u2028\u2029]*\.[cm]?[jt]s$/u.test(name);
