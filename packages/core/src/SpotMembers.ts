/**
 * The members of a Spot: finds the id of an address.
 */
import { Array, Context, Effect, type Option, Schema, Stream } from "effect"
import type { ReadError } from "./CallError.ts"
import { flawOf } from "./internal/address.ts"
import { type Api, decoderOf, overApi } from "./internal/api.ts"
import { layerConfigOf, layerOf, makeOf } from "./internal/settings.ts"
import type { DatedOptions } from "./internal/paging.ts"
import { memberKey } from "./Invitation.ts"
import { SpotMember, SpotMemberId, SpotMemberPage } from "./SpotMember.ts"
import type { SpotMemberFilter } from "./SpotMemberFilter.ts"

/**
 * Options of a list of members.
 *
 * @category models
 */
export interface SpotMembersOptions extends DatedOptions {
  /** Default: every member of the Spot. */
  readonly filter?: SpotMemberFilter | undefined
}

/**
 * The members of a Spot.
 *
 * @category services
 */
export class SpotMembers extends Context.Service<
  SpotMembers,
  {
    /**
     * The members that match, page by page as the stream is read (`GET /v1/spotMembers`). A member who joins or leaves
     * meanwhile may be missing or repeated.
     *
     * Documented: https://help.meltingspot.io/manage-spot/integrations/api/endpoints-les-membres-du-spot. UNKNOWN: the
     * order, the number of the first page, and the unit of dates in filters.
     */
    readonly list: (options?: SpotMembersOptions) => Stream.Stream<SpotMember, ReadError>
    /**
     * The member with this address, in any case (`GET /v1/spotMembers?email[in]=…`). `None` if nobody in the Spot has it. A
     * text that is not an email address is refused before the call.
     *
     * Documented: endpoints-les-membres-du-spot. UNKNOWN: whether the upstream compares without case. Assumed: yes.
     */
    readonly findByAddress: (address: string) => Effect.Effect<Option.Option<SpotMember>, ReadError>
    /**
     * One member by id (`GET /v1/spotMembers/{spotMemberId}`). Fails with `ResourceNotFound` when there is none.
     *
     * Documented: https://help-api.meltingspot.io/operation/operation-getspotmember, for 200 and 404.
     */
    readonly get: (spotMemberId: string) => Effect.Effect<SpotMember, ReadError>
  }
>()("@usher/core/SpotMembers") {}

const isMemberId = Schema.is(SpotMemberId)
const decodeMember = decoderOf(SpotMember)
const decodePage = decoderOf(SpotMemberPage)

const fromApi = ({ list, read, refuse }: Api): SpotMembers["Service"] => {
  const all = ({ filter, ...options }: SpotMembersOptions = {}) =>
    list("/v1/spotMembers", {}, decodePage, { name: "SpotMembers.list", filter, options })

  return SpotMembers.of({
    list: all,
    findByAddress: Effect.fn("SpotMembers.findByAddress")(function* (address) {
      if (flawOf(address) !== undefined) {
        const request = { method: "GET", path: "/v1/spotMembers", params: {} } as const
        return yield* refuse(request, "address: expected an email address")
      }
      const found = yield* Stream.runCollect(all({ filter: { email: { in: [address] } } }))
      return Array.findFirst(found, ({ email }) => memberKey(email) === memberKey(address))
    }),
    get: Effect.fn("SpotMembers.get")(function* (spotMemberId) {
      const request = {
        method: "GET",
        path: "/v1/spotMembers/{spotMemberId}",
        params: { spotMemberId }
      } as const
      return yield* isMemberId(spotMemberId)
        ? read(request, decodeMember)
        : refuse(request, "spotMemberId: expected the id of a Spot member")
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
export const layer = /* @__PURE__ */ layerOf(SpotMembers, fromSettings)

/**
 * `layer` with options that are read from the configuration when the layer is built. Invalid options are a `ConfigError`.
 * Default: `MeltingSpotConfig.config`.
 *
 * @category layers
 */
export const layerConfig = /* @__PURE__ */ layerConfigOf(SpotMembers, fromSettings)
