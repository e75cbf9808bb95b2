import { MeltingSpotTest } from "../src/testing.ts"
import { apiContract, spot } from "./apiContract.ts"

apiContract("MeltingSpot in memory", MeltingSpotTest.layerMemory(spot))
apiContract(
  "MeltingSpot in memory, with pages from 0",
  MeltingSpotTest.layerMemory({ ...spot, firstPage: 0 })
)
