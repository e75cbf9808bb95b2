/**
 * Calls any other route of MeltingSpot's API: authorized, within the budget, traced, and with the errors of this package.
 */
import { Context, Effect, Option, type Schema } from "effect"
import type { CallError } from "./CallError.ts"
import { type Api, decodeNothing, decoderOf, overApi } from "./internal/api.ts"
import { layerConfigOf, layerOf, makeOf } from "./internal/settings.ts"
import { type Pairs, queryString } from "./internal/query.ts"

/**
 * The methods of the API.
 *
 * @category models
 */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

/**
 * The value of a query parameter. A list is joined with commas; `undefined` omits the parameter.
 *
 * @category models
 */
export type QueryValue = string | number | boolean | ReadonlyArray<string | number> | undefined

/**
 * A value for each name in a path template. Values are escaped, and appear in no span and no error.
 *
 * @category models
 */
export type PathParams<Path extends string> = [NamesIn<Path>] extends [never]
  ? { readonly params?: undefined }
  : { readonly params: { readonly [Name in NamesIn<Path>]: string } }

/**
 * The names in a path template: `"groupId"` for `/v1/groups/{groupId}`.
 *
 * @category models
 */
export type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never

/**
 * A call of any path.
 *
 * @category models
 */
export interface AnyCall {
  /** The method. */
  readonly method: Method
  /** The path as a template, such as `/v1/channels/{channelId}/spotMembers~bulkAdd`. It appears in spans and errors. */
  readonly path: string
  /** A value for each name in the template. Values are escaped, and appear in no span and no error. */
  readonly params?: Readonly<Record<string, string>> | undefined
  /** The query by name, such as `{ "label[contains]": "team" }`. Brackets are sent unescaped. Default: none. */
  readonly query?: Readonly<Record<string, QueryValue>> | undefined
  /** The body: anything that can be written as JSON. Default: none. */
  readonly body?: unknown
}

/**
 * A call whose `params` match the names in its path.
 *
 * @category models
 */
export type Call<Path extends string> = AnyCall &
  PathParams<Path> & {
    /** The path as a template, whose ids `params` gives. */
    readonly path: Path
  }

/**
 * Calls any route of the API.
 *
 * ```ts
 * import { MeltingSpotClient } from "@usher/core"
 * import { Schema } from "effect"
 *
 * const added = MeltingSpotClient.MeltingSpotClient.use((client) =>
 *   client.call({
 *     method: "POST",
 *     path: "/v1/channels/{channelId}/spotMembers~bulkAdd",
 *     params: { channelId: "channel-1" },
 *     body: { spotMemberIds: ["member-1"] },
 *     answer: Schema.Struct({ addedSpotMemberIds: Schema.Array(Schema.String) })
 *   })
 * )
 * ```
 *
 * @category services
 */
export class MeltingSpotClient extends Context.Service<
  MeltingSpotClient,
  {
    /**
     * Makes one call: one attempt, no retry. A schema for the `answer` decodes the JSON body of a `2xx`. Without one, any
     * `2xx` succeeds and its body is dropped. A `400` or `422` is `MalformedPayload` for a call with a body, and
     * `UnexpectedStatus` for a call without one. An answer that is not one JSON value, such as that of
     * `activities~export`, can only be dropped.
     */
    readonly call: {
      <const Path extends string, A>(
        call: Call<Path> & {
          /** Decodes the body of a `2xx`. */
          readonly answer: Schema.ConstraintDecoder<A>
        }
      ): Effect.Effect<A, CallError>
      <const Path extends string>(
        call: Call<Path> & {
          /** Absent: the body of a `2xx` is dropped. */
          readonly answer?: undefined
        }
      ): Effect.Effect<void, CallError>
    }
  }
>()("@usher/core/MeltingSpotClient") {}

/** There is no JSON for a cycle, a big integer or a function. */
const jsonOf: (body: unknown) => Option.Option<string | undefined> = Option.liftThrowable(JSON.stringify)

const fromApi = ({ read, refuse, write }: Api): MeltingSpotClient["Service"] => {
  const exchange = Effect.fn("MeltingSpotClient.call")(function* ({
    method,
    path,
    params = {},
    query = {},
    body,
    answer
  }: AnyCall & { readonly answer?: Schema.ConstraintDecoder<unknown> | undefined }) {
    const pairs: Pairs = Object.entries(query)
    const request = { method, path, params, query: queryString(pairs) }
    const decoder = answer === undefined ? decodeNothing : decoderOf(answer)
    if (body === undefined) return yield* read(request, decoder)
    const json = Option.getOrUndefined(jsonOf(body))
    if (json === undefined) return yield* refuse(request, "body: it can't be written as JSON")
    return yield* write(request, json, decoder)
  })

  function call<A>(
    call: AnyCall & { readonly answer: Schema.ConstraintDecoder<A> }
  ): Effect.Effect<A, CallError>
  function call(call: AnyCall & { readonly answer?: undefined }): Effect.Effect<void, CallError>
  function call(
    call: AnyCall & { readonly answer?: Schema.ConstraintDecoder<unknown> | undefined }
  ): Effect.Effect<unknown, CallError> {
    return exchange(call)
  }

  return MeltingSpotClient.of({ call })
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
export const layer = /* @__PURE__ */ layerOf(MeltingSpotClient, fromSettings)

/**
 * `layer` with options that are read from the configuration when the layer is built. Invalid options are a `ConfigError`.
 * Default: `MeltingSpotConfig.config`.
 *
 * @category layers
 */
export const layerConfig = /* @__PURE__ */ layerConfigOf(MeltingSpotClient, fromSettings)
