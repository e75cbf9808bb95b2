/**
 * The relay as a process: HTTP server, database, upstream.
 *
 * Layers close from the inside out: the server stops accepting and answers requests in flight, calls in flight finish, and
 * the database closes last.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Context, Duration, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpIncomingMessage, HttpMiddleware, HttpRouter, HttpServer, HttpServerResponse } from "effect/http"
import {
  ConcernGauges,
  Database as RelayDatabase,
  Events,
  Health,
  InboxSql,
  JobRunner,
  JobsSql,
  LiveCatalogSql,
  Reporting,
  OperationsSql,
  Purging,
  QuarantineSql,
  Relay,
  RelayName,
  SourcePausesSql,
  Sources,
  StoredBody
} from "@usher/engine"
import type * as Http from "node:http"
import * as AdminServer from "@usher/admin/AdminServer"
import * as AuditLog from "@usher/admin/AuditLog"
import { allowing } from "@usher/admin/Hosts"
import * as AdminReload from "@usher/admin/Reload"
import type { Resolved } from "../config/ConfigFile.ts"
import * as Settings from "../config/Settings.ts"
import * as Alerts from "../alerts/Alerts.ts"
import * as Database from "../database/Database.ts"
import * as Upstream from "../outbound/Upstream.ts"
import * as Failures from "../telemetry/Failures.ts"
import * as MetricsPage from "../telemetry/MetricsPage.ts"
import { BoundedServer } from "./Connections.ts"
import * as Dashboard from "./Dashboard.ts"
import * as Documents from "./Documents.ts"
import * as Hangup from "./Hangup.ts"
import { layerRest, layerUpgradeWarning } from "./Http.ts"
import * as Policy from "./Policy.ts"
import { layerAdmin as layerAdminReload, layerSettings, Reload } from "./Reload.ts"

/** The Inbox and the other services on the configured database. */
export const layerInbox = (config: Resolved) =>
  layerInboxOn(config, Database.layerWithLeadership(config.database))

/** The same services on an existing, migrated database, for commands that only read. Writes fail. */
export const layerReading = (config: Resolved) => layerInboxOn(config, Database.layerReading(config.database))

/** The Inbox of a serving relay, which locks its SQLite file and needs Postgres sessions. */
export const layerServedInbox = (config: Resolved) =>
  layerInboxOn(config, Database.layerServed(config.database))

const layerInboxOn = <A, E, R>(
  config: Resolved,
  database: Layer.Layer<A | Layer.Success<ReturnType<typeof Database.layerReading>>, E, R>
) =>
  Layer.mergeAll(
    InboxSql.layer,
    JobsSql.layer,
    LiveCatalogSql.layer,
    OperationsSql.layer,
    SourcePausesSql.layer,
    Reporting.layerSql,
    RelayDatabase.layer
  ).pipe(
    Layer.provideMerge(database),
    Layer.provideMerge(Layer.merge(SecureRandom.layerWebCrypto, Events.layer)),
    Layer.provideMerge(layerMaxSize(config)),
    Layer.provide(layerName(config))
  )

/** The name of the relay in stored records. */
const layerName = ({ name }: Resolved) =>
  name === undefined ? Layer.empty : Layer.succeed(RelayName.RelayName, name)

/** Readers of the Inbox accept bodies as large as the Receiver does. */
const layerMaxSize = ({ relay: { maxBodySize } }: Resolved) =>
  maxBodySize === undefined ? Layer.empty : Layer.succeed(StoredBody.MaxSize, maxBodySize)

/** The relay, its quarantine, its concerns and its alerts, with the sources of all. It deletes what is too old. */
const layerRelay = ({ relay, quarantine, retention, alerts }: Resolved) =>
  Alerts.layer(alerts).pipe(
    Layer.provideMerge(ConcernGauges.layer),
    Layer.provideMerge(Relay.layerWithSources(relay)),
    Layer.merge(
      Layer.merge(
        Purging.layer({ webhooks: retention.bodies, invitations: retention.invitations }),
        JobRunner.layer
      )
    ),
    Layer.provideMerge(QuarantineSql.layer({ publicUrl: relay.publicUrl, ...quarantine })),
    Layer.provideMerge(Sources.layer(relay.sources))
  )

/** Reads the address of a client from the headers of trusted proxies. */
const layerProxies = ({ trustedProxies }: Resolved) =>
  trustedProxies.length === 0
    ? Layer.empty
    : HttpRouter.middleware(HttpMiddleware.xForwardedHeaders({ trustedProxies }), { global: true })

/** Closes connections after their response while the server stops, so that they do not delay the end. */
const layerFarewell = (server: Http.Server) =>
  HttpRouter.middleware(
    Effect.map((response: HttpServerResponse.HttpServerResponse) =>
      server.listening ? response : HttpServerResponse.setHeader(response, "connection", "close")
    ),
    { global: true }
  )

/** Reloads the file on SIGHUP, and on a request of the admin API. */
const layerReload = (file: string, config: Resolved) =>
  Layer.mergeAll(Hangup.layer, layerAdminReload, layerSettings).pipe(
    Layer.provide(AuditLog.layer()),
    Layer.provideMerge(Reload.layer(file, config))
  )

export interface Options {
  /** The configuration file, for reloads. */
  readonly file?: string | undefined
  /** The time to receive a complete request. A slower client gets 408. Default: 10 seconds. */
  readonly requestTimeout?: Duration.Input | undefined
}

/** The URL of the dashboard and the API. */
export class AdminUrl extends Context.Service<AdminUrl, string>()("@usher/relay/AdminUrl") {}

/** The URL of the listening server. */
export const url = HttpServer.addressFormattedWith(Effect.succeed)

const layerAdminUrl = Layer.effect(AdminUrl, url)

interface Listener {
  readonly host: string
  readonly port: number
  /** How long a stop waits for requests in flight. */
  readonly drain: Duration.Input
}

/** Serves routes on a listener, with the middleware of all routes. */
const layerListening = <A, E, R>(
  { host, port, drain }: Listener,
  config: Resolved,
  options: Options,
  routes: Layer.Layer<A, E, R>
) => {
  const requestTimeout = Duration.toMillis(options.requestTimeout ?? config.requestTimeout ?? "10 seconds")
  const server = new BoundedServer({
    requestTimeout,
    keepAliveTimeout: Duration.toMillis(config.keepAliveTimeout),
    headersTimeout: requestTimeout / 2,
    connectionsCheckingInterval: requestTimeout / 10
  })
  const all = Layer.mergeAll(routes, layerUpgradeWarning(server), layerFarewell(server), layerProxies(config))
  // Added last, this middleware is the innermost and sees every failure.
  const watched = Failures.layer.pipe(Layer.provide(SecureRandom.layerWebCrypto), Layer.provideMerge(all))
  return HttpRouter.serve(watched, { disableLogger: true, disableListenLog: true }).pipe(
    // The limit of all routes.
    Layer.provide(Layer.succeed(HttpIncomingMessage.MaxBodySize, Policy.maxBodySize)),
    Layer.provideMerge(NodeHttpServer.layer(() => server, { host, port, gracefulShutdownTimeout: drain })),
    // The Receiver traces webhooks itself. Other URLs may name people.
    Layer.provide(Layer.succeed(HttpMiddleware.TracerDisabledWhen, () => true))
  )
}

/** All routes for operators. */
const layerOperators = (config: Resolved, options: Options) => {
  const admin = AdminServer.layerWithDocuments(
    { publicUrl: config.relay.publicUrl, ...config.admin },
    Documents.paths
  )
  return Layer.mergeAll(
    admin,
    Documents.layer,
    Health.layer,
    MetricsPage.layer,
    // After all routes at /.
    layerRest.pipe(Layer.provide(Dashboard.layer))
  ).pipe(
    Layer.provide(
      options.file === undefined
        ? Layer.merge(AdminReload.layerNone, Settings.layer(config))
        : layerReload(options.file, config)
    )
  )
}

const policyOf = ({ relay: { publicUrl } }: Resolved, host: string, hosts: ReadonlyArray<string>) =>
  Policy.layer({ isAllowed: allowing({ host, publicUrl, hosts }) })

/** Builds a layer separately from the other listener, which has the same layers on its own router. */
const unshared = <A, E, R>(layer: Layer.Layer<A, E, R>) =>
  Layer.effectContext(
    Effect.flatMap(Effect.scope, (scope) => Layer.buildWithMemoMap(layer, Layer.makeMemoMapUnsafe(), scope))
  )

/**
 * Serves until it is interrupted. The Inbox is provided from outside, so that it closes last. At a stop, requests of
 * operators on a separate listener get 1 second, then other requests get 3 seconds, and then upstream calls 5 seconds: within
 * the 10 seconds of `docker stop`.
 */
export const layer = (config: Resolved, options: Options = {}) =>
  Layer.suspend(() => {
    const { host, port, adminListener } = config
    const senders = { host, port, drain: "3 seconds" } as const
    if (adminListener === undefined) {
      const routes = layerOperators(config, options).pipe(
        Layer.provide(policyOf(config, host, [])),
        Layer.provideMerge(layerRelay(config))
      )
      return Layer.provideMerge(layerAdminUrl, layerListening(senders, config, options, routes))
    }
    const received = Layer.mergeAll(Health.layerAlive, layerRest).pipe(
      Layer.provide(policyOf(config, host, [])),
      Layer.provideMerge(layerRelay(config))
    )
    const operators = layerOperators(config, options).pipe(
      Layer.provide(policyOf(config, adminListener.host, adminListener.hosts))
    )
    return layerAdminUrl.pipe(
      Layer.provide(layerListening({ ...adminListener, drain: "1 second" }, config, options, operators)),
      unshared,
      Layer.provideMerge(layerListening(senders, config, options, received))
    )
  }).pipe(Layer.provide(Upstream.layer(config.trusted, config.proxies)))
