import { NodeHttpClient } from "@effect/platform-node"
import { Layer } from "effect"
import { Budget } from "../src/index.ts"
import { LiveParticipantsTest } from "../src/testing.ts"
import { contract, spot } from "./contract.ts"
import { quirks, serveTape } from "./tape.ts"

contract("MeltingSpot in memory", LiveParticipantsTest.layerMemory(spot))
contract(
  "MeltingSpot in memory, with pages from 0",
  LiveParticipantsTest.layerMemory({ ...spot, firstPage: 0 })
)

for (const [name, quirk] of Object.entries(quirks)) {
  contract(
    `recorded answers ${name}`,
    Layer.unwrap(serveTape(quirk)).pipe(Layer.provide([Budget.layerUnlimited, NodeHttpClient.layerUndici]))
  )
}
