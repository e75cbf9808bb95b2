/** Evaluates the expressions of each source once, on a sample body of its sender. */
import { DateTime, Effect } from "effect"
import { Expressions, Mapping, type Source } from "@usher/engine"
import { sample } from "@usher/signatures/testing"
import type { Problem } from "../config/Problem.ts"

export interface Rehearsal {
  /** Expressions that fail on every body. */
  readonly problems: ReadonlyArray<Problem>
  /** Expressions that fail on the sample, but may work with other bodies. */
  readonly notices: ReadonlyArray<{
    readonly source: string
    readonly field: string
    readonly reason: string
  }>
}

/** Each expression has at most one second. */
const maxWait = "60 seconds"

export const rehearse = Effect.fnUntraced(
  function* (sources: Iterable<Source.Source>) {
    const at = yield* DateTime.now
    const rehearsed = yield* Effect.forEach([...sources], (source) =>
      Effect.map(troublesOf(source, at), (troubles) =>
        troubles.map(({ reason, ...trouble }) => ({
          ...trouble,
          source,
          // The path names the field.
          reason: reason.replace(/^\w+: /, "")
        }))
      )
    )
    const problems = rehearsed.flat().filter(({ always }) => always)
    const notices = rehearsed.flat().filter(({ always }) => !always)
    const rehearsal: Rehearsal = {
      problems: problems.map(({ source, field, reason }) => ({
        path: ["sources", source.name, ...(field === "when" ? [field] : ["invite", field])],
        reason: `${reason}, on a sample of ${source.sender.name}`
      })),
      notices: notices.map(({ source, field, reason }) => ({ source: source.name, field, reason }))
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
