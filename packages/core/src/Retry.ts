/**
 * Retries calls.
 */
import { Duration, Effect, Schedule } from "effect"
import { durationFlaw, durationOf, refuseFlaws, wholeNumberFlaw } from "./internal/optionChecks.ts"
import { isRetryable, retryAfter } from "./InviteError.ts"

/**
 * Options of `schedule`.
 *
 * @category options
 */
export interface Options {
  /** Retries after the first attempt, 0 or more. Default: 5. */
  readonly times?: number | undefined
  /** The delay before the first retry, above 0; each later delay is twice the one before. Default: 250 ms. */
  readonly base?: Duration.Input | undefined
  /** The longest delay of the backoff with its jitter, above 0. It does not shorten a wait that the upstream asks for. Default: 30 seconds. */
  readonly maxDelay?: Duration.Input | undefined
  /** The time limit for the start of a retry, counted from the end of the first attempt. Default: no limit. */
  readonly duration?: Duration.Input | undefined
  /** Which errors are retried. Default: `InviteError.isRetryable`. */
  readonly while?: ((error: unknown) => boolean) | undefined
}

/**
 * Exponential backoff with jitter (80 to 120 %) for `Effect.retry`. It retries only errors that a retry can fix, and never
 * earlier than the upstream asks. The errors of the program's own are not retried. Its output is the delay.
 *
 * Throws a `RangeError` that names an option whose value is out of range.
 *
 * **Example** (Retrying an invitation)
 *
 * ```ts
 * import { LiveParticipants, Retry } from "@usher/core"
 * import { Effect } from "effect"
 *
 * const signUp = (liveId: string, member: string) =>
 *   LiveParticipants.LiveParticipants.use(({ ensureInvited }) => ensureInvited({ liveId, member })).pipe(
 *     Effect.retry(Retry.schedule({ times: 3 }))
 *   )
 * ```
 *
 * @category schedules
 */
export const schedule = (options: Options = {}): Schedule.Schedule<Duration.Duration, unknown> => {
  const { times = 5, base = "250 millis", maxDelay = "30 seconds", duration } = options
  const retries = options.while ?? isRetryable
  refuseFlaws(
    wholeNumberFlaw("times", times, 0),
    durationFlaw("base", base, "above 0"),
    durationFlaw("maxDelay", maxDelay, "above 0"),
    duration === undefined ? undefined : durationFlaw("duration", duration, "above 0")
  )
  const end = duration === undefined ? Infinity : Duration.toMillis(duration)
  // The jitter adds up to a fifth, so that no wait exceeds `maxDelay`.
  const longest = Duration.times(durationOf(maxDelay) ?? Duration.infinity, 1 / 1.2)
  return Schedule.exponential(base).pipe(
    Schedule.modifyDelay(({ duration }) => Effect.succeed(Duration.min(duration, longest))),
    Schedule.jittered,
    Schedule.upTo({ times }),
    Schedule.setInputType<unknown>(),
    Schedule.while(({ input }) => retries(input)),
    Schedule.modifyDelay(({ input, duration }) =>
      Effect.succeed(Duration.max(duration, retryAfter(input) ?? Duration.zero))
    ),
    Schedule.while(({ elapsed, duration }) => elapsed + Duration.toMillis(duration) <= end)
  )
}
