/**
 * The Lives of a Spot: finds the id of the Live to invite to.
 */
import { Context, Effect, Stream } from "effect"
import type { ReadError } from "./CallError.ts"
import { readBody, refused } from "./internal/answer.ts"
import { type Api, decoderOf, overApi } from "./internal/api.ts"
import { layerConfigOf, layerOf, makeOf } from "./internal/settings.ts"
import { decodeLiveId } from "./internal/invitation.ts"
import type { DatedOptions } from "./internal/paging.ts"
import { liveRoute } from "./internal/paths.ts"
import type { ListError } from "./InviteError.ts"
import { Live, LivePage } from "./Live.ts"
import type { LiveFilter } from "./LiveFilter.ts"

/**
 * Options of a list of Lives.
 *
 * @category models
 */
export interface LivesOptions extends DatedOptions {
  /** Default: every Live of the Spot. */
  readonly filter?: LiveFilter | undefined
}

/**
 * The Lives of a Spot.
 *
 * ```ts
 * import { Lives } from "@usher/core"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const lives = yield* Lives.Lives
 *   const [live] = yield* lives.findByTitle("Product launch")
 *   return live?.id
 * })
 * ```
 *
 * @category services
 */
export class Lives extends Context.Service<
  Lives,
  {
    /**
     * The Lives that match, page by page as the stream is read (`GET /v1/lives`). A Live that is created or deleted
     * meanwhile may be missing or repeated.
     *
     * Documented: operation-listlives. UNKNOWN: the order, the number of the first page, and the unit of dates in filters.
     */
    readonly list: (options?: LivesOptions) => Stream.Stream<Live, ReadError>
    /**
     * All Lives with this title, in the upstream's order: a series may repeat its title (`GET /v1/lives?title[eq]=…`).
     *
     * Documented: operation-listlives. UNKNOWN: whether case and surrounding space matter.
     */
    readonly findByTitle: (title: string) => Effect.Effect<ReadonlyArray<Live>, ReadError>
    /**
     * One Live by id (`GET /v1/lives/{liveId}`). Fails with `LiveNotFound` when there is none.
     *
     * Documented: operation-getlive, for 200. Assumed: 404 when there is no such Live.
     */
    readonly get: (liveId: string) => Effect.Effect<Live, ListError>
  }
>()("@usher/core/Lives") {}

const decodeLive = decoderOf(Live)
const decodePage = decoderOf(LivePage)

const fromApi = ({ list, maxAnswer, transport }: Api): Lives["Service"] => {
  const all = ({ filter, ...options }: LivesOptions = {}) =>
    list("/v1/lives", {}, decodePage, { name: "Lives.list", filter, options })

  return Lives.of({
    list: all,
    findByTitle: (title) => Stream.runCollect(all({ filter: { title: { eq: title } } })),
    get: Effect.fn("Lives.get")(function* (liveId) {
      const id = yield* decodeLiveId(liveId)
      yield* Effect.annotateCurrentSpan("live.id", id)
      return yield* transport.send(
        id,
        { method: "GET", ...liveRoute(id) },
        readBody(id, maxAnswer, decodeLive, refused)
      )
    })
  })
}

const fromSettings = /* @__PURE__ */ overApi(fromApi)

/**
 * The service itself, for programs that hold several: one for each Spot. Invalid options are a defect that names the
 * option.
 *
 * @category constructors
 */
export const make = /* @__PURE__ */ makeOf(fromSettings)

/**
 * A layer over any `HttpClient` that makes one attempt for each call. Every call waits for its place in the `Budget` of
 * the key, which `LiveParticipants` shares; the default counts in memory. Invalid options are a defect that names the
 * option.
 *
 * @category layers
 */
export const layer = /* @__PURE__ */ layerOf(Lives, fromSettings)

/**
 * `layer` with options that are read from the configuration when the layer is built. Invalid options are a `ConfigError`.
 * Default: `MeltingSpotConfig.config`.
 *
 * @category layers
 */
export const layerConfig = /* @__PURE__ */ layerConfigOf(Lives, fromSettings)
