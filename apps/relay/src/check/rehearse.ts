/** Evaluates the expressions of each source once, on a body of its sender's own shape. */
import { DateTime, Effect } from "effect"
import { Expressions, Mapping, type Source } from "@usher/engine"
import { sample } from "@usher/signatures/testing"
import type { Problem } from "../config/Problem.ts"

export interface Rehearsal {
  /** Expressions that can't run, whatever the body is. */
  readonly problems: ReadonlyArray<Problem>
  /** Expressions that fail on the sample, and may be right for other bodies. */
  readonly notices: ReadonlyArray<Notice>
}

export interface Notice {
  readonly source: string
  readonly field: string
  readonly reason: string
}

/** No expression is given longer than a second. */
const maxWait = "60 seconds"

export const rehearse = Effect.fnUntraced(
  function* (sources: Iterable<Source.Source>) {
    const at = yield* DateTime.now
    const found = yield* Effect.forEach([...sources], (source) =>
      Effect.map(troublesOf(source, at), (troubles) => troubles.map((trouble) => ({ source, ...trouble })))
    )
    const troubles = found.flat()
    const rehearsal: Rehearsal = {
      problems: troubles
        .filter(({ always }) => always)
        .map(({ source, field, reason }) => ({
          path: ["sources", source.name, ...(field === "when" ? [field] : ["invite", field])],
          reason: `${withoutField(reason)}, on a sample of ${source.sender.name}`
        })),
      notices: troubles
        .filter(({ always }) => !always)
        .map(({ source, field, reason }) => ({ source: source.name, field, reason: withoutField(reason) }))
    }
    return rehearsal
  },
  Effect.provide(Expressions.layer),
  Effect.timeoutOrElse({
    duration: maxWait,
    orElse: () =>
      Effect.succeed<Rehearsal>({
        problems: [{ path: [], reason: "the process that evaluates expressions does not respond" }],
        notices: []
      })
  })
)

const troublesOf = ({ name, sender, mapping }: Source.Source, at: DateTime.Utc) => {
  if (mapping.rules === undefined) return Effect.succeed([])
  const { body, headers } = sample(sender, { member: "sam@example.com", id: "sample", at })
  return Mapping.rehearse(mapping.rules, {
    source: name,
    headers,
    body: new TextEncoder().encode(body),
    mediaTypes: sender.mediaTypes
  })
}

/** The path says which it is. */
const withoutField = (reason: string) => reason.replace(/^\w+: /, "")
