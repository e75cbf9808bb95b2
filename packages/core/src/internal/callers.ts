/** Who waits for a call that serves many: their spans and the span of the call are linked, in both directions. */
import { Context, Effect, type Tracer } from "effect"
import { memberKey } from "../Invitation.ts"

type Spans = ReadonlyArray<Tracer.Span>

const nobody: Spans = []

/** The spans of those who wait for a result, by `memberKey`. Absent where a batch has one caller. */
export const Callers = Context.Reference<ReadonlyMap<string, Spans> | undefined>("@usher/core/Callers", {
  defaultValue: () => undefined
})

/** The spans that the request made here serves. */
export const Served = Context.Reference<Spans>("@usher/core/Served", { defaultValue: () => nobody })

/** A call about these members, whose callers' spans are linked to its span. */
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

/** Links to these spans, as a span has them. */
export const linksTo = (spans: Spans): Array<Tracer.SpanLink> =>
  spans.map((span) => ({ span, attributes: {} }))
