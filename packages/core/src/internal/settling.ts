/** Settles each member of a chunk: by one call, or by smaller calls if a single member may have made it fail. */
import { Effect, Semaphore } from "effect"
import { memberKey } from "../Invitation.ts"
import { type InviteError, UndecodableAnswer, UpstreamUnavailable } from "../InviteError.ts"
import { InviteResult } from "../InviteResult.ts"
import type { BatchError } from "./batch.ts"
import type { Participant } from "../Participant.ts"
import type { BulkRefusal } from "./answer.ts"
import type { Listed } from "./answerOfMany.ts"
import type { Fit } from "./fitting.ts"

/** Receives the result of a member as soon as it is known. */
export type Settle = (member: string, result: InviteResult) => void

/** The calls to one Live. */
export interface Callers {
  readonly one: (member: string) => Effect.Effect<Participant, InviteError>
  /** Absent if there are only single calls. */
  readonly many: ((members: ReadonlyArray<string>) => Effect.Effect<Listed, BulkRefusal>) | undefined
  readonly fit: Fit
  /** Concurrent single calls that confirm members, over all chunks of the batch. */
  readonly confirming: number
}

/** After so many single calls without an answer in a row, the upstream is down. */
const outage = 5

const { cases } = InviteResult

type Members = ReadonlyArray<string>
type Outcome<A> = Effect.Effect<A, BatchError>

export const settling = ({ one, many, fit, confirming }: Callers) => {
  const permits = Semaphore.makeUnsafe(confirming)

  /** The single calls without an answer since the last answered call. */
  let unanswered = 0
  let isAnswering = false

  const answered = (members: number) => {
    fit.works(members)
    unanswered = 0
    isAnswering = true
  }

  /** Invites one member. Succeeds with the error if there is no usable answer. */
  const attempt = (member: string): Outcome<InviteResult | UpstreamUnavailable> => {
    const rejected = (error: (typeof cases.Rejected.Type)["error"]) =>
      Effect.succeed(cases.Rejected.make({ member, error }))
    return one(member).pipe(
      Effect.map((participant): InviteResult => cases.Invited.make({ member, participant })),
      Effect.catchTags({
        AlreadyInvited: () => Effect.succeed(cases.AlreadyInvited.make({ member })),
        UndecodableAnswer: (error) => Effect.succeed(cases.Undecodable.make({ member, error })),
        MalformedPayload: rejected,
        PayloadTooLarge: rejected,
        UnexpectedStatus: rejected
      }),
      Effect.tap(() => Effect.sync(() => answered(1))),
      Effect.catchTag("UpstreamUnavailable", (error) => Effect.succeed(error))
    )
  }

  /** Invites one member. Ends the batch unless the upstream answers for others. */
  const alone = Effect.fnUntraced(function* (
    settle: Settle,
    member: string
  ): Effect.fn.Return<void, BatchError> {
    const result = yield* attempt(member)
    if (result instanceof UpstreamUnavailable && (!isAnswering || ++unanswered >= outage))
      return yield* result
    settle(member, resultOf(member, result))
  })

  const each = (settle: Settle, members: Members): Outcome<void> =>
    Effect.forEach(members, (member) => alone(settle, member), { discard: true })

  /** Confirms members missing from the answer with a single call each; the others don't wait for them. */
  const confirm = (settle: Settle, members: Members, listed: Listed): Outcome<void> => {
    const missing = new Array<string>()
    for (const member of members) {
      const found = listed.get(memberKey(member))
      if (found === undefined) missing.push(member)
      else if (found instanceof UndecodableAnswer)
        settle(member, cases.Undecodable.make({ member, error: found }))
      else settle(member, cases.Invited.make({ member, participant: found }))
    }
    return Effect.forEach(missing, (member) => permits.withPermit(alone(settle, member)), {
      concurrency: confirming,
      discard: true
    })
  }

  const halves = (settle: Settle, members: Members, isProven: boolean): Outcome<void> => {
    const middle = Math.ceil(members.length / 2)
    return Effect.andThen(
      together(settle, members.slice(0, middle), isProven),
      together(settle, members.slice(middle), isProven)
    )
  }

  /**
   * After a bulk call without an answer, single calls find out whether the upstream is down or a member is the cause. They
   * are spread over the chunk, since such members may be adjacent.
   */
  const probe = Effect.fnUntraced(function* (
    settle: Settle,
    members: Members,
    error: UpstreamUnavailable
  ): Effect.fn.Return<void, BatchError> {
    const tried = new Map<string, InviteResult | UpstreamUnavailable>()
    for (const at of [0, members.length - 1, Math.floor(members.length / 2)]) {
      const member = members[at]
      if (member === undefined || tried.has(member)) continue
      const result = yield* attempt(member)
      tried.set(member, result)
      if (!(result instanceof UpstreamUnavailable)) break
    }
    const results = [...tried.values()]
    const isOutage = results.every((result) => result instanceof UpstreamUnavailable)
    if (isOutage) return yield* error
    for (const [member, result] of tried) settle(member, resultOf(member, result))
    fit.begin()
    fit.fails(members.length)
    const rest = members.filter((member) => !tried.has(member))
    // The cause may be among the members who were tried.
    yield* (results.length > 1 ? together : halves)(settle, rest, true)
  })

  /** Invites members in one call. `isProven`: the upstream has answered smaller calls of this chunk. */
  const together: (settle: Settle, members: Members, isProven: boolean) => Outcome<void> = Effect.fnUntraced(
    function* (settle, members, isProven) {
      const [first, second] = members
      if (first === undefined) return
      if (second === undefined) return yield* alone(settle, first)
      if (many === undefined) return yield* each(settle, members)
      yield* many(members).pipe(
        Effect.matchEffect({
          onSuccess: (listed) => {
            answered(members.length)
            return confirm(settle, members, listed)
          },
          onFailure: (error): Outcome<void> => {
            switch (error._tag) {
              case "MalformedPayload":
              case "UnexpectedStatus":
                return halves(settle, members, isProven)
              case "PayloadTooLarge":
                fit.limit(members.length)
                return halves(settle, members, isProven)
              case "UpstreamUnavailable":
                if (!isProven) return probe(settle, members, error)
                fit.fails(members.length)
                return halves(settle, members, true)
              default:
                return Effect.fail(error)
            }
          }
        })
      )
    }
  )

  /** Invites in calls of the current size. */
  return Effect.fnUntraced(function* (settle: Settle, members: Members): Effect.fn.Return<void, BatchError> {
    for (let from = 0; from < members.length;) {
      const upTo = from + fit.size()
      yield* together(settle, members.slice(from, upTo), false)
      from = upTo
    }
  })
}

const resultOf = (member: string, result: InviteResult | UpstreamUnavailable): InviteResult =>
  result instanceof UpstreamUnavailable ? cases.Unanswered.make({ member, error: result }) : result
