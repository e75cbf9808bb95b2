/**
 * A relay in one line, on Postgres: several processes share the work, and one of them dispatches for each Spot. Import it
 * from `@usher/engine/RelayPostgres`; it needs the package `@effect/sql-pg`.
 *
 * **Example**
 *
 * ```ts
 * import { MeltingSpotConfig } from "@usher/core"
 * import { Secret, Senders } from "@usher/signatures"
 * import { Mapping, Source } from "@usher/engine"
 * import * as RelayPostgres from "@usher/engine/RelayPostgres"
 * import { Config, Effect, Redacted } from "effect"
 *
 * const form = Effect.flatMap(
 *   Mapping.make({ live: "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10", member: { expr: "email" } }),
 *   (mapping) =>
 *     Source.make({
 *       name: "form",
 *       sender: Senders.of("typeform"),
 *       secrets: [Secret.make("the secret of the form")],
 *       spot: "main",
 *       mapping
 *     })
 * )
 *
 * const Invitations = RelayPostgres.layer({
 *   url: Redacted.make("postgres://relay@db.example.com/relay"),
 *   sources: [form],
 *   spots: { main: Config.unwrap(MeltingSpotConfig.config) }
 * })
 * ```
 */
import { type Config, Layer, type Redacted } from "effect"
import type { HttpClient, HttpRouter } from "effect/http"
import type { Migrator, SqlError } from "effect/sql"
import type { InboxUnavailable } from "../ports/Inbox.ts"
import * as Postgres from "../store/postgres/Postgres.ts"
import { layer as layerLeadership } from "../store/postgres/PostgresLeadership.ts"
import * as SpotControlSql from "../store/SpotControlSql.ts"
import * as StoreSql from "../store/StoreSql.ts"
import { embed, type ErrorOf, type ServicesOf } from "./assemble.ts"
import type * as Embedding from "./Embedding.ts"

/**
 * The options of `layer`: those of every embedded relay, and the server.
 *
 * @category options
 */
export interface Options<
  S extends Embedding.GivenSource = Embedding.GivenSource
> extends Embedding.Options<S> {
  /**
   * The database, such as `postgres://relay@db.example.com/relay`. It belongs to the relay: its tables have plain names, so
   * give it a database, or a schema by `?options=-c search_path=relay`, of its own. A pooler in front of it has to be in
   * session mode.
   */
  readonly url: Redacted.Redacted
  /** The password, where it is not in `url`. Optional. */
  readonly password?: Redacted.Redacted | undefined
  /** The most connections that this process opens. Default: 10. */
  readonly maxConnections?: number | undefined
  /** The certificate authority that vouches for the server, as PEM. With it, the relay speaks TLS or not at all. Optional. */
  readonly ca?: string | undefined
}

/**
 * Adds `/webhooks/{source}` to the router, and works for as long as the layer lives. Fails when the server can't be reached,
 * a pooler takes away the sessions that a relay needs, or a source can't be made. The database is migrated when the layer is
 * built.
 *
 * @category layers
 */
export const layer = <S extends Embedding.GivenSource>(
  options: Options<S>
): Layer.Layer<
  Embedding.Services,
  ErrorOf<S> | Config.ConfigError | SqlError.SqlError | InboxUnavailable | Migrator.MigrationError,
  ServicesOf<S> | HttpRouter.HttpRouter | HttpClient.HttpClient
> => embed("RelayPostgres.layer", options, layerStore(options))

const layerStore = ({ url, password, maxConnections, ca }: Omit<Options, keyof Embedding.Options>) => {
  const config = {
    url,
    ...(maxConnections === undefined ? {} : { maxConnections }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ssl: { ca } })
  }
  return layerLeadership.pipe(
    Layer.provideMerge(SpotControlSql.layer),
    Layer.provideMerge(StoreSql.layer),
    Layer.provideMerge(Postgres.layer(config)),
    // By a client of its own, before anything else is asked of the server.
    Layer.provide(
      Layer.effectDiscard(Postgres.checkSessions).pipe(
        Layer.provide(Layer.fresh(Postgres.layerClient(config)))
      )
    )
  )
}
