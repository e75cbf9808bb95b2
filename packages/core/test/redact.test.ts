import { expect, it } from "@effect/vitest"
import { withoutAddresses } from "../src/internal/redact.ts"
import { leastTime } from "./processorTime.ts"

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

const timeOf = (text: string) => leastTime(() => withoutAddresses(text))

it.each(["a", "a ", "%40", "@", "a@b "])(
  "a long text of %j takes time that grows with its length",
  (text) => {
    const once = timeOf(text.repeat(100_000))
    const twice = timeOf(text.repeat(200_000))
    expect(twice).toBeLessThan(3 * once + 20_000)
  }
)
