/** Which URLs are called through which proxy. */
import { describe, expect, it } from "@effect/vitest"
import { Redacted, Result } from "effect"
import * as Proxies from "../../src/outbound/Proxies.ts"

const [http, https] = ["http://one:1", "http://two:2"].map((url) => Redacted.make(url))

const through = (except: string, url: string) => {
  const proxy = Proxies.proxyFor({ http, https, except: Proxies.entriesOf(except) }, url)
  return proxy === undefined ? "directly" : Redacted.value(proxy)
}

describe("the proxy of a URL", () => {
  it("is the one for its scheme", () => {
    expect(through("", "http://a.example/x")).toBe("http://one:1")
    expect(through("", "https://a.example/x")).toBe("http://two:2")
    expect(Proxies.proxyFor({ http, except: [] }, "https://a.example")).toBeUndefined()
  })

  it.each([
    ["*", "https://a.example"],
    ["a.example", "https://a.example"],
    ["A.Example.", "https://a.example."],
    ["example", "https://a.example"],
    [".example", "https://a.example"],
    ["*.example", "https://b.a.example:8443"],
    ["other, a.example", "https://a.example"],
    ["other a.example", "https://a.example"],
    ["a.example:443", "https://a.example"],
    ["a.example:8443", "https://a.example:8443"],
    ["127.0.0.1", "http://127.0.0.1:4318"],
    ["127.0.0.0/8", "http://127.3.2.1"],
    ["fd00::/8", "http://[fd00::1]:4318"],
    ["[::1]:4318", "http://[::1]:4318"],
    ["localhost", "http://localhost:1"]
  ])("is none for an exception: %s", (except, url) => {
    expect(through(except, url)).toBe("directly")
  })

  it.each([
    ["a.example", "https://ba.example"],
    ["a.example", "https://a.example.com"],
    ["a.example:80", "https://a.example"],
    ["10.0.0.0/8", "https://11.0.0.1"],
    ["10.0.0.0/8", "https://a.example"],
    ["127.0.0.1", "http://127.0.0.2"],
    [".", "https://a.example"],
    ["", "https://a.example"]
  ])("stays for what an exception does not name: %s, %s", (except, url) => {
    expect(through(except, url)).not.toBe("directly")
  })
})

describe("the URL of a proxy", () => {
  it.each([
    ["proxy:3128", "http://proxy:3128"],
    ["http://proxy:3128/", "http://proxy:3128"],
    ["https://user:p%40ss@proxy.example", "https://proxy.example"]
  ])("is read, and named without user and password: %s", (text, name) => {
    expect(Proxies.nameOf(Result.getOrThrow(Proxies.parse(text)))).toBe(name)
  })

  it.each([
    "socks5://secret@proxy:1",
    "ftp://secret@proxy",
    "http://proxy/secret",
    "http://",
    "http://u:secret%@p"
  ])("is refused without being quoted: %s", (text) => {
    const refused = Proxies.parse(text)
    expect(Result.isFailure(refused) && refused.failure).not.toMatch(/secret/)
    expect(Result.isFailure(refused)).toBe(true)
  })
})
