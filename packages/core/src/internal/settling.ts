/** A result for each member of a chunk: by one call, or by smaller ones where that fails for what may be one member's. */
import { Effect } from "effect"
import { memberKey } from "../Invitation.ts"
import { type InviteError, UndecodableAnswer, UpstreamUnavailable } from "../InviteError.ts"
import { InviteResult } from "../InviteResult.ts"
import type { BatchError } from "../LiveParticipants.ts"
import type { Participant } from "../Participant.ts"
import type { BulkRefusal, Listed } from "./answer.ts"
import type { Fit } from "./fitting.ts"

/** By `memberKey`. */
export type Settled = Map<string, InviteResult>

/** The calls to one Live. */
export interface Callers {
  readonly one: (member: string) => Effect.Effect<Participant, InviteError>
  /** Absent where there are only single calls. */
  readonly many: ((members: ReadonlyArray<string>) => Effect.Effect<Listed, BulkRefusal>) | undefined
  readonly fit: Fit
}

/** Single calls without an answer in a row: then it is an outage, and no longer the members' doing. */
const outage = 5

const { cases } = InviteResult

type Members = ReadonlyArray<string>
type Outcome<A> = Effect.Effect<A, BatchError>

export const settling = ({ one, many, fit }: Callers) => {
  /** Of single calls, since one was answered. */
  let unanswered = 0
  let isAnswering = false

  const answered = (members: number) => {
    fit.works(members)
    unanswered = 0
    isAnswering = true
  }

  /** One member alone; the error where no usable answer came. */
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

  /** Ends the batch only where nothing says that the upstream answers for others. */
  const alone = Effect.fnUntraced(function* (
    settled: Settled,
    member: string
  ): Effect.fn.Return<void, BatchError> {
    const result = yield* attempt(member)
    if (result instanceof UpstreamUnavailable && (!isAnswering || ++unanswered >= outage))
      return yield* result
    settle(settled, member, result)
  })

  const each = (settled: Settled, members: Members): Outcome<void> =>
    Effect.forEach(members, (member) => alone(settled, member), { discard: true })

  /** Members missing from the answer are confirmed with a single call each. */
  const confirm = (settled: Settled, members: Members, listed: Listed): Outcome<void> =>
    Effect.forEach(
      members,
      (member) => {
        const found = listed.get(memberKey(member))
        if (found === undefined) return alone(settled, member)
        const result =
          found instanceof UndecodableAnswer
            ? cases.Undecodable.make({ member, error: found })
            : cases.Invited.make({ member, participant: found })
        settle(settled, member, result)
        return Effect.void
      },
      { discard: true }
    )

  const halves = (settled: Settled, members: Members, isProven: boolean): Outcome<void> => {
    const middle = Math.ceil(members.length / 2)
    return Effect.andThen(
      together(settled, members.slice(0, middle), isProven),
      together(settled, members.slice(middle), isProven)
    )
  }

  /**
   * No answer to a call for many: single calls tell whether the upstream is down or one of the members is to blame. They
   * are spread over the chunk, since members to blame may stand side by side.
   */
  const probe = Effect.fnUntraced(function* (
    settled: Settled,
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
    for (const [member, result] of tried) settle(settled, member, result)
    fit.begin()
    fit.fails(members.length)
    const rest = members.filter((member) => !tried.has(member))
    // Whoever was to blame may be among those who were tried.
    yield* (results.length > 1 ? together : halves)(settled, rest, true)
  })

  /** `isProven`: the upstream answers smaller calls of this chunk. */
  const together: (settled: Settled, members: Members, isProven: boolean) => Outcome<void> =
    Effect.fnUntraced(function* (settled, members, isProven) {
      const [first, second] = members
      if (first === undefined) return
      if (second === undefined) return yield* alone(settled, first)
      if (many === undefined) return yield* each(settled, members)
      yield* many(members).pipe(
        Effect.matchEffect({
          onSuccess: (listed) => {
            answered(members.length)
            return confirm(settled, members, listed)
          },
          onFailure: (error): Outcome<void> => {
            switch (error._tag) {
              case "MalformedPayload":
              case "UnexpectedStatus":
                return halves(settled, members, isProven)
              case "PayloadTooLarge":
                fit.limit(members.length)
                return halves(settled, members, isProven)
              case "UpstreamUnavailable":
                if (!isProven) return probe(settled, members, error)
                fit.fails(members.length)
                return halves(settled, members, true)
              default:
                return Effect.fail(error)
            }
          }
        })
      )
    })

  /** In calls as large as they may be by then. */
  return Effect.fnUntraced(function* (
    settled: Settled,
    members: Members
  ): Effect.fn.Return<void, BatchError> {
    for (let from = 0; from < members.length;) {
      const upTo = from + fit.size()
      yield* together(settled, members.slice(from, upTo), false)
      from = upTo
    }
  })
}

const settle = (settled: Settled, member: string, result: InviteResult | UpstreamUnavailable) =>
  settled.set(
    memberKey(member),
    result instanceof UpstreamUnavailable ? cases.Unanswered.make({ member, error: result }) : result
  )
