/** The admin API over the engine's services, and the documents about it. */
import { Duration, Effect, Layer, Schedule } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { type Access, Api } from "@usher/admin"
import { Insight, Troubles } from "@usher/engine"
import { audit } from "./api/audit.ts"
import { AuditLog } from "./AuditLog.ts"
import * as Authorization from "./Authorization.ts"
import * as Documents from "./Documents.ts"
import * as Exact from "./exact.ts"
import { imports } from "./api/imports.ts"
import { invitations } from "./api/invitations.ts"
import { mapping } from "./api/mapping.ts"
import { people } from "./api/people.ts"
import { NoEndpoint } from "./problems.ts"
import { replays } from "./api/replays.ts"
import { session } from "./api/session.ts"
import { Sessions } from "./Sessions.ts"
import { SignInLimit } from "./SignInLimit.ts"
import { SignIns } from "./SignIns.ts"
import { type Configured, Tokens } from "./Tokens.ts"
import * as TransportSecurity from "./TransportSecurity.ts"
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

export interface Options {
  /** The relay's address as senders and browsers see it. */
  readonly publicUrl: string
  readonly tokens: ReadonlyArray<Configured>
  readonly audit: {
    /** Whether looking at a person or a body is recorded. */
    readonly reads: boolean
    /** How long entries are kept. */
    readonly keep: Duration.Duration
  }
}

/** Removes counts and audit entries that are too old. */
const layerTrimming = ({ audit: { keep } }: Options) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const insight = yield* Insight.Insight
      const audit = yield* AuditLog
      const trim = Effect.andThen(
        Troubles.attempt("Removing old counts", insight.trim),
        Troubles.attempt("Removing old audit entries", audit.trim(keep))
      )
      yield* Effect.forkScoped(Effect.repeat(trim, Schedule.spaced("1 hour")))
    })
  )

/** Who may come in, and the record of what they do. */
const layerAccess = ({ tokens, audit }: Options) =>
  Layer.mergeAll(Sessions.layer, SignIns.layer).pipe(
    Layer.provideMerge(Layer.mergeAll(Tokens.layer(tokens), AuditLog.layer(audit), SignInLimit.layer))
  )

/** The endpoints, behind whatever lets callers in. */
const layerServed = (
  publicUrl: string,
  access: Layer.Layer<Access.Authorization | Access.SameOrigin, never, Tokens | Sessions | SignIns>
) =>
  HttpApiBuilder.layer(Api.AdminApi).pipe(
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
      session(publicUrl)
    ]),
    Layer.provide([access, Exact.layer])
  )

export const layer = (options: Options) =>
  Layer.mergeAll(
    layerServed(options.publicUrl, Authorization.layer(options.publicUrl)),
    Documents.layer,
    NoEndpoint,
    layerTrimming(options),
    TransportSecurity.layer(options.publicUrl)
  ).pipe(Layer.provide(layerAccess(options)))

/** For somebody who holds the database and needs no token: every request is this caller's. */
export const layerFor = (options: Options, caller: Access.Caller["Service"]) =>
  layerServed(options.publicUrl, Authorization.layerOf(caller)).pipe(Layer.provide(layerAccess(options)))
