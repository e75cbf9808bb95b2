/** Builds an embedded relay on a database: all layers in order, and checks of the options. */
import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import type { HttpClient, HttpRouter } from "effect/http"
import type { Migrator, SqlClient } from "effect/sql"
import type { Scheme } from "@usher/signatures"
import type { Leadership } from "../dispatch/Leadership.ts"
import * as Spots from "../dispatch/Spots.ts"
import * as ConcernGauges from "../operate/ConcernGauges.ts"
import * as Concerns from "../operate/Concerns.ts"
import * as JobRunner from "../operate/JobRunner.ts"
import * as Purging from "../operate/Purging.ts"
import * as Database from "../ports/Database.ts"
import * as Events from "../ports/Events.ts"
import { Inbox, type InboxUnavailable } from "../ports/Inbox.ts"
import { Jobs } from "../ports/Jobs.ts"
import { LiveCatalog } from "../ports/LiveCatalog.ts"
import { Operations } from "../ports/Operations.ts"
import { SourcePauses } from "../ports/SourcePauses.ts"
import { SpotControl } from "../ports/SpotControl.ts"
import * as Quarantine from "../receive/Quarantine.ts"
import type { Source } from "../source/Source.ts"
import * as Sources from "../source/Sources.ts"
import * as StoredBody from "../source/StoredBody.ts"
import * as InboxSql from "../store/InboxSql.ts"
import * as JobsSql from "../store/JobsSql.ts"
import * as LiveCatalogSql from "../store/LiveCatalogSql.ts"
import * as Reporting from "../store/Reporting.ts"
import * as OperationsSql from "../store/OperationsSql.ts"
import * as QuarantineSql from "../store/QuarantineSql.ts"
import * as SourcePausesSql from "../store/SourcePausesSql.ts"
import type { StoreSql } from "../store/StoreSql.ts"
import type { GivenSource, Options, Services } from "./Embedding.ts"
import * as Relay from "./Relay.ts"

/** What a database layer must provide. */
export type Store = SqlClient.SqlClient | StoreSql | SpotControl | Leadership

/** What a database layer may require. */
type StoreNeeds = SecureRandom.SecureRandom | Events.Events

/** The errors and requirements of sources that are Effects. */
export type ErrorOf<S> = S extends Effect.Effect<infer _A, infer E, infer _R> ? E : never
export type ServicesOf<S> = S extends Effect.Effect<infer _A, infer _E, infer R> ? R : never

export const embed = <S extends GivenSource, E>(
  name: string,
  options: Options<S>,
  store: Layer.Layer<Store, E, StoreNeeds>
) =>
  // Two relays in one program share no layer.
  isolated(
    Layer.unwrap(
      Effect.gen(function* () {
        const sources = yield* Effect.forEach(options.sources, made)
        const spots = new Map<string, Spots.Options>()
        for (const [spot, given] of Object.entries(options.spots)) {
          spots.set(spot, Effect.isEffect(given) ? yield* given : given)
        }
        const wrong = wrongWith(options, sources, spots)
        if (wrong !== undefined) return yield* Effect.die(new Error(`${name}: ${wrong}`))
        return layerOf(options, sources, spots, store)
      })
    )
  )

/** Makes the source, or returns it if it is made. The cast states what the parameter's type implies. */
const made = <S extends GivenSource>(given: S): Effect.Effect<Source, ErrorOf<S>, ServicesOf<S>> =>
  (Effect.isEffect(given) ? given : Effect.succeed(given)) as Effect.Effect<Source, ErrorOf<S>, ServicesOf<S>>

/** Only senders that sign the URL read it. */
const anyUrl = "https://localhost"

const layerOf = <S extends GivenSource, E>(
  options: Options<S>,
  sources: ReadonlyArray<Source>,
  spots: ReadonlyMap<string, Spots.Options>,
  store: Layer.Layer<Store, E, StoreNeeds>
): Layer.Layer<
  Services,
  E | InboxUnavailable | Migrator.MigrationError,
  HttpRouter.HttpRouter | HttpClient.HttpClient
> => {
  const { quarantine, purge, publicUrl = anyUrl, maxBodySize } = options
  const relay = Relay.layerWithSources({ ...options, publicUrl, spots })
  const kept = QuarantineSql.layer({ publicUrl, ...(quarantine === false ? {} : quarantine) })
  // The receiver keeps nothing. Deliveries kept earlier can still be read.
  const relayed =
    quarantine === false
      ? Layer.merge(Layer.provide(relay, Quarantine.layerNone), kept)
      : Layer.provideMerge(relay, kept)
  const purging = purge === false ? Layer.empty : Purging.layer(purge)
  return Layer.mergeAll(Layer.provideMerge(ConcernGauges.layer, relayed), purging, JobRunner.layer).pipe(
    Layer.provideMerge(Sources.layer(Sources.byName(sources))),
    Layer.provideMerge(
      Layer.mergeAll(
        InboxSql.layer,
        JobsSql.layer,
        LiveCatalogSql.layer,
        OperationsSql.layer,
        SourcePausesSql.layer,
        Reporting.layerSql,
        Database.layer
      )
    ),
    Layer.provideMerge(store),
    Layer.provideMerge(Layer.merge(SecureRandom.layerWebCrypto, Events.layer)),
    Layer.provideMerge(
      maxBodySize === undefined ? Layer.empty : Layer.succeed(StoredBody.MaxSize, maxBodySize)
    ),
    publish
  )
}

/** The program gets the services of the relay, but not its `SqlClient` or internal services. */
const publish = <E, R>(layer: Layer.Layer<Services, E, R>): Layer.Layer<Services, E, R> =>
  Layer.effectContext(Effect.map(Effect.context<Services>(), pick)).pipe(Layer.provide(layer))

const pick = Context.pick(
  Inbox,
  Jobs,
  LiveCatalog,
  Operations,
  SpotControl,
  SourcePauses,
  Quarantine.Quarantine,
  Reporting.Reporting,
  Concerns.Concerns,
  Sources.Sources,
  Spots.Spots,
  Database.Database,
  Events.Events,
  StoredBody.MaxSize
)

/** A name that can be part of a path without escapes. */
const plainName = /^[\w~-][\w.~-]*$/

const wrongWith = (
  { publicUrl }: Pick<Options, "publicUrl">,
  sources: ReadonlyArray<Source>,
  spots: ReadonlyMap<string, unknown>
): string | undefined => {
  const names = new Set<string>()
  for (const { name, spot, sender } of sources) {
    if (!plainName.test(name))
      return `sources: "${name}" can't be part of a path; use letters, digits, - and _`
    if (names.has(name)) return `sources: two are named "${name}"`
    names.add(name)
    if (!spots.has(spot)) {
      const known = [...spots.keys()].join(", ")
      return `sources: "${name}" invites with the Spot "${spot}", and spots has ${known === "" ? "none" : `only ${known}`}`
    }
    if (publicUrl === undefined && signsUrl(sender.scheme)) {
      return `publicUrl: the sender of "${name}" signs the URL that it calls, so the relay has to know it`
    }
  }
  if (publicUrl !== undefined && !(URL.canParse(publicUrl) && /^https?:\/\/[^?#]*[^/?#]$/.test(publicUrl))) {
    return "publicUrl: expected an http(s) URL without a query and without a slash at the end"
  }
  return undefined
}

const signsUrl = (scheme: Scheme.Scheme): boolean => {
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return scheme.parts?.includes("url") ?? false
    case "by-header":
      return scheme.choices.some(({ use }) => signsUrl(use))
    default:
      return scheme.scheme === "twilio"
  }
}

/** Builds a layer with layers of its own, so that it shares none with the program around it. */
const isolated = <A, E, R>(layer: Layer.Layer<A, E, R>): Layer.Layer<A, E, R> =>
  Layer.effectContext(
    Effect.flatMap(Effect.scope, (scope) => Layer.buildWithMemoMap(layer, Layer.makeMemoMapUnsafe(), scope))
  )
