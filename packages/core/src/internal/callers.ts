/** Links the spans of the callers and the span of the bulk call that serves them, in both directions. */
import { Context, Effect, type Tracer } from "effect"
import { memberKey } from "../Invitation.ts"

type Spans = ReadonlyArray<Tracer.Span>

const nobody: Spans = []

/** The spans of the callers that wait for a result, by `memberKey`. Absent if a batch has one caller. */
export const Callers = Context.Reference<ReadonlyMap<string, Spans> | undefined>("@usher/core/Callers", {
  defaultValue: () => undefined
})

/** The spans of the callers that the current request serves. */
export const Served = Context.Reference<Spans>("@usher/core/Served", { defaultValue: () => nobody })

/** Links the span of a call about these members to the spans of their callers. */
export const serving = <A, E, R>(
  members: ReadonlyArray<string>,
  call: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber) => {
    const callers = fiber.getRef(Callers)
    if (callers === undefined) return call
    const served = members.flatMap((member) => callers.get(memberKey(member)) ?? nobody)
    return Effect.provideService(call, Served, served)
  })

/** Links to these spans. */
export const linksTo = (spans: Spans): Array<Tracer.SpanLink> =>
  spans.map((span) => ({ span, attributes: {} }))
