/** The report of `usher check`. One run finds all problems: an error in one section does not hide those in others. */
import { Duration, Effect } from "effect"
import type { Source } from "@usher/engine"
import { nearest } from "@usher/admin/Suggest"
import * as ConfigFile from "../config/ConfigFile.ts"
import * as Problem from "../config/Problem.ts"
import * as Database from "../database/Database.ts"
import * as Proxies from "../outbound/Proxies.ts"
import * as Upstream from "../outbound/Upstream.ts"
import * as Otel from "../telemetry/Otel.ts"
import { checkDatabase } from "./checkDatabase.ts"
import { checkUpstream, type Found as FoundUpstream } from "./checkUpstream.ts"
import { namedLives } from "./namedLives.ts"
import { rehearse } from "./rehearse.ts"
import { type Warning, warnIf } from "./Warning.ts"
import { weaknesses, withoutUrl } from "./weaknesses.ts"

export type Report = Effect.Success<ReturnType<typeof make>>

export interface Options {
  readonly strict: boolean
  readonly online: boolean
}

export const make = Effect.fnUntraced(function* (file: string, { strict, online }: Options) {
  const { problems, resolved, place } = yield* ConfigFile.examine(file).pipe(
    Effect.catch(({ problems }) =>
      Effect.succeed<ConfigFile.Examined>({ problems, resolved: undefined, place: (problem) => problem })
    )
  )
  const environment = yield* wrongInEnvironment
  const found =
    resolved === undefined ? nothing : yield* resolvedReport(resolved, { problems, place, online })
  const { referenced, wrong, ...rest } = found
  const errors = inOrder([...problems, ...wrong, ...environment, ...referenced])
  const warnings = inOrder(found.warnings)
  return {
    ...rest,
    file,
    strict,
    /** Whether the file itself has no error. */
    valid: problems.length + wrong.length === 0,
    /** Whether there is no error; with `strict`, no warning either. */
    ok: errors.length === 0 && !(strict && warnings.length > 0),
    errors,
    warnings
  }
})

type Findings = Effect.Success<ReturnType<typeof resolvedReport>>

const nothing: Findings = {
  wrong: [],
  referenced: [],
  warnings: [],
  notices: [],
  database: undefined,
  spots: [],
  sources: []
}

/** Checks everything that the configuration refers to. */
const resolvedReport = Effect.fnUntraced(function* (
  resolved: ConfigFile.Resolved,
  { problems, place, online }: Pick<ConfigFile.Examined, "problems" | "place"> & Pick<Options, "online">
) {
  const isWrong = (...path: Problem.Path) => problems.some((problem) => Problem.isWithin(problem.path, path))
  const proxies = Upstream.proxiesOf(resolved)
  // Before the database: opening it creates files beside it.
  const weak = yield* weaknesses(resolved)
  const database = isWrong("database")
    ? undefined
    : { name: Database.describe(resolved.database), ...(yield* checkDatabase(resolved.database)) }
  const rehearsal = yield* rehearse(resolved.relay.sources.values())
  const spots = yield* Effect.forEach(
    [...resolved.relay.spots].filter(([name]) => !isWrong("spots", name)),
    ([name, spot]) =>
      Effect.map(online ? checkUpstream(spot, namedLives(name, resolved)) : Effect.undefined, (found) => ({
        name,
        upstream: found && through(found, proxies.get(name))
      }))
  ).pipe(Effect.provide(Upstream.layer(resolved.trusted, resolved.proxies)))
  return {
    /** Errors of the file itself. */
    wrong: [...rehearsal.problems, ...(problems.some(isAboutUrl) ? [] : withoutUrl(resolved))].map(place),
    /** Errors of the database and the Spots. */
    referenced: [
      ...(database === undefined || database.ok ? [] : [{ path: ["database"], reason: database.detail }]),
      ...spots.flatMap(({ name, upstream }) => (upstream === undefined ? [] : wrongOnline(name, upstream)))
    ].map(place),
    warnings: [...weak, ...spots.flatMap(({ upstream }) => endedOf(upstream))].map((warning) =>
      Object.assign(place(warning), { rule: warning.rule })
    ),
    notices: rehearsal.notices,
    /** Undefined if its section is wrong. */
    database,
    spots,
    sources: [...resolved.relay.sources.values()].map((source) => lineOf(source, resolved.relay.publicUrl))
  }
})

/** Whether the problem may be about the public URL, such as a misspelled key. */
const isAboutUrl = ({ path: [section, key] }: Problem.Problem) =>
  section === "server" && (key === undefined || nearest(key, ["publicUrl"]) !== undefined)

/** Adds the proxy of the call to its result. */
const through = (found: FoundUpstream, proxy: Proxies.Proxy | undefined): FoundUpstream =>
  proxy === undefined
    ? found
    : { ...found, detail: `${found.detail}, through the proxy ${Proxies.nameOf(proxy)}` }

const inOrder = <A extends { readonly line?: number }>(found: ReadonlyArray<A>): ReadonlyArray<A> =>
  found.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))

/** Problems of the environment, with which `usher serve` does not start. */
const wrongInEnvironment = Otel.read.pipe(
  Effect.as<ReadonlyArray<Problem.Problem>>([]),
  Effect.catch(({ problems }) =>
    Effect.succeed(problems.map((problem) => Problem.whole(`in the environment, ${problem}`)))
  )
)

const wrongOnline = (spot: string, { ok, detail, lives }: FoundUpstream): ReadonlyArray<Problem.Problem> => [
  ...(ok ? [] : [{ path: ["spots", spot], reason: `MeltingSpot ${detail}` }]),
  ...lives.flatMap(({ paths, status }) =>
    status === "not found"
      ? paths.map((path) => ({
          path,
          reason: "MeltingSpot does not know this Live: check its id, and that the key belongs to its Spot"
        }))
      : []
  )
]

const endedOf = (upstream: FoundUpstream | undefined): ReadonlyArray<Warning> =>
  (upstream?.lives ?? []).flatMap(({ paths, status }) =>
    paths.flatMap((path) =>
      warnIf(
        status === "ended",
        "live-ended",
        path,
        "this Live has ended: people invited to it can't take part"
      )
    )
  )

const lineOf = ({ name, sender, spot, events, dedupeWindow }: Source.Source, publicUrl: string) => ({
  name,
  sender: sender.name,
  spot,
  url: `${publicUrl}/webhooks/${name}`,
  events: events?.signUps ?? ("all" as const),
  /** Only for sources whose deliveries have no id. */
  dedupeWindow: "body" in sender.deliveryId ? Duration.format(dedupeWindow) : null
})
