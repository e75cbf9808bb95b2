/**
 * The admin API as layers. A program that embeds a relay serves it to the contract's client, the command line `usher --url`
 * and callers with bearer tokens. Import it from `@usher/admin/AdminServer`.
 */
import { Duration, Effect, type FileSystem, Layer, type Path, Redacted, Schedule, Scope } from "effect"
import { SecureRandom } from "effect/crypto"
import {
  type Etag,
  HttpClient,
  type HttpPlatform,
  HttpRouter,
  HttpServer,
  HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import { HttpApiBuilder, OpenApi } from "effect/http-api"
import type * as Access from "./Access.ts"
import type { Reload } from "./Reload.ts"
import type { InForce } from "./Settings.ts"
import type { Migrator } from "effect/sql"
import { Database, type Embedding, type Inbox, Reporting, Troubles } from "@usher/engine"
import { audit } from "./internal/server/api/audit.ts"
import * as AuditLog from "./AuditLog.ts"
import type { Token } from "./internal/server/ConfiguredToken.ts"
import * as Migrations from "./Migrations.ts"
import * as Authorization from "./internal/server/Authorization.ts"
import * as Exact from "./internal/server/exact.ts"
import { documented } from "./internal/server/openapi.ts"
import { imports } from "./internal/server/api/imports.ts"
import { invitations } from "./internal/server/api/invitations.ts"
import { mapping } from "./internal/server/api/mapping.ts"
import { people } from "./internal/server/api/people.ts"
import { search } from "./internal/server/api/search.ts"
import * as Bounds from "./internal/server/bounds.ts"
import * as Compression from "./internal/server/compression.ts"
import { noEndpoint } from "./internal/server/problems.ts"
import { cancellations } from "./internal/server/api/cancellations.ts"
import { jobs } from "./internal/server/api/jobs.ts"
import * as JobResults from "./internal/server/jobResults.ts"
import { replays } from "./internal/server/api/replays.ts"
import { session } from "./internal/server/api/session.ts"
import { Sessions } from "./internal/server/Sessions.ts"
import { SignIns } from "./internal/server/SignIns.ts"
import { Tokens } from "./internal/server/Tokens.ts"
import * as TransportSecurity from "./internal/server/TransportSecurity.ts"
import { tokens } from "./internal/server/api/tokens.ts"
import { budget } from "./internal/server/api/budget.ts"
import { sources } from "./internal/server/api/sources.ts"
import { lives } from "./internal/server/api/lives.ts"
import { spots } from "./internal/server/api/spots.ts"
import { deadLetters, stats } from "./internal/server/api/stats.ts"
import { quarantine } from "./internal/server/api/quarantine.ts"
import { events } from "./internal/server/api/events.ts"
import { settings } from "./internal/server/api/settings.ts"
import { upkeep } from "./internal/server/api/upkeep.ts"
import { webhooks } from "./internal/server/api/webhooks.ts"

export type { Token } from "./internal/server/ConfiguredToken.ts"

/**
 * The options of the admin API.
 *
 * @category options
 */
export interface Options {
  /** The URL under which senders and operators call this server, without a slash at the end. */
  readonly publicUrl: string
  /** Bearer tokens, in addition to those that the API creates and stores in the database. Default: none. */
  readonly tokens?: ReadonlyArray<Token> | undefined
  /** The audit log. */
  readonly audit?:
    | {
        /** Whether the log also records reads of a person or a body. Default: false. */
        readonly reads?: boolean | undefined
        /** How long entries are kept. Default: 400 days. */
        readonly keep?: Duration.Duration | undefined
      }
    | undefined
}

/**
 * The services that the admin API requires: those of an embedded relay, and `Reload` and `Settings.InForce`, or the
 * `layerNone` of each.
 *
 * @category models
 */
export type Services = Embedding.Services | Reload | InForce

/**
 * The services that the server provides: a router, and those of `HttpServer.layerServices`.
 *
 * @category models
 */
export type ServerServices =
  | HttpRouter.HttpRouter
  | HttpPlatform.HttpPlatform
  | Etag.Generator
  | FileSystem.FileSystem
  | Path.Path

/**
 * Why the tables of the admin API can't be made or upgraded.
 *
 * @category errors
 */
export type Unmigrated = Inbox.InboxUnavailable | Migrator.MigrationError

const minTokenLength = 32

const wrongWith = (tokens: ReadonlyArray<Token>): string | undefined => {
  const names = new Set<string>()
  for (const { name, secret } of tokens) {
    if (names.has(name)) return `tokens: two are named "${name}"`
    names.add(name)
    if (Redacted.value(secret).length < minTokenLength) {
      return `tokens: the secret of "${name}" can be guessed; give it ${minTokenLength} random characters or more`
    }
  }
  return undefined
}

/** Removes counts and audit entries that are too old. */
const layerTrimming = ({ audit: { keep = Duration.days(400) } = {} }: Options) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const insight = yield* Reporting.Reporting
      const audit = yield* AuditLog.AuditLog
      const trim = Effect.andThen(
        Troubles.attempt("Removing old counts", insight.trim),
        Troubles.attempt("Removing old audit entries", audit.trim(keep))
      )
      yield* Effect.forkScoped(Effect.repeat(trim, Schedule.spaced("1 hour")))
    })
  )

/** Authentication, and the audit log. */
const layerAccess = ({ tokens = [], audit }: Options) =>
  Layer.mergeAll(Sessions.layer, SignIns.layer).pipe(
    Layer.provideMerge([Tokens.layer(tokens), AuditLog.layer(audit)]),
    Layer.provide(Migrations.layer),
    Layer.provide([Database.layerSqlClient, SecureRandom.layerWebCrypto])
  )

/** The endpoints behind a layer that authenticates callers. */
const layerServed = (
  publicUrl: string,
  access: Layer.Layer<Access.Authorization | Access.SameOrigin, never, Tokens | Sessions | SignIns>,
  openapiPath?: `/${string}`
) =>
  HttpApiBuilder.layer(documented, { openapiPath }).pipe(
    Layer.provide([
      webhooks,
      invitations,
      people,
      search,
      replays,
      cancellations,
      jobs,
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
      settings,
      events,
      audit,
      tokens,
      session(publicUrl)
    ]),
    Layer.provide([access, Exact.layer, Compression.layer])
  )

/**
 * Adds the admin API under `/api` to the router, over the services of an embedded relay, and its OpenAPI document at
 * `/api/openapi.json`. A caller sends a token as `Authorization: Bearer …`. A token that is too short is a defect.
 *
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<never, Unmigrated, Services | ServerServices> =>
  Layer.suspend(() => {
    const wrong = wrongWith(options.tokens ?? [])
    if (wrong !== undefined) throw new Error(`AdminServer.layer: ${wrong}`)
    const openapi = "/api/openapi.json"
    return Layer.provide(layerWith(options, [openapi], openapi), Bounds.layer)
  })

/**
 * `layer` for a server that bounds requests, formats errors and serves documents about the API itself. The first path is the
 * document that lists the endpoints.
 *
 * @category layers
 */
export const layerWithDocuments = (
  options: Options,
  documents: readonly [string, ...ReadonlyArray<string>]
): Layer.Layer<never, Unmigrated, Services | ServerServices> => layerWith(options, documents)

const layerWith = (
  options: Options,
  documents: readonly [string, ...ReadonlyArray<string>],
  openapiPath?: `/${string}`
) =>
  Layer.mergeAll(
    layerServed(options.publicUrl, Authorization.layer(options.publicUrl), openapiPath),
    noEndpoint(documents),
    layerTrimming(options),
    JobResults.layer,
    TransportSecurity.layer(options.publicUrl)
  ).pipe(Layer.provide(layerAccess(options)))

/**
 * An `HttpClient` that calls the admin API in the same process, without a network and without a token. Each request acts as
 * the given caller and runs in the calling fiber. Streams end with the scope. Use it with
 * `HttpApiClient.makeWith(Api.AdminApi, { httpClient, baseUrl: "http://relay.invalid" })`.
 *
 * @category constructors
 */
export const httpClient = Effect.fnUntraced(function* (
  options: Options,
  caller: Access.Caller["Service"]
): Effect.fn.Return<HttpClient.HttpClient, Unmigrated, Services | Scope.Scope> {
  const handle = yield* HttpRouter.toHttpEffect(
    layerServed(options.publicUrl, Authorization.layerOf(caller)).pipe(
      Layer.provide([layerAccess(options), HttpServer.layerServices])
    )
  )
  const scope = yield* Effect.scope
  return HttpClient.make((request) =>
    handle.pipe(
      Effect.orDie,
      Effect.map((response) => HttpServerResponse.toClientResponse(response, { request })),
      Effect.provideService(
        HttpServerRequest.HttpServerRequest,
        HttpServerRequest.fromClientRequest(request)
      ),
      Effect.provideService(Scope.Scope, scope)
    )
  )
})

/**
 * The OpenAPI document of the admin API, for servers that serve it themselves.
 *
 * @category accessors
 */
export const openApi = (): OpenApi.OpenAPISpec => OpenApi.fromApi(documented)

export {
  /**
   * Explains why a person was, or was not, invited: their invitations, and the story of events, oldest first. The person is
   * an address or a Spot member id.
   *
   * @category accessors
   */
  why
} from "./internal/server/why.ts"
