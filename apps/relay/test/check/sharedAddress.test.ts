import { describe, expect, it } from "@effect/vitest"
import { IpNetwork } from "effect/net"
import { sharedAddress } from "../../src/check/sharedAddress.ts"

const warnings = (publicUrl: string, host = "127.0.0.1", port = 8787, trusted: ReadonlyArray<string> = []) =>
  sharedAddress({
    host,
    port,
    trustedProxies: trusted.map((network) => IpNetwork.fromStringUnsafe(network)),
    relay: { publicUrl }
  })

describe("the warning that all clients share one address", () => {
  it.each([
    ["https, which a proxy serves", "https://hooks.example.com", "0.0.0.0", 443, /uses https/],
    [
      "a public host before a local one",
      "http://hooks.example.com:8787",
      "127.0.0.1",
      8787,
      /only this machine/
    ],
    ["the same by its name", "http://hooks.example.com:8787", "localhost", 8787, /only this machine/],
    ["another port", "http://hooks.example.com", "0.0.0.0", 8787, /ports .* differ/]
  ] as const)("is given where there is a proxy and none is trusted: %s", (_, url, host, port, sign) => {
    expect(warnings(url, host, port)).toEqual([
      expect.stringMatching(/^All clients share one address: .*server\.trustedProxies$/)
    ])
    expect(warnings(url, host, port)[0]).toMatch(sign)
    expect(warnings(url, host, port, ["10.0.0.0/8"])).toEqual([])
  })

  it.each([
    ["the default", "http://127.0.0.1:8787", "127.0.0.1", 8787],
    ["this machine by name", "http://localhost:8787", "127.0.0.1", 8787],
    ["IPv6", "http://[::1]:8787", "::1", 8787],
    ["any free port", "http://127.0.0.1:0", "127.0.0.1", 0],
    ["an internal network", "http://relay.internal:8787", "0.0.0.0", 8787]
  ] as const)("is not given where clients come by themselves: %s", (_, url, host, port) => {
    expect(warnings(url, host, port)).toEqual([])
  })
})
