/**
 * An embedded relay on Postgres, as one layer. Several processes can share a database; one of them dispatches for each
 * Spot. Import it from `@usher/engine/RelayPostgres`. It needs the package `@effect/sql-pg`.
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
   * The URL of the database, such as `postgres://relay@db.example.com/relay`. The relay's tables have plain names, so
   * give it its own database, or its own schema with `?options=-c search_path=relay`. A pooler must be in session mode.
   */
  readonly url: Redacted.Redacted
  /** The password, if `url` does not contain it. Optional. */
  readonly password?: Redacted.Redacted | undefined
  /** The maximum number of connections of this process. Default: 10. */
  readonly maxConnections?: number | undefined
  /** The certificate authority of the server, as PEM. With it, the relay connects only over TLS. Optional. */
  readonly ca?: string | undefined
}

/**
 * Adds `/webhooks/{source}` to the router, and runs the relay while the layer exists. Building the layer migrates the
 * database. It fails if the server is unreachable, a pooler does not support sessions, or a source can't be made.
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
    // Uses its own client, before any other query.
    Layer.provide(
      Layer.effectDiscard(Postgres.checkSessions).pipe(
        Layer.provide(Layer.fresh(Postgres.layerClient(config)))
      )
    )
  )
}
