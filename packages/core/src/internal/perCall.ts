/** Applies a caller's `perCall` to a batch, and keeps the errors and services that it adds separate. */
import { Cause, type Context, Effect, Option, Schema, Stream } from "effect"
import { InviteError, UpstreamUnavailable } from "../InviteError.ts"
import type { Answered, BatchError, CallerError, PerCall, RowBatch, RowResult } from "./batch.ts"
import type { LiveParticipants } from "./service.ts"

/** Wraps a call without changing its errors. */
export type Wrap = <A, E extends InviteError>(
  call: Effect.Effect<A, E | UpstreamUnavailable>
) => Effect.Effect<A, E | UpstreamUnavailable>

/** A batch whose `perCall` is a `Wrap`. */
export interface WrappedBatch<Row, E, R> extends Omit<RowBatch<Row, E, R>, "perCall"> {
  readonly perCall?: Wrap | undefined
}

type InviteRows = LiveParticipants["Service"]["inviteRows"]
type WrappedInviteRows = <Row, E, R>(
  batch: WrappedBatch<Row, E, R>
) => Stream.Stream<RowResult<Row>, BatchError | E, R>

/** `inviteRows` with a `perCall` of any errors and services. */
export const withPerCall =
  (inviteRows: WrappedInviteRows): InviteRows =>
  <Row, E, R, E2, R2>({ perCall, ...batch }: RowBatch<Row, E, R, E2, R2>) =>
    perCall === undefined
      ? inviteRows(batch)
      : Stream.unwrap(
          Effect.contextWith((context: Context.Context<R2>) =>
            Effect.sync(() => {
              const { wrap, failure } = wrapping(batch.liveId, perCall, context)
              return Stream.catchCause(
                inviteRows({ ...batch, perCall: wrap }),
                (cause): Stream.Stream<never, BatchError | E | CallerError<E2>> => {
                  const own = failure()
                  return Option.isSome(own) && Cause.hasDies(cause)
                    ? Stream.fail(own.value)
                    : Stream.failCause(cause)
                }
              )
            })
          )
        )

/** An error that `perCall` adds passes through the batch as a defect, and becomes an error again outside. */
const wrapping = <E, R>(liveId: string, perCall: PerCall<E, R>, context: Context.Context<R>) => {
  let failed: Option.Option<CallerError<E>> = Option.none()

  const wrap: Wrap = <A, E1 extends InviteError>(call: Effect.Effect<A, E1 | UpstreamUnavailable>) =>
    Effect.suspend(() => {
      const answers = new WeakMap<Answered, { readonly answer: A }>()
      const errors = new Map<unknown, E1 | UpstreamUnavailable>()
      const answered = Effect.mapBoth(call, {
        onFailure: (error) => (errors.set(error, error), error),
        onSuccess: (answer) => {
          const token: Answered = { _tag: "Answered" }
          answers.set(token, { answer })
          return token
        }
      })
      return Effect.matchEffect(Effect.provideContext(perCall(answered), context), {
        onSuccess: (token) => {
          const found = answers.get(token)
          return found === undefined ? Effect.die(notOfThisCall) : Effect.succeed(found.answer)
        },
        onFailure: (error): Effect.Effect<never, E1 | UpstreamUnavailable> => {
          const ofCall = errors.get(error)
          if (ofCall !== undefined) return Effect.fail(ofCall)
          if (error instanceof UpstreamUnavailable) return Effect.fail(error)
          if (isCallerError(error)) failed = Option.some(error)
          if (Cause.isTimeoutError(error)) return Effect.fail(timeout(liveId))
          return Effect.die(error)
        }
      })
    })
  return { wrap, failure: () => failed }
}

const notOfThisCall = new TypeError("perCall must succeed with what the call gave it")

/** A time limit of the caller counts as a timeout of the call. */
const timeout = (liveId: string) =>
  new UpstreamUnavailable({ liveId, reason: "Timeout", mayHaveArrived: true })

const isInviteError = Schema.is(InviteError)

const isCallerError = <E>(error: E): error is E & CallerError<E> =>
  !isInviteError(error) && !Cause.isTimeoutError(error)
