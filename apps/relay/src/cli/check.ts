import { Console, Duration, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import type { Source } from "@usher/engine"
import * as ConfigFile from "../config/ConfigFile.ts"
import * as KeptHeaders from "../config/KeptHeaders.ts"
import * as Problem from "../config/Problem.ts"
import * as Database from "../Database.ts"
import * as Files from "../Files.ts"
import * as Upstream from "../Upstream.ts"
import { checkDatabase } from "./checkDatabase.ts"
import { checkUpstream } from "./checkUpstream.ts"
import { Reported } from "./exit.ts"
import { rehearse } from "./rehearse.ts"
import { configFlag, jsonFlag } from "./shared.ts"

export const check = Command.make(
  "check",
  {
    config: configFlag,
    json: jsonFlag,
    online: Flag.Boolean("online").pipe(
      Flag.withDefault(false),
      Flag.withDescription(
        "Ask MeltingSpot, too, whether it takes the key of each Spot: one call each, which changes nothing"
      )
    )
  },
  Effect.fnUntraced(function* ({ config: file, json, online }) {
    const { config, notices } = yield* load(file).pipe(
      Effect.tapError((error) =>
        json && error._tag === "InvalidConfig" ? Console.log(JSON.stringify(invalid(error))) : Effect.void
      )
    )
    const { relay } = config
    // First: to look at a database makes files beside it.
    const warnings = [
      ...(yield* Files.exposed(config.database)),
      ...KeptHeaders.warnings(relay.sources.values())
    ]
    const database = { name: Database.describe(config.database), ...(yield* checkDatabase(config.database)) }
    const spots = yield* Effect.forEach([...relay.spots], ([name, spot]) =>
      Effect.map(online ? checkUpstream(name, spot, config) : Effect.undefined, (upstream) => ({
        name,
        upstream
      }))
    ).pipe(Effect.provide(Upstream.layer(config.trusted)))
    const sources = [...relay.sources.values()].map((source) => ({
      name: source.name,
      sender: source.sender.name,
      spot: source.spot,
      url: `${relay.publicUrl}/webhooks/${source.name}`,
      events: eventsOf(source),
      dedupeWindow: "body" in source.sender.deliveryId ? Duration.format(source.dedupeWindow) : null
    }))
    const ok = database.ok && spots.every(({ upstream }) => upstream?.ok ?? true)
    const lines = [
      `${file} is valid.`,
      `${mark(database.ok)} database ${database.name} ${database.detail}`,
      ...spots.flatMap(({ name, upstream }) =>
        upstream === undefined ? [] : [`${mark(upstream.ok)} Spot ${name}: ${told(upstream)}`]
      ),
      ...warnings.map((sentence) => `! ${sentence}`),
      ...sources.map(
        ({ url, sender, spot, events, dedupeWindow }) =>
          `  ${url} takes ${sender} for the Spot ${spot}; sign-ups: ${namesOf(events)}${windowText(dedupeWindow)}`
      ),
      ...notices.map(
        ({ source, field, reason }) =>
          `  Notice: sources.${source}, ${field}: ${reason}. That was a sample of the sender; your own webhooks may differ.`
      )
    ]
    yield* Console.log(
      json
        ? JSON.stringify({ valid: true, ok, file, database, spots, sources, notices, warnings })
        : lines.join("\n")
    )
    if (!ok) return yield* new Reported()
  })
).pipe(
  Command.withDescription(
    "Say whether the configuration is right and its database up to date, without starting or changing anything; exit code 0 if so, 1 if not"
  )
)

/** The configuration, with its expressions tried. */
const load = Effect.fnUntraced(function* (file: string) {
  const config = yield* ConfigFile.load(file)
  const { problems, notices } = yield* rehearse(config.relay.sources.values())
  if (problems.length === 0) return { config, notices }
  return yield* ConfigFile.refusal(file, yield* ConfigFile.parse(file), problems)
})

const invalid = ({ file, problems }: ConfigFile.InvalidConfig) => ({
  valid: false,
  ok: false,
  file,
  problems: problems.map((problem) => ({ ...problem, path: Problem.dotted(problem.path) }))
})

/** Of a source whose deliveries have no id. */
const windowText = (window: string | null) =>
  window === null ? "" : `; no delivery id: the same body within ${window} is a retry`

const eventsOf = ({ events }: Source.Source): "all" | ReadonlyArray<string> => events?.signUps ?? "all"

const namesOf = (events: "all" | ReadonlyArray<string>) =>
  events === "all" ? "all events" : events.join(", ")

const mark = (ok: boolean) => (ok ? " " : "✗")

const told = ({ ok, detail }: { readonly ok: boolean; readonly detail: string }) =>
  ok ? `MeltingSpot ${detail}` : detail
