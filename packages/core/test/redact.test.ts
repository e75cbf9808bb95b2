import { expect, it } from "@effect/vitest"
import { withoutAddresses } from "../src/internal/redact.ts"

it.each([
  ["eva@example.com is unknown", "[address] is unknown"],
  ['{"member":"eva@example.com"}', '{"member":"[address]"}'],
  ["member=eva%40example.com&live=1", "member=[address]=1"],
  ["<eva@example.com>, (max@example.com);a:b@c", "<[address]>, ([address]);a:[address]"],
  ["eva@@example.com", "[address]"],
  ["eva @ example.com, @example, eva@, %40, a%40", "eva @ example.com, @example, eva@, %40, a%40"],
  ["", ""]
])("addresses of %j are redacted", (text, redacted) => {
  expect(withoutAddresses(text)).toBe(redacted)
})

/** In milliseconds of the processor: the least of five. */
const cost = (text: string) =>
  Math.min(
    ...Array.from({ length: 5 }, () => {
      const before = process.cpuUsage()
      withoutAddresses(text)
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1_000
    })
  )

it.each(["a", "a ", "%40", "@", "a@b "])(
  "a long text of %j takes time that grows with its length",
  (text) => {
    const once = cost(text.repeat(100_000))
    const twice = cost(text.repeat(200_000))
    expect(twice).toBeLessThan(3 * once + 20)
  }
)
