import { expect, it } from "@effect/vitest"
import { add, none } from "../../../src/store/forget/counts.ts"

const one = {
  invitations: 1,
  cancelled: 2,
  attempts: 3,
  webhooks: 4,
  unmappable: 5,
  waiting: 6,
  deliveryIds: 7,
  quarantined: 8,
  inviters: 9,
  reasons: 10,
  unreadable: 11
}

it("counts begin at nothing and are added kind by kind", () => {
  expect(Object.values(none)).toEqual(Object.values(one).map(() => 0))
  expect(add(none, one)).toEqual(one)
  expect(add(one, {})).toEqual(one)
  expect(Object.values(add(one, one))).toEqual(Object.values(one).map((count) => 2 * count))
})
