import { describe, expect, it } from "@effect/vitest"
import { allowing } from "@usher/admin/Hosts"

const loopback = {
  host: "127.0.0.1",
  publicUrl: "https://Hooks.example.com/relay",
  hosts: ["usher.internal"]
}

describe("the host names of operators", () => {
  it.each([
    ["localhost", true],
    ["LOCALHOST:8787", true],
    ["localhost.:8787", true],
    ["relay.localhost", true],
    ["127.0.0.1:8787", true],
    ["127.9.9.9", true],
    ["[::1]:8787", true],
    ["hooks.example.com", true],
    ["hooks.example.com:443", true],
    ["usher.internal", true],
    ["evil.example", false],
    ["localhost.evil.example", false],
    ["evillocalhost", false],
    ["127.0.0.1.evil.example", false],
    ["hooks.example.com.evil.example", false],
    ["10.0.0.5", false],
    ["user@localhost", false],
    ["localhost/", false],
    ["localhost:x", false],
    ["[::1", false],
    ["", false],
    [undefined, false]
  ])("%s: %s", (host, isAllowed) => expect(allowing(loopback)(host)).toBe(isAllowed))

  it.each([
    ["0.0.0.0", "10.0.0.5:8789", true],
    ["::", "[fd00::5]:8789", true],
    ["0.0.0.0", "evil.example", false],
    ["10.0.0.5", "10.0.0.5:8789", true],
    ["10.0.0.5", "10.0.0.6:8789", false],
    ["fd00::5", "[fd00::5]", true]
  ])("a listener on %s called %s: %s", (host, header, isAllowed) =>
    expect(allowing({ ...loopback, host })(header)).toBe(isAllowed)
  )
})
