/**
 * An embedded relay on one SQLite file, as one layer, for a program with an HTTP server. It receives, maps and
 * dispatches webhooks.
 *
 * **Example**
 *
 * ```ts
 * import { MeltingSpotConfig } from "@usher/core"
 * import { Secret, Senders } from "@usher/signatures"
 * import { Mapping, Source } from "@usher/engine"
 * import * as RelaySqlite from "@usher/engine/RelaySqlite"
 * import { Config, Effect } from "effect"
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
 * const Invitations = RelaySqlite.layer({
 *   filename: "relay.db",
 *   sources: [form],
 *   spots: { main: Config.unwrap(MeltingSpotConfig.config) }
 * })
 * ```
 */
import { type Config, Layer } from "effect"
import type { HttpClient, HttpRouter } from "effect/http"
import type { Migrator, SqlError } from "effect/sql"
import { SqliteClient, SqliteLock } from "@usher/sqlite"
import { layerAlone } from "../dispatch/Leadership.ts"
import type { InboxUnavailable } from "../ports/Inbox.ts"
import { layerLocal } from "../ports/Signals.ts"
import * as SpotControlSql from "../store/SpotControlSql.ts"
import * as StoreSql from "../store/StoreSql.ts"
import { embed, type ErrorOf, type ServicesOf } from "./assemble.ts"
import type * as Embedding from "./Embedding.ts"

/**
 * The options of `layer`: those of every embedded relay, and the file.
 *
 * @category options
 */
export interface Options<
  S extends Embedding.GivenSource = Embedding.GivenSource
> extends Embedding.Options<S> {
  /**
   * The database file. The relay creates it if it does not exist, with read permission for its owner only. Its
   * directory must exist. One relay at a time can use a file. `":memory:"` stores nothing on disk.
   */
  readonly filename: string
  /**
   * Where checkpoints of the write-ahead log run: in a `"commit"`, or in a `"thread"` for programs that receive
   * thousands of webhooks per second. Default: `"commit"`.
   */
  readonly checkpoints?: SqliteClient.Options["checkpoints"]
}

/**
 * Adds `/webhooks/{source}` to the router, and runs the relay while the layer exists. Building the layer migrates the
 * database. It fails if the file can't be opened, another relay uses it, or a source can't be made.
 *
 * @category layers
 */
export const layer = <S extends Embedding.GivenSource>(
  options: Options<S>
): Layer.Layer<
  Embedding.Services,
  ErrorOf<S> | Config.ConfigError | SqlError.SqlError | InboxUnavailable | Migrator.MigrationError,
  ServicesOf<S> | HttpRouter.HttpRouter | HttpClient.HttpClient
> => embed("RelaySqlite.layer", options, layerStore(options))

const layerStore = ({ filename, checkpoints }: Pick<Options, "filename" | "checkpoints">) =>
  layerAlone.pipe(
    Layer.provideMerge(SpotControlSql.layer),
    Layer.provideMerge(StoreSql.layer),
    Layer.provideMerge(Layer.merge(layerLocal, SqliteClient.layer({ filename, checkpoints }))),
    // Before the file is opened: a second relay must not migrate it.
    Layer.provide(filename === ":memory:" ? Layer.empty : Layer.effectDiscard(SqliteLock.hold(filename)))
  )
