/**
 * Access of commands to the admin API: of a running relay with a token, or directly to the database. With the database the
 * command serves the API to itself.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Config, Context, Effect, FileSystem, Layer, Option, Redacted, References } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpClient, HttpClientError, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Api } from "@usher/admin"
import { Concerns, QuarantineSql, Sources, Spots } from "@usher/engine"
import * as AdminServer from "@usher/admin/AdminServer"
import * as Reload from "@usher/admin/Reload"
import * as ConfigFile from "../../config/ConfigFile.ts"
import * as Settings from "../../config/Settings.ts"
import * as Server from "../../server/Server.ts"
import { commandLine } from "./commandLine.ts"
import { usage } from "./failure.ts"
import { jsonFlag, textFlag } from "./flags.ts"
import { presentDatabase, upToDate } from "./presentDatabase.ts"
import { print } from "./print.ts"

export const accessFlags = {
  config: Flag.String("config").pipe(
    Flag.withAlias("c"),
    Flag.optional,
    Flag.withDescription("Use the database of this configuration file directly. Default: usher.yaml")
  ),
  url: textFlag(
    "url",
    "Use the relay that runs at this URL, such as https://hooks.example.com. Default: USHER_URL"
  ),
  token: Flag.Redacted("token").pipe(
    Flag.optional,
    Flag.withDescription(
      "The token for --url. Default: USHER_TOKEN, which keeps the token out of the shell's history"
    )
  ),
  json: jsonFlag
}

export type Access = Command.Command.Config.Infer<typeof accessFlags>

export interface Client extends HttpApiClient.ForApi<typeof Api.AdminApi> {
  /** Whether a running relay answers, which works off jobs. Otherwise the command uses the database. */
  readonly hasRelay: boolean
}

/** The running relay, or else the file. A flag takes precedence over an environment variable, and a URL over a file. */
export const placeOf = Effect.fnUntraced(function* ({ config, url }: Pick<Access, "config" | "url">) {
  const known = yield* Config.String("USHER_URL").pipe(Config.option)
  return {
    relay: Option.orElse(url, () => (Option.isSome(config) ? Option.none() : known)),
    file: Option.getOrElse(config, () => "usher.yaml")
  }
})

/** The client of the admin API. */
export class AdminClient extends Context.Service<AdminClient, Client>()("@usher/relay/AdminClient") {
  static readonly layer = (access: Access, use: Use) =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const { file, relay } = yield* placeOf(access)
        const way = Option.isSome(relay) ? yield* remote(relay.value, access.token) : yield* direct(file, use)
        const client = yield* HttpApiClient.makeWith(Api.AdminApi, way)
        return AdminClient.of({ ...client, hasRelay: Option.isSome(relay) })
      })
      // Also below the client: the API that the command serves to itself logs each act, and a terminal is not its log.
    ).pipe(Layer.provideMerge(onlyErrors))
}

/** What a command does with the database. `create` also creates a missing one. */
type Use = "read" | "write" | "create"

const access =
  (use: Use) =>
  <Name extends string, Input extends Access & { readonly planOnly?: boolean }, ContextInput, E, R>(
    command: Command.Command<Name, Input, ContextInput, E, R>
  ) =>
    Command.provide(command, (input: Input) =>
      AdminClient.layer(input, input.planOnly === true ? "read" : use)
    )

/**
 * Provides the client to a command with these flags, and logs errors only. Direct access opens the database read-only, so
 * that the command takes no lock and changes nothing.
 */
export const withReadAccess = access("read")

/** Like `withReadAccess`, for commands that change something; with `planFlag`, they only read. */
export const withAccess = access("write")

/** Like `withAccess`, but creates a missing database, for commands used before the first start of the relay. */
export const withNewAccess = access("create")

const calling = <const Name extends string, const Flags extends Command.Command.Config, A, E, R>(
  name: Name,
  flags: Flags,
  call: (client: Client, input: Command.Command.Config.InferValue<Flags>) => Effect.Effect<A, E, R>,
  text: (answer: A, input: Command.Command.Config.InferValue<Flags>) => string
) =>
  Command.make(
    name,
    { input: flags, ...accessFlags },
    Effect.fnUntraced(function* ({ input, json }) {
      const answer = yield* call(yield* AdminClient, input)
      yield* print(json, answer, () => text(answer, input))
    })
  )

/** A command that asks once and prints the answer: as JSON, or as text for people. It changes nothing. */
export const query = <const Name extends string, const Flags extends Command.Command.Config, A, E, R>(
  ...command: Parameters<typeof calling<Name, Flags, A, E, R>>
) => withReadAccess(calling(...command))

/** Like `query`, for a command that changes something. */
export const act = <const Name extends string, const Flags extends Command.Command.Config, A, E, R>(
  ...command: Parameters<typeof calling<Name, Flags, A, E, R>>
) => withAccess(calling(...command))

const onlyErrors = Layer.succeed(References.MinimumLogLevel, "Error")

const remote = Effect.fnUntraced(function* (baseUrl: string, given: Option.Option<Redacted.Redacted>) {
  if (!URL.canParse(baseUrl) || !/^https?:/i.test(baseUrl)) {
    return yield* usage(`${baseUrl} is not the URL of a relay. Give one that begins with https://`)
  }
  const known = yield* Config.Redacted("USHER_TOKEN").pipe(Config.withDefault(Redacted.make("")))
  const token = Option.getOrElse(given, () => known)
  if (Redacted.value(token) === "") {
    return yield* usage(
      `${baseUrl} requires a token: set USHER_TOKEN. To create one, on the machine with the database: usher tokens create`
    )
  }
  const client = Context.get(yield* Layer.build(NodeHttpClient.layerUndici), HttpClient.HttpClient)
  const httpClient = client.pipe(
    HttpClient.mapRequest(HttpClientRequest.bearerToken(token)),
    HttpClient.transformResponse(Effect.tap(refuseOther))
  )
  return { baseUrl, httpClient }
})

/** The content types of the API's successes. */
const own = /^(?:application\/(?:json|x-ndjson)|text\/(?:csv|event-stream))\b/

/** Fails for the success of another server, such as a web page. */
const refuseOther = (response: HttpClientResponse.HttpClientResponse) =>
  response.status > 299 || response.status === 204 || own.test(response.headers["content-type"] ?? "")
    ? Effect.void
    : Effect.fail(
        new HttpClientError.HttpClientError({
          reason: new HttpClientError.DecodeError({ request: response.request, response })
        })
      )

const direct = Effect.fnUntraced(function* (file: string, use: Use) {
  const config = yield* ConfigFile.load(file)
  const { admin, database, relay } = config
  const fs = yield* FileSystem.FileSystem
  const isNew =
    use === "create" &&
    database.kind === "sqlite" &&
    !(yield* Effect.orElseSucceed(fs.exists(database.file), () => true))
  if (!isNew) {
    yield* presentDatabase(database)
    yield* upToDate(database, use === "create")
  }
  // A recorded read is also a write.
  const isReading = use === "read" && admin?.audit?.reads !== true
  const services = yield* Layer.build(
    isReading
      ? layerServices(config, Server.layerReading(config))
      : layerServices(config, Server.layerInbox(config))
  )
  const options = { publicUrl: relay.publicUrl, ...admin }
  const httpClient = yield* Effect.provideContext(AdminServer.httpClient(options, commandLine()), services)
  return { baseUrl: "http://usher.invalid", httpClient }
})

/** The services of the API, without the loops that map, send and delete what is old. */
const layerServices = <A, E, R>(
  config: ConfigFile.Resolved,
  database: Layer.Layer<A | Layer.Success<ReturnType<typeof Server.layerReading>>, E, R>
) =>
  Layer.mergeAll(
    QuarantineSql.layer({ publicUrl: config.relay.publicUrl, sweeps: false }),
    Concerns.layer,
    Reload.layerNone,
    Settings.layer(config)
  ).pipe(
    Layer.provideMerge(Spots.layer(config.relay.spots)),
    Layer.provideMerge(Sources.layer(config.relay.sources)),
    Layer.provideMerge(database),
    Layer.provide(NodeHttpClient.layerUndici)
  )
