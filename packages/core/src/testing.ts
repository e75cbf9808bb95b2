export * as Generators from "./Generators.ts"
export * as LiveParticipantsTest from "./LiveParticipantsTest.ts"
export * as MeltingSpotMemory from "./MeltingSpotMemory.ts"
export * as MeltingSpotServer from "./MeltingSpotServer.ts"
