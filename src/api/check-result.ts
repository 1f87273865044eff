/** What `check` returns: how much was run. */
export interface CheckResult {
  /** Runs. */
  readonly schedules: number;
  /** Steps of all runs. */
  readonly steps: number;
  /** Scenarios that were drawn. */
  readonly scenarios: number;
  /** Runs that came to their limit of steps: neither success nor failure. */
  readonly cutOff: number;
  /** How long it took. */
  readonly seconds: number;
  /** Where randomness began: the same seed and options run the same again. */
  readonly seed: string;
}
