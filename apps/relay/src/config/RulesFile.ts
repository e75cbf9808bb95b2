/** A file with mapping rules, to try them before they go into the configuration. */
import { Effect, Schema } from "effect"
import type { Sender } from "@usher/signatures"
import * as ConfigFile from "./ConfigFile.ts"
import * as SchemaErrors from "./SchemaErrors.ts"
import * as Problem from "./Problem.ts"
import { SourceConfig } from "./SourceConfig.ts"
import { mappingOf } from "./sourceMapping.ts"

const { invite, when, events } = SourceConfig.fields

const decode = Schema.decodeUnknownEffect(
  Schema.Struct({ invite, when, events }).annotate({
    message: "Expected invite, with optional when and events"
  }),
  { errors: "all", onExcessProperty: "error" }
)

/** Reads `invite`, `when` and `events`, as under a source of this sender. Fails with all problems. */
export const load = Effect.fn("RulesFile.load")(function* (file: string, sender: Sender.Sender) {
  const document = yield* ConfigFile.parse(file, "--rules")
  const rules = yield* Effect.mapError(decode(document.value), ({ issue }) =>
    ConfigFile.refusal(file, document, SchemaErrors.find(issue, document.value))
  )
  const found: Array<Problem.Problem> = []
  const mapping = yield* mappingOf(rules, sender, Problem.collect(found))
  return mapping ?? (yield* ConfigFile.refusal(file, document, found))
})
