/** Calls any route: authorized, within the budget, timed, and with every error in the type. */
import { Effect, Schema, Stream } from "effect"
import * as CallError from "../CallError.ts"
import type * as MeltingSpotConfig from "../MeltingSpotConfig.ts"
import { readBody, refused, refusedInvitation } from "./answer.ts"
import { inRead, inWrite } from "./inCall.ts"
import { type DatedOptions, flawOf, type Page, paginate } from "./paging.ts"
import { ofFilter, type Pairs, queryString, selectsNothing } from "./query.ts"
import { pathOf } from "./route.ts"
import { oneLine } from "./redact.ts"
import * as Transport from "./transport.ts"

interface Request {
  readonly method: Transport.Outgoing["method"]
  /** A template. */
  readonly path: string
  readonly params: Readonly<Record<string, unknown>>
  readonly query?: string
}

interface Listing {
  /** The name of the span. */
  readonly name: string
  readonly filter?: object | undefined
  readonly options: DatedOptions
}

type Decoder<A> = (text: string) => Effect.Effect<A, Schema.SchemaError>

/** Decodes JSON by the schema. */
export const decoderOf = <A>(schema: Schema.ConstraintDecoder<A>): Decoder<A> =>
  Schema.decodeUnknownEffect(Schema.fromJsonString(schema))

/** Drops the body. */
export const decodeNothing: Decoder<void> = () => Effect.void

const callOf = ({ method, path }: Request) => `${method} ${path}`

/** The error of a call that is refused before it is made. */
const refuse = (request: Request, answer: string) =>
  new CallError.MalformedPayload({ call: callOf(request), reason: "BeforeCall", answer })

const located = (request: Request) => {
  const found = pathOf(request.path, request.params)
  return "flaw" in found
    ? Effect.fail(refuse(request, found.flaw))
    : Effect.succeed({
        method: request.method,
        template: request.path,
        path: found.path + (request.query ?? "")
      })
}

/** The calls of one Spot, which the services share. */
export type Api = Effect.Success<ReturnType<typeof fromSettings>>

/** Builds a service over the `Api` from the settings of a Spot. */
export const overApi =
  <Service>(fromApi: (api: Api) => Service) =>
  (settings: MeltingSpotConfig.Settings) =>
    Effect.map(fromSettings(settings), fromApi)

const fromSettings = Effect.fnUntraced(function* (settings: MeltingSpotConfig.Settings) {
  const transport = yield* Transport.connect(settings)
  const maxAnswer = Number(settings.maxAnswerSize)

  /** A call without a body. */
  const read = <A>(request: Request, decoder: Decoder<A>) =>
    Effect.flatMap(located(request), (outgoing) => {
      const call = callOf(request)
      const answer = transport.send(call, outgoing, readBody(call, maxAnswer, decoder, refused))
      return Effect.mapError(answer, inRead)
    })

  /** A call with a body of JSON. */
  const write = <A>(request: Request, body: string, decoder: Decoder<A>) =>
    Effect.flatMap(located(request), (outgoing) => {
      const call = callOf(request)
      const read = readBody(call, maxAnswer, decoder, refusedInvitation)
      return Effect.mapError(transport.send(call, { ...outgoing, body }, read), inWrite)
    })

  /** A `POST` whose payload the schema encodes. */
  const post = <P, A>(
    { path, params }: Omit<Request, "method">,
    encode: (payload: P) => Effect.Effect<string, Schema.SchemaError>,
    payload: P,
    decoder: Decoder<A>
  ) => {
    const request = { method: "POST", path, params } as const
    return Effect.flatMap(
      Effect.mapError(encode(payload), (error) => refuse(request, oneLine(error))),
      (body) => write(request, body, decoder)
    )
  }

  /** All pages of a list, requested as the stream is read. */
  const list = <A extends { readonly id: string }>(
    path: string,
    params: Readonly<Record<string, string>>,
    decoder: Decoder<Page<A>>,
    { name, filter = {}, options: { pageSize, firstPage, timestampUnit } }: Listing
  ): Stream.Stream<A, CallError.ReadError> => {
    const request = { method: "GET", path, params } as const
    const flaw = flawOf({ pageSize, firstPage })
    if (flaw !== undefined) return Stream.fail(refuse(request, flaw))
    const narrowed = ofFilter(filter)
    if (selectsNothing(narrowed)) return Stream.empty
    return paginate(
      firstPage,
      Effect.fn(name)((page: number | undefined) => {
        const pairs: Pairs = [["page", page], ["limit", pageSize], ...narrowed]
        return read({ ...request, query: queryString(pairs, timestampUnit) }, decoder)
      })
    )
  }

  return { transport, maxAnswer, read, write, post, list, refuse }
})
