/**
 * The admin API over the engine's services, its OpenAPI document at `/api/openapi.json` and a page about it at
 * `/api/docs`, which loads nothing from anywhere else.
 */
import { Effect, Layer, Schedule } from "effect"
import { HttpApiBuilder, HttpApiMiddleware, HttpApiScalar } from "effect/http-api"
import { type Access, Api } from "@usher/admin"
import { Insight } from "@usher/engine"
import { audit } from "./api/audit.ts"
import { AuditLog } from "./AuditLog.ts"
import * as Authorization from "./Authorization.ts"
import { imports } from "./api/imports.ts"
import { invitations } from "./api/invitations.ts"
import { mapping } from "./api/mapping.ts"
import { people } from "./api/people.ts"
import { Everywhere, NoEndpoint } from "./problems.ts"
import { replays } from "./api/replays.ts"
import { session } from "./api/session.ts"
import { SignInLimit } from "./SignInLimit.ts"
import { type Configured, Tokens } from "./Tokens.ts"
import { tokens } from "./api/tokens.ts"
import { budget } from "./api/budget.ts"
import { deadLetters } from "./api/deadLetters.ts"
import { sources } from "./api/sources.ts"
import { spots } from "./api/spots.ts"
import { lives } from "./api/lives.ts"
import { stats } from "./api/stats.ts"
import { quarantine } from "./api/quarantine.ts"
import { events } from "./api/events.ts"
import { upkeep } from "./api/upkeep.ts"
import { webhooks } from "./api/webhooks.ts"

/** Lets go of counts that are too old. */
const Trimming = Layer.effectDiscard(
  Effect.gen(function* () {
    const { trim } = yield* Insight.Insight
    yield* Effect.forkScoped(Effect.repeat(Effect.ignore(trim, { log: "Warn" }), Schedule.spaced("1 hour")))
  })
)

export interface Options {
  /** How the relay is seen from outside. */
  readonly publicUrl: string
  readonly tokens: ReadonlyArray<Configured>
}

/** The endpoints, behind whatever lets callers in. */
const layerServed = (
  { publicUrl, tokens: configured }: Options,
  access: Layer.Layer<Access.Authorization, never, Tokens | SignInLimit>
) =>
  HttpApiBuilder.layer(Api.AdminApi, { openapiPath: "/api/openapi.json" }).pipe(
    Layer.provide([
      webhooks,
      invitations,
      people,
      replays,
      imports,
      deadLetters,
      sources(publicUrl),
      spots,
      lives,
      budget,
      stats,
      quarantine,
      mapping,
      upkeep,
      events,
      audit,
      tokens,
      session(publicUrl.startsWith("https:"))
    ]),
    Layer.provide([access, HttpApiMiddleware.layerProblemDetails({ includeDetails: true })]),
    Layer.provide([Tokens.layer(configured), AuditLog.layer, SignInLimit.layer])
  )

export const layer = (options: Options) =>
  Layer.mergeAll(
    layerServed(options, Authorization.layer),
    HttpApiScalar.layer(Api.AdminApi, { path: "/api/docs", scalar: { withDefaultFonts: false } }),
    NoEndpoint,
    Trimming,
    Everywhere
  )

/** For who holds the database, and needs no token: everything is asked for by this caller. */
export const layerFor = (options: Options, caller: Access.Caller["Service"]) =>
  layerServed(options, Authorization.layerOf(caller))
