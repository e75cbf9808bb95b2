/** Applies a changed configuration file to the running relay, completely or not at all. */
import { Context, Effect, Equal, FileSystem, Layer, Path, Ref, Schema, Semaphore } from "effect"
import { Sources, Spots } from "@usher/engine"
import { Problem as AdminProblem } from "@usher/admin"
import * as AdminReload from "@usher/admin/Reload"
import * as AdminSettings from "@usher/admin/Settings"
import * as ConfigFile from "../config/ConfigFile.ts"
import { format } from "../config/Problem.ts"
import * as Settings from "../config/Settings.ts"
import { Upstream } from "../outbound/Upstream.ts"

/** The file changes keys that require a restart, and is refused. */
export class NeedsRestart extends Schema.TaggedError<NeedsRestart>()("NeedsRestart", {
  file: Schema.String,
  keys: Schema.Array(Schema.String)
}) {
  override get message() {
    return `${this.file} changes ${this.keys.join(", ")}, which requires a restart. No change was applied`
  }
}

type Difference = Readonly<Record<"added" | "removed" | "changed", ReadonlyArray<string>>>

export type Change = Readonly<Record<"sources" | "spots", Difference>>

export class Reload extends Context.Service<
  Reload,
  {
    /**
     * Reads the file and applies its changes. Requests and calls in flight finish with the old configuration. A refused file
     * changes nothing.
     */
    readonly reload: Effect.Effect<Change, ConfigFile.InvalidConfig | NeedsRestart>
    /** The configuration in force. */
    readonly present: Effect.Effect<ConfigFile.Resolved>
  }
>()("@usher/relay/Reload") {
  /** For a relay that was started from this file. */
  static readonly layer = (file: string, started: ConfigFile.Resolved) =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const sources = yield* Sources.Sources
        const spots = yield* Spots.Spots
        const upstream = yield* Upstream
        const context = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
        const present = yield* Ref.make(started)
        const oneByOne = yield* Semaphore.make(1)

        const reload = Effect.gen(function* () {
          const before = yield* Ref.get(present)
          const after = yield* ConfigFile.load(file)
          const keys = changedKeys(before.fixed, after.fixed)
          if (keys.length > 0) return yield* new NeedsRestart({ file, keys })
          const change: Change = {
            sources: differenceOf(before.sources, after.sources),
            spots: differenceOf(spotsOf(before), spotsOf(after))
          }
          // Spots first, because new sources may refer to them.
          yield* upstream.trust(after.trusted)
          yield* spots.replace(after.relay.spots)
          yield* sources.replace(after.relay.sources)
          yield* Ref.set(present, after)
          return change
        })
        return Reload.of({
          present: Ref.get(present),
          reload: reload.pipe(
            Effect.tap((change) => Effect.logInfo(`configuration reloaded: ${describe(change)}`)),
            Effect.tapError((error) =>
              Effect.logError(`configuration not reloaded: ${oneLine(error.message)}`)
            ),
            Effect.uninterruptible,
            oneByOne.withPermit,
            Effect.withSpan("Reload.reload"),
            Effect.provideContext(context)
          )
        })
      })
    )
}

/** The reload for the endpoint of the admin API. */
export const layerAdmin = Layer.effect(
  AdminReload.Reload,
  Effect.map(Reload, ({ reload }) =>
    AdminReload.Reload.of({
      reload: reload.pipe(
        Effect.map(changes),
        Effect.catchTags({
          InvalidConfig: ({ file, problems }) =>
            new AdminProblem.Invalid({
              detail: `${file} has problems. No change was applied.`,
              problems: problems.map(format)
            }),
          NeedsRestart: ({ message }) => new AdminProblem.Conflict({ detail: message })
        })
      )
    })
  )
)

/** The settings for the endpoint of the admin API. */
export const layerSettings = Layer.effect(
  AdminSettings.InForce,
  Effect.map(Reload, ({ present }) =>
    AdminSettings.InForce.of({ settings: Effect.flatMap(present, Settings.of) })
  )
)

const changedKeys = (before: ConfigFile.Resolved["fixed"], after: ConfigFile.Resolved["fixed"]) =>
  [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => !Equal.equals(before.get(key), after.get(key))
  )

const spotsOf = ({ relay, trusted }: ConfigFile.Resolved): ReadonlyMap<string, unknown> =>
  new Map([...relay.spots].map(([name, options]) => [name, { options, trusted: trusted.get(name) }]))

const differenceOf = (
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>
): Difference => ({
  added: [...after.keys()].filter((name) => !before.has(name)),
  removed: [...before.keys()].filter((name) => !after.has(name)),
  changed: [...after.keys()].filter(
    (name) => before.has(name) && !Equal.equals(before.get(name), after.get(name))
  )
})

/** `sources added a, b, removed c`, `spots changed main` */
export const changes = (change: Change): ReadonlyArray<string> =>
  Object.entries(change).flatMap(([kind, difference]) => {
    const parts = Object.entries(difference).flatMap(([verb, names]) =>
      names.length === 0 ? [] : [`${verb} ${names.join(", ")}`]
    )
    return parts.length === 0 ? [] : [`${kind} ${parts.join(", ")}`]
  })

/** The changes in one line. */
export const describe = (change: Change): string => changes(change).join("; ") || "no changes"

const oneLine = (text: string) => text.replaceAll(/:\n +/g, ": ").replaceAll(/\n +/g, "; ")
