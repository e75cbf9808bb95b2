import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { HttpServerRequest } from "effect/http"
import { addressOf } from "../../src/receive/clients.ts"

describe("the address of a client", () => {
  const from = (remote: string, peer = remote) =>
    addressOf(
      HttpServerRequest.fromWeb(new Request("http://localhost/")).modify({
        remoteAddress: Option.some(remote),
        peerAddress: Option.some(peer)
      })
    )

  it("is one of IPv4, or a network of IPv6", () => {
    expect(from("203.0.113.7")).toBe("203.0.113.7")
    expect(from("::ffff:203.0.113.7")).toBe("203.0.113.7")
    expect(from("2001:db8:1:2::1")).toBe(from("2001:db8:1:2:ffff::9"))
    expect(from("2001:db8:1:2::1")).not.toBe(from("2001:db8:1:3::1"))
  })

  it("is not known of a peer that may be a proxy, unless the proxy is trusted and tells it", () => {
    for (const peer of ["127.0.0.1", "10.1.2.3", "::1", "fd00::1", "a pipe"])
      expect(from(peer)).toBeUndefined()
    expect(from("203.0.113.7", "10.1.2.3")).toBe("203.0.113.7")
    expect(from("10.9.9.9", "10.1.2.3")).toBe("10.9.9.9")
  })
})
