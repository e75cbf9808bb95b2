import { expect, it } from "@effect/vitest"
import { faults } from "../src/planted/faults.ts"
import { plant } from "../src/planted/plant.ts"

it.each(faults)("can plant the fault $name", ({ name, edits }) => {
  expect(plant(name).size).toBe(Object.keys(edits).length)
})
