import { expect, it } from "@effect/vitest"
import { ByteSize, Duration, Effect } from "effect"
import { IpNetwork } from "effect/net"
import { format } from "../../src/config/Problem.ts"
import { configuration, folder, isolated, load } from "../harness.ts"

const withKeys = (server: string, rest = "") =>
  configuration("http://127.0.0.1:9").replace("port: 0", `port: 0, ${server}`) + rest

it.effect("what is received, how much of it, and what is kept of it, can be set", () =>
  Effect.gen(function* () {
    const keys =
      'trustedProxies: [127.0.0.1, 10.0.0.0/8, "fd00::1"], maxBodySize: 2 MiB, requestTimeout: 5 seconds, deadline: 1 second, refusals: { perSecond: 5 }'
    const quarantine = "quarantine: { deliveries: 5, size: 1 MiB, age: 2 days, perMinute: 3 }\n"
    const config = yield* load((yield* folder(withKeys(keys, quarantine))).file)
    expect(config.trustedProxies.map(IpNetwork.format)).toEqual(["127.0.0.1/32", "10.0.0.0/8", "fd00::1/128"])
    expect(config.requestTimeout).toEqual(Duration.seconds(5))
    expect(config.relay).toMatchObject({
      maxBodySize: ByteSize.mebibytes(2),
      deadline: Duration.seconds(1),
      refusals: { perSecond: 5, burst: 5 }
    })
    expect(config.quarantine).toEqual({ deliveries: 5, bytes: 2 ** 20, age: Duration.days(2), perMinute: 3 })
  }).pipe(isolated)
)

it.effect.each([
  ["trustedProxies: [not-an-address]", /^server\.trustedProxies\.0: Expected an address or a network/],
  ["trustedProxies: [10.0.0.0/33]", /^server\.trustedProxies\.0: Expected an address or a network/],
  ["maxBodySize: big", /^server\.maxBodySize: Expected a /],
  ["deadline: 0 seconds", /^server\.deadline: Expected a duration above zero/],
  ["refusals: { perSecond: 0 }", /^server\.refusals\.perSecond: /],
  ["refusals: { perSecond: 1, burst: 0 }", /^server\.refusals\.burst: /]
] as const)("%s is refused", ([keys, problem]) =>
  Effect.gen(function* () {
    const { file } = yield* folder(withKeys(keys))
    const { problems } = yield* Effect.flip(load(file))
    expect(problems.map(({ path, reason }) => format({ path, reason }))).toEqual([
      expect.stringMatching(problem)
    ])
  }).pipe(isolated)
)

it.effect("a verify token is for those who ask for one", () =>
  Effect.gen(function* () {
    const text = configuration("http://127.0.0.1:9")
    const { file } = yield* folder(
      text.replace("sender: svix\n", "sender: svix\n    verifyToken: { env: SPOT_KEY }\n")
    )
    const { problems } = yield* Effect.flip(load(file))
    expect(problems.map(({ path, reason }) => format({ path, reason }))).toEqual([
      "sources.svix.verifyToken: the sender svix has no verify token, only meta does: remove it"
    ])
  }).pipe(isolated)
)
