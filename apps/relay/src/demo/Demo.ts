/**
 * The demo: an emulated upstream, a relay and signing senders in one process, over HTTP.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import {
  ConfigProvider,
  Context,
  Data,
  DateTime,
  Duration,
  Effect,
  FileSystem,
  Layer,
  Redacted,
  Schema
} from "effect"
import { SecureRandom } from "effect/crypto"
import { Hex } from "effect/encoding"
import { HttpClient, HttpClientResponse } from "effect/http"
import { Operations, RetryPolicy } from "@usher/engine"
import type { Webhook } from "@usher/model"
import type { StoredInvitation } from "@usher/model/Invitation"
import { Ledger, Sandbox } from "@usher/sandbox"
import type { Sender } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { createServer } from "node:http"
import * as ConfigFile from "../config/ConfigFile.ts"
import * as Posting from "../outbound/Posting.ts"
import * as Server from "../server/Server.ts"
import * as TrafficGenerator from "./TrafficGenerator.ts"
import { configuration, type Delivery, idHeader, type Sample, samples, secretOf, secrets } from "./samples.ts"

/** The outcome of one sample. */
export interface Outcome {
  readonly sample: Sample
  readonly status: number
  readonly duplicate: boolean
  readonly webhook: Webhook.Webhook | undefined
  readonly invitations: ReadonlyArray<StoredInvitation>
}

/** A sample without an outcome in time. */
export class Stalled extends Data.TaggedError("Stalled")<{ readonly title: string }> {
  override get message() {
    return `"${this.title}" did not finish within 20 seconds`
  }
}

/** Starts everything on free ports with its own database, sends the samples, and returns their outcomes. */
export const run = Effect.gen(function* () {
  const sandbox = yield* Layer.build(
    Sandbox.layer({ secretKey: Redacted.make(secrets.MELTINGSPOT_SECRET_KEY) })
  )
  const ledger = Context.get(sandbox, Ledger.Ledger)
  const sandboxUrl = yield* Effect.provide(Server.url, sandbox)
  // Random, so that other programs on this machine can't guess it.
  const token = Hex.encode(yield* (yield* SecureRandom.SecureRandom).randomBytes(32))
  const config = yield* loadConfig(sandboxUrl, token)
  const relay = yield* Layer.build(Server.layer(config).pipe(Layer.provideMerge(Server.layerInbox(config))))
  const relayUrl = yield* Effect.provide(Server.url, relay)

  // Lives as long as the relay, because the traffic continues after this effect.
  const http = yield* Layer.build(NodeHttpClient.layerUndici)
  const everything = Context.mergeAll(relay, sandbox, http)

  const deliver = Effect.fnUntraced(function* (delivery: Delivery) {
    const sender = config.relay.sources.get(delivery.source)?.sender
    if (sender === undefined) return yield* Effect.die(`the demo configures no source ${delivery.source}`)
    return yield* send(relayUrl, sender, delivery)
  })

  const outcomes = yield* Effect.forEach(
    samples,
    Effect.fnUntraced(function* (sample) {
      if (sample.outage !== undefined) yield* ledger.setFault({ status: 503, times: sample.outage })
      return yield* follow(sample, yield* deliver(sample))
    })
  ).pipe(Effect.provide(everything))
  const traffic = Effect.provide(TrafficGenerator.start(deliver), everything)
  return { relayUrl, sandboxUrl, token, ledger, outcomes, traffic }
}).pipe(Effect.provide(SecureRandom.layerWebCrypto))

/** Whether the outcome is as expected. */
export const isExpected = ({
  sample: { expected },
  status,
  duplicate,
  webhook,
  invitations
}: Outcome): boolean =>
  status === expected.status &&
  duplicate === (expected.duplicate ?? false) &&
  webhook?.status === expected.webhook &&
  invitations.length === expected.invitations &&
  invitations.every(({ status, attempts }) => status === "invited" && attempts === (expected.attempts ?? 1))

/** The relay shows its own address, so it must know the port before it listens. */
const freePort = Effect.map(Server.url, (url) => Number(new URL(url).port)).pipe(
  Effect.provide(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 }))
)

const loadConfig = Effect.fnUntraced(function* (sandboxUrl: string, token: string) {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "usher-demo-" })
  const file = `${folder}/usher.yaml`
  yield* fs.writeFileString(file, configuration(sandboxUrl, yield* freePort))
  const config = yield* ConfigFile.load(file).pipe(
    Effect.provideService(
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromUnknown({ ...secrets, OPERATOR_TOKEN: token })
    )
  )
  // A short backoff, to keep the demo fast.
  const retry = { ...RetryPolicy.standard, base: Duration.millis(200) }
  const spots = new Map([...config.relay.spots].map(([name, spot]) => [name, { ...spot, retry }]))
  return { ...config, relay: { ...config.relay, spots } }
})

const Receipt = Schema.Struct({ id: Schema.String, status: Schema.Literals(["accepted", "duplicate"]) })

const send = Effect.fnUntraced(function* (relayUrl: string, sender: Sender.Sender, sample: Delivery) {
  const signed = yield* sign(sender, {
    secret: sample.forged ? `whsec_${btoa("not the secret of this source")}` : secretOf(sample.source),
    id: sample.deliveryId,
    body: sample.body,
    at: yield* DateTime.now,
    url: `${relayUrl}/webhooks/${sample.source}`,
    headers: { "content-type": "application/json", ...idHeader(sender, sample) }
  })
  const response = yield* HttpClient.execute(Posting.request(signed.url, signed))
  const receipt =
    response.status < 300
      ? yield* HttpClientResponse.schemaBodyJson(Receipt)(response)
      : yield* Effect.as(response.text, undefined)
  return { status: response.status, receipt }
})

const follow = Effect.fnUntraced(function* (
  sample: Sample,
  { status, receipt }: { readonly status: number; readonly receipt: typeof Receipt.Type | undefined }
) {
  if (receipt === undefined) return { sample, status, duplicate: false, webhook: undefined, invitations: [] }
  const operations = yield* Operations.Operations
  const look = Effect.all({
    webhook: operations.webhook(receipt.id),
    invitations: operations.invitations(receipt.id)
  })
  const settled = yield* look.pipe(
    Effect.delay("20 millis"),
    Effect.repeat({
      until: ({ webhook, invitations }) =>
        webhook?.status !== "received" && invitations.every(({ settledAt }) => settledAt !== null)
    }),
    Effect.timeoutOrElse({
      duration: "20 seconds",
      orElse: () => Effect.fail(new Stalled({ title: sample.title }))
    })
  )
  return { sample, status, duplicate: receipt.status === "duplicate", ...settled }
})
