/**
 * The relay as a process: HTTP server, database, upstream.
 *
 * Layers close from the inside out: the server stops accepting and answers what is in flight, calls under way end, and
 * the database closes last.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Context, Duration, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpIncomingMessage, HttpMiddleware, HttpRouter, HttpServer, HttpServerResponse } from "effect/http"
import {
  Database as RelayDatabase,
  Events,
  Health,
  InboxSql,
  Insight,
  OperationsSql,
  QuarantineSql,
  Relay,
  RelayName,
  SourceControlSql,
  Sources,
  StoredBody
} from "@usher/engine"
import type * as Http from "node:http"
import * as AdminServer from "@usher/admin/AdminServer"
import * as AuditLog from "@usher/admin/AuditLog"
import { allowing } from "@usher/admin/Hosts"
import * as AdminReload from "@usher/admin/Reload"
import type { Resolved } from "../config/ConfigFile.ts"
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
import { layerAdmin as layerAdminReload, Reload } from "./Reload.ts"

/** The Inbox on the configured database, and all that is kept, controlled and told beside it. */
export const layerInbox = (config: Resolved) => layerInboxOn(config, Database.layerLed(config.database))

/** The same, for the relay itself, which has a SQLite file to itself and needs sessions of Postgres. */
export const layerServedInbox = (config: Resolved) =>
  layerInboxOn(config, Database.layerServed(config.database))

const layerInboxOn = <E, R>(
  config: Resolved,
  database: Layer.Layer<Layer.Success<ReturnType<typeof Database.layerLed>>, E, R>
) =>
  Layer.mergeAll(
    InboxSql.layer,
    OperationsSql.layer,
    SourceControlSql.layer,
    Insight.layerSql,
    RelayDatabase.layer
  ).pipe(
    Layer.provideMerge(database),
    Layer.provideMerge(Layer.merge(SecureRandom.layerWebCrypto, Events.layer)),
    Layer.provideMerge(layerMaxSize(config)),
    Layer.provide(layerName(config))
  )

/** What the relay is called in what it stores. */
const layerName = ({ name }: Resolved) =>
  name === undefined ? Layer.empty : Layer.succeed(RelayName.RelayName, name)

/** What is received can also be read, by everything that reads the Inbox. */
const layerMaxSize = ({ relay: { maxBodySize } }: Resolved) =>
  maxBodySize === undefined ? Layer.empty : Layer.succeed(StoredBody.MaxSize, maxBodySize)

/** The relay with a quarantine, and the sources that both know. */
const layerRelay = ({ relay, quarantine }: Resolved) =>
  Relay.layerWithSources(relay).pipe(
    Layer.provideMerge(QuarantineSql.layer({ publicUrl: relay.publicUrl, ...quarantine })),
    Layer.provideMerge(Sources.layer(relay.sources))
  )

/** The address of a client, as a proxy of ours tells it. */
const layerProxies = ({ trustedProxies }: Resolved) =>
  trustedProxies.length === 0
    ? Layer.empty
    : HttpRouter.middleware(HttpMiddleware.xForwardedHeaders({ trustedProxies }), { global: true })

/** While the server stops: an answer that leaves its connection open would hold up the end for the next request. */
const layerFarewell = (server: Http.Server) =>
  HttpRouter.middleware(
    Effect.map((response: HttpServerResponse.HttpServerResponse) =>
      server.listening ? response : HttpServerResponse.setHeader(response, "connection", "close")
    ),
    { global: true }
  )

/** The file is read again on SIGHUP, and when the admin API asks for it. */
const layerReload = (file: string, config: Resolved) =>
  Layer.merge(Hangup.layer, layerAdminReload).pipe(
    Layer.provide(AuditLog.layer()),
    Layer.provideMerge(Reload.layer(file, config))
  )

export interface Options {
  /** What the configuration was read from; without it there is nothing to read again. */
  readonly file?: string | undefined
  /** Time for a whole request to arrive. The relay answers a slower client with 408. Default: 10 seconds. */
  readonly requestTimeout?: Duration.Input | undefined
}

/** Where operators open the page and the API. */
export class AdminUrl extends Context.Service<AdminUrl, string>()("@usher/relay/AdminUrl") {}

/** What a person may open, once the server listens. */
export const url = HttpServer.addressFormattedWith(Effect.succeed)

const layerAdminUrl = Layer.effect(AdminUrl, url)

interface Listener {
  readonly host: string
  readonly port: number
  /** How long it waits for requests under way when it stops. */
  readonly drain: Duration.Input
}

/** Serves routes on a listener of its own, with what all of them need. */
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
  // The last middleware is the innermost: it sees every failure.
  const watched = Failures.layer.pipe(Layer.provide(SecureRandom.layerWebCrypto), Layer.provideMerge(all))
  return HttpRouter.serve(watched, { disableLogger: true, disableListenLog: true }).pipe(
    // Of every request, whatever its route is.
    Layer.provide(Layer.succeed(HttpIncomingMessage.MaxBodySize, Policy.maxBodySize)),
    Layer.provideMerge(NodeHttpServer.layer(() => server, { host, port, gracefulShutdownTimeout: drain })),
    // Webhooks have a span of the Receiver's; the URLs of others may name people.
    Layer.provide(Layer.succeed(HttpMiddleware.TracerDisabledWhen, () => true))
  )
}

/** Everything that is for operators. */
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
    // Whatever is taken at / comes before it.
    layerRest.pipe(Layer.provide(Dashboard.layer))
  ).pipe(
    Layer.provide(options.file === undefined ? AdminReload.layerNone : layerReload(options.file, config))
  )
}

const policyOf = ({ relay: { publicUrl } }: Resolved, host: string, hosts: ReadonlyArray<string>) =>
  Policy.layer({ isAllowed: allowing({ host, publicUrl, hosts }) })

/** Built for itself: the other listener has the same layers, each of which adds its routes to one router. */
const unshared = <A, E, R>(layer: Layer.Layer<A, E, R>) =>
  Layer.effectContext(
    Effect.flatMap(Effect.scope, (scope) => Layer.buildWithMemoMap(layer, Layer.makeMemoMapUnsafe(), scope))
  )

/**
 * Serves until it is interrupted. The Inbox comes from outside, so that it is closed after everything else. Requests
 * under way may take 3 seconds, those of operators on a listener of their own 1 second before that, and calls to the upstream
 * another 5, which is within the 10 that `docker stop` grants.
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
