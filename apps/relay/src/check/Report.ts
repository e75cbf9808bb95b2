/** Everything there is to say of a configuration file, in one run: what is wrong in one place hides nothing elsewhere. */
import { Duration, Effect } from "effect"
import type { Source } from "@usher/engine"
import { nearest } from "@usher/admin/Suggest"
import * as ConfigFile from "../config/ConfigFile.ts"
import type * as DatabaseConfig from "../config/DatabaseConfig.ts"
import * as Problem from "../config/Problem.ts"
import * as Database from "../database/Database.ts"
import * as Proxies from "../outbound/Proxies.ts"
import * as Upstream from "../outbound/Upstream.ts"
import * as Otel from "../telemetry/Otel.ts"
import { checkDatabase, type Found as FoundDatabase } from "./checkDatabase.ts"
import { checkUpstream, type Found as FoundUpstream } from "./checkUpstream.ts"
import { namedLives } from "./namedLives.ts"
import { rehearse, type Notice } from "./rehearse.ts"
import type { Warning } from "./Warning.ts"
import { weaknesses, withoutUrl } from "./weaknesses.ts"

export interface Report {
  readonly file: string
  /** Whether the file itself is right. */
  readonly valid: boolean
  /** Whether there is no error; with `strict`, no warning either. */
  readonly ok: boolean
  readonly strict: boolean
  readonly errors: ReadonlyArray<Problem.Problem>
  readonly warnings: ReadonlyArray<Warning>
  readonly notices: ReadonlyArray<Notice>
  /** Absent where the file does not say which it is. */
  readonly database: (FoundDatabase & { readonly name: string }) | undefined
  readonly spots: ReadonlyArray<{ readonly name: string; readonly upstream: FoundUpstream | undefined }>
  readonly sources: ReadonlyArray<SourceLine>
}

export interface SourceLine {
  readonly name: string
  readonly sender: string
  readonly spot: string
  readonly url: string
  readonly events: "all" | ReadonlyArray<string>
  /** Of a source whose deliveries have no id. */
  readonly dedupeWindow: string | null
}

export interface Options {
  readonly strict: boolean
  readonly online: boolean
}

export const make = Effect.fnUntraced(function* (file: string, { strict, online }: Options) {
  const examined = yield* ConfigFile.examine(file).pipe(
    Effect.catch(({ problems }) =>
      Effect.succeed<ConfigFile.Examined>({ problems, resolved: undefined, place: same })
    )
  )
  const { problems, resolved, place } = examined
  const isWrong = (...path: Problem.Path) => problems.some((problem) => Problem.isWithin(problem.path, path))
  const environment = yield* wrongInEnvironment
  if (resolved === undefined) return summary({ file, strict, problems, others: environment })

  const proxies = Upstream.proxiesOf(resolved)
  // First: to look at a database makes files beside it.
  const weak = yield* weaknesses(resolved)
  const database = isWrong("database") ? undefined : yield* lookedAt(resolved.database)
  const rehearsal = yield* rehearse(resolved.relay.sources.values())
  const spots = yield* Effect.forEach(
    [...resolved.relay.spots].filter(([name]) => !isWrong("spots", name)),
    ([name, spot]) =>
      Effect.map(online ? checkUpstream(spot, namedLives(name, resolved)) : Effect.undefined, (found) => ({
        name,
        upstream: found === undefined ? undefined : through(found, proxies.get(name))
      }))
  ).pipe(Effect.provide(Upstream.layer(resolved.trusted, resolved.proxies)))

  return summary({
    file,
    strict,
    problems: [
      ...problems,
      ...[...rehearsal.problems, ...(problems.some(isAboutUrl) ? [] : withoutUrl(resolved))].map(place)
    ],
    others: [
      ...environment,
      ...(database === undefined || database.ok ? [] : [{ path: ["database"], reason: database.detail }]),
      ...spots.flatMap(({ name, upstream }) => (upstream === undefined ? [] : wrongOnline(name, upstream)))
    ].map(place),
    warnings: [...weak, ...spots.flatMap(({ upstream }) => endedOf(upstream))].map((warning) =>
      Object.assign(place(warning), { rule: warning.rule })
    ),
    notices: rehearsal.notices,
    database,
    spots,
    sources: [...resolved.relay.sources.values()].map((source) => lineOf(source, resolved.relay.publicUrl))
  })
})

/** Whether the public URL may be there, in a shape or under a key that is wrong. */
const isAboutUrl = ({ path: [section, key] }: Problem.Problem) =>
  section === "server" && (key === undefined || nearest(key, ["publicUrl"]) !== undefined)

/** What was found, with the proxy that it was asked through. */
const through = (found: FoundUpstream, proxy: Proxies.Proxy | undefined): FoundUpstream =>
  proxy === undefined
    ? found
    : { ...found, detail: `${found.detail}, through the proxy ${Proxies.nameOf(proxy)}` }

const same = (problem: Problem.Problem) => problem

interface Parts extends Partial<Omit<Report, "file" | "strict">> {
  readonly file: string
  readonly strict: boolean
  /** With the file. */
  readonly problems: ReadonlyArray<Problem.Problem>
  /** With what it names. */
  readonly others: ReadonlyArray<Problem.Problem>
}

const summary = ({ file, strict, problems, others, ...parts }: Parts): Report => {
  const errors = inOrder([...problems, ...others])
  const warnings = inOrder(parts.warnings ?? [])
  return {
    file,
    strict,
    errors,
    warnings,
    valid: problems.length === 0,
    ok: errors.length === 0 && !(strict && warnings.length > 0),
    notices: parts.notices ?? [],
    database: parts.database,
    spots: parts.spots ?? [],
    sources: parts.sources ?? []
  }
}

const inOrder = <A extends { readonly line?: number }>(found: ReadonlyArray<A>): ReadonlyArray<A> =>
  found.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))

const lookedAt = (database: DatabaseConfig.Database) =>
  Effect.map(checkDatabase(database), (found) => ({ name: Database.describe(database), ...found }))

/** `usher serve` refuses to start with these. */
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
    status === "ended"
      ? paths.map((path) => ({
          rule: "live-ended" as const,
          path,
          reason: "this Live has ended: people invited to it can't take part"
        }))
      : []
  )

const lineOf = (
  { name, sender, spot, events, dedupeWindow }: Source.Source,
  publicUrl: string
): SourceLine => ({
  name,
  sender: sender.name,
  spot,
  url: `${publicUrl}/webhooks/${name}`,
  events: events?.signUps ?? "all",
  dedupeWindow: "body" in sender.deliveryId ? Duration.format(dedupeWindow) : null
})
